/** The stage: shows what the newest view says, and tells the server what the browser sees of it. */

import { Channel } from "./channel.js";
import { Controls } from "./controls.js";
import { DirectDisplay, SdkDisplay, loadSdk } from "./displays.js";
import { catchFocus } from "./focus.js";
import { Picture } from "./picture.js";
import { Sound, buttonName } from "./sound.js";
import { prepare } from "./whep.js";

/** @typedef {import("./channel.js").View} View */
/** @typedef {import("./channel.js").Avatar} Avatar */
/** @typedef {import("./displays.js").Display} Display */
/**
 * @typedef {object} Component what Streamlit gives a component's default export
 * @property {HTMLElement} parentElement
 * @property {{channel: string, drawn: number, poster: string | null}} data
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/** A remount takes the picture out of the page for a moment; longer, and nobody wants it back. */
const DETACHED_FOR = 1500;
/** From the session's data in the browser to the first picture: TURN over TLS needs about 4 s. */
const FIRST_PICTURE = 12_000;

/**
 * A rerun keeps a core of the server and of the browser busy for some 30 ms, which a start that is
 * under way waits for: measured, it brought the first picture 80 ms later.
 */
const REDRAW = 150;
const REDRAW_STARTING = 200;
/** From the stage's own asking for a start to a view of it. */
const STARTED_WITHIN = 150;

/** What is on screen where no picture is. */
const NOTICES = {
  idle: "Press Start Avatar to begin",
  creating: "Starting…",
  connecting: "Connecting…",
  ready: "Connecting…",
  ending: "Ending…",
  error: "Not connected",
};
const LOST = "No connection to this server — trying again";
const STALLED = "Picture stopped — reconnecting…";

