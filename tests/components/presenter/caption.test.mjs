import assert from "node:assert/strict";
import test from "node:test";

import { linesAt } from "../../../components/presenter/js/caption.js";

/** @typedef {import("../../../components/presenter/js/protocol.js").CaptionMessage} Caption */

/** One word each half second, in these lines. @param {number} begin @param {string[]} lines @returns {Caption} */
function caption(begin, ...lines) {
  let at = begin;
  const parts = lines.map((line) =>
    line.split(/(?= )/).map((text) => {
      at += 0.5;
      return { at: at - 0.5, text };
    }),
  );
  return { begin, end: at + 1.5, lines: parts };
}

const CAPTIONS = [caption(0, "Today I will", "show you."), caption(10, "Here it is.")];

test("a word is shown when it begins, and not before", () => {
  assert.deepEqual(linesAt(CAPTIONS, -0.1), []);
  assert.deepEqual(linesAt(CAPTIONS, 0), ["Today"]);
  assert.deepEqual(linesAt(CAPTIONS, 0.49), ["Today"]);
  assert.deepEqual(linesAt(CAPTIONS, 0.5), ["Today I"]);
});

test("the second line begins with its first word, and the first one stays", () => {
  assert.deepEqual(linesAt(CAPTIONS, 1.4), ["Today I will"]);
  assert.deepEqual(linesAt(CAPTIONS, 1.5), ["Today I will", "show"]);
  assert.deepEqual(linesAt(CAPTIONS, 3.9), ["Today I will", "show you."]);
});

test("nothing is shown after a caption's end, until the next one begins", () => {
  assert.deepEqual(linesAt(CAPTIONS, 4), []);
  assert.deepEqual(linesAt(CAPTIONS, 10), ["Here"]);
  assert.deepEqual(linesAt(CAPTIONS, 99), []);
  assert.deepEqual(linesAt([], 0), []);
});
