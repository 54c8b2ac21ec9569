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
  /** What was said here last, until it is known what became of it. */ #sent = "";
  /** The newest turn when that was sent, and now. @type {string | undefined} */ #after;
  /** @type {string | undefined} */ #newest;
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
    this.#after = this.#newest;
    this.#box.value = "";
  }

  /** Puts a text that was not said back into the empty box. */
  putBack() {
    this.#box.value ||= this.#sent;
    this.#sent = "";
  }

  /** @param {readonly import("../protocol.js").TurnMessage[]} turns */
  showTurns(turns) {
    const newer = turns.slice(turns.findIndex(({ turnId }) => turnId === this.#after) + 1);
    const turn = newer.find(({ text }) => text.trim() === this.#sent.trim());
    if (turn?.state === "failed") this.putBack();
    else if (turn && turn.state !== "queued" && turn.state !== "sending") this.#sent = "";
    this.#newest = turns.at(-1)?.turnId;
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
      this.#root.dataset.awake = String(part(this.#root, "stage-bar").contains(document.activeElement));
    }, RESTS_AFTER);
  }
}
