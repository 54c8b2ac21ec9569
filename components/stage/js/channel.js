/** The stage's own line to the server, as `components/stage/protocol.py` says. */

import { Line } from "./line.js";

/** @typedef {import("./protocol.js").Message} View */
/** @typedef {import("./protocol.js").Asked | import("./protocol.js").Wished} Ask */
/** @typedef {import("./protocol.js").Saw} Saw */
/** @typedef {"unreachable" | "refused" | null} Loss why there has been no line for 10 s, or null */

/** In ms without a line, until the visitor is told. */
const PATIENCE = 10_000;
/** Sights that wait for the line to come back. */
const MOST_WAITING = 20;
/** Tells of refusals: Streamlit's own line may need 30 s to come back. */
const MOST_REFUSALS = 8;

export class Channel {
  #onLoss;
  #onRefused;
  #line;
  /** @type {Saw[]} */ #waiting = [];
  #refusals = 0;
  /** @type {Loss} why the last line was closed */ #loss = "unreachable";
  #isLost = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} without a line */ #patience;

  /**
   * @param {string} path relative to the page
   * @param {(view: View) => void} onView
   * @param {(loss: Loss) => void} onLoss
   * @param {() => void} onRefused the server that drew this page may have been started anew
   */
  constructor(path, onView, onLoss, onRefused) {
    this.#onLoss = onLoss;
    this.#onRefused = onRefused;
    const onMessage = (/** @type {View} */ view) => {
      if (this.#patience !== undefined) this.#opened();
      onView(view);
    };
    this.#line = new Line(path, onMessage, (isRefused) => this.#closed(isRefused));
  }

  open() {
    this.#waitForLine();
    this.#line.open();
  }

  close() {
    clearTimeout(this.#patience);
    this.#line.close();
  }

  /**
   * Sends at once or not at all: a request of a while ago may no longer be meant.
   * @param {Ask} ask
   * @returns {boolean} whether it was sent
   */
  ask(ask) {
    return this.#line.send(ask);
  }

  /** @param {Saw} saw is sent when the line is back, if there is none */
  tell(saw) {
    if (this.#line.isOpen) this.#line.send(saw);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(saw);
  }

  #waitForLine() {
    this.#patience ??= setTimeout(() => {
      this.#isLost = true;
      this.#onLoss(this.#loss);
    }, PATIENCE);
  }

  #opened() {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#refusals = 0;
    this.#isLost = false;
    this.#onLoss(null);
    for (const saw of this.#waiting.splice(0)) this.#line.send(saw);
  }

  /** @param {boolean} isRefused */
  #closed(isRefused) {
    this.#waitForLine();
    this.#loss = isRefused ? "refused" : "unreachable";
    if (this.#isLost) this.#onLoss(this.#loss);
    if (!isRefused || this.#refusals >= MOST_REFUSALS) return;
    this.#refusals += 1;
    this.#onRefused();
  }
}
