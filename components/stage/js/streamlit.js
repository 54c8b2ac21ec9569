/** All that is known of Streamlit's own page (1.67): its widgets, clicks, focus and runs. */

import { pauseAfter } from "./media/retries.js";

/** @typedef {import("./protocol.js").Verb} Verb */

/** Streamlit puts `st-key-KEY` on the element around a widget that was given `key=KEY`. */
const VERBS = /** @type {const} */ ({
  "st-key-start": "start",
  "st-key-speak": "say",
  "st-key-interrupt": "interrupt",
  "st-key-end": "end",
});
const BUTTONS = Object.keys(VERBS).map((name) => `.${name} button`).join();
const TEXT = ".st-key-text textarea";
/** Ours, in full screen. */
const FULL_SCREEN_TEXT = ".stage-say";
/** Streamlit draws it empty, see `app_pages/avatar_page.py`. */
const STATUS = ".stage-status";
const CONNECTED = '[data-test-connection-state="CONNECTED"]';
/** What `app_pages/frame_page.py` draws last. */
const LAST = ".st-key-kept";
const STILL_LOADING = '[data-testid="stMain"] [data-testid="stSkeleton"]';
const RUNNING = '[data-test-script-state="running"]';

/** In ms: a text that was sent stays in its box until the page has been drawn. */
const LEAVES_WITHIN = 2000;

/**
 * In ms after a click: no run is asked for, and for at most `DRAWING` while the click's own is
 * drawn. Streamlit drops a run, and its click, when another is asked for before its callbacks were
 * called: on a busy machine the first of two runs within 30 ms came to nothing in a quarter to a
 * half of 200 tries, with runner.fastReruns or without.
 */
const CLICK = 500;
const DRAWING = 2000;
/** The same after a link: a request names its page, and ours would bring back the old one. */
const PAGE_TURN = 1000;

/**
 * In ms before a run is asked for. A rerun keeps a core of the server and of the browser busy for
 * some 30 ms: measured, it delayed the first picture of a start by 80 ms.
 */
const REDRAW = 150;
const REDRAW_STARTING = 200;
/** A lost run is asked for again from this pause of `pauseAfter` on: 2 s. */
const REDRAW_AGAIN = 3;

/**
 * The verb that a click or a key press on the page asks for.
 * @type {(event: Event) => Verb | null}
 */
function verbOf(event) {
  const target = event.target instanceof Element ? event.target : null;
  if (event.type === "click") {
    const button = /** @type {HTMLButtonElement | undefined} */ (target?.closest(BUTTONS));
    if (!button || button.disabled) return null;
    const name = Object.keys(VERBS).find((each) => button.closest(`.${each}`));
    return VERBS[/** @type {keyof typeof VERBS} */ (name)];
  }
  const { key, ctrlKey, metaKey, repeat } = /** @type {KeyboardEvent} */ (event);
  const isAsked = key === "Enter" && (ctrlKey || metaKey) && !repeat && target?.matches(TEXT);
  return isAsked && document.querySelector(".st-key-speak button:enabled") ? "say" : null;
}

/**
 * Tells of the verbs that the page's widgets ask for. The click goes on: its callback arrives
 * through the script as well, and the server takes both as one. A click that is kept back goes
 * nowhere: Streamlit would hold it, and act on it as late as the server answers again. So does the
 * second click of a double click on Start: "End Session" takes its place in between.
 * @param {(verb: Verb, text?: string) => void} onVerb
 * @param {(verb: Verb) => boolean} isKeptBack
 * @param {AbortSignal} signal ends it
 */
export function hearVerbs(onVerb, isKeptBack, signal) {
  let said = { text: "", at: -LEAVES_WITHIN };
  listen(["click", "keydown"], signal, (event) => {
    const verb = verbOf(event);
    const isSecond = verb === "end" && /** @type {UIEvent} */ (event).detail > 1;
    if (verb && (isSecond || isKeptBack(verb))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (verb !== "say") {
      if (verb) onVerb(verb);
      return;
    }
    const box = /** @type {HTMLTextAreaElement | null} */ (document.querySelector(TEXT));
    const now = { text: box?.value ?? "", at: performance.now() };
    if (now.text === said.text && now.at - said.at < LEAVES_WITHIN) return;
    said = now;
    onVerb("say", now.text);
  });
}

/**
 * Writes the status line in place of Streamlit, where the server can't be heard.
 * @param {string | null} trouble null: Streamlit's line stands
 */
export function writeStatus(trouble) {
  const word = Object.assign(document.createElement("strong"), { textContent: "unknown" });
  const parts = trouble === null ? [] : ["Status: ", word, ` · ${trouble}`];
  for (const line of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(STATUS))) {
    if ((line.dataset.trouble ?? "") === (trouble ?? "")) continue;
    line.dataset.trouble = trouble ?? "";
    line.replaceChildren(...parts);
  }
}

