/**
 * The presenter's desk: shows the newest message of the server, and sends what the presenter asks for.
 *
 * Each part of it has a module of its own; `state.js`, `commands.js` and `clock.js` decide, and draw
 * nothing.
 */

import { Channel } from "../../stage/js/channel.js";
import { Announcer } from "../../stage/js/overlay/announcer.js";
import { part, write } from "../../stage/js/overlay/parts.js";
import { KeyList, singleKeysAreOn } from "../../stage/js/overlay/single_keys.js";
import { Place, mounted } from "../../stage/js/place.js";
import { isPanelOpen } from "../../stage/js/streamlit.js";
import { AskBox } from "./ask.js";
import { Clock } from "./clock.js";
import { commandOf, holds, isUnderWay } from "./commands.js";
import { Deck } from "./deck.js";
import { Karaoke } from "./karaoke.js";
import { isOneCharacter, keyToVerb } from "./keys.js";
import { listKeys } from "./keys_list.js";
import { LookControls } from "./look.js";
import { Queue } from "./queue.js";
import { Recording } from "./record.js";
import { newsOf, standingOf } from "./state.js";
import { TurnFigures } from "./turn_figures.js";

/** @typedef {import("./protocol.js").DeskMessage} Message */
/** @typedef {import("./protocol.js").Command} Command */
/** @typedef {import("./keys.js").Verb} KeyVerb */
/** @typedef {{channel: string, script: string, stage: string, frame: string, film: string}} Paths relative to the page */
/** @typedef {{parentElement: HTMLElement, data: Paths}} Component Streamlit's argument */

/** In ms: how long it is shown why a command came to nothing. */
const REFUSAL = 8000;
/** In ms: who presses Silence again and again means silence, and not "play on". */
const SILENCE_AGAIN = 1500;
const LIVE = ["creating", "connecting", "ready", "ending"];
/** What does no harm when it arrives late. */
const SAFE_LATE = ["silence", "hold", "end", "stopFilm"];
const NOT_SENT = "This was not sent: press it again when the server answers.";
const BLOCKED = "The browser has blocked the stage window: allow pop-up windows for this page.";
const FIELDS = "textarea, select, input:not([type=color], [type=checkbox])";

/** The desks of this page by channel: Streamlit may remount one, and it goes on. @type {Map<string, Desk>} */
const desks = new Map();

/**
 * Called by Streamlit at the mount and whenever its data or theme changes: a reconciler.
 * @param {Component} component
 * @returns {() => void} the cleanup, called at the unmount only
 */
export function mount({ parentElement, data }) {
  const desk = mounted(desks, data.channel, parentElement, () => new Desk(parentElement, data));
  desk.place.attach(parentElement);
  return () => desk.place.detach(parentElement);
}

class Desk {
  place;
  #paths;
  #root;
  #over = new AbortController();
  #channel;
  /** @type {Message | null} */ #message = null;
  /** @type {import("../../stage/js/channel.js").Loss | null} */ #loss = null;
  /** @type {import("./state.js").Standing | null} */ #standing = null;
  /** Why the last command came to nothing, while that is shown. */
  #refusal = "";
  /** When a key silenced the show, and nothing was asked for since. @type {number | null} */
  #silencedAt = null;
  /** @type {Window | null} */ #stage = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #read;
  #announcer;
  #karaoke;
  #clock;
  #deck;
  #queue;
  #look;
  #ask;
  #figures;
  #recording;
  #keys;

  /** @param {HTMLElement} parent @param {Paths} paths */
  constructor(parent, paths) {
    this.#paths = paths;
    this.place = new Place(parent, ".desk", () => this.close());
    const root = (this.#root = this.place.root);
    this.#announcer = new Announcer(part(root, "desk-live"));
    this.#karaoke = new Karaoke(root);
    this.#clock = new Clock(root);
    this.#deck = new Deck(root, paths, (slide) => this.#send({ verb: "jump", slide }));
    this.#queue = new Queue(root, (asked) => this.#send(asked));
    this.#look = new LookControls(root, (changes) => this.#send({ verb: "look", ...changes }));
    this.#ask = new AskBox(root, (text, now) => this.#send({ verb: "ask", text, now }));
    this.#figures = new TurnFigures(root);
    this.#recording = new Recording(root, paths.film, (verb) => this.#send({ verb }));
    this.#keys = new KeyList(part(root, "desk-keys"));
    listKeys(part(root, "desk-keys-list"));
    this.#listen();
    this.#channel = new Channel(
      paths.channel,
      (/** @type {Message} */ message) => this.#show(message),
      (loss) => {
        this.#loss = loss;
        this.#draw();
      },
      () => {}, // the page's stage asks for the run that brings another nonce
    );
    this.#channel.open();
    this.#draw();
  }

