/**
 * The stage: shows the newest view, and tells the server what the browser sees of the avatar.
 * `reduce.js` decides; this carries it out.
 *
 * Other components ask for a verb with an event, which is sent at once, or not at all:
 *
 *     const detail = { verb: "say", text: "Hello." }; // or start, interrupt, end, without a text,
 *                                                     // or { verb: "say", again: turnId }
 *     const asked = new CustomEvent("avatar:verb", { detail, cancelable: true });
 *     const isSent = !document.dispatchEvent(asked); // false: there is no line to the server now
 *
 * The next view shows the outcome, or the stage says why it was refused. They are told of the turns
 * with `avatar:turns`, see `components/transcript/`.
 */

import { Channel } from "./channel.js";
import { lastSession } from "./last_session.js";
import { DirectDisplay } from "./media/direct_display.js";
import { Picture } from "./media/picture.js";
import { Sound, hasOutput } from "./media/sound.js";
import { WAITS } from "./media/waits.js";
import { hasWebRtc, prepare } from "./media/whep.js";
import { Controls } from "./overlay/controls.js";
import { Limits } from "./overlay/limits.js";
import {
  FIRST,
  drawn,
  isKeptBack,
  needsDisplay,
  pictureTrouble,
  reduce,
  silencedAtClick,
  silencedFor,
  whenLate,
} from "./reduce.js";
import { newlyFailed, withTurns } from "./turns.js";
import { SdkDisplay, loadSdk, unfitSentence } from "./sdk/sdk_display.js";
import {
  Redraws,
  clickSpeak,
  clickStart,
  followPanels,
  hearVerbs,
  keepDialogAway,
  keepFocus,
  tellLaidOut,
  watchClicks,
} from "./streamlit.js";

