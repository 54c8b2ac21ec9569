/** A WebSocket to this server, which opens again whenever it was closed. */

import { pauseAfter } from "./media/retries.js";

/** The close code of a server that does not know this page's visitor. */
const POLICY_VIOLATION = 1008;
/** The sentence for that. */
export const REFUSED =
  "This browser sends no cookie to this page, or the page is out of date: reload it.";
/** @type {import("./protocol.js").LongestMessage} characters; a longer message closes the line */
const LONGEST = 32_768;

export class Line {
  #url;
  #onMessage;
  #onClosed;
  /** @type {WebSocket | null} */ #socket = null;
  #isOpen = false;
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /**
   * @param {string} path relative to the page
   * @param {(message: any) => void} onMessage
   * @param {(isRefused: boolean, failures: number) => void} onClosed `failures` in a row, from 1
   */
  constructor(path, onMessage, onClosed) {
    this.#url = new URL(path, document.baseURI);
    this.#url.protocol = this.#url.protocol.replace("http", "ws");
    this.#onMessage = onMessage;
    this.#onClosed = onClosed;
  }

  open() {
    const socket = (this.#socket = new WebSocket(this.#url));
    socket.onmessage = ({ data }) => {
      this.#isOpen = true;
      this.#failures = 0;
      this.#onMessage(JSON.parse(data));
    };
    socket.onclose = ({ code }) => {
      this.#isOpen = false;
      this.#failures += 1;
      this.#onClosed(code === POLICY_VIOLATION, this.#failures);
      this.#timer = setTimeout(() => this.open(), pauseAfter(this.#failures));
    };
  }

  close() {
    clearTimeout(this.#timer);
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