  close() {
    this.#over.abort();
    clearTimeout(this.#read);
    this.#channel.close();
    this.#karaoke.close();
    this.#clock.close();
    this.#deck.close();
    desks.delete(this.#paths.channel);
    this.place.leave();
  }

  #listen() {
    const { signal } = this.#over;
    this.#root.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("[data-verb]") : null;
      if (!(button instanceof HTMLElement) || button.ariaDisabled === "true") return;
      const verb = /** @type {KeyVerb | "start" | "end"} */ (button.dataset.verb);
      // The second click of a double click: End is in Start's place, and Silence would play on.
      if (verb === "end" && event.detail > 1) return;
      if (verb === "start" || verb === "end") this.#send({ verb });
      else this.#do(verb, false);
    });
    // Before the stage and Streamlit, which have keys of their own.
    addEventListener("keydown", (event) => this.#press(event), { capture: true, signal });
    part(this.#root, "desk-retry").addEventListener("click", () => this.#channel.openNow());
    part(this.#root, "desk-reload").addEventListener("click", () => location.reload());
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (!this.#root.isConnected) return;
    const target = event.composedPath()[0];
    const typing = target instanceof HTMLElement && (target.matches(FIELDS) || target.isContentEditable);
    const dialogOpen = this.#keys.isOpen || this.#recording.isOpen;
    const singleKeysOn = singleKeysAreOn();
    const verb = keyToVerb(event, { typing, dialogOpen, singleKeysOn });
    if (!verb) {
      const isNobodys = !typing && (dialogOpen || !singleKeysOn) && isOneCharacter(event);
      if (isNobodys) event.stopImmediatePropagation(); // Streamlit runs the page anew at R
      return;
    }
    const isUsed = typing || dialogOpen || isPanelOpen(); // Esc leaves what is open, unless it is needed
    if (verb === "silence" && isUsed && !(this.#message && isUnderWay(this.#message))) return;
    if (verb === "say" && !this.#ask.is(target)) {
      const form = target instanceof HTMLElement && this.#root.contains(target) ? target.closest("form") : null;
      if (!event.repeat) form?.requestSubmit();
      return;
    }
    event.stopImmediatePropagation();
    if (event.key !== "Escape") event.preventDefault();
    if (!event.repeat) this.#do(verb, true);
  }

  /** @param {KeyVerb} verb @param {boolean} byKey */
  #do(verb, byKey) {
    if (verb === "ask") this.#ask.focus();
    else if (verb === "say") this.#ask.say(true);
    else if (verb === "window") this.#openStage();
    else if (verb === "keys") this.#keys.toggle();
    else if (this.#message) {
      const now = performance.now();
      const wasSilenced = byKey && this.#silencedAt !== null && now - this.#silencedAt > SILENCE_AGAIN;
      const command = commandOf(verb, this.#message, wasSilenced);
      const silences = command.verb === "silence" && byKey;
      if (this.#send(command) && silences) this.#silencedAt = now;
    }
  }

  /**
   * At once, or not at all: what comes late is seen by an audience.
   * @param {Command} command
   * @returns {boolean} whether it was sent
   */
  #send(command) {
    if (command.verb !== "look") this.#silencedAt = null;
    const isKeptBack = this.#channel.hangs && !SAFE_LATE.includes(command.verb);
    const isSent = !isKeptBack && this.#channel.ask(command);
    this.#refuse(isSent ? "" : NOT_SENT);
    if (isSent && command.verb !== "ask") this.#ask.forget();
    return isSent;
  }

  #openStage() {
    if (!this.#stage || this.#stage.closed) {
      const url = new URL(this.#paths.stage, document.baseURI).href;
      this.#stage = window.open(url, "stage", "popup,width=1280,height=720");
    }
    if (this.#stage) this.#stage.focus();
    else this.#refuse(BLOCKED);
  }

  /** @param {string} sentence */
  #refuse(sentence) {
    clearTimeout(this.#read);
    if (sentence) this.#read = setTimeout(() => this.#refuse(""), REFUSAL);
    if (sentence && sentence !== this.#refusal) this.#announcer.tell([sentence]);
    this.#refusal = sentence;
    this.#draw();
  }

  /** @param {Message} message */
  #show(message) {
    const cameAt = performance.now();
    const before = this.#message;
    this.#message = message;
    if (before && message.refusal && message.refusals > before.refusals) this.#refuse(message.refusal);
    this.#karaoke.show(message, cameAt);
    this.#clock.show(message, cameAt);
    this.#deck.show(message);
    this.#queue.show(message.coming, message.comingCount);
    this.#look.show(message.look);
    this.#ask.show(message);
    this.#figures.show(message.figure, message.media);
    this.#recording.show(message);
    this.#draw();
  }

  #draw() {
    const standing = standingOf(this.#message, this.#loss);
    this.#announcer.tell(newsOf(this.#standing, standing));
    this.#standing = standing;
    this.#root.dataset.state = standing.name;
    write(part(this.#root, "desk-word"), standing.word);
    const sentence = part(this.#root, "desk-sentence");
    write(sentence, this.#refusal || standing.sentence);
    sentence.title = sentence.textContent ?? ""; // where it is longer than its room
    part(this.#root, "desk-standing").dataset.refused = String(this.#refusal !== "");
    part(this.#root, "desk-retry").hidden = this.#loss?.kind !== "gone";
    part(this.#root, "desk-reload").hidden = this.#loss?.kind !== "refused";
    if (this.#message) this.#drawButtons(this.#message);
  }

  /** @param {Message} message */
  #drawButtons(message) {
    const { phase, windows, name } = message;
    const isLive = LIVE.includes(phase);
    const [start, end] = [part(this.#root, "desk-start"), part(this.#root, "desk-end")];
    const focused = document.activeElement;
    start.hidden = isLive;
    end.hidden = !isLive;
    end.ariaDisabled = String(phase === "ending");
    const go = part(this.#root, "desk-go");
    // Not on the button that took its place: a second press would end what the first one started.
    if (focused === (isLive ? start : end)) go.focus();
    this.#root.dataset.live = String(isLive);
    go.dataset.holds = String(holds(message));
    write(part(this.#root, "desk-go-name"), holds(message) ? "Hold" : "Go");
    part(this.#root, "desk-window").dataset.open = String(windows > 0);
    write(part(this.#root, "desk-name"), name);
  }
}
