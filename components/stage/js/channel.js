/**
 * The stage's own line to the server, as `components/stage/protocol.py` says; the presenter's desk has
 * one, too, with views and commands of its own (`components/presenter/protocol.py`).
 */

import { Line } from "./line.js";

/** @typedef {import("./protocol.js").Message} View */
/** @typedef {import("./protocol.js").Beat} Beat */
/** @typedef {import("../../presenter/js/protocol.js").Command} Command */
/** @typedef {import("./protocol.js").Asked | import("./protocol.js").Wished | Command} Ask */
/** @typedef {import("./protocol.js").Saw | import("../../presenter/js/protocol.js").Reported} Saw */
/**
 * @typedef {object} Loss why nothing can be asked for
 * @property {import("./troubles.js").LossKind} kind
 * @property {number} since by `performance.now()`
 * @property {number | null} nextAt of the next try, by the same clock
 * @property {import("./protocol.js").Verb | null} asked a verb that has found no answer
 */

/** In ms without a line, until the visitor is told: a blip takes less. The first one may be slow. */
const PATIENCE = 1500;
const FIRST_PATIENCE = 5000;
/** In ms that a beat may be late, and an answer to a verb, until the server is said to hang. */
const OVERDUE = 900;
const ANSWER = 1500;
/** In ms: a look that was late itself waits for the messages which wait behind it. */
const LOOK_AGAIN = 250;
/** Sights that wait for the line to come back. */
const MOST_WAITING = 20;
/** Tells of refusals: Streamlit's own line may need 30 s to come back. */
const MOST_REFUSALS = 8;

/** @typedef {ReturnType<typeof setTimeout> | undefined} Timer */

/** @template {object} [V=View] */
export class Channel {
  #onLoss;
  #onRefused;
  #line;
  /** @type {Saw[]} */ #waiting = [];
  #refusals = 0;
  /** @type {Loss | null} the last one; told, if `#isLost` */ #loss = null;
  #isLost = false;
  /** @type {Timer} without a line */ #patience;
  #patienceEnds = Infinity;
  /** @type {Timer} without a message */ #overdue;
  /** @type {Timer} without an answer to a verb */ #answer;
  /** By `performance.now()`. */
  #answeredAt = -Infinity;
  /** When the last message came, and what the last beat said. */
  #heardAt = 0;
  /** @type {{beat: Beat, at: number} | null} */ #beat = null;
  /** Verbs that were sent over this line, and the last one. */
  #sent = 0;
  /** @type {import("./protocol.js").Verb | null} */ #asked = null;

