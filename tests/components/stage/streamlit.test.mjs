import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { Redraws, hearVerbs, watchClicks } from "../../../components/stage/js/streamlit.js";

/** As much of an element as the page's clicks need: it lies in the widget of that class. */
class Part {
  disabled = false;
  value = "";

  /** @param {string} selector of its own, such as ".st-key-end button" */
  constructor(selector) {
    this.selector = selector;
  }

  /** @param {string} selectors */
  closest(selectors) {
    const mine = selectors.split(",").some((each) => this.selector.startsWith(each));
    return mine ? this : null;
  }

  /** @param {string} selector */
  matches(selector) {
    return selector === this.selector;
  }
}
const BUTTONS = ["start", "speak", "interrupt", "end"].map((name) => `.st-key-${name} button`);
const TEXT = ".st-key-text textarea";

/** @type {Map<string, Part>} the page's widgets */
let parts;
let isRunning = false;
let now = 0;
let pageEvents = new EventTarget();
Object.defineProperty(globalThis, "performance", { value: { now: () => now } });
Object.assign(globalThis, {
  Element: Part,
  document: {
    querySelector(/** @type {string} */ selector) {
      if (selector.startsWith("[data-test-script-state")) return isRunning ? {} : null;
      const found = parts.get(selector.replace(":enabled", ""));
      return found && !(selector.endsWith(":enabled") && found.disabled) ? found : null;
    },
  },
  addEventListener: (/** @type {[any, any, any]} */ ...given) => pageEvents.addEventListener(...given),
});

beforeEach(() => {
  parts = new Map([...BUTTONS, TEXT].map((selector) => [selector, new Part(selector)]));
  pageEvents = new EventTarget();
  isRunning = false;
  now = 60_000;
});

/** @param {string} type @param {string} selector @param {object} [facts] of a key press */
function happens(type, selector, facts = {}) {
  const target = parts.get(selector) ?? new Part(selector);
  const event = Object.defineProperty(new Event(type), "target", { value: target });
  pageEvents.dispatchEvent(Object.assign(event, facts));
}

/** The verbs that the page asks for from now on, but for those that are kept back. */
function heard(isKeptBack = () => false) {
  /** @type {unknown[][]} */ const verbs = [];
  hearVerbs((...told) => verbs.push(told), isKeptBack, new AbortController().signal);
  return verbs;
}

const CONTROL_ENTER = { key: "Enter", ctrlKey: true };

/** @param {string} words @param {object} [facts] */
function press(words, facts = CONTROL_ENTER) {
  /** @type {Part} */ (parts.get(TEXT)).value = words;
  happens("keydown", TEXT, facts);
}

test("each button asks for its verb, and one that is disabled for none", () => {
  const verbs = heard();
  for (const selector of BUTTONS) happens("click", selector);
  happens("click", "body");
  assert.deepEqual(verbs, [["start"], ["say", ""], ["interrupt"], ["end"]]);
  for (const selector of BUTTONS) {
    /** @type {Part} */ (parts.get(selector)).disabled = true;
    happens("click", selector);
  }
  assert.equal(verbs.length, 4);
});

test("a double click on Start, whose place End takes, does not end the session", () => {
  const verbs = heard();
  happens("click", ".st-key-start button", { detail: 1 });
  happens("click", ".st-key-end button", { detail: 2 });
  assert.deepEqual(verbs, [["start"]]);
  happens("click", ".st-key-end button", { detail: 1 });
  assert.deepEqual(verbs, [["start"], ["end"]]);
});

test("Control and Enter in the text say it, or Meta; nothing else does", () => {
  const verbs = heard();
  press("Hello.");
  press("Again.", { key: "Enter", metaKey: true });
  press("Plain.", { key: "Enter" });
  press("Held.", { ...CONTROL_ENTER, repeat: true });
  press("Letter.", { key: "a", ctrlKey: true });
  happens("keydown", "body", CONTROL_ENTER);
  /** @type {Part} */ (parts.get(".st-key-speak button")).disabled = true;
  press("Not now.");
  assert.deepEqual(verbs, [["say", "Hello."], ["say", "Again."]]);
});

test("a click that is kept back reaches nobody: Streamlit would act on it late", () => {
  let reached = 0;
  const verbs = heard(() => true);
  const onClick = () => (reached += 1);
  pageEvents.addEventListener("click", onClick);
  happens("click", ".st-key-speak button");
  pageEvents.removeEventListener("click", onClick);
  assert.deepEqual([verbs, reached], [[], 0]);
});

