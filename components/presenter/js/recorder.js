/** Records what the audience sees and hears, as chunks of one file. */

/** @typedef {"waiting" | "recording" | "stopped" | "failed"} RecorderState */
/**
 * @typedef {object} Options
 * @property {HTMLCanvasElement} canvas its size is that of the recording; nobody need see it
 * @property {(context: CanvasRenderingContext2D, width: number, height: number) => void} draw paints
 *   all of one picture; nothing from another origin, which no canvas gives away
 * @property {(chunk: Blob, index: number) => void} onChunk in order, from 0; joined, they are the file
 * @property {(state: RecorderState, reason: string) => void} [onState] `waiting`: for a gesture, before
 *   which the browser lets no sound through. `reason`: a sentence, where it failed; what came before
 *   is kept, and no chunk follows
 */

/** The best first: MP4 plays everywhere, but not every browser has its encoders. */
export const TYPES = [
  "video/mp4;codecs=avc1.4d002a,mp4a.40.2",
  "video/mp4;codecs=avc1.4d002a,opus", // half the processor of VP9, where there is no AAC
  "video/webm;codecs=vp9,opus",
  "video/webm;codecs=vp8,opus",
];
export const PICTURES_A_SECOND = 25;
const PICTURE = 1000 / PICTURES_A_SECOND;
/** Milliseconds of a chunk. */
const CHUNK = 1000;
/** Bits a second: 1.8 GB an hour at most, less where little moves. */
const BITS = { videoBitsPerSecond: 4_000_000, audioBitsPerSecond: 128_000 };
/** Milliseconds between the pictures that can be jumped to; not all browsers know the option. */
const KEY_PICTURES = { videoKeyFrameIntervalDuration: 2000 };
/** In ms: a browser that needs no gesture lets sound through within a fraction of this. */
const WAITING_AFTER = 1000;
/** Seconds in which the sound falls to a third: a sudden end is heard as a click. */
const FADE = 0.005;

export const NO_RECORDER = "This browser can't record video. Use a current Chrome, Edge, Firefox or Safari.";
const BROKEN = "The browser has stopped recording. What was recorded until then is kept.";

/**
 * The type to record, "" where there is none.
 * @param {(type: string) => boolean} [isSupported]
 */
export function bestType(isSupported = (type) => globalThis.MediaRecorder?.isTypeSupported(type) ?? false) {
  return TYPES.find(isSupported) ?? "";
}

/**
 * When the next picture is due: `PICTURES_A_SECOND` on average, and none is made up for after a halt.
 * @param {number} due when the one that was drawn now was due, in ms
 * @param {number} now
 */
export const nextDue = (due, now) => (now - due < 2 * PICTURE ? due + PICTURE : now + PICTURE);

/**
 * One recording; a further one needs a new `Recorder`. Its two tracks stay the same while the sources
 * of the sound come and go.
 */
export class Recorder {
  #canvas;
  #draw;
  #onChunk;
  #onState;
  #audio = new AudioContext();
  #gain = this.#audio.createGain();
  #sound = this.#audio.createMediaStreamDestination();
  /** Without any source Chromium 156 writes no sound: a gap, which not every player keeps. */
  #silence = new ConstantSourceNode(this.#audio, { offset: 0 });
  /** @type {MediaRecorder | null} */ #recorder = null;
  #stopped = Promise.resolve();
  #hasFailed = false;
  /** Aborted once it is over. */ #over = new AbortController();
  #chunks = 0;
  /** When it began, by `performance.now()`. @type {number | null} */ #began = null;
  #due = 0;
  #frame = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {Options} options */
  constructor({ canvas, draw, onChunk, onState = () => {} }) {
    this.#canvas = canvas;
    this.#draw = draw;
    this.#onChunk = onChunk;
    this.#onState = onState;
    this.#gain.connect(this.#sound);
    this.#silence.connect(this.#sound);
    this.#silence.start();
  }

