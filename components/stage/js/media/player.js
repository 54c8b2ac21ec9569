/** Picture and sound of one session: by WebRTC, or over plain HTTP where that is not possible. */

import { Plain } from "./plain.js";
import { Ear } from "./speaking.js";
import { WAITS } from "./waits.js";
import { hasWebRtc, Whep } from "./whep.js";

/**
 * @typedef {object} Where of init-client's answer
 * @property {string} url
 * @property {import("./ice.js").Turn | null} turn
 * @property {string | null} plainUrl the simulator's own; the live service has none
 */
/** @typedef {RTCStatsReport | "plain HTTP"} Statistics the latter has no connection to report of */
/** @typedef {import("./whep.js").WhepEvents & {onSpeaking: (on: boolean) => void}} PlayerEvents */

/**
 * When it goes over plain HTTP, in ms after the service's first answer: 0 is at once, Infinity
 * never.
 * @param {Pick<Where, "turn" | "plainUrl">} where
 * @param {boolean} canWebRtc
 */
export function plainAfter({ turn, plainUrl }, canWebRtc) {
  if (!plainUrl) return Infinity;
  if (!canWebRtc) return 0;
  return turn ? WAITS.plainAfterRelay : WAITS.plain;
}

export class Player {
  #where;
  #events;
  #ear;
  #plainAfter;
  /** @type {Whep | Plain} */ #line;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /**
   * @param {Where} where
   * @param {PlayerEvents} events
   * @param {import("./whep.js").Prepared} [prepared]
   */
  constructor(where, events, prepared) {
    this.#where = where;
    this.#events = events;
    this.#ear = new Ear(events.onSpeaking);
    this.#plainAfter = plainAfter(where, hasWebRtc());
    const hasPlain = this.#plainAfter < Infinity;
    const whep = new Whep(
      where,
      {
        onStream: (stream) => {
          events.onStream(stream);
          this.#ear.listenTo(stream, () => whep.statistics());
          if (hasPlain) this.#timer ??= setTimeout(() => this.#goPlain(), this.#plainAfter);
        },
        onState: (state) => {
          if (this.#line !== whep) return;
          if (state !== "connecting") this.#stopWaiting();
          if (state !== "connected") this.#ear.close();
          events.onState(state);
        },
        onRefused: (refusal, nextIn) => {
          // Later: a stop in the middle of this refusal would not hold.
          if (refusal.noRoute && hasPlain) queueMicrotask(() => this.#goPlain());
          else events.onRefused(refusal, nextIn);
        },
        onFailed: events.onFailed,
      },
      prepared,
    );
    this.#line = whep;
  }

  start() {
    if (this.#plainAfter === 0) this.#goPlain();
    else this.#line.start();
  }

  /** Does not wait for the next attempt. */
  retry() {
    this.#line.retry();
  }

  /** Idempotent. */
  stop() {
    this.#stopWaiting();
    this.#line.stop();
  }

  /** A voice that is heard from now on is of another turn. */
  hearAnew() {
    this.#ear.hearAnew();
  }

  /** @returns {Promise<Statistics | undefined>} undefined: no connection yet */
  async statistics() {
    return this.#line instanceof Whep ? this.#line.statistics() : "plain HTTP";
  }

  #stopWaiting() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #goPlain() {
    const whep = this.#line;
    const { plainUrl } = this.#where;
    if (!(whep instanceof Whep) || plainUrl === null) return;
    this.#stopWaiting();
    this.#line = new Plain(plainUrl, this.#events);
    whep.stop();
    this.#ear.close();
    this.#line.start();
  }
}
