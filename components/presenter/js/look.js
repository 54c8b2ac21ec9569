/** How the stage looks: its layout, what is behind the avatar, and the captions. */

import { part } from "../../stage/js/overlay/parts.js";

/** @typedef {import("./protocol.js").LookMessage} Look */
/** @typedef {import("./protocol.js").Layout} Layout */
/** @typedef {import("./protocol.js").Backdrop} Backdrop */

/** @type {readonly Layout[]} */
export const LAYOUTS = ["avatar", "beside", "corner", "voice"];
/** @type {readonly Backdrop[]} */
export const BACKDROPS = ["room", "color", "picture", "blur"];

/** The one after it, and after the last the first. @template T @param {readonly T[]} all @param {T} now */
export const after = (all, now) => all[(all.indexOf(now) + 1) % all.length];

export class LookControls {
  #root;
  #backdrop;
  #color;
  /** @type {NodeListOf<HTMLButtonElement>} */ #layouts;

  /** @param {HTMLElement} root @param {(changes: Partial<Look>) => boolean} ask */
  constructor(root, ask) {
    this.#root = root;
    this.#layouts = root.querySelectorAll("[data-layout]");
    for (const button of this.#layouts) {
      button.addEventListener("click", () => ask({ layout: /** @type {Layout} */ (button.dataset.layout) }));
    }
    this.#backdrop = /** @type {HTMLSelectElement} */ (part(root, "desk-backdrop"));
    this.#backdrop.addEventListener("change", () => ask({ backdrop: /** @type {Backdrop} */ (this.#backdrop.value) }));
    this.#color = /** @type {HTMLInputElement} */ (part(root, "desk-color"));
    this.#color.addEventListener("change", () => ask({ value: this.#color.value }));
    const captions = part(root, "desk-captions");
    captions.addEventListener("click", () => ask({ captions: captions.ariaPressed !== "true" }));
  }

  /** @param {Look} look */
  show({ layout, backdrop, value, captions }) {
    for (const button of this.#layouts) button.ariaPressed = String(button.dataset.layout === layout);
    this.#backdrop.value = backdrop;
    if (document.activeElement !== this.#color) this.#color.value = value;
    this.#color.style.visibility = backdrop === "color" ? "visible" : "hidden"; // its room is kept
    part(this.#root, "desk-captions").ariaPressed = String(captions);
  }
}
