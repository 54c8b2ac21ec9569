/** Films the stage's page: draws what it shows onto a canvas, and sends what is recorded of it. */

import { Chunks } from "./chunks.js";
import { FilmedSlide } from "./filmed_slide.js";
import { Recorder } from "./recorder.js";

/** @typedef {import("./protocol.js").AudienceMessage} AudienceMessage */
/** @typedef {import("./protocol.js").Reported} Reported */
/** @typedef {{left: number, top: number, width: number, height: number}} Box in pixels of the canvas */

/**
 * Of the recording, whatever the page's size, which changes with full screen: parts of another size are not
 * one video. The page is in its middle.
 */
const WIDTH = 1920;
const HEIGHT = 1080;

export class Film {
  #root;
  #report;
  #onWaiting;
  #slide;
  /** @type {Recorder | null} */ #recorder = null;
  /** @type {HTMLVideoElement | null} */ #video = null;
  #disconnect = () => {};
  #isMuted = false;
  /** Of the recorder. @type {Chunks | null} */ #chunks = null;
  #waits = false;
  /** The number of the part that this page records, or has recorded. */
  #part = 0;
  /** Pixels of the canvas for one of the page, and where the page begins on it. */
  #scale = 1;
  #left = 0;
  #top = 0;
  /** Of the avatar. What is drawn from another origin without its leave would end all pictures. */
  #poster = new Image();

  /**
   * @param {HTMLElement} root of the page
   * @param {object} page
   * @param {(index: number) => Promise<string>} page.slide of the deck that the scene wants, as an SVG
   *   file; rejects where that is not there yet
   * @param {(told: Reported) => void} page.report
   * @param {() => void} page.onWaiting `isWaiting` has changed
   */
  constructor(root, { slide, report, onWaiting }) {
    this.#root = root;
    this.#slide = new FilmedSlide(slide);
    this.#report = report;
    this.#onWaiting = onWaiting;
    this.#poster.crossOrigin = "anonymous";
  }

  /** It begins with the next gesture on this page. */
  get isWaiting() {
    return this.#waits;
  }