test("a text is said once while it is on its way", () => {
  const verbs = heard();
  press("Hello.");
  now += 1999;
  press("Hello.");
  happens("click", ".st-key-speak button");
  assert.equal(verbs.length, 1);
  now += 1;
  press("Hello.");
  assert.equal(verbs.length, 2);
});

for (const [what, type, selector, facts, wait] of /** @type {[string, string, string, object, number][]} */ ([
  ["a click", "click", "body", {}, 500],
  ["Enter", "keydown", "body", { key: "Enter" }, 500],
  ["another key", "keydown", "body", { key: "a" }, 0],
  ["a link", "click", "a[href]", {}, 1000],
  ["the browser's Back", "popstate", "body", {}, 1000],
])) {
  test(`after ${what} no run is asked for within ${wait} ms, or while its own is drawn`, () => {
    const isBusy = watchClicks(() => -Infinity, new AbortController().signal);
    happens(type, selector, facts);
    assert.equal(isBusy(), wait > 0);
    now += wait;
    assert.equal(isBusy(), false);
    isRunning = true;
    assert.equal(isBusy(), wait > 0);
    now += 2000 - wait;
    assert.equal(isBusy(), false);
  });
}

test("while the server has to answer no run is asked for, nor within 500 ms after a click's answer", () => {
  let answeredAt = Infinity;
  const isBusy = watchClicks(() => answeredAt, new AbortController().signal);
  assert.equal(isBusy(), true);
  happens("click", "body", {});
  now += 7000;
  assert.equal(isBusy(), true);
  answeredAt = now;
  now += 499;
  assert.equal(isBusy(), true);
  now += 1;
  assert.equal(isBusy(), false);
});

/**
 * A page, the runs it was asked for, and a clock that the test moves.
 * @param {import("node:test").TestContext} t
 */
function page(t) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const now = { isBehind: true, isStarting: false, isBusy: false, runs: 0 };
  const redraws = new Redraws({
    isBehind: () => now.isBehind,
    isStarting: () => now.isStarting,
    isBusy: () => now.isBusy,
    redraw: () => (now.runs += 1),
  });
  /** @param {number} ms */
  const runsAfter = (ms) => {
    t.mock.timers.tick(ms);
    return now.runs;
  };
  return { now, redraws, runsAfter };
}

test("what changes together is drawn in one run", (t) => {
  const { redraws, runsAfter } = page(t);
  redraws.ask();
  redraws.ask();
  assert.deepEqual([runsAfter(149), runsAfter(1)], [0, 1]);
});

test("a start that is under way is not disturbed so soon", (t) => {
  const { now, redraws, runsAfter } = page(t);
  now.isStarting = true;
  redraws.ask();
  assert.deepEqual([runsAfter(199), runsAfter(1)], [0, 1]);
});

test("a page that the click's own run has drawn needs no other", (t) => {
  const { now, redraws, runsAfter } = page(t);
  redraws.ask();
  now.isBehind = false;
  assert.equal(runsAfter(60_000), 0);
  redraws.ask();
  assert.equal(runsAfter(60_000), 0);
});

test("no run is asked for while a click is under way", (t) => {
  const { now, redraws, runsAfter } = page(t);
  now.isBusy = true;
  redraws.ask();
  assert.equal(runsAfter(450), 0);
  now.isBusy = false;
  assert.equal(runsAfter(150), 1);
});

test("a run that was lost is asked for again, ever more seldom", (t) => {
  const { redraws, runsAfter } = page(t);
  redraws.ask();
  const seen = [150, 1999, 1, 3999, 1, 8000, 8000].map(runsAfter);
  assert.deepEqual(seen, [1, 1, 2, 2, 3, 4, 5]);
});

test("a newer view is not kept waiting by the last one's pauses", (t) => {
  const { redraws, runsAfter } = page(t);
  redraws.ask();
  runsAfter(150);
  redraws.startOver();
  redraws.ask();
  assert.equal(runsAfter(150), 2);
});

test("a stage that is gone asks for nothing", (t) => {
  const { redraws, runsAfter } = page(t);
  redraws.ask();
  redraws.close();
  assert.equal(runsAfter(60_000), 0);
});
