/**
 * How loud a received track is, whatever becomes of its sound on this machine.
 *
 * Measured in Chromium 156: while a `<video>` is muted, `totalAudioEnergy` and `audioLevel` of the
 * statistics stand still; getSynchronizationSources() says 0 unless the sender adds a header
 * extension; an AudioContext stays suspended until the visitor has clicked. The samples themselves
 * (MediaStreamTrackProcessor) come in all of these cases, at less than 1 % of a core. Other browsers
 * have no such thing on a page, so there it is an AudioContext.
 */

/** Samples, 43 ms at 48 kHz: shorter pieces take a click for a voice. */
const PIECE = 2048;
const LOOK_EVERY = 40;

/** @typedef {(loudness: number) => void} OnLoudness root mean square of a piece of sound, 0 to 1 */

/**
 * @param {MediaStreamTrack} track
 * @param {OnLoudness} onLoudness
 * @returns {() => void} stops listening
 */
export function listen(track, onLoudness) {
  return "MediaStreamTrackProcessor" in globalThis
    ? readSamples(track, onLoudness)
    : analyse(track, onLoudness);
}

/**
 * @param {MediaStreamTrack} track
 * @param {OnLoudness} onLoudness
 */
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

/**
 * @param {MediaStreamTrack} track
 * @param {OnLoudness} onLoudness
 */
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
