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
import { Sound } from "./media/sound.js";
import { Controls } from "./overlay/controls.js";
import { Limits } from "./overlay/limits.js";
import { Place, mounted } from "./place.js";
import { FIRST, drawn, isKeptBack, reduce } from "./reduce.js";
import { newlyFailed, withTurns } from "./turns.js";
import { loadSdk } from "./sdk/sdk_display.js";
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
import { Viewing } from "./viewing.js";

/** @typedef {import("./protocol.js").Verb} Verb */
/** @typedef {{verb: Verb, text?: string, again?: string}} VerbAsked */
/**
 * @typedef {object} Component Streamlit's argument for a component's default export
 * @property {HTMLElement} parentElement
 * @property {{channel: string, drawn: number, poster: string | null}} data
 * @property {(name: string, value: unknown) => void} setTriggerValue
 */

/** In ms: how long a refusal is shown. */
const REFUSAL = 6000;
/** The stages of this page by channel: Streamlit may remount one, and its video plays on. */
const stages = /** @type {Map<string, Stage>} */ (new Map());

/**
 * Called by Streamlit at the mount and whenever its data or theme changes: a reconciler.
 * @param {Component} component
 * @returns {() => void} the cleanup, called at the unmount only
 */
export function mount({ parentElement, data, setTriggerValue }) {
  const { channel } = data;
  const stage = mounted(stages, channel, parentElement, () => new Stage(channel, parentElement));
  stage.attach(parentElement, data, (revision) => setTriggerValue("changed", revision));
  return () => stage.detach(parentElement);
}

class Stage {
  place;
  #state = FIRST;
  #path;
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
    isBusy: watchClicks(() => this.#channel.answeredAt, this.#over.signal),
    redraw: () => this.#redraw(this.#state.view?.revision ?? this.#drawn),
  });
  #viewing;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #read;
  /** @type {readonly import("./protocol.js").TurnMessage[]} */ #turns = [];

  /** @param {string} path of the channel, relative to the page @param {HTMLElement} parent */
  constructor(path, parent) {
    this.#path = path;
    this.place = new Place(parent, ".stage", () => this.close());
    const { root } = this.place;
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
        report: await this.#viewing.statistics(),
        video: this.#viewing.video,
      }),
    };
    this.#controls = new Controls(root, acts, signal);
    this.#limits = new Limits(root, (sentence) => this.#controls.tell(sentence), signal);
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
    this.#viewing = new Viewing(/** @type {HTMLElement} */ (root.querySelector(".stage-picture")), {
      state: () => this.#state,
      become: (event) => this.#become(event),
      tell: (saw) => this.#channel.tell(saw),
      onVideo: (video) => this.#sound.attend(video),
    });
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
    if (verb === "interrupt" && this.#viewing.video) this.#viewing.silence();
    const isSent = this.#channel.ask({ verb, ...asked });
    const isDirect = this.#state.view?.way === "direct";
    if (verb === "start" && isSent && isDirect) this.#viewing.prepare();
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
    const isOpened = loss === null && this.#state.loss?.kind !== "hung";
    this.#become({ type: "line", loss });
    if (drawn(this.#state).canSay !== canSay) this.#tellTurns();
    if (isOpened) this.#viewing.tellResumed();
    // The server knows that this stage is not there, and a run shows it where the page has a line.
    if (isNew && loss.kind !== "hung") this.#redraw(this.#drawn);
  }

  /** At once, not after the pause. */
  #retry() {
    const { loss, failed, view } = this.#state;
    if (loss) this.#channel.openNow();
    else this.#viewing.retry(failed?.isOver && view?.avatar ? view.avatar : undefined);
  }

  /**
   * @param {HTMLElement} parent
   * @param {Component["data"]} data
   * @param {(revision: number) => void} redraw
   */
  attach(parent, { drawn, poster }, redraw) {
    this.#controls.showPoster(poster);
    this.#drawn = drawn;
    this.#redraw = redraw;
    if (this.place.attach(parent)) this.#sound.play();
  }

  /** @param {HTMLElement} parent */
  detach(parent) {
    if (this.place.detach(parent)) this.#redraws.ask();
  }

  close() {
    this.#over.abort();
    clearTimeout(this.#read);
    this.#redraws.close();
    this.#controls.close();
    stages.delete(this.#path);
    this.#channel.close();
    this.#viewing.end();
    this.place.leave();
  }

  /** @param {import("./protocol.js").Message} view */
  #show(view) {
    const before = this.#state;
    if (before.view && view.revision !== before.view.revision) this.#redraws.startOver();
    const turnsBefore = this.#turns;
    this.#turns = withTurns(turnsBefore, view);
    this.#viewing.show(view);
    const notSaid = newlyFailed(turnsBefore, this.#turns);
    // The page tells it elsewhere.
    if (notSaid && document.fullscreenElement) this.#become({ type: "refusal", sentence: notSaid });
    this.#controls.showTurns(this.#turns);
    this.#tellTurns();
    const lost = lastSession(view);
    if (lost) this.#channel.tellLost(lost);
    const { refusal } = this.#state;
    if (refusal !== null && refusal !== before.refusal) {
      this.#controls.putBack();
      clearTimeout(this.#read);
      this.#read = setTimeout(() => this.#become({ type: "read" }), REFUSAL);
    }
    this.#limits.show(view);
    this.#redraws.ask();
  }

  /** Whether the page shows an older view, or no stage. */
  #isBehind() {
    return this.place.isDetached || (this.#state.view?.revision ?? this.#drawn) !== this.#drawn;
  }

  /** @param {keyof import("./reduce.js").Muted} reason @param {boolean} muted */
  #mute(reason, muted) {
    this.#become({ type: "muted", reason, muted });
  }

  /** @param {import("./reduce.js").Event} event */
  #become(event) {
    this.#state = reduce(this.#state, event);
    this.#viewing.tellTrouble();
    const shown = drawn(this.#state);
    this.#controls.show(shown, this.#viewing.video);
    this.#sound.mute(shown.muted);
  }
}