/** Whether Streamlit's own line to the server is there. */
export const pageIsConnected = () => document.querySelector(CONNECTED) !== null;

/**
 * Tells the style sheet when the page's first run is whole: its last element is there, and every part
 * of Streamlit's own that it loads when it is first needed.
 * @param {AbortSignal} signal ends it
 */
export function tellLaidOut(signal) {
  const look = () => {
    if (document.querySelector(LAST) === null || document.querySelector(STILL_LOADING)) return;
    document.documentElement.dataset.laidOut = "true";
    observer.disconnect();
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
  look();
}

/**
 * Closes Streamlit's dialog "Connection error", which covers the page: the stage and the status
 * line say what is wrong, and what happens next.
 * @param {AbortSignal} signal ends it
 */
export function keepDialogAway(signal) {
  const look = () => {
    for (const dialog of document.querySelectorAll('[role="dialog"]')) {
      const isOurs = dialog.querySelector("h2")?.textContent === "Connection error";
      const close = /** @type {HTMLElement | null} */ (dialog.querySelector('[aria-label="Close"]'));
      if (isOurs) close?.click();
    }
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true });
  signal.addEventListener("abort", () => observer.disconnect());
}

/** Whether something is open that Esc closes. */
export const isPanelOpen = () =>
  document.querySelector(`${PANEL}, [role="dialog"], [role="listbox"]`) !== null;

/** Whether this is the app's page that shows the session's problem, in an alert. */
export const showsProblems = () => document.querySelector(".st-key-controls") !== null;

/** Whether it is the text's. @param {Element} element */
export const isTextBox = (element) => element.matches(TEXT);

/** Starts by the script alone. */
export const clickStart = () => clickButton("start");

/** Says the text in its box, as its button does. */
export const clickSpeak = () => clickButton("speak");

/** @param {string} key of a widget */
function clickButton(key) {
  const button = document.querySelector(`.st-key-${key} button:enabled`);
  /** @type {HTMLElement | null} */ (button)?.click();
}

/**
 * Moves a keyboard's focus to the text when its button is disabled or hidden: on the body, a
 * keyboard has lost its place.
 * @param {AbortSignal} signal ends it
 */
