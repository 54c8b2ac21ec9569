/** Picture and sound of one session: by WebRTC, and where that can't be, over plain HTTP. */

import { Plain } from "./plain.js";
import { Ear } from "./speaking.js";
import { hasWebRtc, Whep } from "./whep.js";

/** @typedef {import("./retries.js").Refusal} Refusal */
/**
 * @typedef {object} Where of init-client's answer
 * @property {string} url
 * @property {import("./ice.js").Turn | null} turn
 * @property {string | null} plainUrl the simulator's own; the live service has none
 */
/** @typedef {import("./plain.js").PlainEvents} PlayerEvents those of `Whep`, and the voice's */

/**
 * For so long, in ms after the first answer, media is waited for where there is another way: on a
 * network that lets it through it is there within 1 s, on a busy machine within 3. With a TURN
 * server, its relay is tried first, for 5 s (`whep.js`); all of this is over before the stage says,
 * at 12 s, that no picture came.
 */
const PATIENCE = 5000;
const PATIENCE_WITH_TURN = 9000;

export class Player {
  #where;
  #events;
  #ear;
  /** @type {Whep | Plain} */
  #line;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {Where} where
   * @param {PlayerEvents} events
   * @param {import("./whep.js").Prepared} [prepared]
   */
  constructor(where, events, prepared) {
    this.#where = where;
    this.#events = events;
    this.#ear = new Ear(events.onSpeaking);
    const whep = new Whep(
      where,
      {
        onStream: (stream) => {
          events.onStream(stream);
          this.#ear.listenTo(stream);
          if (where.plainUrl) {
            const patience = where.turn ? PATIENCE_WITH_TURN : PATIENCE;
            this.#timer ??= setTimeout(() => this.#goPlain(), patience);
          }
        },
        onState: (state) => {
          if (this.#line !== whep) return;
          if (state !== "connecting") this.#stopWaiting();
          if (state !== "connected") this.#ear.close();
          events.onState(state);
        },
        onRefused: (refusal) => {
          // Once it is through with this refusal: stopped in the midst of it, it would go on.
          if (refusal.noRoute && where.plainUrl) queueMicrotask(() => this.#goPlain());
          else events.onRefused(refusal);
        },
        onFailed: events.onFailed,
      },
      prepared,
    );
    this.#line = whep;
  }

  start() {
    if (this.#where.plainUrl && !hasWebRtc()) this.#goPlain();
    else this.#line.start();
  }

  /** Idempotent. */
  stop() {
    this.#stopWaiting();
    this.#line.stop();
  }

  /** @returns {Promise<RTCStatsReport | undefined>} undefined over plain HTTP */
  async statistics() {
    return this.#line instanceof Whep ? this.#line.statistics() : undefined;
  }

  get isPlain() {
    return this.#line instanceof Plain;
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
