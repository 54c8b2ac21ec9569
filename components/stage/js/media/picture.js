/** Tells when a `<video>` shows its first picture, when the picture stops and comes back. */

import { WAITS } from "./waits.js";

/** @typedef {"playing" | "stalled" | "resumed"} PictureEvent */

/**
 * When a track has ended, Chromium shows one more frame, a black one, which is no picture.
 * @param {HTMLVideoElement} video
 */
export const isLive = ({ srcObject }) => srcObject instanceof MediaStream && srcObject.active;

const LOOK_EVERY = 250;

export class Picture {
  #video;
  #onEvent;
  #frameAt = 0;
  /** @type {"waiting" | "moving" | "stalled"} */ #state = "waiting";
  #timer;

  /** @param {HTMLVideoElement} video @param {(event: PictureEvent) => void} onEvent */
  constructor(video, onEvent) {
    this.#video = video;
    this.#onEvent = onEvent;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY);
    // A hidden page gets no frame callbacks, but its first picture still loads.
    video.addEventListener("loadeddata", this.#frame);
    this.#awaitFrame();
  }

  close() {
    clearInterval(this.#timer);
    this.#video.removeEventListener("loadeddata", this.#frame);
    this.#onEvent = () => {};
  }

  #awaitFrame() {
    this.#video.requestVideoFrameCallback(() => {
      this.#frame();
      this.#awaitFrame();
    });
  }

  #frame = () => {
    if (!isLive(this.#video)) return;
    this.#frameAt = performance.now();
    if (this.#state === "waiting") this.#onEvent("playing");
    if (this.#state === "stalled") this.#onEvent("resumed");
    this.#state = "moving";
  };

  #look() {
    if (document.hidden) this.#frameAt = performance.now();
    if (this.#state !== "moving" || performance.now() - this.#frameAt < WAITS.stalled) return;
    this.#state = "stalled";
    this.#onEvent("stalled");
  }
}

/** The current picture. @param {HTMLVideoElement} video @param {HTMLCanvasElement} canvas */
export function copyPicture(video, canvas) {
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
}
