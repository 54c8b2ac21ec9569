/** Whether the avatar is speaking, told from the sound that arrives. */

/**
 * Loudness (root mean square, full scale 1) from which on it is a voice: -42 dBFS. Speech is at -30
 * to -15, the silence of an Opus stream below -60.
 */
const VOICE = 0.008;
/** Between two sentences it is silent for less than this, in ms; longer, and the turn is over. */
const HOLD = 700;

/** Samples, 43 ms at 48 kHz: shorter pieces take a click for a voice. */
const PIECE = 2048;
const LOOK_EVERY = 40;

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
    this.#stopListening = listen(track, (loudness) => this.hear(loudness));
  }

  /** @param {number} loudness of the next piece of sound, root mean square, 0 to 1 */
  hear(loudness) {
    this.#become(hear(this.#hearing, loudness, performance.now()));
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

/** @typedef {(loudness: number) => void} OnLoudness root mean square of a piece of sound, 0 to 1 */

/**
 * How loud a received track is, whatever becomes of its sound on this machine.
 *
 * Measured in Chromium 156: while a `<video>` is muted, `totalAudioEnergy` and `audioLevel` of the
 * statistics stand still; getSynchronizationSources() says 0 unless the sender adds a header
 * extension; an AudioContext stays suspended until the visitor has clicked. The samples themselves
 * (MediaStreamTrackProcessor) come in all of these cases, at less than 1 % of a core. Other browsers
 * have no such thing on a page, so there it is an AudioContext.
 * @param {MediaStreamTrack} track
 * @param {OnLoudness} onLoudness
 * @returns {() => void} stops listening
 */
function listen(track, onLoudness) {
  return "MediaStreamTrackProcessor" in globalThis
    ? readSamples(track, onLoudness)
    : analyse(track, onLoudness);
}

/** @param {MediaStreamTrack} track @param {OnLoudness} onLoudness */
function readSamples(track, onLoudness) {
  const { MediaStreamTrackProcessor } = /** @type {any} */ (globalThis);
  /** @type {ReadableStreamDefaultReader<AudioData>} */
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
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

/** @param {MediaStreamTrack} track @param {OnLoudness} onLoudness */
function analyse(track, onLoudness) {
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: PIECE });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const samples = new Float32Array(PIECE);
  const timer = setInterval(() => {
    if (context.state === "suspended" && navigator.userActivation?.hasBeenActive) {
      context.resume().catch(() => {}); // closed meanwhile, it is not listened to any more
    }
    analyser.getFloatTimeDomainData(samples);
    onLoudness(Math.sqrt(squares(samples) / PIECE));
  }, LOOK_EVERY);
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
