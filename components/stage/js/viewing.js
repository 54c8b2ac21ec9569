/**
 * The avatar in its container: a display for one avatar after another, and what the browser sees of
 * it, told to the page and to the server.
 */

import { DirectDisplay } from "./media/direct_display.js";
import { Picture } from "./media/picture.js";
import { hasOutput } from "./media/sound.js";
import { WAITS } from "./media/waits.js";
import { hasWebRtc, prepare } from "./media/whep.js";
import { needsDisplay, pictureTrouble, silencedAtClick, silencedFor, whenLate } from "./reduce.js";
import { SdkDisplay, unfitSentence } from "./sdk/sdk_display.js";

/** @typedef {import("./protocol.js").Avatar} Avatar */
/** @typedef {import("./protocol.js").Message} View */
/** @typedef {ReturnType<typeof setTimeout> | undefined} Timer */
/**
 * @typedef {object} Page what it needs of its page
 * @property {() => import("./reduce.js").State} state
 * @property {(event: import("./reduce.js").Event) => void} become
 * @property {(saw: import("./protocol.js").Saw) => void} tell the server
 * @property {(video: HTMLVideoElement | null) => void} onVideo another `<video>` shows it, or none
 */

/** In ms: a refused picture is told after this; the next attempt may bring it. */
const NOTICED = 1500;
const DEAF =
  "This browser has no sound output, so the avatar is not heard here. Connect a loudspeaker or headphones.";
const IN_TIME = `within ${WAITS.firstPicture / 1000} s`;
const NO_PICTURE = `The avatar's picture did not arrive ${IN_TIME}.`;
const ADVICE =
  "Check that the network lets WebRTC through (UDP, or TURN on port 443), then start the avatar again.";

/** SDKs from elsewhere that this page does not use any more: the reason, by the address. */
const unfitSdks = /** @type {Map<string, string>} */ (new Map());

/** Whether this browser has no sound output; undefined: nobody has looked yet. @type {boolean | undefined} */
let isDeaf;

export class Viewing {
  #container;
  #state;
  #become;
  #tell;
  #onVideo;
  #observer = new MutationObserver(() => this.#attend());
  /** @type {import("./media/direct_display.js").Display | null} */ #display = null;
  /** @type {HTMLVideoElement | null} */ #video = null;
  /** @type {Picture | null} */ #picture = null;
  /** @type {import("./media/whep.js").Prepared | undefined} */ #prepared;
  /** @type {Timer} for the first picture */ #deadline;
  /** @type {Timer} for a refusal to be told */ #noticed;
  /** @type {Timer} after an interrupt */ #silence;
  /** What the server was told of the picture's trouble last. */
  #toldTrouble = "null";

  /** @param {HTMLElement} container @param {Page} page */
  constructor(container, { state, become, tell, onVideo }) {
    this.#container = container;
    this.#state = state;
    this.#become = become;
    this.#tell = tell;
    this.#onVideo = onVideo;
    this.#observer.observe(container, { childList: true, subtree: true });
  }

  /** The element that shows it. */
  get video() {
    return this.#video;
  }

  /** A start was asked for: what takes time before a connection is made now. */
  prepare() {
    if (hasWebRtc()) this.#prepared ??= prepare();
  }

  /** Does not wait for the next attempt. @param {Avatar} [avatar] for which all attempts failed */
  retry(avatar) {
    if (!avatar) {
      this.#display?.retry();
      return;
    }
    this.#close(true);
    this.#become({ type: "display" });
    this.#open(avatar);
  }

  /** The avatar of this view, and the silence after an interrupt. @param {View} view the newest */
  show(view) {
    const before = this.#state();
    const isAnother = needsDisplay(before, view);
    if (isAnother) this.#close(view.elsewhere);
    this.#become({ type: "view", view, at: performance.now() });
    if (isAnother && view.avatar) this.#open(view.avatar);
    const pause = silencedFor(before, view);
    // The next turn's voice may follow before the pause after the interrupted one was noticed.
    if (pause !== null) this.#unmuteIn(pause, () => this.#display?.hearAnew());
  }

  /** Interrupt was clicked: it is silent at once. */
  silence() {
    this.#become({ type: "muted", reason: "interrupt", muted: true });
    this.#unmuteIn(silencedAtClick(this.#state()));
  }

