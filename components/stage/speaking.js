/** Whether the avatar is speaking, told from the sound that arrives. */

import { listen } from "./listening.js";

/**
 * Loudness (root mean square, full scale 1) from which on it is a voice: -42 dBFS. Speech is at -30
 * to -15, the silence of an Opus stream below -60.
 */
const VOICE = 0.008;
/** Between two sentences it is silent for less than this, in ms; longer, and the turn is over. */
const HOLD = 700;

/** @typedef {{speaking: boolean, heardAt: number}} Hearing `heardAt` in ms: when a voice was last heard */

/** @type {Readonly<Hearing>} */
export const SILENT = Object.freeze({ speaking: false, heardAt: -Infinity });

/**
 * What is heard, after one more piece of sound.
 * @param {Readonly<Hearing>} hearing
 * @param {number} loudness of the piece, root mean square, 0 to 1
 * @param {number} at ms
 * @returns {Readonly<Hearing>}
 */
export function hear(hearing, loudness, at) {
  if (loudness >= VOICE) return { speaking: true, heardAt: at };
  if (hearing.speaking && at - hearing.heardAt >= HOLD) return { ...hearing, speaking: false };
  return hearing;
}

export class Ear {
  #onChange;
  #hearing = SILENT;
  #stopListening = () => {};

  /** @param {(speaking: boolean) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @param {MediaStream} stream from now on this one, and no other */
  listenTo(stream) {
    this.close();
    const [track] = stream.getAudioTracks();
    if (!track) return;
    this.#stopListening = listen(track, (loudness) => {
      this.#become(hear(this.#hearing, loudness, performance.now()));
    });
  }

  /** Idempotent; a voice that was heard ends with it. */
  close() {
    this.#stopListening();
    this.#stopListening = () => {};
    this.#become(SILENT);
  }

  /** @param {Readonly<Hearing>} hearing */
  #become(hearing) {
    const changed = hearing.speaking !== this.#hearing.speaking;
    this.#hearing = hearing;
    if (changed) this.#onChange(hearing.speaking);
  }
}
