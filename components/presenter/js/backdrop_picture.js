/** The presenter's picture for the backdrop of the stage. */

import { ANSWERED_WITHIN } from "./deadline.js";

export class BackdropPicture {
  /** "" before it has come. */ url = "";
  #from;
  #onCame;
  #wanted = 0;

  /** @param {string} from where it is got @param {() => void} onCame `url` is another one */
  constructor(from, onCame) {
    this.#from = from;
    this.#onCame = onCame;
  }

  /** Where it does not come, the next call tries again. @param {number} pictures that were chosen, one after the other */
  async want(pictures) {
    if (pictures === this.#wanted) return;
    this.#wanted = pictures;
    const signal = AbortSignal.timeout(ANSWERED_WITHIN);
    const answer = await fetch(this.#from, { signal }).catch(() => null);
    const came = answer?.ok ? await answer.blob().catch(() => null) : null;
    if (pictures !== this.#wanted) return; // another one is wanted by now
    if (!came) {
      this.#wanted = 0;
      return;
    }
    URL.revokeObjectURL(this.url);
    this.url = URL.createObjectURL(came);
    this.#onCame();
  }
}
