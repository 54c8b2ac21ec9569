import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { length, lineOf, mount, reasonsOnce } from "../../../components/transcript/js/transcript.js";

/** @typedef {import("../../../components/stage/js/protocol.js").TurnMessage} Turn */

/** @param {Partial<Turn>} changes @returns {Turn} */
const turn = (changes) => ({
  turnId: "a",
  text: "Hello.",
  state: "spoken",
  seconds: null,
  again: true,
  reason: null,
  details: null,
  ...changes,
});

test("what is at the service is the current line", () => {
  const current = /** @type {Turn["state"][]} */ (["queued", "sending", "sent", "speaking", "spoken", "failed"]).filter(
    (state) => lineOf(turn({ state }), true).isCurrent,
  );
  assert.deepEqual(current, ["sending", "sent", "speaking"]);
});

test("a line can be said again while an avatar is there to say it", () => {
  assert.equal(lineOf(turn({}), true).again, true);
  assert.equal(lineOf(turn({}), false).again, false);
  assert.equal(lineOf(turn({ again: false }), true).again, false);
});

test("a recording has its length", () => {
  assert.equal(lineOf(turn({ text: "talk.wav", seconds: 95.4 }), true).text, "talk.wav · 1:35");
  assert.equal(length(59.6), "1:00");
});

test("a reason that many turns in a row have is told once", () => {
  const reasons = ["The session ended.", "The session ended.", null, "The session ended."];
  const told = reasonsOnce(reasons.map((reason) => turn({ reason }))).map(({ reason }) => reason);
  assert.deepEqual(told, ["The session ended.", null, null, "The session ended."]);
});

/** As much of an element as the transcript needs. */
class Part extends EventTarget {
  className = "";
  textContent = "";
  isConnected = true;
  disabled = false;
  open = false;
  /** @type {Record<string, string>} */ dataset = {};
  /** @type {Part[]} */ children = [];
  /** @type {Part | null} */ parent = null;

  /** @param {Part[]} parts */
  append(...parts) {
    this.children.push(...parts);
    for (const part of parts) part.parent = this;
  }

  remove() {
    const siblings = this.parent?.children ?? [];
    siblings.splice(siblings.indexOf(this), 1);
  }

  setAttribute() {}

  /** @param {string} name @returns {Part[]} */
  all(name) {
    const inside = this.children.flatMap((part) => part.all(name));
    return this.className === name ? [this, ...inside] : inside;
  }

  /** @param {string} selector */
  querySelector(selector) {
    return this.all(selector.replace(".", ""))[0] ?? null;
  }
}

/** @param {string} className */
const made = (className) => Object.assign(new Part(), { className });

const page = Object.assign(new EventTarget(), { createElement: made });
let now = 0;
Object.defineProperty(globalThis, "performance", { value: { now: () => now } });
Object.assign(globalThis, { document: page });

/** @type {Part} */ let parentElement;
/** @type {{turns: Turn[], canSay: boolean} | null} what a stage tells who asks; null: there is none */
let stage = null;
/** @type {string[]} the turns that are to be said again */ let said = [];

const tell = () => page.dispatchEvent(new CustomEvent("avatar:turns", { detail: stage }));
page.addEventListener("avatar:turns-wanted", (event) => {
  if (!stage) return;
  tell();
  event.preventDefault();
});
page.addEventListener("avatar:verb", (event) => {
  said.push(/** @type {CustomEvent<{again: string}>} */ (event).detail.again);
});

beforeEach(() => {
  parentElement = new Part();
  const root = made("transcript");
  const scroller = made("transcript-lines");
  scroller.append(made("ol"), made("transcript-empty"));
  root.append(scroller);
  parentElement.append(root);
  stage = null;
  said = [];
  now = 60_000;
});

/** @param {Turn[]} turns @returns {() => void} */
const mounted = (turns = []) => mount(/** @type {any} */ ({ parentElement, data: { turns } }));
const texts = () => parentElement.all("transcript-text").map(({ textContent }) => textContent);
const buttons = () => parentElement.all("transcript-again");

test("a cleanup that comes after the next mount does not make it deaf", () => {
  stage = { turns: [turn({})], canSay: true };
  const cleanUp = mounted();
  mounted();
  cleanUp();
  stage = { turns: [turn({}), turn({ turnId: "b", text: "And you?" })], canSay: true };
  tell();
  assert.deepEqual(texts(), ["Hello.", "And you?"]);
});

test("a transcript that has left the page hears no more", () => {
  const cleanUp = mounted();
  /** @type {Part} */ (parentElement.querySelector(".transcript")).isConnected = false;
  cleanUp();
  stage = { turns: [turn({})], canSay: true };
  tell();
  assert.deepEqual(texts(), []);
});

test("each mount shows what the stage knows, before what an older run knew", () => {
  const older = [turn({ text: "Older." })];
  mounted(older);
  assert.deepEqual(texts(), ["Older."]);
  assert.equal(buttons()[0].disabled, true);
  stage = { turns: [turn({ text: "Newer." })], canSay: true };
  mounted(older);
  assert.deepEqual(texts(), ["Newer."]);
  assert.equal(buttons()[0].disabled, false);
});

test("a button that can do nothing stays, for the focus, and open details stay open", () => {
  stage = { turns: [turn({ state: "failed", reason: "No.", details: "503" })], canSay: true };
  mounted();
  const [button] = buttons();
  const item = /** @type {Part} */ (parentElement.querySelector("ol")).children[0];
  const details = item.children[3];
  details.open = true;
  stage = { ...stage, canSay: false };
  tell();
  assert.deepEqual(buttons(), [button]);
  assert.equal(button.disabled, true);
  assert.equal(item.children[3], details);
});

test("a double click says a line once, and never hinders another line", () => {
  stage = { turns: [turn({}), turn({ turnId: "b" })], canSay: true };
  mounted();
  const [first, second] = buttons();
  for (const button of [first, first, second]) button.dispatchEvent(new Event("click"));
  assert.deepEqual(said, ["a", "b"]);
  now += 1000;
  first.dispatchEvent(new Event("click"));
  assert.deepEqual(said, ["a", "b", "a"]);
});

test("a key that is held down clicks once", () => {
  stage = { turns: [turn({})], canSay: true };
  mounted();
  const isClick = (/** @type {object} */ facts) =>
    buttons()[0].dispatchEvent(Object.assign(new Event("keydown", { cancelable: true }), facts));
  assert.equal(isClick({ key: "Enter", repeat: false }), true);
  assert.equal(isClick({ key: "Enter", repeat: true }), false);
  assert.equal(isClick({ key: "Tab", repeat: true }), true);
});
