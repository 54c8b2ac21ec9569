/** The stage: shows what the newest view says, and tells the server what the browser sees of it. */

import { Channel } from "./channel.js";
import { Controls } from "./controls.js";
import { DirectDisplay } from "./displays.js";
import { catchFocus } from "./focus.js";
import { Limits } from "./limits.js";
import { Picture } from "./picture.js";
import { Redraws } from "./redraws.js";
import { SdkDisplay, loadSdk, unfitSentence } from "./sdk_display.js";
import { Sound } from "./sound.js";
import { Starts } from "./starts.js";
import { hasWebRtc, prepare } from "./whep.js";

/** @typedef {import("./channel.js").View} View */
/** @typedef {import("./channel.js").Avatar} Avatar */
/** @typedef {import("./displays.js").Display} Display */
/**
 * @typedef {object} Component what Streamlit gives a component's default export
 * @property {HTMLElement} parentElement
 * @property {{channel: string, drawn: number, poster: string | null}} data
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/** A run that was lost takes the picture out of the page until the next; longer, and it is gone. */
const DETACHED_FOR = 5000;
/** From the session's data in the browser to the first picture: TURN over TLS needs about 4 s. */
const FIRST_PICTURE = 12_000;
const NO_PICTURE = "The avatar's picture did not arrive within 12 s.";
const ADVICE =
  "Check that the network lets WebRTC through (UDP, or TURN on port 443), then start the avatar again.";

const NO_PICTURE_OF_SDK = "brought no picture within 12 s";
const OUR_SDK = { sdkUrl: "" };

/** What is on screen where no picture is. */
const NOTICES = {
  idle: "Press Start Avatar to begin",
  creating: "Starting…",
  connecting: "Connecting…",
  ready: "Connecting…",
  ending: "Ending…",
  error: "Not connected",
  elsewhere: "The avatar is shown in another tab",
};
const LOST = {
  unreachable: "No connection to this server — trying again",
  refused: "This browser sends no cookie to this page, or the page is out of date: reload it.",
};
const TAKEN = "Another viewer is watching — trying again…";
const STALLED = "Picture stopped — reconnecting…";

/** @type {Pick<View, "phase" | "elsewhere">} until the first view is there */
const NOTHING = { phase: "idle", elsewhere: false };

/** Why an SDK from elsewhere does not show the avatar on this page any more, by its address. */
const unfitSdks = /** @type {Map<string, string>} */ (new Map());

/** The stages of this page by channel: Streamlit may remount one, and its video plays on. */
const stages = /** @type {Map<string, Stage>} */ (new Map());

/**
 * Called by Streamlit at the mount and whenever its data or theme changes: a reconciler.
 * @param {Component} component
 * @returns {() => void} the cleanup, called at the unmount only
 */
export function mount({ parentElement, data, setTriggerValue }) {
  const { channel, drawn, poster } = data;
  for (const [other, stage] of stages) {
    if (other !== channel && stage.isIn(parentElement)) stage.close();
  }
  const stage = stages.get(channel) ?? new Stage(channel, parentElement);
  stages.set(channel, stage);
  stage.attach(parentElement, drawn, (revision) => setTriggerValue("changed", revision));
  stage.showPoster(poster);
  return () => stage.detach(parentElement);
}

class Stage {
  #path;
  #root;
  /** The HTML as Streamlit put it, for the stage that comes after this one. */
  #pristine;
  #container;
  #parent;
  #channel;
  #sound;
  #controls;
  #limits;
  #starts;
  /** @type {View | null} */
  #view = null;
  #drawn = 0;
  #redraw = (/** @type {number} */ _revision) => {};
  #redraws;
  /** @type {Display | null} */
  #display = null;
  /** @type {HTMLVideoElement | null} */
  #video = null;
  /** @type {Picture | null} */
  #picture = null;
  #shown = "null";
  /** @type {import("./whep.js").Prepared | undefined} */
  #prepared;
  #playing = false;
  #stalled = false;
  #speaking = false;
  #failed = false;
  /** @type {{sentence: string, taken: boolean} | null} why it is tried again; another viewer? */
  #refusal = null;
  /** @type {import("./channel.js").Loss} */
  #loss = null;
  /** An interrupt has silenced it. */
  #silenced = false;
  #observer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #detached;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #deadline;

