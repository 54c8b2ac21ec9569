/** The stage in full screen: a bar to say, interrupt and end, which comes when somebody moves. */

import { part } from "./parts.js";

/** In ms without a movement. */
const RESTS_AFTER = 3000;

/**
 * @typedef {object} Verbs
 * @property {(text: string) => boolean} say whether it was sent
 * @property {() => void} interrupt
 * @property {() => void} end
 */

export class FullScreen {
  #root;
  #box;
  #sent = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #rest;

  /** @param {HTMLElement} root @param {Verbs} verbs @param {AbortSignal} signal ends it */
  constructor(root, { say, interrupt, end }, signal) {
    this.#root = root;
    this.#box = /** @type {HTMLTextAreaElement} */ (part(root, "stage-say"));
    part(root, "stage-interrupt").addEventListener("click", interrupt);
    part(root, "stage-end").addEventListener("click", end);
    const submit = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.say(say);
    };
    part(root, "stage-bar").addEventListener("submit", submit);
    for (const type of ["pointermove", "pointerdown", "keydown", "focusin"]) {
      root.addEventListener(type, () => this.#wake(), { signal });
    }
    root.addEventListener("fullscreenchange", () => this.#changed(), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#rest));
  }

  get isOn() {
    return document.fullscreenElement === this.#root;
  }

  /** @param {Verbs["say"]} say */
  say(say) {
    const text = this.#box.value;
    if (!say(text)) return;
    this.#sent = text;
    this.#box.value = "";
  }

  /** A text that was refused is typed again by nobody. @param {boolean} told a refusal is shown */
  show(told) {
    if (told && this.#sent && !this.#box.value) this.#box.value = this.#sent;
    if (told) this.#sent = "";
  }

  /** @param {boolean} canSay @param {boolean} canInterrupt @param {boolean} canEnd */
  enable(canSay, canInterrupt, canEnd) {
    for (const [name, can] of Object.entries({ speak: canSay, interrupt: canInterrupt, end: canEnd })) {
      /** @type {HTMLButtonElement} */ (part(this.#root, `stage-${name}`)).disabled = !can;
    }
  }

  toggle() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.#root.requestFullscreen?.().catch(() => {});
  }

  #changed() {
    const button = part(this.#root, "stage-full");
    button.ariaLabel = button.title = this.isOn ? "Leave full screen" : "Full screen";
    this.#wake();
    // Chromium: Esc interrupts, and leaves full screen when it is held. Elsewhere it leaves.
    const { keyboard } = /** @type {{keyboard?: {lock(keys: string[]): Promise<void>, unlock(): void}}} */ (
      /** @type {unknown} */ (navigator)
    );
    if (this.isOn) keyboard?.lock(["Escape"]).catch(() => {});
    else keyboard?.unlock();
  }

  #wake() {
    clearTimeout(this.#rest);
    this.#root.dataset.awake = "true";
    if (!this.isOn) return;
    this.#rest = setTimeout(() => {
      const isTyping = this.#root.contains(document.activeElement) && this.#box.value !== "";
      this.#root.dataset.awake = String(isTyping);
    }, RESTS_AFTER);
  }
}
