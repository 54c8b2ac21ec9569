/**
 * The stage: shows the newest view, and tells the server what the browser sees of the avatar.
 * `reduce.js` decides; this carries it out.
 *
 * Other components ask for a verb with an event, which is sent at once, or not at all:
 *
 *     const detail = { verb: "say", text: "Hello." }; // or start, interrupt, end, without a text
 *     const asked = new CustomEvent("avatar:verb", { detail, cancelable: true });
 *     const isSent = !document.dispatchEvent(asked); // false: there is no line to the server now
 *
 * The next view shows the outcome, or the stage says why it was refused.
 */

import { Channel } from "./channel.js";
import { DirectDisplay } from "./media/direct_display.js";
import { Picture } from "./media/picture.js";
import { Sound } from "./media/sound.js";
import { WAITS } from "./media/waits.js";
import { hasWebRtc, prepare } from "./media/whep.js";
import { Controls } from "./overlay/controls.js";
import { Limits } from "./overlay/limits.js";
import {
  FIRST,
  drawn,
  needsDisplay,
  reduce,
  silencedAtClick,
  silencedFor,
  whenLate,
} from "./reduce.js";
import { SdkDisplay, loadSdk, unfitSentence } from "./sdk/sdk_display.js";
import { Redraws, clickStart, hearVerbs, keepFocus, watchClicks } from "./streamlit.js";

/** @typedef {import("./protocol.js").Avatar} Avatar */
/** @typedef {import("./protocol.js").Verb} Verb */
/** @typedef {ReturnType<typeof setTimeout>} Timer */
/** @typedef {"detached" | "deadline" | "silence" | "refusal"} TimerName */
/**
 * @typedef {object} Component Streamlit's argument for a component's default export
 * @property {HTMLElement} parentElement
 * @property {{channel: string, drawn: number, poster: string | null}} data
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/** In ms: a lost run takes the stage out of the page until the next run. After this it is gone. */
const DETACHED_FOR = 5000;
/** In ms: how long a refusal is shown. */
const REFUSAL = 6000;
const IN_TIME = `within ${WAITS.firstPicture / 1000} s`;
const NO_PICTURE = `The avatar's picture did not arrive ${IN_TIME}.`;
const ADVICE =
  "Check that the network lets WebRTC through (UDP, or TURN on port 443), then start the avatar again.";

/** SDKs from elsewhere that this page does not use any more: the reason, by the address. */
const unfitSdks = /** @type {Map<string, string>} */ (new Map());

/** The stages of this page by channel: Streamlit may remount one, and its video plays on. */
const stages = /** @type {Map<string, Stage>} */ (new Map());

/**
 * Called by Streamlit at the mount and whenever its data or theme changes: a reconciler.
 * @param {Component} component
 * @returns {() => void} the cleanup, called at the unmount only
 */
export function mount({ parentElement, data, setTriggerValue }) {
  const { channel } = data;
  for (const [other, stage] of stages) {
    if (other !== channel && stage.isIn(parentElement)) stage.close();
  }
  const stage = stages.get(channel) ?? new Stage(channel, parentElement);
  stages.set(channel, stage);
  stage.attach(parentElement, data, (revision) => setTriggerValue("changed", revision));
  return () => stage.detach(parentElement);
}

class Stage {
  #state = FIRST;
  #path;
  #root;
  /** Streamlit's HTML, for the stage that comes after this one. */
  #pristine;
  #container;
  #parent;
  #drawn = 0;
  /** @type {(revision: number) => void} */ #redraw = () => {};
  #channel;
  #over = new AbortController();
  #sound = new Sound((blocked) => this.#mute("browser", blocked), this.#over.signal);
  #controls;
  #limits;
  #redraws = new Redraws({
    isBehind: () => this.#isBehind(),
    isStarting: () => ["creating", "connecting"].includes(this.#state.view?.phase ?? ""),
    isBusy: watchClicks(this.#over.signal),
    redraw: () => this.#redraw(this.#state.view?.revision ?? this.#drawn),
  });
  /** @type {import("./media/direct_display.js").Display | null} */ #display = null;
  /** @type {HTMLVideoElement | null} */ #video = null;
  /** @type {Picture | null} */ #picture = null;
  /** @type {import("./media/whep.js").Prepared | undefined} */ #prepared;
  #observer = new MutationObserver(() => this.#attend());
  /** @type {Partial<Record<TimerName, Timer>>} */ #timers = {};

