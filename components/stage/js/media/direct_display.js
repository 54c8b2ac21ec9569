/**
 * An avatar shown directly, by the answer to init-client alone; and the interface of both displays
 * (the other one uses a client SDK, `sdk/sdk_display.js`).
 */

import { Player } from "./player.js";
import { isGone, isTaken } from "./retries.js";

/**
 * @typedef {object} DisplayEvents
 * @property {() => void} onConnected a picture should follow
 * @property {(speaking: boolean) => void} onSpeaking
 * @property {(sentence: string, facts: {taken: boolean, nextIn?: number}) => void} onRefused an
 *   attempt failed, and another follows in so many ms, if that is known; `taken`: somebody else is
 *   watching
 * @property {(sentence: string) => void} onFailed it has given up
 * @property {(sentence: string) => void} onGone the session is over
 * @property {(sentence: string) => void} onUnfit this SDK can't show it; ours may
 */
/**
 * @typedef {object} Display
 * @property {() => void} open puts a `<video>` into the container, sooner or later
 * @property {(goesOn: boolean) => void} close idempotent; `goesOn`: the session does
 * @property {() => void} retry does not wait for the next attempt
 * @property {() => void} hearAnew a voice that is heard from now on is of another turn
 * @property {() => Promise<import("./player.js").Statistics | undefined>} statistics
 */

/** @implements {Display} */
export class DirectDisplay {
  #player;
  #video = document.createElement("video");

  /**
   * @param {import("../protocol.js").DirectAvatarMessage} avatar
   * @param {HTMLElement} container
   * @param {DisplayEvents} events
   * @param {import("./whep.js").Prepared} [prepared]
   */
  constructor(avatar, container, events, prepared) {
    this.#video.playsInline = true;
    container.append(this.#video);
    this.#player = new Player(
      { url: avatar.whepUrl, turn: avatar.turn, plainUrl: avatar.plainUrl },
      {
        onStream: (stream) => (this.#video.srcObject = stream),
        onSpeaking: events.onSpeaking,
        onState: (state) => {
          if (state === "connected") events.onConnected();
        },
        onRefused: ({ message, status, stopped }, nextIn) => {
          if (!stopped) events.onRefused(message, { taken: isTaken(status), nextIn });
        },
        onFailed: ({ message, status }) => {
          if (isGone(status)) events.onGone(message);
          else events.onFailed(message);
        },
      },
      prepared,
    );
  }

  open() {
    this.#player.start();
  }

  close() {
    this.#player.stop();
    this.#video.remove();
  }

  retry() {
    this.#player.retry();
  }

  hearAnew() {
    this.#player.hearAnew();
  }

  statistics() {
    return this.#player.statistics();
  }
}
