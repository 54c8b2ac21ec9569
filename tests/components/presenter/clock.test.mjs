import assert from "node:assert/strict";
import test from "node:test";

import { clockOf, clockTime, ticks } from "../../../components/presenter/js/clock.js";
import { SAID } from "./message.mjs";

/** @typedef {import("../../../components/presenter/js/clock.js").Timed} Timed */

/** @param {Partial<Timed>} changes @returns {Timed} */
const timed = (changes) => ({
  elapsed: 60,
  left: 240,
  planned: 300,
  endsIn: null,
  billed: false,
  phase: "ready",
  said: null,
  ...changes,
});

/** @param {number | null} since @returns {Timed["said"]} */
const said = (since) => ({ ...SAID, length: 4, since });

test("a time is told in minutes, and in hours where it has some", () => {
  const times = [-3, 0, 59.9, 60, 605, 3725].map(clockTime);
  assert.deepEqual(times, ["0:00", "0:00", "0:59", "1:00", "10:05", "1:02:05"]);
});

test("the clock runs while the show has begun and a session is live", () => {
  assert.equal(ticks(timed({})), true);
  assert.equal(ticks(timed({ elapsed: null })), false);
  assert.equal(ticks(timed({ phase: "idle" })), false);
  assert.equal(ticks(timed({ phase: "error" })), false);
});

test("a show that runs over says by how much", () => {
  const late = clockOf(timed({ elapsed: 140 }), 0);
  assert.deepEqual([late.plan, late.isOver], ["1:20 over", true]);
});

test("some seconds are on time", () => {
  const inTime = clockOf(timed({ elapsed: 65 }), 0);
  assert.deepEqual([inTime.plan, inTime.isOver], ["5:00 planned", false]);
});

test("before its first line nothing has gone by", () => {
  const { elapsed, left, isOver } = clockOf(timed({ elapsed: null, left: 900 }), 0);
  assert.deepEqual([elapsed, left, isOver], ["0:00", "15:00", false]);
});

test("what is left becomes less while a line is heard, and by no more than its rest", () => {
  assert.equal(clockOf(timed({ said: said(1) }), 2).left, "3:58");
  assert.equal(clockOf(timed({ said: said(1) }), 20).left, "3:57");
  assert.equal(clockOf(timed({ said: said(null) }), 2).left, "4:00");
});

test("a show that is held runs over more and more", () => {
  assert.equal(clockOf(timed({}), 30).plan, "0:30 over");
});

test("it is told what a session costs and when it ends, while there is one", () => {
  assert.equal(clockOf(timed({ billed: true, endsIn: 90 }), 30).session, "Billed · Ends in 1:00");
  assert.equal(clockOf(timed({}), 0).session, "");
  assert.equal(clockOf(timed({ billed: true, phase: "idle" }), 0).session, "");
});
