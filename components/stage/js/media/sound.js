/** The sound of a `<video>`: a browser may block it until the visitor's first gesture. */

import { isLive } from "./picture.js";

/**
 * With sound if the browser lets us, else without.
 * @param {HTMLVideoElement} video
 * @param {() => void} mute when it does not
 */
export async function playAloud(video, mute) {
  try {
    await video.play();
  } catch (error) {
    const isBlocked = error instanceof DOMException && error.name === "NotAllowedError";
    if (!isBlocked || video.muted) return;
    mute();
    await video.play().catch(() => {});
  }
}

/** In ms: where there is an output, a context runs within a fraction of this. */
const STARTS_WITHIN = 3000;

/**
 * Whether this browser can let anything be heard. Ask after a gesture: before, none may. Measured in
 * Firefox 153 on a machine without a sound device: a context stays suspended for good. Chromium has
 * an output of its own there, which nobody hears.
 */
export async function hasOutput() {
  const context = new AudioContext();
  const late = new Promise((resolve) => setTimeout(resolve, STARTS_WITHIN));
  await Promise.race([context.resume().catch(() => {}), late]);
  const runs = context.state === "running";
  context.close();
  return runs;
}

export class Sound {
  /** @type {HTMLVideoElement | null} */ #video = null;
  #muted = false;
  #blocked = false;
  #onBlocked;

  /**
   * @param {(blocked: boolean) => void} onBlocked the browser blocks the sound, or no longer does
   * @param {AbortSignal} signal ends it
   */
  constructor(onBlocked, signal) {
    this.#onBlocked = onBlocked;
    for (const gesture of ["pointerup", "keydown"]) {
      document.addEventListener(gesture, this.allow, { capture: true, signal });
    }
  }

  /** @param {HTMLVideoElement | null} video the current one */
  attend(video) {
    this.#video = video;
    video?.addEventListener("pause", () => this.play());
    video?.addEventListener("loadedmetadata", () => this.play());
    this.mute(this.#muted);
    this.#block(false);
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.#muted = muted;
    if (this.#video) this.#video.muted = muted;
  }

  async play() {
    const video = this.#video;
    if (!video?.isConnected || !isLive(video)) return;
    await playAloud(video, () => {
      if (video === this.#video) this.#block(true);
    });
  }

  /** Any gesture should allow the sound; where it does not, play() mutes again. */
  allow = () => {
    if (!this.#blocked) return;
    this.#block(false);
    this.play();
  };

  /** @param {boolean} blocked */
  #block(blocked) {
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    this.#onBlocked(blocked);
  }
}