  /**
   * @param {string} path of the channel, relative to the page
   * @param {HTMLElement} parent has the stage's HTML in it
   */
  constructor(path, parent) {
    this.#path = path;
    this.#parent = parent;
    this.#root = /** @type {HTMLElement} */ (parent.querySelector(".stage"));
    this.#pristine = this.#root.cloneNode(true);
    this.#container = /** @type {HTMLElement} */ (this.#root.querySelector(".stage-picture"));
    this.#sound = new Sound((reasons) => {
      this.#silenced = reasons.has("interrupt");
      this.#controls.showSound(reasons);
      this.#draw();
    });
    this.#controls = new Controls(
      this.#root,
      this.#sound,
      async () => ({
        report: await this.#display?.statistics(),
        video: this.#video,
        isPlain: this.#display?.isPlain ?? false,
      }),
      (wish) => this.#ask(wish),
    );
    this.#limits = new Limits(this.#root);
    this.#observer = new MutationObserver(() => this.#attend());
    this.#observer.observe(this.#container, { childList: true, subtree: true });
    const url = new URL(path, document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    this.#channel = new Channel(
      url.href,
      (view) => this.#show(view),
      (loss) => {
        this.#loss = loss;
        this.#draw();
      },
      // A server that was started anew knows this page by another nonce: a run draws that.
      () => this.#redraw(this.#drawn),
    );
    this.#channel.open();
    this.#redraws = new Redraws(
      () => this.#isBehind(),
      () => this.#view?.phase === "creating" || this.#view?.phase === "connecting",
      () => this.#redraw(this.#view?.revision ?? this.#drawn),
    );
    this.#starts = new Starts(
      () => this.#start(),
      () => this.#view?.revision,
    );
    loadSdk("").catch(() => {});
  }

  #start() {
    if (!this.#channel.isOpen) return false;
    this.#channel.report({ event: "start", sessionId: "" });
    if (this.#view?.way === "direct" && hasWebRtc()) this.#prepared ??= prepare();
    return true;
  }

  /** @param {import("./controls.js").Wish} wish */
  #ask(wish) {
    if (wish === "again") this.#starts.again();
    else this.#channel.report({ event: wish, sessionId: "" });
  }

  /** @param {HTMLElement} parent */
  isIn(parent) {
    return this.#parent === parent;
  }

  /**
   * @param {HTMLElement} parent
   * @param {number} drawn
   * @param {(revision: number) => void} redraw
   */
  attach(parent, drawn, redraw) {
    clearTimeout(this.#detached);
    this.#detached = undefined;
    this.#parent = parent;
    this.#drawn = drawn;
    this.#redraw = redraw;
    const fresh = parent.querySelector(".stage");
    if (fresh !== this.#root) {
      fresh?.replaceWith(this.#root);
      this.#sound.play();
    }
  }

  /** @param {string | null} poster */
  showPoster(poster) {
    this.#controls.showPoster(poster);
  }

  /** @param {HTMLElement} parent */
  detach(parent) {
    if (!this.isIn(parent)) return;
    this.#detached = setTimeout(() => this.close(), DETACHED_FOR);
    this.#redraws.ask();
  }

  close() {
    clearTimeout(this.#detached);
    this.#redraws.close();
    this.#starts.close();
    this.#limits.close();
    this.#prepared?.peer.close();
    stages.delete(this.#path);
    this.#channel.close();
    this.#closeDisplay(false);
    this.#observer.disconnect();
    this.#controls.close();
    this.#sound.close();
    this.#root.replaceWith(this.#pristine);
  }

  /** @param {View} view */
  #show(view) {
    const before = this.#view ?? view;
    this.#view = view;
    if (view.revision !== before.revision) this.#redraws.startOver();
    const interrupted = view.interrupts !== before.interrupts;
    if (interrupted) this.#speaking = false;
    const isReady = view.phase === "ready" && before.phase !== "ready";
    // A button of ours that has done its work is hidden.
    if (interrupted || isReady || this.#root.contains(document.activeElement)) catchFocus();
    this.#sound.follow(view);
    const wanted = JSON.stringify(view.avatar);
    if (wanted !== this.#shown) {
      this.#closeDisplay(view.elsewhere);
      this.#shown = wanted;
      if (view.avatar) this.#openDisplay(view.avatar);
    }
    this.#sound.mute("ending", view.phase === "ending");
    this.#limits.show(view);
    this.#draw();
    this.#redraws.ask();
  }

  /** The page does not show the newest view, or nothing at all. */
  #isBehind() {
    return this.#detached !== undefined || (this.#view?.revision ?? this.#drawn) !== this.#drawn;
  }

  /** @param {Avatar} avatar */
  #openDisplay(avatar) {
    const { sessionId } = avatar;
    const events = {
      onSpeaking: (/** @type {boolean} */ speaking) => {
        if (!this.#display) return; // it is we who fall silent, not the avatar
        this.#speaking = speaking;
        this.#draw();
        this.#channel.report({ event: speaking ? "speakingStart" : "speakingEnd", sessionId });
      },
      onRefused: (/** @type {string} */ sentence, /** @type {boolean} */ taken) => {
        this.#refusal = { sentence, taken };
        this.#draw();
      },
      onFailed: (/** @type {string} */ message) => this.#fail("failed", sessionId, message),
      onGone: (/** @type {string} */ message) => this.#fail("gone", sessionId, message),
      onUnfit: (/** @type {string} */ message) => this.#useOurs(avatar, message),
    };
    if (avatar.kind === "sdk") {
      const unfit = unfitSdks.get(avatar.sdkUrl);
      if (unfit) this.#channel.report({ event: "remark", sessionId, message: unfit });
      const { sdkUrl } = unfit ? OUR_SDK : avatar;
      this.#display = new SdkDisplay({ ...avatar, sdkUrl }, this.#container, events);
    } else {
      this.#display = new DirectDisplay(avatar, this.#container, events, this.#prepared);
    }
    this.#prepared = undefined;
    this.#deadline = setTimeout(() => this.#onLate(avatar), FIRST_PICTURE);
    this.#display.open();
  }

  /** @param {Avatar} avatar has not been seen */
  #onLate(avatar) {
    const { sessionId } = avatar;
    const message = `${NO_PICTURE} ${this.#refusal?.sentence ?? ADVICE}`;
    if (this.#refusal?.taken) this.#channel.report({ event: "failed", sessionId, message });
    else if (avatar.kind === "sdk" && avatar.sdkUrl && !unfitSdks.has(avatar.sdkUrl)) {
      this.#useOurs(avatar, unfitSentence(avatar.sdkUrl, NO_PICTURE_OF_SDK));
    } else this.#fail("failed", sessionId, message);
  }

  /**
   * The session goes on with the SDK that ships here, and the next ones do, until the page is loaded
   * anew.
   * @param {Avatar} avatar
   * @param {string} message
   */
  #useOurs(avatar, message) {
    if (avatar.kind === "sdk") unfitSdks.set(avatar.sdkUrl, message);
    const shown = this.#shown;
    this.#closeDisplay(true);
    this.#shown = shown;
    this.#openDisplay(avatar);
    this.#draw();
  }

  /** @param {boolean} goesOn its session does, in another tab or with another display */
  #closeDisplay(goesOn) {
    clearTimeout(this.#deadline);
    const display = this.#display;
    this.#display = null;
    display?.close(goesOn);
    this.#shown = "null";
    this.#playing = this.#stalled = this.#speaking = this.#failed = false;
    this.#refusal = null;
    this.#controls.holdPicture(null);
  }

  /** The `<video>` comes from the display, an SDK's at a time of its own choosing. */
  #attend() {
    const video = this.#container.querySelector("video");
    if (video === this.#video) return;
    // An SDK that connects again with another `<video>`.
    if (video === null && this.#playing && !this.#failed) this.#onPicture("stalled");
    this.#video = video;
    this.#picture?.close();
    this.#picture = video && new Picture(video, (event) => this.#onPicture(event));
    this.#sound.attend(video);
  }

  /** @param {import("./picture.js").PictureEvent} event */
  #onPicture(event) {
    clearTimeout(this.#deadline);
    this.#playing = true;
    this.#failed = false;
    this.#stalled = event === "stalled";
    if (!this.#stalled) this.#refusal = null;
    this.#controls.holdPicture(this.#stalled ? this.#video : null);
    this.#draw();
    const sessionId = this.#view?.avatar?.sessionId;
    if (sessionId) this.#channel.report({ event, sessionId });
  }

  /**
   * @param {"failed" | "gone"} event
   * @param {string} sessionId
   * @param {string} message
   */
  #fail(event, sessionId, message) {
    if (this.#failed && event === "failed") return;
    this.#failed = true;
    clearTimeout(this.#deadline);
    this.#draw();
    this.#channel.report({ event, sessionId, message });
  }

  /** The phase as it looks from here. */
  #phase() {
    const { phase, elsewhere } = this.#view ?? NOTHING;
    if (elsewhere && (phase === "connecting" || phase === "ready")) return "elsewhere";
    return this.#failed ? "error" : phase;
  }

  /** @param {keyof typeof NOTICES} phase */
  #notice(phase) {
    if (this.#loss) return LOST[this.#loss];
    if (phase !== "connecting" && phase !== "ready") return NOTICES[phase];
    if (this.#refusal?.taken) return TAKEN;
    return this.#stalled ? STALLED : NOTICES[phase];
  }

  /** @param {keyof typeof NOTICES} phase */
  #offer(phase) {
    if (this.#loss) return null;
    if (phase === "elsewhere") return "take";
    return this.#view?.phase === "error" ? "again" : null;
  }

  #draw() {
    const phase = this.#phase();
    const { dataset } = this.#root;
    dataset.phase = phase;
    dataset.playing = String(this.#playing && phase !== "error");
    dataset.stalled = String(this.#stalled);
    dataset.lost = String(this.#loss !== null);
    const speaking = this.#speaking && !this.#silenced;
    dataset.speaking = String(speaking);
    this.#controls.showSpeaking(speaking);
    this.#controls.showNotice(this.#notice(phase), this.#offer(phase));
    const caption = this.#view?.caption ?? null;
    this.#controls.showCaption(this.#playing ? caption : null, this.#speaking);
  }
}
