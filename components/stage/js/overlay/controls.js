/** The overlay: notice, pill, caption, buttons and figures. */

import { safeUrl } from "../media/addresses.js";
import { copyPicture } from "../media/picture.js";
import { figures, readConnection, readVideo } from "../media/statistics.js";
import { captionPieces, pieceAt } from "./captions.js";
import { Notice } from "./notice.js";
import { part, write } from "./parts.js";

/** @typedef {import("../reduce.js").Drawn} Drawn */
/** @typedef {import("../media/player.js").Statistics | undefined} Report */
/**
 * @typedef {object} Acts of the buttons
 * @property {() => void} mute or unmute
 * @property {() => void} unmute the sound that the browser blocks
 * @property {() => void} again start
 * @property {() => void} take the picture to this tab
 * @property {() => void} stay
 * @property {() => void} retry do not wait for the next attempt
 * @property {() => void} end the session
 * @property {() => Promise<{report: Report, video: HTMLVideoElement | null}>} figures
 */

const READ_EVERY = 1000;
const TURN_EVERY = 250;
/** For the style sheets, beside the phase. */
const STATES = /** @type {const} */ (["playing", "stalled", "lost", "says", "waits", "speaking"]);

export class Controls {
  #root;
  #acts;
  #notice;
  #captions = true;
  /** @type {string | null} */ #caption = null;
  /** @type {string[]} */ #pieces = [];
  /** @type {number | undefined} when the caption's text began to be spoken, in ms */ #spokenFrom;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #turning;
  /** @type {string | null} */ #poster = null;
  /** @type {import("../media/statistics.js").Reading | null} */ #reading = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #timer;

  /** @param {HTMLElement} root @param {Acts} acts */
  constructor(root, acts) {
    this.#root = root;
    this.#acts = acts;
    this.#notice = new Notice(root);
    const { mute, unmute, again, take, stay, retry, end } = acts;
    const captions = () => this.#toggleCaptions();
    const figures = () => this.#toggleFigures();
    const full = () => this.#toggleFullScreen();
    const reload = () => location.reload();
    const offered = { again, take, retry, reload, "hang-up": end };
    const clicks = { mute, unmute, stay, captions, figures, full, ...offered };
    for (const [name, act] of Object.entries(clicks)) {
      part(root, `stage-${name}`).addEventListener("click", () => act());
    }
    root.addEventListener("fullscreenchange", () => {
      const button = part(this.#root, "stage-full");
      const label = document.fullscreenElement === root ? "Leave full screen" : "Full screen";
      button.ariaLabel = button.title = label;
    });
  }

  close() {
    this.#notice.close();
    clearInterval(this.#timer);
    clearInterval(this.#turning);
  }

  /** @param {Drawn} shown @param {HTMLVideoElement | null} video the picture's */
  show(shown, video) {
    const { dataset } = this.#root;
    this.#holdPicture(shown.stalled ? video : null);
    dataset.phase = shown.phase;
    for (const name of STATES) dataset[name] = String(shown[name]);
    write(part(this.#root, "stage-pill-text"), shown.pill);
    this.#notice.show(shown);
    const button = part(this.#root, "stage-mute");
    button.ariaLabel = button.title = shown.sound;
    button.dataset.muted = String(shown.sound === "Unmute");
    part(this.#root, "stage-unmute").hidden = !shown.asksToUnmute;
    this.#showCaption(shown.caption, shown.isSpoken);
  }

  /** @param {string | null} caption untrusted @param {boolean} isSpoken */
  #showCaption(caption, isSpoken) {
    if (caption !== this.#caption) {
      this.#caption = caption;
      this.#pieces = captionPieces(caption ?? "");
      this.#spokenFrom = undefined;
      clearInterval(this.#turning);
      if (this.#pieces.length > 1) {
        this.#turning = setInterval(() => this.#drawCaption(), TURN_EVERY);
      }
    }
    if (isSpoken) this.#spokenFrom ??= performance.now();
    this.#drawCaption();
  }

  /** @param {string | null} poster untrusted; where it does not load, the silhouette stays */
  showPoster(poster) {
    if (poster === this.#poster) return;
    this.#poster = poster;
    const image = /** @type {HTMLImageElement} */ (part(this.#root, "stage-poster"));
    image.hidden = true;
    image.onload = () => (image.hidden = false);
    const url = safeUrl(poster);
    if (url) image.src = url;
    else image.removeAttribute("src");
  }

  /**
   * Holds the last picture over a video, which at a reconnection turns black, then transparent.
   * @param {HTMLVideoElement | null} video null: hold none
   */
  #holdPicture(video) {
    const canvas = /** @type {HTMLCanvasElement} */ (part(this.#root, "stage-held"));
    const isHeld = !canvas.hidden;
    canvas.hidden = video === null;
    if (video && !isHeld) copyPicture(video, canvas);
  }

  #toggleCaptions() {
    this.#captions = !this.#captions;
    part(this.#root, "stage-captions").ariaPressed = String(this.#captions);
    this.#drawCaption();
  }

  #drawCaption() {
    const caption = part(this.#root, "stage-caption");
    caption.hidden = !this.#captions || !this.#caption;
    const now = performance.now();
    write(caption, pieceAt(this.#pieces, (now - (this.#spokenFrom ?? now)) / 1000));
  }

  #toggleFigures() {
    const hud = part(this.#root, "stage-hud");
    hud.hidden = !hud.hidden;
    part(this.#root, "stage-figures").ariaPressed = String(!hud.hidden);
    clearInterval(this.#timer);
    this.#reading = null;
    if (hud.hidden) return;
    this.#drawFigures();
    this.#timer = setInterval(() => this.#drawFigures(), READ_EVERY);
  }

  async #drawFigures() {
    const { report, video } = await this.#acts.figures();
    const isPlain = report === "plain HTTP";
    const reading = report && !isPlain ? readConnection(report) : video && readVideo(video);
    if (reading && isPlain) reading.route = report;
    const rows = reading ? figures(this.#reading ?? reading, reading) : [];
    this.#reading = reading;
    part(this.#root, "stage-hud").replaceChildren(
      ...rows.map(({ label, value }) => {
        const row = document.createElement("div");
        for (const [tag, text] of [["dt", label], ["dd", value]]) {
          row.append(Object.assign(document.createElement(tag), { textContent: text }));
        }
        return row;
      }),
    );
  }

  #toggleFullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.#root.requestFullscreen?.().catch(() => {});
  }
}
