/** Whether the avatar is heard: the visitor's own wish, the browser's leave, and interruptions. */

import { isLive } from "./picture.js";

/** @typedef {"visitor" | "browser" | "interrupt" | "ending"} Reason */

/** The browser's audio buffer still holds about 100 ms of the old sentence when the answer comes. */
const AFTER_ANSWER = 250;
/** A click of which the server never speaks (nothing was to interrupt) must not leave it mute. */
const WITHOUT_CALL = 3000;

export class Sound {
  /** @type {HTMLVideoElement | null} */
  #video = null;
  /** @type {Set<Reason>} */
  #reasons = new Set();
  #onChange;
  /** What the newest view says of interrupt calls. */
  #calls = { interrupting: false, interrupts: 0 };
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {(reasons: ReadonlySet<Reason>) => void} onChange why it is muted now, if it is */
  constructor(onChange) {
    this.#onChange = onChange;
    document.addEventListener("click", this.#onClick, true);
    for (const gesture of ["pointerup", "keydown"]) {
      document.addEventListener(gesture, this.#onGesture, true);
    }
  }

  close() {
    clearTimeout(this.#timer);
    document.removeEventListener("click", this.#onClick, true);
    for (const gesture of ["pointerup", "keydown"]) {
      document.removeEventListener(gesture, this.#onGesture, true);
    }
  }

  /** @param {HTMLVideoElement | null} video the one to watch over from now on */
  attend(video) {
    this.#video = video;
    this.#reasons.delete("browser");
    video?.addEventListener("pause", () => this.play());
    video?.addEventListener("loadedmetadata", () => this.play());
    this.#apply();
  }

  /**
   * @param {Reason} reason
   * @param {boolean} muted
   */
  mute(reason, muted) {
    if (muted) this.#reasons.add(reason);
    else this.#reasons.delete(reason);
    this.#apply();
  }

  toggle() {
    this.mute("visitor", !this.#reasons.has("visitor"));
  }

  /**
   * Mute while an interrupt call is under way; after it, what still sounds is the buffer's tail.
   * @param {{interrupting: boolean, interrupts: number}} view the newest
   */
  follow({ interrupting, interrupts }) {
    const ended = this.#calls.interrupting || interrupts !== this.#calls.interrupts;
    this.#calls = { interrupting, interrupts };
    if (interrupting) {
      clearTimeout(this.#timer);
      this.mute("interrupt", true);
    } else if (ended) this.#unmuteIn(AFTER_ANSWER);
  }

  /** With sound if the browser lets us, else without, and the visitor is asked to tap. */
  async play() {
    const video = this.#video;
    if (!video?.isConnected || !isLive(video)) return;
    try {
      await video.play();
    } catch (error) {
      const blocked = error instanceof DOMException && error.name === "NotAllowedError";
      if (!blocked || video.muted || video !== this.#video) return;
      this.mute("browser", true);
      await video.play().catch(() => {});
    }
  }

  #apply() {
    if (this.#video) this.#video.muted = this.#reasons.size > 0;
    this.#onChange(this.#reasons);
  }

  /** @param {number} pause ms */
  #unmuteIn(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.mute("interrupt", false), pause);
  }

  #onClick = (/** @type {MouseEvent} */ { target }) => {
    if (!this.#video || buttonName(target) !== "Interrupt") return;
    this.mute("interrupt", true);
    if (!this.#calls.interrupting) this.#unmuteIn(WITHOUT_CALL);
  };

  /** Any gesture is leave to be heard; should the browser not think so, play() mutes again. */
  #onGesture = () => {
    if (!this.#reasons.has("browser")) return;
    this.mute("browser", false);
    this.play();
  };
}

/**
 * The name of the page's button that a click is on. An icon's ligature is text too ("stop"), so
 * Streamlit's label is looked at, not the whole button.
 * @param {EventTarget | null} target
 */
export function buttonName(target) {
  const button = target instanceof Element ? target.closest("button") : null;
  const label = button?.querySelector('[data-testid="stMarkdownContainer"]') ?? button;
  return (button?.ariaLabel ?? label?.textContent)?.trim();
}
