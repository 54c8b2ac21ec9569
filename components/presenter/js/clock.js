/** The desk's clock: how long the show has been going, how long is left, and whether it runs over. */

import { part, write } from "../../stage/js/overlay/parts.js";

/** @typedef {import("./protocol.js").DeskMessage} Message */
/** @typedef {Pick<Message, "elapsed" | "left" | "planned" | "endsIn" | "billed" | "phase" | "said">} Timed */

/** In seconds: less than this is on time. */
const ON_TIME = 5;
const LIVE = ["creating", "connecting", "ready", "ending"];

/** Such as "4:05" or "1:02:03". @param {number} seconds */
export function clockTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Whether time goes by: the show has begun, and a session is live. @param {Timed} message */
export const ticks = ({ elapsed, phase }) => elapsed !== null && LIVE.includes(phase);

/**
 * The clock's words, some time after its message came.
 * @param {Timed} message
 * @param {number} passed seconds since then
 */
export function clockOf({ elapsed, left, planned, said, endsIn, billed, phase }, passed) {
  const heard = said?.since == null ? 0 : Math.min(passed, Math.max(0, said.length - said.since));
  const now = (elapsed ?? 0) + passed;
  const rest = Math.max(0, left - heard);
  const over = elapsed === null ? 0 : now + rest - planned;
  const isOver = over > ON_TIME;
  const ends = endsIn === null ? "" : `Ends in ${clockTime(endsIn - passed)}`;
  return {
    elapsed: clockTime(now),
    left: clockTime(Math.ceil(rest)),
    plan: isOver ? `${clockTime(over)} over` : `${clockTime(Math.ceil(planned))} planned`,
    isOver,
    session: LIVE.includes(phase) ? [billed ? "Billed" : "", ends].filter(Boolean).join(" · ") : "",
  };
}

export class Clock {
  #root;
  /** @type {Message | null} */ #message = null;
  #cameAt = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  /** @param {Message} message @param {number} cameAt by `performance.now()` */
  show(message, cameAt) {
    this.#message = message;
    this.#cameAt = cameAt;
    if (!ticks(message)) this.close();
    else this.#timer ??= setInterval(() => this.#draw(), 1000);
    this.#draw();
  }

  close() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #draw() {
    if (!this.#message) return;
    const passed = ticks(this.#message) ? (performance.now() - this.#cameAt) / 1000 : 0;
    const words = clockOf(this.#message, passed);
    write(part(this.#root, "desk-elapsed"), words.elapsed);
    write(part(this.#root, "desk-left"), words.left);
    write(part(this.#root, "desk-plan"), words.plan);
    part(this.#root, "desk-plan").dataset.over = String(words.isOver);
    write(part(this.#root, "desk-session"), words.session);
  }
}