/** @type {Pick<View, "phase" | "caption">} until the first view is there */
const NOTHING = { phase: "idle", caption: null };

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
  /** @type {View | null} */
  #view = null;
  #drawn = 0;
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asking;
  #redraw = (/** @type {number} */ _revision) => {};
  /** @type {Display | null} */
  #display = null;
  /** @type {HTMLVideoElement | null} */
  #video = null;
  /** @type {Picture | null} */
  #picture = null;
  #shown = "null";
  /** @type {import("./whep.js").Prepared | undefined} */
  #prepared;
  #passingOn = false;
  #playing = false;
  #stalled = false;
  #speaking = false;
  #failed = false;
  #lost = false;
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
    this.#controls = new Controls(this.#root, this.#sound, async () => ({
      report: await this.#display?.statistics(),
      video: this.#video,
    }));
    this.#observer = new MutationObserver(() => this.#attend());
    this.#observer.observe(this.#container, { childList: true, subtree: true });
    const url = new URL(path, document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    this.#channel = new Channel(
      url.href,
      (view) => this.#show(view),
      (lost) => {
        this.#lost = lost;
        this.#draw();
      },
    );
    this.#channel.open();
    loadSdk("").catch(() => {});
    document.addEventListener("click", this.#onClick, true);
  }

  /**
   * The stage itself asks the server to start, and the page's click goes on only where that started
   * nothing: the click's rerun keeps browser and server busy for the 50 ms in which the connection
   * is made (measured: first picture at 110 ms with it, 85 without).
   */
  #onClick = (/** @type {MouseEvent} */ event) => {
    const { target } = event;
    if (buttonName(target) !== "Start Avatar" || this.#passingOn || !this.#channel.isOpen) return;
    event.stopPropagation();
    this.#channel.report({ event: "start", sessionId: "" });
    if (this.#view?.way === "direct") this.#prepared ??= prepare();
    // A start that failed at once has been shown by then, too.
    const before = this.#view?.revision;
    setTimeout(() => {
      if (this.#view?.revision !== before) return;
      this.#passingOn = true;
      /** @type {Element} */ (target).closest("button")?.click();
      this.#passingOn = false;
    }, STARTED_WITHIN);
  };

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
  }

  close() {
    clearTimeout(this.#detached);
    clearTimeout(this.#asking);
    document.removeEventListener("click", this.#onClick, true);
    this.#prepared?.peer.close();
    stages.delete(this.#path);
    this.#channel.close();
    this.#closeDisplay();
    this.#observer.disconnect();
    this.#controls.close();
    this.#sound.close();
    this.#root.replaceWith(this.#pristine);
  }

  /** @param {View} view */
  #show(view) {
    const before = this.#view ?? view;
    this.#view = view;
    const interrupted = view.interrupts !== before.interrupts;
    if (interrupted) this.#speaking = false;
    if (interrupted || (view.phase === "ready" && before.phase !== "ready")) catchFocus();
    this.#sound.follow(view);
    const wanted = JSON.stringify(view.avatar);
    if (wanted !== this.#shown) {
      this.#closeDisplay();
      this.#shown = wanted;
      if (view.avatar) this.#openDisplay(view.avatar);
    }
    this.#sound.mute("ending", view.phase === "ending");
    this.#draw();
    this.#askForRedraw();
  }

  /** One rerun for what changes together, and none that the click's own has made needless. */
  #askForRedraw() {
    if (this.#asking || this.#view?.revision === this.#drawn) return;
    const starting = this.#view?.phase === "creating" || this.#view?.phase === "connecting";
    this.#asking = setTimeout(
      () => {
        this.#asking = undefined;
        const revision = this.#view?.revision ?? this.#drawn;
        if (revision !== this.#drawn && revision !== this.#asked) {
          this.#asked = revision;
          this.#redraw(revision);
        }
      },
      starting ? REDRAW_STARTING : REDRAW,
    );
  }

  /** @param {Avatar} avatar */
  #openDisplay(avatar) {
    const { sessionId } = avatar;
    const events = {
      onSpeaking: (/** @type {boolean} */ speaking) => {
        this.#speaking = speaking;
        this.#draw();
        this.#channel.report({ event: speaking ? "speakingStart" : "speakingEnd", sessionId });
      },
      onFailed: (/** @type {string} */ message) => this.#fail(sessionId, message),
    };
    this.#display =
      avatar.kind === "sdk"
        ? new SdkDisplay(avatar, this.#container, events)
        : new DirectDisplay(avatar, this.#container, events, this.#prepared);
    this.#prepared = undefined;
    this.#deadline = setTimeout(() => {
      const advice =
        "Check that the network lets WebRTC through (UDP, or TURN on port 443), then start the avatar again.";
      this.#fail(sessionId, `The avatar's picture did not arrive within 12 s. ${advice}`);
    }, FIRST_PICTURE);
    this.#display.open();
  }

  #closeDisplay() {
    clearTimeout(this.#deadline);
    this.#display?.close();
    this.#display = null;
    this.#shown = "null";
    this.#playing = this.#stalled = this.#speaking = this.#failed = false;
    this.#controls.holdPicture(null);
  }

  /** The `<video>` comes from the display, an SDK's at a time of its own choosing. */
  #attend() {
    const video = this.#container.querySelector("video");
    if (video === this.#video) return;
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
    this.#controls.holdPicture(this.#stalled ? this.#video : null);
    this.#draw();
    const sessionId = this.#view?.avatar?.sessionId;
    if (sessionId) this.#channel.report({ event, sessionId });
  }

  /**
   * @param {string} sessionId
   * @param {string} message
   */
  #fail(sessionId, message) {
    if (this.#failed) return;
    this.#failed = true;
    clearTimeout(this.#deadline);
    this.#draw();
    this.#channel.report({ event: "failed", sessionId, message });
  }

  /** @param {View["phase"]} phase */
  #notice(phase) {
    if (this.#lost) return LOST;
    if (this.#failed) return NOTICES.error;
    return this.#stalled && phase === "ready" ? STALLED : NOTICES[phase];
  }

  #draw() {
    const { phase, caption } = this.#view ?? NOTHING;
    const { dataset } = this.#root;
    dataset.phase = this.#failed ? "error" : phase;
    dataset.playing = String(this.#playing && phase !== "error" && !this.#failed);
    dataset.stalled = String(this.#stalled);
    dataset.lost = String(this.#lost);
    const speaking = this.#speaking && !this.#silenced;
    dataset.speaking = String(speaking);
    this.#controls.showSpeaking(speaking);
    this.#controls.showNotice(this.#notice(phase));
    this.#controls.showCaption(this.#playing ? caption : null, this.#speaking);
  }
}
