/** The countdown to the session's own end, and in the last minute the reason and "Stay". */

import { part, write } from "./parts.js";

/** @typedef {import("../protocol.js").Message} View */

/** In ms before the end: the last minute; of a picture's trouble, which a blip may be, less. */
const WARNED = { idle: 60_000, max: 60_000, unseen: 45_000 };
const WHY = {
  idle: "Nothing was said for a while: the session ends in",
  max: "The session has reached its longest time: it ends in",
  unseen: "Nobody sees the avatar: the session ends in",
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
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {HTMLElement} root @param {AbortSignal} signal ends it */
  constructor(root, signal) {
    this.#root = root;
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

  /** Draws again at each second, but not on a hidden page. */
  #draw = () => {
    clearTimeout(this.#timer);
    if (document.hidden) return;
    const left = Math.max(0, this.#endsAt - performance.now());
    const why = this.#limit && WHY[this.#limit];
    const warned = this.#limit !== null && left <= WARNED[this.#limit];
    part(this.#root, "stage-ends").hidden = why === null || warned;
    part(this.#root, "stage-limit").hidden = !warned;
    // The text for screen readers has no clock: each change would be read aloud.
    const said = warned ? `${why} less than a minute.` : "";
    write(part(this.#root, "stage-limit-said"), said);
    if (why === null) return;
    const time = clock(left);
    part(this.#root, "stage-ends").textContent = `Ends in ${time}`;
    part(this.#root, "stage-limit-text").textContent = warned ? `${why} ${time}` : "";
    if (left > 0) this.#timer = setTimeout(this.#draw, left % 1000 || 1000);
  };
}
