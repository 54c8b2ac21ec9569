/** A voice that comes in stretches with mouth timings, which are played one after the other. */

/**
 * @typedef {object} Segment a stretch of speech; seconds on the session's clock
 * @property {number} number its own within the session
 * @property {number} start
 * @property {number} duration
 * @property {boolean} silent the mouth moves, and there is nothing to hear
 * @property {[at: number, shape: string][]} visemes each from `at` on, seconds after the start
 */
/**
 * @typedef {object} Spoken
 * @property {Segment} segment
 * @property {number} at ms on the page's clock, when it begins
 * @property {number} until
 * @property {AudioBuffer} sound
 * @property {AudioBufferSourceNode | null} source once it is scheduled
 */

/** The silence in a mouth. */
const CLOSED = "sil";

/**
 * When a stretch begins on the page's clock, in ms: at once where nothing is being said, else with
 * the session's own pause after the last one.
 * @type {(last: Pick<Spoken, "segment" | "until"> | undefined, next: Segment, now: number) => number}
 */
export function beginning(last, segment, now) {
  if (!last || last.until <= now) return now;
  const pause = segment.start - last.segment.start - last.segment.duration;
  return last.until + Math.max(0, pause) * 1000;
}

/** The mouth's shape. @param {Segment} segment @param {number} after its start, in seconds */
export function shapeAt({ visemes, duration }, after) {
  if (after >= duration) return CLOSED;
  return visemes.findLast(([at]) => at <= after)?.[1] ?? CLOSED;
}

/**
 * The sound follows the page's clock: where the browser blocks it until the visitor's first click,
 * the mouth moves in silence.
 */
export class PlainVoice {
  #context = new AudioContext();
  #output = this.#context.createMediaStreamDestination();
  /** @type {Spoken[]} oldest first */ #spoken = [];

  constructor() {
    this.#context.addEventListener("statechange", this.#playAll);
    for (const gesture of ["pointerup", "keydown"]) addEventListener(gesture, this.#resume, true);
  }

  get track() {
    return this.#output.stream.getAudioTracks()[0];
  }

  /** @param {ArrayBuffer} file */
  decoded(file) {
    return this.#context.decodeAudioData(file);
  }

  /**
   * @param {Segment} segment
   * @param {AudioBuffer} sound
   * @param {number} missed seconds of it, before the viewer came
   */
  say(segment, sound, missed) {
    const now = performance.now();
    const last = this.#spoken.at(-1);
    this.#spoken = this.#spoken.filter(({ until }) => until > now);
    const at = beginning(last, segment, now) - missed * 1000;
    const spoken = { segment, at, until: at + segment.duration * 1000, sound, source: null };
    this.#spoken.push(spoken);
    this.#play(spoken);
  }

  /** The mouth's shape now, and whether a voice belongs to it. */
  get mouth() {
    const now = performance.now();
    const spoken = this.#spoken.find(({ at, until }) => at <= now && now < until);
    if (!spoken) return { shape: CLOSED, isVoice: false };
    const shape = shapeAt(spoken.segment, (now - spoken.at) / 1000);
    return { shape, isVoice: shape !== CLOSED && !spoken.segment.silent };
  }

  /** At once, and for the stretches that wait. */
  silence() {
    for (const { source } of this.#spoken.splice(0)) source?.stop();
  }

  close() {
    this.silence();
    for (const gesture of ["pointerup", "keydown"]) removeEventListener(gesture, this.#resume, true);
    this.#context.removeEventListener("statechange", this.#playAll);
    this.#context.close();
  }

  #resume = () => {
    // It rejects when it was closed meanwhile.
    if (this.#context.state === "suspended") this.#context.resume().catch(() => {});
  };

  #playAll = () => {
    for (const spoken of this.#spoken) this.#play(spoken);
  };

  /** @param {Spoken} spoken */
  #play(spoken) {
    if (this.#context.state !== "running" || spoken.source) return;
    const wait = (spoken.at - performance.now()) / 1000;
    spoken.source = new AudioBufferSourceNode(this.#context, { buffer: spoken.sound });
    spoken.source.connect(this.#output);
    spoken.source.start(this.#context.currentTime + Math.max(0, wait), Math.max(0, -wait));
  }
}
