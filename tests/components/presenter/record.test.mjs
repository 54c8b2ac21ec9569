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
    const told = filmOf({ film, filmProblem: "No sound.", windows: 1 });
    assert.deepEqual([told.button, told.verb], [button, verb], film);
  }
});

test("why there is no recording is told, and what it needs", () => {
  assert.equal(filmOf({ film: "failed", filmProblem: "No sound.", windows: 1 }).sentence, "No sound.");
  assert.equal(filmOf({ film: "off", filmProblem: null, windows: 0 }).sentence, "To record, open the stage first.");
});