  /** @param {number} pause ms; Infinity: a later view will say @param {() => void} [then] */
  #unmuteIn(pause, then = () => {}) {
    clearTimeout(this.#silence);
    if (pause === Infinity) return;
    this.#silence = setTimeout(() => {
      this.#become({ type: "muted", reason: "interrupt", muted: false });
      then();
    }, pause);
  }

  async statistics() {
    return this.#display?.statistics();
  }

  /** The server may not know that the picture is here: it has seen this page's line go. */
  tellResumed() {
    const { view, picture } = this.#state();
    const sessionId = view?.avatar?.sessionId;
    if (sessionId && picture === "playing") this.#tell({ sight: "resumed", sessionId });
  }

  /** Tells the server of the picture's trouble, at each change. */
  tellTrouble() {
    const sessionId = this.#state().view?.avatar?.sessionId;
    const trouble = sessionId ? pictureTrouble(this.#state()) : null;
    const told = JSON.stringify(trouble);
    if (told === this.#toldTrouble) return;
    this.#toldTrouble = told;
    if (sessionId && trouble) this.#tell({ ...trouble, sessionId });
  }

  /** The page goes. */
  end() {
    clearTimeout(this.#silence);
    this.#prepared?.peer.close();
    this.#close(false);
    this.#observer.disconnect();
    this.#picture?.close();
  }

  /** Shows this avatar. @param {Avatar} avatar */
  #open(avatar) {
    const { sessionId } = avatar;
    /** @type {import("./media/direct_display.js").DisplayEvents} */
    const events = {
      onConnected: () => this.#become({ type: "connected" }),
      onSpeaking: (speaking) => {
        if (!this.#display) return; // closing it ends the sound
        this.#become({ type: "speaking", speaking });
        this.#tell({ sight: speaking ? "speakingStart" : "speakingEnd", sessionId });
      },
      onRefused: (sentence, { taken, nextIn }) => {
        const nextAt = nextIn === undefined ? null : performance.now() + nextIn;
        this.#become({ type: "refused", sentence, taken, nextAt });
        this.#noticed ??= setTimeout(() => this.#become({ type: "noticed" }), NOTICED);
      },
      onFailed: (sentence) => this.#fail(sentence, true),
      onGone: (sentence) => {
        this.#stopWaiting();
        this.#become({ type: "gone" });
        this.#tell({ sight: "gone", sessionId, sentence });
      },
      onUnfit: (sentence) => this.#useOurs(avatar, sentence),
    };
    if (avatar.kind === "sdk") {
      const unfit = unfitSdks.get(avatar.sdkUrl);
      if (unfit) this.#tell({ sight: "remark", sessionId, sentence: unfit });
      const sdkUrl = unfit ? "" : avatar.sdkUrl;
      this.#display = new SdkDisplay({ ...avatar, sdkUrl }, this.#container, events);
    } else {
      this.#display = new DirectDisplay(avatar, this.#container, events, this.#prepared);
    }
    this.#prepared = undefined;
    this.#deadline = setTimeout(() => this.#onLate(avatar), WAITS.firstPicture);
    this.#display.open();
  }

  /** No picture has come in time. @param {Avatar} avatar */
  #onLate(avatar) {
    const sdkUrl = avatar.kind === "sdk" && !unfitSdks.has(avatar.sdkUrl) ? avatar.sdkUrl : "";
    const sentence = `${NO_PICTURE} ${this.#state().refused?.sentence ?? ADVICE}`;
    const toDo = whenLate(this.#state(), sdkUrl === "");
    if (toDo === "fail") this.#fail(sentence, false);
    else if (toDo === "use ours") this.#useOurs(avatar, unfitSentence(sdkUrl, `brought no picture ${IN_TIME}`));
  }

  /**
   * This session, and the next ones until the page is reloaded, use the SDK that ships here.
   * @param {Avatar} avatar
   * @param {string} sentence
   */
  #useOurs(avatar, sentence) {
    if (avatar.kind === "sdk") unfitSdks.set(avatar.sdkUrl, sentence);
    this.#close(true);
    this.#become({ type: "display" });
    this.#open(avatar);
  }

  /** Idempotent. @param {boolean} goesOn its session does, in another tab or with another display */
  #close(goesOn) {
    this.#stopWaiting();
    this.#forgetRefusals();
    this.#toldTrouble = "null";
    const display = this.#display;
    this.#display = null;
    display?.close(goesOn);
  }

  /** Takes the display's `<video>`; an SDK may bring it, or another one, at any time. */
  #attend() {
    const video = this.#container.querySelector("video");
    if (video === this.#video) return;
    const { picture, failed } = this.#state();
    if (video === null && picture !== "none" && !failed) this.#onPicture("stalled");
    this.#video = video;
    this.#picture?.close();
    this.#picture = video && new Picture(video, (event) => this.#onPicture(event));
    this.#onVideo(video);
  }

  /** @param {import("./media/picture.js").PictureEvent} event */
  #onPicture(event) {
    this.#stopWaiting();
    if (event !== "stalled") this.#forgetRefusals();
    this.#become({ type: event });
    const sessionId = this.#state().view?.avatar?.sessionId;
    if (!sessionId || event === "stalled") return;
    this.#tell({ sight: event, sessionId });
    this.#tellIfDeaf(sessionId);
  }

  /** A turn that can't be heard is not one that failed. @param {string} sessionId */
  async #tellIfDeaf(sessionId) {
    if (!navigator.userActivation?.hasBeenActive) return; // no browser lets it be tried before
    isDeaf ??= !(await hasOutput());
    if (isDeaf) this.#tell({ sight: "deaf", sessionId, sentence: DEAF });
  }

  /** No picture has come. @param {string} sentence @param {boolean} isOver none will */
  #fail(sentence, isOver) {
    if (this.#state().failed && !isOver) return;
    this.#stopWaiting();
    this.#become({ type: "failed", sentence, isOver });
  }

  #stopWaiting() {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
  }

  #forgetRefusals() {
    clearTimeout(this.#noticed);
    this.#noticed = undefined;
  }
}
