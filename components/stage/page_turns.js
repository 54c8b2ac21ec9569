/** When the visitor has turned to another page of the app, which a run asked for then would undo. */

/**
 * Streamlit names the page in every request for a run, and the last request wins: one of ours that
 * still names the old page brings it back, and the click is lost (1.67). For so long, in ms, after
 * the click none is sent; by then the run of the new page has begun.
 */
const UNDER_WAY = 1000;

export class PageTurns {
  #until = 0;
  #onClick = (/** @type {MouseEvent} */ event) => {
    if (event.target instanceof Element && event.target.closest("a[href]")) this.#note();
  };
  #note = () => {
    this.#until = performance.now() + UNDER_WAY;
  };

  constructor() {
    document.addEventListener("click", this.#onClick, { capture: true });
    addEventListener("popstate", this.#note);
  }

  get isUnderWay() {
    return performance.now() < this.#until;
  }

  close() {
    document.removeEventListener("click", this.#onClick, { capture: true });
    removeEventListener("popstate", this.#note);
  }
}
