/** Clicks that start the avatar: on the page's own button, and on the stage's "Start again". */

import { buttonName } from "./sound.js";

/** From the stage's own asking for a start to a view of it, in ms. */
const STARTED_WITHIN = 150;

export class Starts {
  #ask;
  #revision;
  #passingOn = false;

  /**
   * @param {() => boolean} ask asks the server to start; false where there is no line to it
   * @param {() => number | undefined} revision of the newest view
   */
  constructor(ask, revision) {
    this.#ask = ask;
    this.#revision = revision;
    document.addEventListener("click", this.#onClick, true);
  }

  close() {
    document.removeEventListener("click", this.#onClick, true);
  }

  /** The page's button may still be drawn as it was before the error, so it is not asked first. */
  again() {
    if (!this.#start()) this.#click();
  }

  /**
   * The stage itself asks the server to start, and the page's click goes on only where that started
   * nothing: the click's rerun keeps browser and server busy for the 50 ms in which the connection
   * is made (measured: first picture at 110 ms with it, 85 without).
   */
  #onClick = (/** @type {MouseEvent} */ event) => {
    if (this.#passingOn || buttonName(event.target) !== "Start Avatar") return;
    if (this.#start()) event.stopPropagation();
  };

  #start() {
    // A start that failed at once has been shown by then, too.
    const before = this.#revision();
    if (!this.#ask()) return false;
    setTimeout(() => {
      if (this.#revision() === before) this.#click();
    }, STARTED_WITHIN);
    return true;
  }

  #click() {
    const buttons = [...document.querySelectorAll("button")];
    this.#passingOn = true;
    buttons.find((button) => buttonName(button) === "Start Avatar")?.click();
    this.#passingOn = false;
  }
}