  /** Another video shows the avatar, or none. @param {HTMLVideoElement | null} video */
  attend(video) {
    this.#video = video;
    video?.addEventListener("loadedmetadata", () => this.#listen());
    this.#listen();
  }

  /** @param {boolean} isMuted the audience hears nothing */
  mute(isMuted) {
    this.#isMuted = isMuted;
    this.#recorder?.mute(isMuted);
  }

  /** @param {AudienceMessage} scene */
  show(scene) {
    if (scene.part !== this.#part && this.#recorder) this.#end();
    if (scene.part === 0) return;
    this.#slide.show(scene.deck, scene.slide);
    if (scene.part !== this.#part) this.#begin(scene.part);
  }

  /** The line to the server is there again, which has seen it go. */
  tellAgain() {
    const filming = this.#recorder?.seconds;
    if (filming) this.#report({ filming }); // 0 before it begins
  }

  /** @param {number} part */
  async #begin(part) {
    this.#part = part;
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: WIDTH, height: HEIGHT });
    const { src } = /** @type {HTMLImageElement} */ (this.#element("poster"));
    if (src) this.#poster.src = src;
    const chunks = new Chunks(`${this.#root.dataset.chunk}&part=${part}`, (failed) => this.#report({ failed }));
    const recorder = new Recorder({
      canvas,
      draw: (context) => this.#paint(context),
      onChunk: (chunk, index) => chunks.send(chunk, index),
      onState: (state, reason) => {
        if (recorder === this.#recorder) this.#wait(state === "waiting");
        if (state === "recording") this.#report({ filming: recorder.seconds });
        else if (state === "failed") this.#report({ failed: reason });
      },
    });
    this.#recorder = recorder;
    this.#chunks = chunks;
    this.mute(this.#isMuted);
    this.#listen();
    await recorder.start().catch((error) => this.#report({ failed: error.message }));
  }

  async #end() {
    const [recorder, chunks] = [this.#recorder, this.#chunks];
    this.#recorder = null;
    this.#wait(false);
    this.#slide.forget();
    await recorder?.stop();
    chunks?.end();
  }

  /** @param {boolean} waits for a gesture */
  #wait(waits) {
    if (waits === this.#waits) return;
    this.#waits = waits;
    this.#onWaiting();
  }

  #listen() {
    this.#disconnect();
    this.#disconnect = () => {};
    const stream = this.#video?.srcObject;
    if (this.#recorder && stream instanceof MediaStream) this.#disconnect = this.#recorder.connect(stream);
  }

  /** @param {CanvasRenderingContext2D} context */
  #paint(context) {
    const root = this.#root;
    const { width, height } = context.canvas;
    this.#scale = Math.min(width / root.clientWidth, height / root.clientHeight);
    this.#left = (width - root.clientWidth * this.#scale) / 2;
    this.#top = (height - root.clientHeight * this.#scale) / 2;
    context.fillStyle = "#0b0d13"; // as in stage_page.css
    context.fillRect(0, 0, width, height);
    const backdrop = root.querySelector(".backdrop");
    if (backdrop instanceof HTMLElement) this.#paintBackdrop(context, backdrop);
    const slide = this.#element("slide");
    const { picture } = this.#slide;
    if (isSeen(slide) && picture?.naturalWidth) {
      paintInto(context, picture, picture.naturalWidth, picture.naturalHeight, this.#box(slide), "contain");
    }
    const avatar = this.#element("avatar");
    if (isSeen(avatar)) this.#paintAvatar(context, avatar);
    this.#paintText(context, this.#element("caption"));
    this.#paintText(context, this.#element("disclosure"));
  }

  /** @param {CanvasRenderingContext2D} context @param {HTMLElement} backdrop */
  #paintBackdrop(context, backdrop) {
    const { width, height } = context.canvas;
    const color = backdrop.style.backgroundColor;
    if (color) {
      context.fillStyle = color;
      context.fillRect(0, 0, width, height);
    }
    const drawn = backdrop.querySelector("canvas, img");
    if (!(drawn instanceof HTMLCanvasElement || drawn instanceof HTMLImageElement)) return;
    const size = drawn instanceof HTMLImageElement ? [drawn.naturalWidth, drawn.naturalHeight] : [drawn.width, drawn.height];
    context.save();
    if (drawn instanceof HTMLCanvasElement) context.filter = getComputedStyle(drawn).filter;
    paintInto(context, drawn, size[0], size[1], { left: 0, top: 0, width, height }, "cover");
    context.restore();
  }

  /** @param {CanvasRenderingContext2D} context @param {HTMLElement} avatar */
  #paintAvatar(context, avatar) {
    const keyed = /** @type {HTMLCanvasElement} */ (this.#element("keyed"));
    const isKeyed = this.#root.dataset.keyed === "true" && keyed.width > 0;
    const video = this.#root.dataset.playing === "true" ? this.#video : null;
    const shown = isKeyed ? keyed : video?.videoWidth ? video : this.#poster;
    const [width, height] =
      shown instanceof HTMLVideoElement
        ? [shown.videoWidth, shown.videoHeight]
        : shown instanceof HTMLImageElement
          ? [shown.naturalWidth, shown.naturalHeight]
          : [shown.width, shown.height];
    if (!width || !height) return;
    const box = this.#box(avatar);
    const seen = shown === this.#poster ? this.#element("poster") : shown;
    const fit = getComputedStyle(seen).objectFit === "contain" ? "contain" : "cover";
    context.save();
    context.beginPath();
    const radius = parseFloat(getComputedStyle(avatar).borderRadius) || 0;
    context.roundRect(box.left, box.top, box.width, box.height, radius * this.#scale);
    context.clip();
    paintInto(context, shown, width, height, box, fit);
    context.restore();
  }

  /** @param {CanvasRenderingContext2D} context @param {HTMLElement} element */
  #paintText(context, element) {
    const text = element.textContent ?? "";
    if (!text || !isSeen(element)) return;
    const inner = element.firstElementChild instanceof HTMLElement ? element.firstElementChild : element;
    const style = getComputedStyle(inner);
    const box = this.#box(inner);
    const lines = text.split("\n");
    const each = box.height / lines.length;
    context.save();
    const ground = style.backgroundColor;
    if (ground && ground !== "rgba(0, 0, 0, 0)") {
      context.fillStyle = ground;
      context.beginPath();
      context.roundRect(box.left, box.top, box.width, box.height, 0.2 * each);
      context.fill();
    }
    context.font = `${style.fontWeight} ${parseFloat(style.fontSize) * this.#scale}px ${style.fontFamily}`;
    context.fillStyle = style.color;
    context.shadowColor = "rgb(0 0 0 / 70%)";
    context.shadowBlur = 0.15 * each;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const [place, line] of lines.entries()) {
      context.fillText(line, box.left + box.width / 2, box.top + (place + 0.5) * each);
    }
    context.restore();
  }

  /** @param {string} name @returns {HTMLElement} */
  #element(name) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(`.hall-${name}`));
  }

  /** @param {HTMLElement} element @returns {Box} */
  #box(element) {
    const { left, top, width, height } = element.getBoundingClientRect();
    const scale = this.#scale;
    return {
      left: this.#left + left * scale,
      top: this.#top + top * scale,
      width: width * scale,
      height: height * scale,
    };
  }
}

/** @param {HTMLElement} element */
function isSeen(element) {
  const { visibility, display } = getComputedStyle(element);
  return visibility === "visible" && display !== "none";
}

/**
 * Where a picture of this size goes, as CSS's `object-fit` has it: from the picture, and to the canvas.
 * @param {number} width
 * @param {number} height
 * @param {Box} box
 * @param {"contain" | "cover"} fit
 * @returns {{from: Box, to: Box}}
 */
export function fitted(width, height, box, fit) {
  const [across, down] = [box.width / width, box.height / height];
  if (fit === "contain") {
    const scale = Math.min(across, down);
    const to = { width: width * scale, height: height * scale };
    const left = box.left + (box.width - to.width) / 2;
    const top = box.top + (box.height - to.height) / 2;
    return { from: { left: 0, top: 0, width, height }, to: { left, top, ...to } };
  }
  const scale = Math.max(across, down);
  const from = { width: box.width / scale, height: box.height / scale };
  return { from: { left: (width - from.width) / 2, top: (height - from.height) / 2, ...from }, to: box };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {CanvasImageSource} picture
 * @param {number} width
 * @param {number} height
 * @param {Box} box
 * @param {"contain" | "cover"} fit
 */
function paintInto(context, picture, width, height, box, fit) {
  const { from, to } = fitted(width, height, box, fit);
  context.drawImage(
    picture,
    ...[from.left, from.top, from.width, from.height],
    ...[to.left, to.top, to.width, to.height],
  );
}
