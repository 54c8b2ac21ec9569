import assert from "node:assert/strict";
import test from "node:test";

import { kindText, labelOf, lengthText } from "../../../components/presenter/js/queue.js";

/** @typedef {import("../../../components/presenter/js/protocol.js").ItemMessage} Item */

/** @param {Partial<Item>} [changes] @returns {Item} */
const item = (changes = {}) => ({
  itemId: "2.0",
  slide: 2,
  kind: "line",
  text: "Hello.",
  written: "Hello.",
  by: "show",
  seconds: 4.2,
  ...changes,
});

test("an item is called by its text, a pause by its length, and a wait by what it is", () => {
  const texts = [
    item(),
    item({ kind: "pause", text: "", seconds: 2 }),
    item({ kind: "pause", text: "", seconds: 1.5 }),
    item({ kind: "wait", text: "", seconds: 0 }),
    item({ kind: "recording", text: "talk.wav" }),
  ].map(kindText);
  assert.deepEqual(texts, ["Hello.", "Pause 2 s", "Pause 1.5 s", "Waits for you", "Recording: talk.wav"]);
});

test("slides are told from 1 on", () => {
  assert.equal(labelOf(item(), 0, 1).slide, "3");
});

test("the presenter's own items are marked", () => {
  assert.equal(labelOf(item({ by: "presenter" }), 0, 1).isYours, true);
  assert.equal(labelOf(item(), 0, 1).isYours, false);
});

test("what has no sound can't be said now, and only a line can be edited", () => {
  const kinds = /** @type {Item["kind"][]} */ (["line", "recording", "pause", "wait"]);
  const labels = kinds.map((kind) => labelOf(item({ kind }), 0, 1));
  assert.deepEqual(labels.map(({ canSay }) => canSay), [true, true, false, false]);
  assert.deepEqual(labels.map(({ canEdit }) => canEdit), [true, false, false, false]);
});

test("the first item can't go up, and the last one, also of those not shown, not down", () => {
  const ends = [0, 1, 2].map((place) => labelOf(item(), place, 3));
  assert.deepEqual(ends.map(({ canGoUp }) => canGoUp), [false, true, true]);
  assert.deepEqual(ends.map(({ canGoDown }) => canGoDown), [true, true, false]);
});

test("a length is told in seconds, and from a minute on as a clock does", () => {
  assert.deepEqual([0.3, 4.2, 59.7, 65].map(lengthText), ["1 s", "4 s", "1:00", "1:05"]);
});
