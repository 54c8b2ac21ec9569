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

const PRESSES = ["click", "keydown"];
const FOCUS = ["keydown", "pointerdown", "focusin"];

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
 */
export class Verbs {
  #onVerb;
  /** What was said last, which is in its box for a while, so that a second click is no second one. */
  #said = { text: "", at: -LEAVES_WITHIN };

  /** @param {(verb: Verb, text?: string) => void} onVerb */
  constructor(onVerb) {
    this.#onVerb = onVerb;
    for (const type of PRESSES) document.addEventListener(type, this.#hear, true);
  }

  close() {
    for (const type of PRESSES) document.removeEventListener(type, this.#hear, true);
  }

  /** Starts by the script alone. */
  start() {
    /** @type {HTMLElement | null} */ (document.querySelector(".st-key-start button"))?.click();
  }

  #hear = (/** @type {Event} */ event) => {
    const verb = verbOf(event);
    if (verb !== "say") {
      if (verb) this.#onVerb(verb);
      return;
    }
    const text = /** @type {HTMLTextAreaElement | null} */ (document.querySelector(TEXT))?.value ?? "";
    const now = performance.now();
    if (text === this.#said.text && now - this.#said.at < LEAVES_WITHIN) return;
    this.#said = { text, at: now };
    this.#onVerb("say", text);
  };
}

/**
 * Gives the text the focus that a button loses when it is disabled or hidden, if it was the
 * keyboard's: on the body, a keyboard has lost its place.
 */
export class Focus {
  #byKeyboard = false;
  /** @type {Element | null} */
  #on = null;
  #observer = new MutationObserver(() => this.#look());

  constructor() {
    this.#observer.observe(document.body, {
      attributeFilter: ["disabled", "hidden"],
      subtree: true,
    });
    for (const type of FOCUS) document.addEventListener(type, this.#note, true);
  }

  close() {
    this.#observer.disconnect();
    for (const type of FOCUS) document.removeEventListener(type, this.#note, true);
  }

  #note = (/** @type {Event} */ { type, target }) => {
    if (type === "focusin") this.#on = /** @type {Element} */ (target);
    else this.#byKeyboard = type === "keydown";
  };

  #look() {
    const on = this.#on;
    const isDropped = [on, document.body].includes(document.activeElement);
    if (!this.#byKeyboard || !on?.isConnected || !isDropped) return;
    if (!on.matches(":disabled") && on.checkVisibility()) return;
    const text = /** @type {HTMLElement | null} */ (document.querySelector(TEXT));
    text?.focus({ preventScroll: true });
  }
}

/** When the visitor has clicked on something of the page's, which a run asked for then would undo. */
export class Clicks {
  #at = -DRAWING;
  #wait = 0;
  #note = (/** @type {Event} */ event) => {
    const { type, target } = event;
    if (type === "keydown" && /** @type {KeyboardEvent} */ (event).key !== "Enter") return;
    const link = target instanceof Element && target.closest("a[href]");
    this.#at = performance.now();
    this.#wait = type === "popstate" || link ? PAGE_TURN : CLICK;
  };

  constructor() {
    for (const type of PRESSES) document.addEventListener(type, this.#note, true);
    addEventListener("popstate", this.#note);
  }

  get isUnderWay() {
    const since = performance.now() - this.#at;
    const isDrawing = () => document.querySelector(RUNNING) !== null;
    return since < this.#wait || (since < DRAWING && isDrawing());
  }

  close() {
    for (const type of PRESSES) document.removeEventListener(type, this.#note, true);
    removeEventListener("popstate", this.#note);
  }
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
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #asking;

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
