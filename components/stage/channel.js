/** The stage's own line to the server: whole views come down, short reports go up. */

import { pauseAfter } from "./retries.js";

/** @typedef {import("./ice.js").Turn} Turn */
/** @typedef {{kind: "sdk", sdkUrl: string, baseUrl: string, sessionId: string, token: string}} SdkAvatar */
/** @typedef {{kind: "direct", sessionId: string, whepUrl: string, turn: Turn | null, plainUrl: string | null}} DirectAvatar */
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
 * @property {boolean} elsewhere another tab of this visitor shows it; then `avatar` is null
 * @property {number | null} endsIn seconds, from the message on, until the session ends by itself
 * @property {"idle" | "max" | null} limit why it would: nobody speaks, or it has lasted long enough
 */
/**
 * @typedef {"start" | "playing" | "speakingStart" | "speakingEnd" | "stalled" | "resumed" | "failed"
 *   | "gone" | "remark" | "stay" | "take"} ReportEvent
 */
/** @typedef {{event: ReportEvent, sessionId: string, message?: string}} Report */
/**
 * @typedef {"unreachable" | "refused" | null} Loss why there has been no line for long; null: there
 *   is one
 */

/** Without a line for so long, in ms, the visitor is told. */
const PATIENCE = 10_000;
/** The close code of a server that does not know this page's visitor. */
const POLICY_VIOLATION = 1008;
/** Reports that wait for the line to come back; more than these are of no use to anybody. */
const MOST_WAITING = 20;

/** How often a refusal is told: Streamlit's own line may need 30 s to come back. */
const MOST_REFUSALS = 8;

export class Channel {
  #url;
  #onView;
  #onLoss;
  #onRefused;
  /** @type {WebSocket | null} */
  #socket = null;
  /** The server shows us something: one that refuses us opens a socket, too, and closes it. */
  #isOpen = false;
  /** @type {Report[]} */
  #waiting = [];
  #failures = 0;
  #refusals = 0;
  /** Why the last line was closed. */
  #loss = /** @type {Loss} */ ("unreachable");
  #isLost = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #patience;

  /**
   * @param {string} url ws: or wss:
   * @param {(view: View) => void} onView
   * @param {(loss: Loss) => void} onLoss
   * @param {() => void} onRefused the server that drew this page may have been started anew
   */
  constructor(url, onView, onLoss, onRefused) {
    this.#url = url;
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

  get isOpen() {
    return this.#isOpen;
  }

  close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#patience);
    if (!this.#socket) return;
    this.#socket.onclose = this.#socket.onmessage = null;
    this.#socket.close();
  }

  /** @param {Report} report */
  report(report) {
    if (this.#isOpen) this.#socket?.send(JSON.stringify(report));
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(report);
  }

  #opened() {
    this.#isOpen = true;
    this.#failures = this.#refusals = 0;
    clearTimeout(this.#patience);
    this.#patience = undefined;
    this.#isLost = false;
    this.#onLoss(null);
    for (const report of this.#waiting.splice(0)) this.report(report);
  }
}