  /**
   * @param {string} path relative to the page
   * @param {(view: V) => void} onView
   * @param {(loss: Loss | null) => void} onLoss at each change
   * @param {() => void} onRefused the server that drew this page may have been started anew
   */
  constructor(path, onView, onLoss, onRefused) {
    this.#onLoss = onLoss;
    this.#onRefused = onRefused;
    const onMessage = (/** @type {V | Beat} */ message) => {
      this.#heardAt = performance.now();
      if ("beat" in message) this.#heard(message);
      if (this.#patience !== undefined) this.#opened();
      else if (this.#isLost) this.#found();
      if (this.#beat) this.#expect(this.#beat.beat.within * 1000 + OVERDUE);
      if (!("beat" in message)) onView(message);
    };
    this.#line = new Line(path, onMessage, (closed) => this.#closed(closed));
  }

  open() {
    this.#waitForLine(FIRST_PATIENCE);
    this.#line.open();
  }

  close() {
    for (const timer of [this.#patience, this.#overdue, this.#answer]) clearTimeout(timer);
    this.#line.close();
  }

  /** Does not wait for the next try to open it. */
  openNow() {
    this.#line.openNow();
  }

  /** Whether the line is there, and the server does not answer. */
  get hangs() {
    return this.#isLost && this.#loss?.kind === "hung";
  }

  /**
   * When the server last answered a verb, or answered again, by `performance.now()`; Infinity while a
   * verb has no answer, and while the server hangs.
   */
  get answeredAt() {
    return this.#answer !== undefined || this.hangs ? Infinity : this.#answeredAt;
  }

  /**
   * Sends at once or not at all: a request of a while ago may no longer be meant.
   * @param {Ask} ask
   * @returns {boolean} whether it was sent
   */
  ask(ask) {
    if (!("verb" in ask)) return this.#line.send(ask);
    const beat = this.#beat;
    const at = beat && beat.beat.beat + (performance.now() - beat.at) / 1000;
    const isSent = this.#line.send(at === null ? ask : { ...ask, at });
    if (!isSent) {
      this.#tellNow();
      return false;
    }
    this.#sent += 1;
    this.#asked = /** @type {import("./protocol.js").Verb} */ (ask.verb); // the desk reads it not
    if (this.#isLost) this.#lose();
    this.#answer ??= setTimeout(() => {
      this.#answer = setTimeout(() => this.#lose(), LOOK_AGAIN);
    }, ANSWER);
    return true;
  }

  /** @param {Saw} saw is sent when the line is back, if there is none */
  tell(saw) {
    if (this.#line.isOpen) this.#line.send(saw);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(saw);
  }

  /** @param {string} sessionId that an earlier server had */
  tellLost(sessionId) {
    this.#line.send({ lost: sessionId });
  }

  /** @param {Beat} beat */
  #heard(beat) {
    this.#beat = { beat, at: this.#heardAt };
    if (beat.heard < this.#sent) return;
    if (this.#answer !== undefined) this.#answeredAt = this.#heardAt;
    clearTimeout(this.#answer);
    this.#answer = undefined;
    this.#asked = null;
  }

  /** @param {number} pause ms until the server hangs, unless something comes */
  #expect(pause) {
    clearTimeout(this.#overdue);
    this.#overdue = setTimeout(() => {
      this.#overdue = setTimeout(() => this.#lose(), LOOK_AGAIN);
    }, pause);
  }

  /** The line is open, and nothing comes. */
  #lose() {
    if (!this.#line.isOpen) return;
    this.#become({ kind: "hung", since: this.#heardAt, nextAt: null, asked: this.#asked });
  }

  /** @param {Loss} loss */
  #become(loss) {
    this.#isLost = true;
    this.#loss = loss;
    this.#onLoss(loss);
  }

  #found() {
    this.#isLost = false;
    this.#answeredAt = performance.now();
    this.#loss = null;
    this.#onLoss(null);
  }

  /** @param {number} patience a longer wait that is under way is cut to it */
  #waitForLine(patience) {
    const ends = performance.now() + patience;
    if (ends >= this.#patienceEnds) return;
    this.#patienceEnds = ends;
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#tellNow(), patience);
  }

  /** Tells that there is no line. A click that finds none is not kept waiting for that. */
  #tellNow() {
    if (this.#line.isOpen || this.#isLost) return;
    this.#become(this.#loss ?? { kind: "gone", since: performance.now(), nextAt: null, asked: null });
  }

  #opened() {
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#patienceEnds = Infinity;
    this.#refusals = 0;
    this.#found();
    for (const saw of this.#waiting.splice(0)) this.#line.send(saw);
  }

  /** @param {import("./line.js").Closed} closed */
  #closed({ isRefused, nextIn }) {
    clearTimeout(this.#overdue);
    clearTimeout(this.#answer);
    this.#answer = undefined;
    this.#beat = null;
    this.#sent = 0;
    this.#waitForLine(PATIENCE);
    const now = performance.now();
    this.#loss = {
      kind: isRefused ? "refused" : "gone",
      since: this.#loss?.since ?? now,
      nextAt: now + nextIn,
      asked: this.#asked,
    };
    if (this.#isLost) this.#onLoss(this.#loss);
    if (!isRefused || this.#refusals >= MOST_REFUSALS) return;
    this.#refusals += 1;
    this.#onRefused();
  }
}