export function keepFocus(signal) {
  let byKeyboard = false;
  /** @type {Element | null} */ let on = null;
  listen(["focusin"], signal, ({ target }) => (on = /** @type {Element} */ (target)));
  listen(["keydown", "pointerdown"], signal, ({ type }) => (byKeyboard = type === "keydown"));
  const observer = new MutationObserver(() => {
    const isDropped = [on, document.body].includes(document.activeElement);
    if (!byKeyboard || !on?.isConnected || !isDropped) return;
    if (!on.matches(":disabled") && on.checkVisibility()) return;
    const box = document.fullscreenElement ? FULL_SCREEN_TEXT : TEXT;
    const text = /** @type {HTMLElement | null} */ (document.querySelector(box));
    text?.focus({ preventScroll: true });
  });
  observer.observe(document.body, { attributeFilter: ["disabled", "hidden"], subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
}

/** Streamlit draws an open panel at the end of the document, far from its button. */
const PANEL = '[data-testid="stPopoverBody"]';
const PANEL_BUTTON = '[data-testid="stPopoverButton"][aria-expanded="true"]';
const FOCUSABLE = "a[href], button:enabled, input:enabled, textarea:enabled, select:enabled, [tabindex='0']";

/**
 * Has a keyboard's focus follow a panel that its button opens, and come back to the button at either
 * end of the panel. Esc is Streamlit's own, and a link in a panel closes it as well.
 * @param {AbortSignal} signal ends it
 */
export function followPanels(signal) {
  let byKeyboard = false;
  listen(["keydown", "pointerdown"], signal, (event) => {
    byKeyboard = event.type === "keydown";
    const { key, shiftKey } = /** @type {KeyboardEvent} */ (event);
    const target = event.target instanceof Element ? event.target : null;
    const panel = target?.closest(PANEL);
    if (key !== "Tab" || !panel) return;
    const stops = stopsIn(panel);
    const end = shiftKey ? stops[0] : stops.at(-1);
    if (target !== (end ?? panel) && !(shiftKey && target === panel)) return;
    event.preventDefault();
    /** @type {HTMLElement | null} */ (document.querySelector(PANEL_BUTTON))?.focus();
  });
  listen(["keydown"], signal, (event) => {
    const { key, shiftKey } = /** @type {KeyboardEvent} */ (event);
    const onButton = event.target instanceof Element && event.target.matches(PANEL_BUTTON);
    const panel = /** @type {HTMLElement | null} */ (document.querySelector(PANEL));
    if (key !== "Tab" || shiftKey || !onButton || !panel) return;
    event.preventDefault();
    enter(panel);
  });
  listen(["click"], signal, ({ target }) => {
    if (!(target instanceof Element && target.closest(PANEL) && target.closest("a[href]"))) return;
    const esc = new KeyboardEvent("keydown", { key: "Escape", bubbles: true });
    setTimeout(() => document.body.dispatchEvent(esc)); // after the link's own listener
  });
  const observer = new MutationObserver((changes) => {
    const added = changes.flatMap(({ addedNodes }) => [...addedNodes]);
    const opened = added.find((node) => node instanceof Element && node.matches(PANEL));
    if (opened && byKeyboard) enter(/** @type {HTMLElement} */ (opened));
  });
  observer.observe(document.body, { childList: true, subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
}

/** @param {Element} panel @returns {HTMLElement[]} where the Tab key stops, in order */
const stopsIn = (panel) =>
  /** @type {HTMLElement[]} */ ([...panel.querySelectorAll(FOCUSABLE)]).filter(
    (stop) => stop.tabIndex >= 0 && stop.checkVisibility(),
  );

/** The panel itself: Streamlit fills it after it is there. @param {HTMLElement} panel */
function enter(panel) {
  panel.tabIndex = -1;
  panel.focus();
}

/**
 * Whether the visitor has just clicked on the page: a run would undo that. A server that hung has
 * the click's own run still to begin when it answers again.
 * @param {() => number} answeredAt by `performance.now()`; Infinity while the server has to answer
 * @param {AbortSignal} signal ends it
 * @returns {() => boolean}
 */
export function watchClicks(answeredAt, signal) {
  let at = -DRAWING;
  let wait = 0;
  listen(["click", "keydown", "popstate"], signal, (event) => {
    const { type, target } = event;
    if (type === "keydown" && /** @type {KeyboardEvent} */ (event).key !== "Enter") return;
    const isLink = target instanceof Element && target.closest("a[href]");
    at = performance.now();
    wait = type === "popstate" || isLink ? PAGE_TURN : CLICK;
  });
  return () => {
    const since = performance.now() - Math.max(at, answeredAt());
    return since < wait || (since < DRAWING && document.querySelector(RUNNING) !== null);
  };
}

/**
 * Listens before the page does.
 * @param {string[]} types of events
 * @param {AbortSignal} signal
 * @param {(event: Event) => void} listener
 */
function listen(types, signal, listener) {
  for (const type of types) addEventListener(type, listener, { capture: true, signal });
}

/**
 * @typedef {object} Page
 * @property {() => boolean} isBehind it shows an older view, or no stage
 * @property {() => boolean} isStarting an avatar is being started
 * @property {() => boolean} isBusy with a click
 * @property {() => void} redraw
 */

/** Asks for the runs that bring the widgets up to the newest view. */
export class Redraws {
  #page;
  /** For the newest view. */
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #asking;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }

  /**
   * One run for everything that changes together, none where the click's own run has drawn it. It
   * is asked for until it has come: a run can be lost with the page's line, and Streamlit does not
   * repeat it.
   */
  ask() {
    if (this.#asking || !this.#page.isBehind()) return;
    const first = this.#page.isStarting() ? REDRAW_STARTING : REDRAW;
    this.#asking = setTimeout(
      () => {
        this.#asking = undefined;
        if (!this.#page.isBehind()) {
          this.#asked = 0;
          return;
        }
        if (!this.#page.isBusy()) {
          this.#asked += 1;
          this.#page.redraw();
        }
        this.ask();
      },
      this.#asked ? pauseAfter(this.#asked - 1 + REDRAW_AGAIN) : first,
    );
  }

  /** A newer view has come: its pauses begin afresh. */
  startOver() {
    if (!this.#asked) return;
    this.close();
    this.#asked = 0;
  }

  close() {
    clearTimeout(this.#asking);
    this.#asking = undefined;
  }
}
