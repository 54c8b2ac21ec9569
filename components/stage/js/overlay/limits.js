/** In its last minute: when the session ends by itself, why, and "Stay". */

import { part, write } from "./parts.js";

/** @typedef {import("../protocol.js").Message} View */

/** In ms before the end: the last minute; of a picture's trouble, which a blip may be, less. */
const WARNED = { idle: 60_000, max: 60_000, unseen: 45_000 };
const WHY = {
  idle: "Nothing is being said, so the session ends in",
  max: "The longest time of a session is nearly over. It ends in",
  unseen: "Nobody sees the avatar, so the session ends in",
};

/** Minutes and seconds, such as "4:59", rounded up. @param {number} left ms */
export function clock(left) {
  const seconds = Math.ceil(left / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export class Limits {
  #root;
  /** @type {View["limit"]} */ #limit = null;
  /** By `performance.now()`. */
  #endsAt = Infinity;
  #warned = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #tell;

  /**
   * @param {HTMLElement} root
   * @param {(sentence: string) => void} tell a screen reader, once: each second would be read aloud
   * @param {AbortSignal} signal ends it
   */
  constructor(root, tell, signal) {
    this.#root = root;
    this.#tell = tell;
    document.addEventListener("visibilitychange", this.#draw, { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** @param {Pick<View, "phase" | "endsIn" | "limit">} view the newest */
  show({ phase, endsIn, limit }) {
    const live = phase === "connecting" || phase === "ready";
    this.#limit = live && endsIn !== null ? limit : null;
    this.#endsAt = performance.now() + (endsIn ?? 0) * 1000;
    this.#draw();
  }

  /** Draws again at each second of the last minute, but not on a hidden page. */
  #draw = () => {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    const left = Math.max(0, this.#endsAt - performance.now());
    const warned = this.#limit !== null && left <= WARNED[this.#limit];
    part(this.#root, "stage-limit").hidden = !warned;
    if (this.#limit === null) return;
    const why = WHY[this.#limit];
    if (warned !== this.#warned) this.#tell(warned ? `${why} less than a minute.` : "");
    this.#warned = warned;
    write(part(this.#root, "stage-limit-text"), warned ? `${why} ${clock(left)}` : "");
    const pause = warned ? left % 1000 || 1000 : left - WARNED[this.#limit];
    if (left > 0) this.#timer = setTimeout(this.#draw, pause);
  };
}