  /**
   * Begins once the browser lets sound through, however long that takes. Resolves then, or when
   * `stop()` was called before.
   * @throws {Error} with a sentence for the presenter, where this browser can't record; then
   *   nothing is kept open
   */
  async start() {
    try {
      await this.#begin();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /**
   * Where the file is now: the begin of a chapter that begins now. The state "recording" is told up
   * to 0.6 s later than the file begins (Chromium 156, VP9, two processors).
   */
  get seconds() {
    return this.#began === null ? 0 : (performance.now() - this.#began) / 1000;
  }

  /** Resolves when the last chunk was handed over. It can be asked for at any time, and again. */
  async stop() {
    if (this.#recorder && this.#recorder.state !== "inactive") this.#recorder.stop();
    await this.#stopped;
    this.#halt();
  }

  /**
   * Adds a source of sound. A stream from another computer is silent in here, unless an element of
   * the page plays it, too; that may be muted (Chromium 156).
   * @param {MediaStream} stream
   * @returns {() => void} takes it away again
   */
  connect(stream) {
    if (stream.getAudioTracks().length === 0) return () => {};
    const source = this.#audio.createMediaStreamSource(stream);
    source.connect(this.#gain);
    return () => source.disconnect();
  }

  /** Nothing is heard in the file while the audience hears nothing. @param {boolean} isMuted */
  mute(isMuted) {
    this.#gain.gain.setTargetAtTime(isMuted ? 0 : 1, this.#audio.currentTime, FADE);
  }

  async #begin() {
    const mimeType = bestType();
    if (mimeType === "") throw new Error(NO_RECORDER);
    await this.#untilSound();
    if (this.#over.signal.aborted) return;
    // Every picture that is drawn: #tick keeps the rate.
    const tracks = [...this.#canvas.captureStream().getTracks(), ...this.#sound.stream.getTracks()];
    const recorder = new MediaRecorder(new MediaStream(tracks), { mimeType, ...BITS, ...KEY_PICTURES });
    this.#recorder = recorder;
    recorder.addEventListener("dataavailable", ({ data }) => {
      if (data.size > 0) this.#onChunk(data, this.#chunks++);
    });
    recorder.addEventListener("start", () => this.#onState("recording", ""));
    recorder.addEventListener("error", () => (this.#hasFailed = true));
    this.#stopped = new Promise((resolve) => {
      recorder.addEventListener("stop", () => {
        this.#halt();
        if (this.#hasFailed) this.#onState("failed", BROKEN);
        else this.#onState("stopped", "");
        resolve();
      });
    });
    document.addEventListener("visibilitychange", this.#schedule);
    recorder.start(CHUNK);
    this.#began = performance.now();
    this.#tick();
  }

  /** A recorder may write nothing of a context that does not run. */
  async #untilSound() {
    const { signal } = this.#over;
    const resume = () => void this.#audio.resume().catch(() => {});
    for (const gesture of ["pointerup", "keydown"]) {
      document.addEventListener(gesture, resume, { capture: true, signal });
    }
    const told = setTimeout(() => this.#onState("waiting", ""), WAITING_AFTER);
    resume();
    await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
      const look = () => (this.#audio.state === "running" || signal.aborted) && resolve();
      this.#audio.addEventListener("statechange", look, { signal });
      signal.addEventListener("abort", look);
      look();
    });
    clearTimeout(told);
  }

  #tick = () => {
    const now = performance.now();
    this.#schedule();
    if (now < this.#due) return;
    this.#due = nextDue(this.#due, now);
    const context = this.#canvas.getContext("2d");
    if (context) this.#draw(context, this.#canvas.width, this.#canvas.height);
  };

  /** A page that nobody sees has no animation frames. */
  #schedule = () => {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    if (document.hidden) this.#timer = setTimeout(this.#tick, PICTURE);
    else this.#frame = requestAnimationFrame(this.#tick);
  };

  #halt() {
    this.#over.abort();
    document.removeEventListener("visibilitychange", this.#schedule);
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    for (const track of this.#recorder?.stream.getTracks() ?? []) track.stop();
    if (this.#audio.state !== "closed") this.#audio.close();
  }
}
