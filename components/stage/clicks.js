/** When the visitor has clicked on something of Streamlit's, which a run asked for then would undo. */

import { buttonName } from "./sound.js";

/**
 * Streamlit (1.67) drops a run whose callbacks have not been called when another is asked for, and
 * the click with it: on a busy machine the first of two runs asked for within 30 ms came to nothing
 * in a quarter to a half of 200 tries, with runner.fastReruns or without. For so long, in ms, after
 * a click none is asked for, and at most so long while the click's own is being drawn.
 */
const CLICK = 500;
const DRAWING = 2000;
/**
 * Every request names the page, and the last one wins: one of ours that still names the old page
 * brings it back. The new page is known only when its run has come.
 */
const PAGE_TURN = 1000;

export class Clicks {
  #at = -DRAWING;
  #wait = 0;
  #note = (/** @type {Event} */ event) => {
    const { type, target } = event;
    if (type === "keydown" && /** @type {KeyboardEvent} */ (event).key !== "Enter") return;
    const link = target instanceof Element && target.closest("a[href]");
    // The stage starts by itself, and shows that at once.
    if (type === "click" && !link && buttonName(target) === "Start Avatar") return;
    this.#at = performance.now();
    this.#wait = type === "popstate" || link ? PAGE_TURN : CLICK;
  };

  constructor() {
    for (const type of ["click", "keydown"]) document.addEventListener(type, this.#note, true);
    addEventListener("popstate", this.#note);
  }

  get isUnderWay() {
    const since = performance.now() - this.#at;
    const isDrawing = () => document.querySelector('[data-test-script-state="running"]') !== null;
    return since < this.#wait || (since < DRAWING && isDrawing());
  }

  close() {
    for (const type of ["click", "keydown"]) document.removeEventListener(type, this.#note, true);
    removeEventListener("popstate", this.#note);
  }
}
