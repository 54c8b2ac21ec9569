import assert from "node:assert/strict";
import test from "node:test";

import { marksAt, partsOf, wordAt } from "../../../components/presenter/js/karaoke.js";

const WORDS = [
  { at: 0.2, until: 0.5, text: "Good" },
  { at: 0.5, until: 0.9, text: "morning," },
  { at: 1.4, until: 1.8, text: "all." },
];

test("the parts of a line are the whole line", () => {
  const text = " Good  morning,\nall. ";
  const parts = partsOf(text, WORDS);
  assert.equal(parts.map((part) => part.text).join(""), text);
  assert.deepEqual(parts.map(({ word }) => word), [-1, 0, -1, 1, -1, 2, -1]);
});

test("a word that the voice names otherwise is not marked, and hides no other one", () => {
  const words = [WORDS[0], { at: 0.5, until: 0.9, text: "mourning," }, WORDS[2]];
  const parts = partsOf("Good morning, all.", words);
  assert.deepEqual(parts, [
    { text: "Good", word: 0 },
    { text: " morning, ", word: -1 },
    { text: "all.", word: 2 },
  ]);
});

test("a line without words is shown as it is", () => {
  assert.deepEqual(partsOf("talk.wav", []), [{ text: "talk.wav", word: -1 }]);
  assert.equal(wordAt([], 3), -1);
});

test("the word that has begun last is said, also in a gap", () => {
  const words = [0, 0.2, 0.6, 1.2, 1.5].map((seconds) => wordAt(WORDS, seconds));
  assert.deepEqual(words, [-1, 0, 1, 1, 2]);
});

test("after its last word all of a line was said, and none is marked", () => {
  const parts = partsOf("Good morning, all.", WORDS);
  assert.equal(wordAt(WORDS, 1.8), 3);
  assert.deepEqual(new Set(marksAt(parts, 3)), new Set(["said"]));
});

test("before its first word nothing of a line was said", () => {
  const parts = partsOf("“Good morning, all.", WORDS);
  assert.deepEqual(new Set(marksAt(parts, -1)), new Set([""]));
});

test("one word is marked, what is before it was said, and what is after it was not", () => {
  const parts = partsOf("Good morning, all.", WORDS);
  assert.deepEqual(marksAt(parts, 1), ["said", "said", "now", "said", ""]);
});
