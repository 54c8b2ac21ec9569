import assert from "node:assert/strict";
import test from "node:test";

import { length, lineOf, reasonsOnce } from "../../../components/transcript/js/transcript.js";

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
