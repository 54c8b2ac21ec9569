import assert from "node:assert/strict";
import test from "node:test";

import { Redraws } from "../../../components/stage/js/streamlit.js";

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
