/** The box for a line of the presenter's own. */

import { part } from "../../stage/js/overlay/parts.js";

export class AskBox {
  #box;
  #ask;
  /** What left the box last: it comes back if it was refused. */
  #left = "";
  #refusals = 0;

  /** @param {HTMLElement} root @param {(text: string, now: boolean) => boolean} ask whether it was sent */
  constructor(root, ask) {
    this.#ask = ask;
    this.#box = /** @type {HTMLTextAreaElement} */ (part(root, "desk-ask-text"));
    part(root, "desk-ask").addEventListener("submit", (event) => {
      event.preventDefault();
      this.say(true);
    });
    part(root, "desk-add").addEventListener("click", () => this.say(false));
  }

  /** @param {EventTarget | null} target */
  is(target) {
    return target === this.#box;
  }

  focus() {
    this.#box.focus();
  }

  /** Something else was asked for: a refusal that comes now is not of this text. */
  forget() {
    this.#left = "";
  }

  /** @param {boolean} now else it waits before what comes next */
  say(now) {
    const text = this.#box.value;
    if (text.trim() === "") this.focus();
    else if (this.#ask(text, now)) {
      this.#left = text;
      this.#box.value = "";
    }
  }

  /** @param {{refusals: number, refusal: string | null}} message */
  show({ refusals, refusal }) {
    if (refusals > this.#refusals && refusal !== null && this.#box.value === "") this.#box.value = this.#left;
    if (refusals !== this.#refusals) this.#left = "";
    this.#refusals = refusals;
  }
}
