/** The runs that the stage asks the page for, so that the widgets show what the newest view says. */

import { Clicks } from "./clicks.js";
import { pauseAfter } from "./retries.js";

/**
 * A rerun keeps a core of the server and of the browser busy for some 30 ms, which a start that is
 * under way waits for: measured, it brought the first picture 80 ms later.
 */
const REDRAW = 150;
const REDRAW_STARTING = 200;
/** The first pause before a run is asked for again is this one of `pauseAfter`: 2 s. */
const REDRAW_AGAIN = 3;

export class Redraws {
  #isBehind;
  #isStarting;
  #redraw;
  #clicks = new Clicks();
  /** How often the run for the newest view was asked for. */
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asking;

  /**
   * @param {() => boolean} isBehind the page does not show the newest view, or nothing at all
   * @param {() => boolean} isStarting
   * @param {() => void} redraw
   */
  constructor(isBehind, isStarting, redraw) {
    this.#isBehind = isBehind;
    this.#isStarting = isStarting;
    this.#redraw = redraw;
  }

  /**
   * One rerun for what changes together, and none that the click's own has made needless. Asked for
   * until it has come: with the page's line a run can be lost, in its beginning, its middle or its
   * end, and Streamlit (1.67) neither repeats it nor puts back what its end has cleared away.
   */
  ask() {
    if (this.#asking || !this.#isBehind()) return;
    const first = this.#isStarting() ? REDRAW_STARTING : REDRAW;
    this.#asking = setTimeout(
      () => {
        this.#asking = undefined;
        if (!this.#isBehind()) {
          this.#asked = 0;
          return;
        }
        if (!this.#clicks.isUnderWay) {
          this.#asked += 1;
          this.#redraw();
        }
        this.ask();
      },
      this.#asked ? pauseAfter(this.#asked - 1 + REDRAW_AGAIN) : first,
    );
  }

  /** A newer view has come: the pauses for the last one are not its own. */
  startOver() {
    if (!this.#asked) return;
    clearTimeout(this.#asking);
    this.#asking = undefined;
    this.#asked = 0;
  }

  close() {
    clearTimeout(this.#asking);
    this.#clicks.close();
  }
}
