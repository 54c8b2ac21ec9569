import assert from "node:assert/strict";
import { test } from "node:test";

import { filmOf } from "../../../components/presenter/js/record.js";

/** @type {[import("../../../components/presenter/js/protocol.js").FilmState, string, string][]} */
const CASES = [
  ["off", "Record", "ask"],
  ["asked", "Stop recording", "stopFilm"],
  ["on", "Stop recording", "stopFilm"],
  ["saving", "Record", "ask"],
  ["ready", "Record", "ask"],
  ["failed", "Record", "ask"],
];

test("one button starts a recording, after a consent, and ends it", () => {
  for (const [film, button, verb] of CASES) {
    const told = filmOf({ film, filmProblem: "No sound.", windows: 1, blocked: false });
    assert.deepEqual([told.button, told.verb], [button, verb], film);
  }
});

test("why there is no recording is told, and what it needs", () => {
  const failed = filmOf({ film: "failed", filmProblem: "No sound.", windows: 1, blocked: false });
  assert.equal(failed.sentence, "No sound.");
  const off = filmOf({ film: "off", filmProblem: null, windows: 0, blocked: false });
  assert.equal(off.sentence, "To record, open the stage first.");
});

test("a recording that waits for a click on the stage says so", () => {
  const sentence = (/** @type {boolean} */ blocked) =>
    filmOf({ film: "asked", filmProblem: null, windows: 1, blocked }).sentence;
  assert.equal(sentence(true), "Click on the stage once, and the recording begins.");
  assert.equal(sentence(false), "The recording begins…");
});
