/** The stage's own line to the server: whole views come down, short reports go up. */

import { pauseAfter } from "./retries.js";

/** @typedef {import("./ice.js").Turn} Turn */
/** @typedef {{kind: "sdk", sdkUrl: string, baseUrl: string, sessionId: string, token: string}} SdkAvatar */
/** @typedef {{kind: "direct", sessionId: string, whepUrl: string, turn: Turn | null}} DirectAvatar */
/** @typedef {SdkAvatar | DirectAvatar} Avatar */
/** @typedef {"idle" | "creating" | "connecting" | "ready" | "ending" | "error"} Phase */
/**
 * @typedef {object} View what the visitor should see, all of it, each time
 * @property {number} revision moves when the page's widgets must be drawn again
 * @property {Phase} phase
 * @property {string | null} caption the text of the turn being said
 * @property {number} interrupts how many interrupt calls were answered
 * @property {boolean} interrupting an interrupt call is under way
 * @property {"sdk" | "direct"} way how an avatar will be shown
 * @property {Avatar | null} avatar
 */
/** @typedef {"start" | "playing" | "speakingStart" | "speakingEnd" | "stalled" | "resumed" | "failed"} ReportEvent */
/** @typedef {{event: ReportEvent, sessionId: string, message?: string}} Report */

/** Without a line for so long, in ms, the visitor is told. */
const PATIENCE = 10_000;
/** Reports that wait for the line to come back; more than these are of no use to anybody. */
const MOST_WAITING = 20;

export class Channel {
  #url;
  #onView;
  #onLost;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Report[]} */
  #waiting = [];
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;

  /**
   * @param {string} url ws: or wss:
   * @param {(view: View) => void} onView
   * @param {(lost: boolean) => void} onLost there has been no line for long, or there is one
   */
  constructor(url, onView, onLost) {
    this.#url = url;
    this.#onView = onView;
    this.#onLost = onLost;
  }

  open() {
    this.#patience ??= setTimeout(() => this.#onLost(true), PATIENCE);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#failures = 0;
      clearTimeout(this.#patience);
      this.#patience = undefined;
      this.#onLost(false);
      for (const report of this.#waiting.splice(0)) this.report(report);
    };
    socket.onmessage = ({ data }) => this.#onView(JSON.parse(data));
    socket.onclose = () => {
      this.#failures += 1;
      this.#timer = setTimeout(() => this.open(), pauseAfter(this.#failures));
    };
  }

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket.close();
  }

  /** @param {Report} report */
  report(report) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(report));
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(report);
  }
}