/** @typedef {import("./protocol.js").Avatar} Avatar */
/** @typedef {import("./protocol.js").Verb} Verb */
/** @typedef {{verb: Verb, text?: string, again?: string}} VerbAsked */
/** @typedef {ReturnType<typeof setTimeout>} Timer */
/** @typedef {"detached" | "deadline" | "silence" | "refusal" | "noticed"} TimerName */
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
  /** @type {readonly import("./protocol.js").TurnMessage[]} */ #turns = [];
  /** What the server was told of the picture's trouble last. */
  #toldTrouble = "null";

  /** @param {string} path of the channel, relative to the page @param {HTMLElement} parent */
  constructor(path, parent) {
    this.#path = path;
    this.#parent = parent;
    this.#root = /** @type {HTMLElement} */ (parent.querySelector(".stage"));
    this.#pristine = this.#root.cloneNode(true);
    this.#container = /** @type {HTMLElement} */ (this.#root.querySelector(".stage-picture"));
    const { signal } = this.#over;
    const acts = {
      mute: () => this.#mute("visitor", !this.#state.muted.visitor),
      unmute: this.#sound.allow,
      again: () => this.#ask("start") || clickStart(),
      take: () => this.#channel.ask({ wish: "take" }),
      stay: () => this.#channel.ask({ wish: "stay" }),
      retry: () => this.#retry(),
      end: () => this.#ask("end"),
      say: (/** @type {string} */ text) => this.#ask("say", { text }),
      speak: () => clickSpeak(),
      interrupt: () => this.#interrupt(),
      figures: async () => ({
        report: await this.#display?.statistics(),
        video: this.#video,
      }),
    };
    this.#controls = new Controls(this.#root, acts, signal);
    this.#limits = new Limits(this.#root, (sentence) => this.#controls.tell(sentence), signal);
    this.#observer.observe(this.#container, { childList: true, subtree: true });
    keepFocus(signal);
    followPanels(signal);
    tellLaidOut(signal);
    keepDialogAway(signal);
    const keepsBack = (/** @type {Verb} */ verb) => this.#keepsBack(verb);
    hearVerbs((verb, text) => this.#ask(verb, { text, click: true }), keepsBack, signal);
    const onVerb = (/** @type {Event} */ event) => {
      const { verb, text, again } = /** @type {CustomEvent<VerbAsked>} */ (event).detail;
      const asked = again === undefined ? { text } : { again };
      if (!event.defaultPrevented && this.#ask(verb, asked)) event.preventDefault();
    };
    document.addEventListener("avatar:verb", onVerb, { signal });
    const onWanted = (/** @type {Event} */ event) => {
      const { view, loss } = this.#state;
      if (!view || (loss && loss.kind !== "hung")) return; // what a run brings is newer
      this.#tellTurns();
      event.preventDefault();
    };
    document.addEventListener("avatar:turns-wanted", onWanted, { signal });
    this.#channel = new Channel(
      path,
      (view) => this.#show(view),
      (loss) => this.#onLoss(loss),
      // A restarted server wants another nonce, which a run brings.
      () => this.#redraw(this.#drawn),
    );
    this.#channel.open();
    loadSdk("").catch(() => {});
  }

  /**
   * @param {Verb} verb
   * @param {{text?: string, again?: string, click?: true}} [asked] `click`: on the page's own button,
   *   whose script is told as well
   * @returns {boolean} whether the server was asked
   */
  #ask(verb, asked = {}) {
    if (this.#keepsBack(verb)) return false;
    if (verb === "interrupt" && this.#video) {
      this.#mute("interrupt", true);
      this.#unmuteIn(silencedAtClick(this.#state));
    }
    const isSent = this.#channel.ask({ verb, ...asked });
    const isDirect = this.#state.view?.way === "direct";
    if (verb === "start" && isSent && isDirect && hasWebRtc()) this.#prepared ??= prepare();
    return isSent;
  }

  /** What is being said; without it, a key that was pressed by mistake silences nothing. */
  #interrupt() {
    if (drawn(this.#state).canInterrupt) this.#ask("interrupt");
  }

  #tellTurns() {
    const detail = { turns: this.#turns, canSay: drawn(this.#state).canSay };
    document.dispatchEvent(new CustomEvent("avatar:turns", { detail }));
  }

  /** @param {Verb} verb @returns {boolean} whether it is not sent, because the server hangs */
  #keepsBack(verb) {
    const keeps = isKeptBack(this.#state, verb);
    if (this.#state.loss?.kind === "hung") this.#become({ type: "unsent", verb });
    return keeps;
  }

  /** @param {import("./channel.js").Loss | null} loss */
  #onLoss(loss) {
    const isNew = loss !== null && this.#state.loss === null;
    const { canSay } = drawn(this.#state);
    this.#become({ type: "line", loss });
    if (drawn(this.#state).canSay !== canSay) this.#tellTurns();
    // The server knows that this stage is not there, and a run shows it where the page has a line.
    if (isNew && loss.kind !== "hung") this.#redraw(this.#drawn);
  }

  /** At once, not after the pause. */
  #retry() {
    const { loss, failed, view } = this.#state;
    if (loss) this.#channel.openNow();
    else if (failed?.isOver && view?.avatar) {
      this.#closeDisplay(true);
      this.#become({ type: "display" });
      this.#openDisplay(view.avatar);
    } else this.#display?.retry();
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
    const turnsBefore = this.#turns;
    this.#turns = withTurns(turnsBefore, view);
    this.#become({ type: "view", view, at: performance.now() });
    const notSaid = newlyFailed(turnsBefore, this.#turns);
    // The page tells it elsewhere.
    if (notSaid && document.fullscreenElement) this.#become({ type: "refusal", sentence: notSaid });
    this.#controls.showTurns(this.#turns);
    this.#tellTurns();
    const lost = lastSession(view);
    if (lost) this.#channel.tellLost(lost);
    if (isAnother && view.avatar) this.#openDisplay(view.avatar);
    const silence = silencedFor(before, view);
    // The next turn's voice may follow before the pause after the interrupted one was noticed.
    if (silence !== null) this.#unmuteIn(silence, () => this.#display?.hearAnew());
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
      onConnected: () => this.#become({ type: "connected" }),
      onSpeaking: (speaking) => {
        if (!this.#display) return; // closing it ends the sound
        this.#become({ type: "speaking", speaking });
        this.#channel.tell({ sight: speaking ? "speakingStart" : "speakingEnd", sessionId });
      },
      onRefused: (sentence, { taken, nextIn }) => {
        const nextAt = nextIn === undefined ? null : performance.now() + nextIn;
        this.#become({ type: "refused", sentence, taken, nextAt });
        this.#timers.noticed ??= setTimeout(() => this.#become({ type: "noticed" }), NOTICED);
      },
      onFailed: (sentence) => this.#fail(sentence, true),
      onGone: (sentence) => {
        this.#wait("deadline", null);
        this.#become({ type: "gone" });
        this.#channel.tell({ sight: "gone", sessionId, sentence });
      },
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
    const sdkUrl = avatar.kind === "sdk" && !unfitSdks.has(avatar.sdkUrl) ? avatar.sdkUrl : "";
    const sentence = `${NO_PICTURE} ${this.#state.refused?.sentence ?? ADVICE}`;
    const toDo = whenLate(this.#state, sdkUrl === "");
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
    this.#closeDisplay(true);
    this.#become({ type: "display" });
    this.#openDisplay(avatar);
  }

  /** @param {boolean} goesOn its session does, in another tab or with another display */
  #closeDisplay(goesOn) {
    this.#wait("deadline", null);
    this.#wait("noticed", null);
    this.#toldTrouble = "null";
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
    if (event !== "stalled") this.#wait("noticed", null);
    this.#become({ type: event });
    const sessionId = this.#state.view?.avatar?.sessionId;
    if (!sessionId || event === "stalled") return;
    this.#channel.tell({ sight: event, sessionId });
    this.#tellIfDeaf(sessionId);
  }

  /** A turn that can't be heard is not one that failed. @param {string} sessionId */
  async #tellIfDeaf(sessionId) {
    if (!navigator.userActivation?.hasBeenActive) return; // no browser lets it be tried before
    isDeaf ??= !(await hasOutput());
    if (isDeaf) this.#channel.tell({ sight: "deaf", sessionId, sentence: DEAF });
  }

  /** No picture has come. @param {string} sentence @param {boolean} isOver none will */
  #fail(sentence, isOver) {
    if (this.#state.failed && !isOver) return;
    this.#wait("deadline", null);
    this.#become({ type: "failed", sentence, isOver });
  }

  /** @param {keyof import("./reduce.js").Muted} reason @param {boolean} muted */
  #mute(reason, muted) {
    this.#become({ type: "muted", reason, muted });
  }

  /** @param {number} pause ms; Infinity: a later view will say @param {() => void} [then] */
  #unmuteIn(pause, then = () => {}) {
    const later = pause === Infinity ? null : pause;
    this.#wait("silence", later, () => {
      this.#mute("interrupt", false);
      then();
    });
  }

  /** @param {TimerName} name @param {number | null} pause ms; null: stop @param {() => void} act */
  #wait(name, pause, act = () => {}) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = pause === null ? undefined : setTimeout(act, pause);
  }

  /** @param {import("./reduce.js").Event} event */
  #become(event) {
    this.#state = reduce(this.#state, event);
    this.#tellTrouble();
    const shown = drawn(this.#state);
    this.#controls.show(shown, this.#video);
    this.#sound.mute(shown.muted);
  }

  /** Tells the server of the picture's trouble, at each change. */
  #tellTrouble() {
    const sessionId = this.#state.view?.avatar?.sessionId;
    const trouble = sessionId ? pictureTrouble(this.#state) : null;
    const told = JSON.stringify(trouble);
    if (told === this.#toldTrouble) return;
    this.#toldTrouble = told;
    if (sessionId && trouble) this.#channel.tell({ ...trouble, sessionId });
  }
}
