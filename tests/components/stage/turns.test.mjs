import assert from "node:assert/strict";
import test from "node:test";

import { newlyFailed, withTurns } from "../../../components/stage/js/turns.js";

/** @typedef {import("../../../components/stage/js/protocol.js").TurnMessage} Turn */

/** @param {string} turnId @param {Turn["state"]} [state] @returns {Turn} */
const turn = (turnId, state = "queued") => ({
  turnId,
  text: `Text ${turnId}.`,
  state,
  seconds: null,
  again: false,
  reason: null,
  details: null,
});

test("a turn that has changed takes its place, and a new one comes last", () => {
  const known = withTurns([], { turns: [turn("a"), turn("b")], afresh: true });
  const now = withTurns(known, { turns: [turn("a", "sent"), turn("c")], afresh: false });
  assert.deepEqual(now.map(({ turnId, state }) => [turnId, state]), [
    ["a", "sent"],
    ["b", "queued"],
    ["c", "queued"],
  ]);
});

test("those that are not among them are no more, where they are told afresh", () => {
  const known = [turn("a"), turn("b")];
  assert.deepEqual(withTurns(known, { turns: [turn("c")], afresh: true }), [turn("c")]);
  assert.deepEqual(withTurns(known, { turns: [], afresh: true }), []);
});

test("without news it is the same array, which nobody has to draw again", () => {
  const known = [turn("a")];
  assert.equal(withTurns(known, { turns: [], afresh: false }), known);
});

test("a failure is news once", () => {
  const failed = { ...turn("b", "failed"), reason: "No." };
  assert.equal(newlyFailed([turn("a"), turn("b")], [turn("a"), failed]), "No.");
  assert.equal(newlyFailed([turn("a"), failed], [turn("a", "sent"), failed]), "");
});
