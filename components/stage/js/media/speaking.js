/** Whether the avatar is speaking, by the received sound. */

import { readSound } from "./statistics.js";

/** Root mean square of a voice: -42 dBFS. Speech is at -30 to -15, Opus's silence below -60. */
const VOICE = 0.008;
/** In ms of silence, after which the turn is over: pauses between sentences are shorter. */
const HOLD = 700;

/** Samples, 43 ms at 48 kHz: in shorter pieces a click looks like a voice. */
const PIECE = 2048;
const LOOK_EVERY = 40;
/**
 * In pieces of 10 ms, that wait while the page is busy. Measured in Chromium 156: of a page that
 * stands still for 2 s, the default keeps the last 100 ms, and a short word is never heard.
 */
const KEPT = 300;

export class Ear {
  #onChange;
  #isVoice = false;
  /** In ms, of the last voice. */
  #heardAt = -Infinity;
  #stopListening = () => {};

  /** @param {(speaking: boolean) => void} onChange */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /**
   * @param {MediaStream} stream replaces the last one
   * @param {Statistics} statistics of the connection that brings it
   */
  listenTo(stream, statistics) {
    this.close();
    const [track] = stream.getAudioTracks();
    if (!track) return;
    this.#stopListening = listen(track, statistics, (loudness) => this.hear(loudness));
  }

  /** @param {number} loudness of the next piece of sound, root mean square, 0 to 1 */
  hear(loudness) {
    const now = performance.now();
    if (loudness >= VOICE) this.#heardAt = now;
    this.#become(now - this.#heardAt < HOLD);
  }

  /** Idempotent; ends a voice that was heard. */
  close() {
    this.#stopListening();
    this.#stopListening = () => {};
    this.hearAnew();
  }

  /** The voice that was heard is over; one that is heard from now on is another. */
  hearAnew() {
    this.#heardAt = -Infinity;
    this.#become(false);
  }

  /** @param {boolean} isVoice */
  #become(isVoice) {
    if (isVoice === this.#isVoice) return;
    this.#isVoice = isVoice;
    this.#onChange(isVoice);
  }
}

/** @typedef {(loudness: number) => void} OnLoudness root mean square of a piece of sound, 0 to 1 */
/** @typedef {() => Promise<RTCStatsReport | undefined>} Statistics undefined: no connection */

/**
 * The loudness of a received track, muted or not; returns a function that stops listening.
 *
 * Measured in Chromium 156: while a `<video>` is muted, `totalAudioEnergy` and `audioLevel` of the
 * statistics stand still; getSynchronizationSources() says 0 unless the sender adds a header
 * extension; an AudioContext stays suspended until the visitor has clicked. A
 * MediaStreamTrackProcessor gives the samples in all of these cases, at less than 1 % of a core.
 * Other browsers have none on a page: there it is an AudioContext, and the statistics where that
 * does not run. Measured in Firefox 153 on a machine without a sound device: the context stays
 * suspended for good, and `totalAudioEnergy` goes on.
 * @type {(track: MediaStreamTrack, statistics: Statistics, onLoudness: OnLoudness) => () => void}
 */
function listen(track, statistics, onLoudness) {
  return "MediaStreamTrackProcessor" in globalThis
    ? readSamples(track, onLoudness)
    : analyse(track, statistics, onLoudness);
}

/** @param {MediaStreamTrack} track @param {OnLoudness} onLoudness */
function readSamples(track, onLoudness) {
  const { MediaStreamTrackProcessor } = /** @type {any} */ (globalThis);
  /** @type {ReadableStreamDefaultReader<AudioData>} */
  const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: KEPT }).readable.getReader();
  let samples = new Float32Array(PIECE);
  let energy = 0;
  let count = 0;
  const readOn = async () => {
    for (let { value } = await reader.read(); value; { value } = await reader.read()) {
      const { numberOfFrames } = value;
      if (samples.length < numberOfFrames) samples = new Float32Array(numberOfFrames);
      value.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      value.close();
      energy += squares(samples.subarray(0, numberOfFrames));
      count += numberOfFrames;
      if (count < PIECE) continue;
      onLoudness(Math.sqrt(energy / count));
      energy = count = 0;
    }
  };
  readOn();
  return () => reader.cancel();
}

/** @param {MediaStreamTrack} track @param {Statistics} statistics @param {OnLoudness} onLoudness */
function analyse(track, statistics, onLoudness) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: PIECE });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(PIECE);
  let energy = 0;
  let seconds = 0;
  const look = async () => {
    if (context.state === "running") {
      analyser.getFloatTimeDomainData(samples);
      onLoudness(Math.sqrt(squares(samples) / PIECE));
      return;
    }
    if (navigator.userActivation?.hasBeenActive) context.resume().catch(() => {}); // may be closed
    const now = readSound(await statistics());
    if (context.state === "closed" || now.seconds <= seconds) return;
    onLoudness(Math.sqrt((now.energy - energy) / (now.seconds - seconds)));
    ({ energy, seconds } = now);
  };
  const timer = setInterval(look, LOOK_EVERY);
  return () => {
    clearInterval(timer);
    context.close();
  };
}

/** @param {Float32Array} samples */
function squares(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}
