/** The stage's own line to the server, as `components/stage/protocol.py` says. */

import { pauseAfter } from "./media/retries.js";

/** @typedef {import("./protocol.js").Message} View */
/** @typedef {import("./protocol.js").Asked | import("./protocol.js").Wished} Ask */
/** @typedef {import("./protocol.js").Saw} Saw */
/** @typedef {"unreachable" | "refused" | null} Loss why there has been no line for 10 s, or null */

/** In ms without a line, until the visitor is told. */
const PATIENCE = 10_000;
/** The close code of a server that does not know this page's visitor. */
const POLICY_VIOLATION = 1008;
/** Sights that wait for the line to come back. */
const MOST_WAITING = 20;
/** @type {import("./protocol.js").LongestMessage} characters; a longer message closes the line */
const LONGEST = 32_768;

/** Tells of refusals: Streamlit's own line may need 30 s to come back. */
const MOST_REFUSALS = 8;

export class Channel {
  #url;
  #onView;
  #onLoss;
  #onRefused;
  /** @type {WebSocket | null} */ #socket = null;
  /** A view has come: a server that refuses us opens a socket, too, and closes it. */
  #isOpen = false;
  /** @type {Saw[]} */ #waiting = [];
  #failures = 0;
  #refusals = 0;
  /** Why the last line was closed. */
  #loss = /** @type {Loss} */ ("unreachable");
  #isLost = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #patience;

  /**
   * @param {string} path relative to the page
   * @param {(view: View) => void} onView
   * @param {(loss: Loss) => void} onLoss
   * @param {() => void} onRefused the server that drew this page may have been started anew
   */
  constructor(path, onView, onLoss, onRefused) {
    this.#url = new URL(path, document.baseURI);
    this.#url.protocol = this.#url.protocol.replace("http", "ws");
    this.#onView = onView;
    this.#onLoss = onLoss;
    this.#onRefused = onRefused;
  }

  open() {
    this.#patience ??= setTimeout(() => {
      this.#isLost = true;
      this.#onLoss(this.#loss);
    }, PATIENCE);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      if (!this.#isOpen) this.#opened();
      this.#onView(JSON.parse(data));
    };
    socket.onclose = ({ code }) => {
      this.#isOpen = false;
      this.#failures += 1;
      this.#loss = code === POLICY_VIOLATION ? "refused" : "unreachable";
      if (this.#isLost) this.#onLoss(this.#loss);
      if (this.#loss === "refused" && this.#refusals < MOST_REFUSALS) {
        this.#refusals += 1;
        this.#onRefused();
      }
      this.#timer = setTimeout(() => this.open(), pauseAfter(this.#failures));
    };
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
    if (!this.#socket) return;
    this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket.close();
  }

  /**
   * Sends at once or not at all: a request of a while ago may no longer be meant.
   * @param {Ask} ask
   * @returns {boolean} whether it was sent
   */
  ask(ask) {
    return this.#isOpen && this.#send(ask);
  }

  /** @param {Saw} saw is sent when the line is back, if there is none */
  tell(saw) {
    if (this.#isOpen) this.#send(saw);
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(saw);
  }

  /** @param {Ask | Saw} message */
  #send(message) {
    const text = JSON.stringify(message);
    if (text.length > LONGEST) return false;
    this.#socket?.send(text);
    return true;
  }

  #opened() {
    this.#isOpen = true;
    this.#failures = this.#refusals = 0;
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#isLost = false;
    this.#onLoss(null);
    for (const saw of this.#waiting.splice(0)) this.tell(saw);
  }
}
