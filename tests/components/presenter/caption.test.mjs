import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { LINGER, LONGEST_LINE, captionAt, captionsOf } from "../../../components/presenter/js/caption.js";

/** @typedef {import("../../../components/presenter/js/caption.js").Word} Word */
/** @typedef {{rule: string, words: Word[], captions: {begin: number, end: number, lines: string[]}[]}} Example */

const file = new URL("../../show/captions.json", import.meta.url);
/** @type {Example[]} */ const EXAMPLES = JSON.parse(readFileSync(file, "utf8"));

for (const { rule, words, captions } of EXAMPLES) {
  test(`as on the server: ${rule}`, () => {
    const cut = captionsOf(words).map(({ begin, end, lines }) => ({ begin, end, lines }));
    assert.deepEqual(cut, captions);
  });
}

/** Two words a second. @param {string} text @returns {Word[]} */
const timed = (text) => text.split(" ").map((word, n) => ({ at: n / 2, until: n / 2 + 0.4, text: word }));

const LINE = timed("Today I will show you what our new product can do for you.");

test("a word is shown when it begins, and not before", () => {
  assert.deepEqual(captionAt(LINE, -0.1).lines, []);
  assert.deepEqual(captionAt(LINE, 0), { lines: ["Today"], rows: 2, index: 0 });
  assert.deepEqual(captionAt(LINE, 0.49).lines, ["Today"]);
  assert.deepEqual(captionAt(LINE, 0.5).lines, ["Today I"]);
});

test("the second line begins when its first word is spoken", () => {
  assert.deepEqual(captionAt(LINE, 3).lines, ["Today I will show you what our"]);
  assert.deepEqual(captionAt(LINE, 3.5).lines, ["Today I will show you what our", "new"]);
});

test("nothing is shown 1.5 s after the last word", () => {
  assert.equal(captionAt(LINE, 6.4 + LINGER - 0.01).lines.length, 2);
  assert.deepEqual(captionAt(LINE, 6.4 + LINGER), { lines: [], rows: 0, index: -1 });
  assert.deepEqual(captionAt([], 0), { lines: [], rows: 0, index: -1 });
});

test("a long silence within a line is no reason to keep a caption", () => {
  const words = timed("Wait for it. Here it is.").map((word, n) =>
    n < 3 ? word : { ...word, at: word.at + 5, until: word.until + 5 },
  );
  assert.deepEqual(captionAt(words, 4).lines, []);
  assert.deepEqual(captionAt(words, 6.5), { lines: ["Here"], rows: 1, index: 1 });
});

/** Numbers from 0 to 1 that are the same in every run. @param {number} seed */
function* numbers(seed) {
  for (let state = seed; ; yield state / 2 ** 32) state = (state * 1664525 + 1013904223) >>> 0;
}

const TEXTS = ["a", "word", "longer-word", "clause,", "end.", "日本語のとても長い文、", "x".repeat(100)];
TEXTS.push("สวัสดีครับ".repeat(9), "👩‍👩‍👧‍👦".repeat(50), "é".normalize("NFD").repeat(60), "two\n\nlines");

/** @param {number} seed */
function madeUp(seed) {
  const chance = numbers(seed);
  const next = () => /** @type {number} */ (chance.next().value);
  let time = 0;
  return Array.from({ length: Math.floor(next() * 40) }, () => {
    const at = time + [0, 0, 0.05, 2][Math.floor(next() * 4)];
    time = at + 0.1 + next();
    return { at, until: time, text: TEXTS[Math.floor(next() * TEXTS.length)] };
  });
}

test("whatever the words: nothing is lost, no line is too long, and nothing moves while it grows", () => {
  const seeds = Array.from({ length: 200 }, (_, seed) => seed);
  for (const words of seeds.map(madeUp)) {
    const cut = captionsOf(words);
    const whole = words.map(({ text }) => text).join("");
    assert.equal(cut.flatMap(({ lines }) => lines).join("").replace(/\s/g, ""), whole.replace(/\s/g, ""));
    for (const [index, { begin, end, lines }] of cut.entries()) {
      assert.ok(begin < end && end <= (cut[index + 1]?.begin ?? Infinity));
      assert.ok(lines.length === 1 || lines.length === 2);
      for (const line of lines) assert.ok(line !== "" && graphemes(line) <= LONGEST_LINE, line);
      for (let share = 0; share < 1; share += 0.07) {
        const shown = captionAt(words, begin + (end - begin) * share);
        assert.equal(shown.index, index);
        for (const [row, line] of shown.lines.entries()) assert.ok(lines[row].startsWith(line));
        if (shown.lines.length === 2) assert.equal(shown.lines[0], lines[0]);
      }
    }
  }
});

/** @param {string} text */
const graphemes = (text) => [...new Intl.Segmenter("en").segment(text)].length;
