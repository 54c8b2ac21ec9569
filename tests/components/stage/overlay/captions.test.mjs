import assert from "node:assert/strict";
import test from "node:test";

import { captionPieces, pieceAt } from "../../../../components/stage/js/overlay/captions.js";

const clause = "somebody said a sentence that was long enough to fill a line";

for (const { rule, text, pieces } of [
  { rule: "nothing is no piece", text: " ", pieces: [] },
  { rule: "short sentences share a piece", text: "No. Yes!\nWhy not?", pieces: ["No. Yes! Why not?"] },
  {
    rule: "a new sentence begins a new piece",
    text: `First ${clause}. Then ${clause}.`,
    pieces: [`First ${clause}.`, `Then ${clause}.`],
  },
  {
    rule: "a long sentence is cut after a clause",
    text: `First, ${clause}, and then 1,000 times ${clause}.`,
    pieces: [`First, ${clause},`, `and then 1,000 times ${clause}.`],
  },
  {
    rule: "a long clause is cut between words",
    text: `${clause} and ${clause}`,
    pieces: [`${clause} and somebody said a`, "sentence that was long enough to fill a line"],
  },
  { rule: "a word without end is cut", text: "x".repeat(100), pieces: ["x".repeat(84), "x".repeat(16)] },
  {
    rule: "wide characters need no blanks and twice the room",
    text: `${"\u4eba".repeat(30)}，${"\u4eba".repeat(30)}。`,
    pieces: [`${"\u4eba".repeat(30)}，`, `${"\u4eba".repeat(30)}。`],
  },
]) {
  test(rule, () => assert.deepEqual(captionPieces(text), pieces));
}

test("the pieces of the longest text have all of its words", () => {
  const text = `${clause}, ${clause}; ${clause}! `.repeat(27);
  const pieces = captionPieces(text);
  assert.equal(pieces.join(" "), text.trim());
  assert.ok(pieces.every((piece) => piece.length <= 84));
});

test("a piece stays for as long as it takes to say it, the last one for good", () => {
  const pieces = ["x".repeat(80), "y".repeat(16), "\u4eba".repeat(8)];
  const shown = [0, 4.9, 5.1, 6.1, 99].map((seconds) => pieceAt(pieces, seconds)[0]);
  assert.deepEqual(shown, ["x", "x", "y", "\u4eba", "\u4eba"]);
  assert.equal(pieceAt([], 1), "");
});