  /** @param {string} path of the channel, relative to the page @param {HTMLElement} parent */
  constructor(path, parent) {
    this.#path = path;
    this.#parent = parent;
    this.#root = /** @type {HTMLElement} */ (parent.querySelector(".stage"));
    this.#pristine = this.#root.cloneNode(true);
    this.#container = /** @type {HTMLElement} */ (this.#root.querySelector(".stage-picture"));
    const { signal } = this.#over;
    this.#limits = new Limits(this.#root, signal);
    this.#controls = new Controls(this.#root, {
      mute: () => this.#mute("visitor", !this.#state.muted.visitor),
      unmute: this.#sound.allow,
      again: () => this.#ask("start") || clickStart(),
      take: () => this.#channel.ask({ wish: "take" }),
      stay: () => this.#channel.ask({ wish: "stay" }),
      figures: async () => ({
        report: await this.#display?.statistics(),
        video: this.#video,
      }),
    });
    this.#observer.observe(this.#container, { childList: true, subtree: true });
    keepFocus(signal);
    hearVerbs((verb, text) => this.#ask(verb, text, true), signal);
    const onVerb = (/** @type {Event} */ event) => {
      const { verb, text } = /** @type {CustomEvent<{verb: Verb, text?: string}>} */ (event).detail;
      if (!event.defaultPrevented && this.#ask(verb, text)) event.preventDefault();
    };
    document.addEventListener("avatar:verb", onVerb, { signal });
    this.#channel = new Channel(
      path,
      (view) => this.#show(view),
      (loss) => this.#become({ type: "line", loss }),
      // A restarted server wants another nonce, which a run brings.
      () => this.#redraw(this.#drawn),
    );
    this.#channel.open();
    loadSdk("").catch(() => {});
  }

  /**
   * @param {Verb} verb
   * @param {string} [text]
   * @param {boolean} [click] on the page's own button, whose script is told as well
   * @returns {boolean} whether the server was asked
   */
  #ask(verb, text, click = false) {
    if (verb === "interrupt" && this.#video) {
      this.#mute("interrupt", true);
      this.#unmuteIn(silencedAtClick(this.#state));
    }
    const isSent = this.#channel.ask({ verb, text, ...(click && { click }) });
    const isDirect = this.#state.view?.way === "direct";
    if (verb === "start" && isSent && isDirect && hasWebRtc()) this.#prepared ??= prepare();
    return isSent;
  }

  /** @param {HTMLElement} parent */
  isIn(parent) {
    return this.#parent === parent;
  }

  /**
   * @param {HTMLElement} parent
   * @param {Component["data"]} data
   * @param {(revision: number) => void} redraw
   */
  attach(parent, { drawn, poster }, redraw) {
    this.#wait("detached", null);
    this.#controls.showPoster(poster);
    this.#parent = parent;
    this.#drawn = drawn;
    this.#redraw = redraw;
    const fresh = parent.querySelector(".stage");
    if (fresh !== this.#root) {
      fresh?.replaceWith(this.#root);
      this.#sound.play();
    }
  }

  /** @param {HTMLElement} parent */
  detach(parent) {
    if (!this.isIn(parent)) return;
    this.#wait("detached", DETACHED_FOR, () => this.close());
    this.#redraws.ask();
  }

  close() {
    this.#over.abort();
    for (const timer of Object.values(this.#timers)) clearTimeout(timer);
    this.#redraws.close();
    this.#controls.close();
    this.#prepared?.peer.close();
    stages.delete(this.#path);
    this.#channel.close();
    this.#closeDisplay(false);
    this.#observer.disconnect();
    this.#picture?.close();
    this.#root.replaceWith(this.#pristine);
  }

  /** @param {import("./protocol.js").Message} view */
  #show(view) {
    const before = this.#state;
    if (before.view && view.revision !== before.view.revision) this.#redraws.startOver();
    const isAnother = needsDisplay(before, view);
    if (isAnother) this.#closeDisplay(view.elsewhere);
    this.#become({ type: "view", view });
    if (isAnother && view.avatar) this.#openDisplay(view.avatar);
    const silence = silencedFor(before, view);
    if (silence !== null) this.#unmuteIn(silence);
    const { refusal } = this.#state;
    if (refusal !== null && refusal !== before.refusal) {
      this.#wait("refusal", REFUSAL, () => this.#become({ type: "read" }));
    }
    this.#limits.show(view);
    this.#redraws.ask();
  }

  /** Whether the page shows an older view, or no stage. */
  #isBehind() {
    const isDetached = this.#timers.detached !== undefined;
    return isDetached || (this.#state.view?.revision ?? this.#drawn) !== this.#drawn;
  }

  /** @param {Avatar} avatar */
  #openDisplay(avatar) {
    const { sessionId } = avatar;
    /** @type {import("./media/direct_display.js").DisplayEvents} */
    const events = {
      onSpeaking: (speaking) => {
        if (!this.#display) return; // closing it ends the sound
        this.#become({ type: "speaking", speaking });
        this.#channel.tell({ sight: speaking ? "speakingStart" : "speakingEnd", sessionId });
      },
      onRefused: (sentence, taken) => this.#become({ type: "refused", sentence, taken }),
      onFailed: (sentence) => this.#fail("failed", sessionId, sentence),
      onGone: (sentence) => this.#fail("gone", sessionId, sentence),
      onUnfit: (sentence) => this.#useOurs(avatar, sentence),
    };
    if (avatar.kind === "sdk") {
      const unfit = unfitSdks.get(avatar.sdkUrl);
      if (unfit) this.#channel.tell({ sight: "remark", sessionId, sentence: unfit });
      const sdkUrl = unfit ? "" : avatar.sdkUrl;
      this.#display = new SdkDisplay({ ...avatar, sdkUrl }, this.#container, events);
    } else {
      this.#display = new DirectDisplay(avatar, this.#container, events, this.#prepared);
    }
    this.#prepared = undefined;
    this.#wait("deadline", WAITS.firstPicture, () => this.#onLate(avatar));
    this.#display.open();
  }

  /** No picture has come in time. @param {Avatar} avatar */
  #onLate(avatar) {
    const { sessionId } = avatar;
    const sdkUrl = avatar.kind === "sdk" && !unfitSdks.has(avatar.sdkUrl) ? avatar.sdkUrl : "";
    const sentence = `${NO_PICTURE} ${this.#state.refused?.sentence ?? ADVICE}`;
    const toDo = whenLate(this.#state, sdkUrl === "");
    if (toDo === "tell") this.#channel.tell({ sight: "failed", sessionId, sentence });
    else if (toDo === "fail") this.#fail("failed", sessionId, sentence);
    else this.#useOurs(avatar, unfitSentence(sdkUrl, `brought no picture ${IN_TIME}`));
  }

  /**
   * This session, and the next ones until the page is reloaded, use the SDK that ships here.
   * @param {Avatar} avatar
   * @param {string} sentence
   */
  #useOurs(avatar, sentence) {
    if (avatar.kind === "sdk") unfitSdks.set(avatar.sdkUrl, sentence);
    this.#closeDisplay(true);
    this.#become({ type: "display" });
    this.#openDisplay(avatar);
  }

  /** @param {boolean} goesOn its session does, in another tab or with another display */
  #closeDisplay(goesOn) {
    this.#wait("deadline", null);
    const display = this.#display;
    this.#display = null;
    display?.close(goesOn);
  }

  /** Takes the display's `<video>`; an SDK may bring it, or another one, at any time. */
  #attend() {
    const video = this.#container.querySelector("video");
    if (video === this.#video) return;
    const { picture, failed } = this.#state;
    if (video === null && picture !== "none" && !failed) this.#onPicture("stalled");
    this.#video = video;
    this.#picture?.close();
    this.#picture = video && new Picture(video, (event) => this.#onPicture(event));
    this.#sound.attend(video);
  }

  /** @param {import("./media/picture.js").PictureEvent} event */
  #onPicture(event) {
    this.#wait("deadline", null);
    this.#become({ type: event });
    const sessionId = this.#state.view?.avatar?.sessionId;
    if (sessionId) this.#channel.tell({ sight: event, sessionId });
  }

  /** @param {"failed" | "gone"} type @param {string} sessionId @param {string} sentence */
  #fail(type, sessionId, sentence) {
    if (this.#state.failed && type === "failed") return;
    this.#wait("deadline", null);
    this.#become({ type });
    this.#channel.tell({ sight: type, sessionId, sentence });
  }

  /** @param {keyof import("./reduce.js").Muted} reason @param {boolean} muted */
  #mute(reason, muted) {
    this.#become({ type: "muted", reason, muted });
  }

  /** @param {number} pause ms; Infinity: a later view will say */
  #unmuteIn(pause) {
    const later = pause === Infinity ? null : pause;
    this.#wait("silence", later, () => this.#mute("interrupt", false));
  }

  /** @param {TimerName} name @param {number | null} pause ms; null: stop @param {() => void} act */
  #wait(name, pause, act = () => {}) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = pause === null ? undefined : setTimeout(act, pause);
  }

  /** @param {import("./reduce.js").Event} event */
  #become(event) {
    this.#state = reduce(this.#state, event);
    const shown = drawn(this.#state);
    this.#controls.show(shown, this.#video);
    this.#sound.mute(shown.muted);
  }
}
