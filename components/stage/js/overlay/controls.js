/** The overlay: notice, pill, start, caption, buttons. */

import { safeUrl } from "../media/addresses.js";
import { copyPicture } from "../media/picture.js";
import { Announcer } from "./announcer.js";
import { captionPieces, pieceAt } from "./captions.js";
import { Figures } from "./figures.js";
import { FullScreen } from "./full_screen.js";
import { Keys } from "./keys.js";
import { Notice } from "./notice.js";
import { part, write } from "./parts.js";

/** @typedef {import("../reduce.js").Drawn} Drawn */
/**
 * @typedef {object} Acts of the buttons and keys
 * @property {() => void} mute or unmute
 * @property {() => void} unmute the sound that the browser blocks
 * @property {() => void} again start
 * @property {() => void} take the picture to this tab
 * @property {() => void} stay
 * @property {() => void} retry do not wait for the next attempt
 * @property {() => void} end the session
 * @property {(text: string) => boolean} say whether it was sent
 * @property {() => void} speak the text in the page's box
 * @property {() => void} interrupt
 * @property {import("./figures.js").Ask} figures
 */

const TURN_EVERY = 250;
/** For the style sheets, beside the phase. */
const STATES = /** @type {const} */ (["playing", "billed", "stalled", "lost", "says", "waits", "speaking"]);

export class Controls {
  #root;
  #notice;
  #figures;
  #full;
  #announcer;
  #captions = true;
  /** @type {string | null} */ #caption = null;
  /** @type {string[]} */ #pieces = [];
  /** @type {number | undefined} when the caption's text began to be spoken, in ms */ #spokenFrom;
  /** @type {ReturnType<typeof setInterval> | undefined} */ #turning;
  /** @type {string | null} */ #poster = null;

  /** @param {HTMLElement} root @param {Acts} acts @param {AbortSignal} signal ends it */
  constructor(root, acts, signal) {
    this.#root = root;
    this.#notice = new Notice(root);
    this.#figures = new Figures(root, acts.figures);
    this.#announcer = new Announcer(part(root, "stage-told"));
    this.#full = new FullScreen(root, acts, signal);
    const { mute, unmute, again, take, stay, retry, end, interrupt } = acts;
    const captions = () => this.#toggleCaptions();
    const full = () => this.#full.toggle();
    const say = () => (this.#full.isOn ? this.#full.say(acts.say) : acts.speak());
    const help = () => keys.toggle();
    const keys = new Keys(root, { say, interrupt, full, mute, captions, help }, signal);
    const figures = () => this.#figures.toggle();
    const reload = () => location.reload();
    const offered = { start: again, again, take, retry, reload, "hang-up": end };
    const clicks = { mute, unmute, stay, captions, figures, help, full, ...offered };
    for (const [name, act] of Object.entries(clicks)) {
      part(root, `stage-${name}`).addEventListener("click", () => act());
    }
  }

  close() {
    this.#notice.close();
    this.#figures.close();
    clearInterval(this.#turning);
  }

  /** @param {Drawn} shown @param {HTMLVideoElement | null} video the picture's */
  show(shown, video) {
    const { dataset } = this.#root;
    this.#holdPicture(shown.stalled ? video : null);
    dataset.phase = shown.phase;
    dataset.step = String(shown.step);
    for (const name of STATES) dataset[name] = String(shown[name]);
    write(part(this.#root, "stage-pill-text"), shown.pill);
    part(this.#root, "stage-start").hidden = !shown.starts;
    this.#notice.show(shown);
    const button = part(this.#root, "stage-mute");
    button.ariaLabel = button.title = shown.sound;
    button.dataset.muted = String(shown.sound === "Unmute");
    part(this.#root, "stage-unmute").hidden = !shown.asksToUnmute;
    this.#full.enable(shown.canSay, shown.canInterrupt, shown.canEnd);
    this.#showCaption(shown.caption, shown.isSpoken);
    this.#announcer.show(shown);
  }

  /** A verb was refused, which may have been for the text of the full screen. */
  putBack() {
    this.#full.putBack();
  }

  /** @param {string} sentence for a screen reader */
  tell(sentence) {
    this.#announcer.tell(sentence ? [sentence] : []);
  }

  /** @param {readonly import("../protocol.js").TurnMessage[]} turns */
  showTurns(turns) {
    this.#announcer.showTurns(turns);
    this.#full.showTurns(turns);
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

  /**
   * The one before stays until it is there.
   * @param {string | null} poster untrusted; where it does not load, the backdrop is seen
   */
  async showPoster(poster) {
    if (poster === this.#poster) return;
    this.#poster = poster;
    const url = safeUrl(poster);
    const image = Object.assign(new Image(), { className: "stage-poster", alt: "", hidden: !url });
    image.src = url ?? "";
    if (url) await image.decode().catch(() => (image.hidden = true));
    if (poster !== this.#poster) return; // another one was chosen meanwhile
    part(this.#root, "stage-poster").replaceWith(image);
    document.documentElement.dataset.posterSettled = "true";
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
}
