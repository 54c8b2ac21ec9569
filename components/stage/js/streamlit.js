/**
 * All that is known here of Streamlit's own page (1.67): its widgets' classes, what a click on one
 * means, where the focus goes, and when a run may be asked for.
 */

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
const RUNNING = '[data-test-script-state="running"]';

/** A text that was sent is in its box until the page has been drawn: for so long, in ms. */
const LEAVES_WITHIN = 2000;

/**
 * The page drops a run whose callbacks have not been called when another is asked for, and the click
 * with it: on a busy machine the first of two runs asked for within 30 ms came to nothing in a
 * quarter to a half of 200 tries, with runner.fastReruns or without. For so long, in ms, after a
 * click none is asked for, and at most so long while the click's own is being drawn.
 */
const CLICK = 500;
const DRAWING = 2000;
/**
 * Every request names the page, and the last one wins: one of ours that still names the old page
 * brings it back. The new page is known only when its run has come.
 */
const PAGE_TURN = 1000;

/**
 * A rerun keeps a core of the server and of the browser busy for some 30 ms, which a start that is
 * under way waits for: measured, it brought the first picture 80 ms later.
 */
const REDRAW = 150;
const REDRAW_STARTING = 200;
/** The first pause before a run is asked for again is this one of `pauseAfter`: 2 s. */
const REDRAW_AGAIN = 3;

/**
 * The verb that a click or a key press on the page asks for.
 * @param {Event} event
 * @returns {Verb | null}
 */
export function verbOf(event) {
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
 * Tells of the verbs that are asked for on the page. The click goes on: its callback arrives through
 * the script as well, and the server takes both for one.
 * @param {(verb: Verb, text?: string) => void} onVerb
 * @param {AbortSignal} signal ends it
 */
export function hearVerbs(onVerb, signal) {
  let said = { text: "", at: -LEAVES_WITHIN };
  listen(["click", "keydown"], signal, (event) => {
    const verb = verbOf(event);
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

/** Starts by the script alone. */
export const clickStart = () =>
  /** @type {HTMLElement | null} */ (document.querySelector(".st-key-start button"))?.click();

/**
 * Gives the text the focus that a button loses when it is disabled or hidden, if it was the
 * keyboard's: on the body, a keyboard has lost its place.
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
    const text = /** @type {HTMLElement | null} */ (document.querySelector(TEXT));
    text?.focus({ preventScroll: true });
  });
  observer.observe(document.body, { attributeFilter: ["disabled", "hidden"], subtree: true });
  signal.addEventListener("abort", () => observer.disconnect());
}

/**
 * Whether the visitor has clicked on something of the page's just now, which a run asked for then
 * would undo.
 * @param {AbortSignal} signal ends it
 * @returns {() => boolean}
 */
export function watchClicks(signal) {
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
    const since = performance.now() - at;
    return since < wait || (since < DRAWING && document.querySelector(RUNNING) !== null);
  };
}

/**
 * Before anything of the page hears of it.
 * @param {string[]} types of events
 * @param {AbortSignal} signal
 * @param {(event: Event) => void} listener
 */
function listen(types, signal, listener) {
  for (const type of types) addEventListener(type, listener, { capture: true, signal });
}

/**
 * @typedef {object} Page what the runs depend on
 * @property {() => boolean} isBehind it does not show the newest view, or nothing at all
 * @property {() => boolean} isStarting an avatar is
 * @property {() => boolean} isBusy with a click
 * @property {() => void} redraw
 */

/** The runs that are asked for, so that the widgets show what the newest view says. */
export class Redraws {
  #page;
  /** How often the run for the newest view was asked for. */
  #asked = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #asking;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
  }

  /**
   * One rerun for what changes together, and none that the click's own has made needless. Asked for
   * until it has come: with the page's line a run can be lost, in its beginning, its middle or its
   * end, and Streamlit neither repeats it nor puts back what its end has cleared away.
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

  /** A newer view has come: the pauses for the last one are not its own. */
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
