/** A WebSocket to this server, which opens again whenever it was closed. */

import { pauseAfter } from "./media/retries.js";

/** The close code of a server that does not know this page's visitor. */
const POLICY_VIOLATION = 1008;
/** The sentence for that. */
export const REFUSED =
  "This browser sends no cookie to this page, or the page is out of date: reload it.";
/** @type {import("./protocol.js").LongestMessage} characters; a longer message closes the line */
const LONGEST = 32_768;
/** In ms: a server that hangs takes a connection, and never answers it. */
const OPENS_WITHIN = 10_000;

/**
 * @typedef {object} Closed
 * @property {boolean} isRefused
 * @property {number} failures in a row, from 1
 * @property {number} nextIn ms until the next try
 */

export class Line {
  #url;
  #onMessage;
  #onClosed;
  /** @type {WebSocket | null} */ #socket = null;
  #isOpen = false;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} until the next try */ #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #opening;

  /**
   * @param {string} path relative to the page
   * @param {(message: any) => void} onMessage
   * @param {(closed: Closed) => void} onClosed
   */
  constructor(path, onMessage, onClosed) {
    this.#url = new URL(path, document.baseURI);
    this.#url.protocol = this.#url.protocol.replace("http", "ws");
    this.#onMessage = onMessage;
    this.#onClosed = onClosed;
  }

  open() {
    this.#timer = undefined;
    const socket = (this.#socket = new WebSocket(this.#url));
    this.#opening = setTimeout(() => socket.close(), OPENS_WITHIN);
    socket.onmessage = ({ data }) => {
      clearTimeout(this.#opening);
      this.#isOpen = true;
      this.#failures = 0;
      this.#onMessage(JSON.parse(data));
    };
    socket.onclose = ({ code }) => {
      clearTimeout(this.#opening);
      this.#isOpen = false;
      this.#failures += 1;
      const nextIn = pauseAfter(this.#failures);
      this.#timer = setTimeout(() => this.open(), nextIn);
      this.#onClosed({
        isRefused: code === POLICY_VIOLATION,
        failures: this.#failures,
        nextIn,
      });
    };
  }

  /** Does not wait for the next try. */
  openNow() {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.open();
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#opening);
    if (!this.#socket) return;
    this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket.close();
  }

  /** A message has come: a server that refuses us opens a socket, too, and closes it. */
  get isOpen() {
    return this.#isOpen;
  }

  /** @param {object} message @returns {boolean} whether it was sent */
  send(message) {
    const text = JSON.stringify(message);
    if (!this.#isOpen || text.length > LONGEST) return false;
    this.#socket?.send(text);
    return true;
  }
}
