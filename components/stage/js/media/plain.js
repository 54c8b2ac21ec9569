/** The avatar over plain HTTP: answers bring sound and mouth timings, the face is drawn here. */

import { mediaUrl } from "./addresses.js";
import { PlainFace } from "./plain_face.js";
import { PlainVoice } from "./plain_voice.js";
import { Refusal, pauseAfter, whepRefusal } from "./retries.js";
import { Ear } from "./speaking.js";
import { WAITS } from "./waits.js";

/** @typedef {import("./plain_voice.js").Segment} Segment */
/**
 * @typedef {object} Speech the simulator's answer (`simulator/plain_http.py`)
 * @property {number} revision
 * @property {number} interrupts
 * @property {number} now seconds on the session's clock
 * @property {Segment[]} segments
 */

const UNREACHABLE = "The avatar could not be reached over plain HTTP either. Check the network.";

/**
 * The stretches of an answer that are new, and how many seconds of each were missed. One from before
 * the viewer came is under way; a later one is heard as a whole.
 * @param {Pick<Speech, "now" | "segments">} speech
 * @param {number} newest the number of the last stretch that was said, -1 before the first
 * @param {boolean} isFirst it is the viewer's first answer
 */
export function unsaid({ now, segments }, newest, isFirst) {
  return segments
    .filter(({ number }) => number > newest)
    .map((segment) => ({ segment, missed: isFirst ? Math.max(0, now - segment.start) : 0 }));
}

export class Plain {
  #url;
  #events;
  #ear;
  #canvas = document.createElement("canvas");
  #voice = new PlainVoice();
  #stream = new MediaStream();
  /** @type {PlainFace | null} */ #face = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;
  #stopped = new AbortController();
  #failures = 0;
  /** Ends the pause before the next attempt. */
  #resume = (/** @type {unknown} */ _) => {};
  #began = performance.now();
  #answeredAt = -Infinity;
  /** Of the newest answer, and of the newest stretch of speech. */
  #revision = -1;
  #newest = -1;
  /** @type {number | null} */ #interrupts = null;

  /**
   * @param {string} url `plainUrl` of init-client
   * @param {import("./player.js").PlayerEvents} events
   */
  constructor(url, events) {
    this.#url = url;
    this.#events = events;
    this.#ear = new Ear(events.onSpeaking);
  }

  start() {
    this.#events.onState("connecting");
    this.#live();
  }

  /** Does not wait for the next attempt. */
  retry() {
    this.#resume(undefined);
  }

  /** Idempotent. */
  stop() {
    this.#end("closed");
  }

  /** Until it is stopped, or the session is over. */
  async #live() {
    while (!this.#stopped.signal.aborted) {
      try {
        if (this.#face === null) await this.#show();
        await this.#listen();
        this.#failures = 0;
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        const refusal = error instanceof Refusal ? error : new Refusal(UNREACHABLE, { again: true });
        if (!refusal.again) {
          this.#events.onFailed(refusal);
          this.#end("failed");
          return;
        }
        this.#failures += 1;
        const pause = pauseAfter(this.#failures);
        this.#events.onRefused(refusal, pause);
        await new Promise((resume) => {
          setTimeout(resume, pause);
          this.#resume = resume;
        });
      }
    }
  }

  async #show() {
    const film = await (await this.#get("face")).json();
    const face = await PlainFace.of(film);
    if (this.#stopped.signal.aborted) return;
    this.#face = face;
    this.#canvas.width = this.#canvas.height = face.size;
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), 1000 / face.rate);
    this.#stream.addTrack(this.#canvas.captureStream().getVideoTracks()[0]);
    this.#stream.addTrack(this.#voice.track);
    this.#events.onStream(this.#stream);
    this.#events.onState("connected");
  }

  /** Waits for the next answer, and says its new stretches. */
  async #listen() {
    const answer = await this.#get(`speech?after=${this.#revision}`);
    const speech = /** @type {Speech} */ (await answer.json());
    const isFirst = this.#interrupts === null;
    if (!isFirst && speech.interrupts !== this.#interrupts) {
      this.#voice.silence();
      this.#ear.close();
    }
    this.#interrupts = speech.interrupts;
    for (const { segment, missed } of unsaid(speech, this.#newest, isFirst)) {
      await this.#say(segment, missed);
      this.#newest = segment.number;
    }
    this.#revision = speech.revision;
  }

  /** @param {Segment} segment @param {number} missed seconds */
  async #say(segment, missed) {
    const answer = await this.#get(`sound/${segment.number}`, true);
    if (!answer.ok) return; // an interrupt came first
    const sound = await this.#voice.decoded(await answer.arrayBuffer());
    if (!this.#stopped.signal.aborted) this.#voice.say(segment, sound, missed);
  }

  /**
   * @param {string} what of the session, such as "face"
   * @param {boolean} [mayBeGone]
   * @throws {Refusal}
   */
  async #get(what, mayBeGone = false) {
    const response = await fetch(`${mediaUrl(this.#url)}/${what}`, {
      signal: AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(WAITS.plainAnswer)]),
    });
    const refusal = mayBeGone && response.status === 404 ? null : whepRefusal(response, Date.now());
    if (refusal) throw refusal;
    this.#answeredAt = performance.now();
    return response;
  }

  /** While the simulator does not answer the picture stands, as a sent one would. */
  #draw() {
    const now = performance.now();
    const on = this.#canvas.getContext("2d");
    if (!on || now - this.#answeredAt > WAITS.plainOverdue) return;
    const { shape, isVoice } = this.#voice.mouth;
    this.#face?.draw(on, (now - this.#began) / 1000, shape);
    this.#ear.hear(isVoice ? 1 : 0);
  }

  /** @param {"closed" | "failed"} state */
  #end(state) {
    if (this.#stopped.signal.aborted) return;
    this.#stopped.abort();
    clearInterval(this.#timer);
    this.#ear.close();
    this.#voice.close();
    for (const track of this.#stream.getTracks()) track.stop();
    this.#face?.close();
    this.#events.onState(state);
  }
}
