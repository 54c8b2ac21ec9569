import assert from "node:assert/strict";
import test from "node:test";

import { beginning, shapeAt } from "../../../../components/stage/js/media/plain_voice.js";

const segment = (/** @type {number} */ number, /** @type {number} */ start) => ({
  number,
  start,
  duration: 2,
  silent: false,
  visemes: /** @type {[number, string][]} */ ([[0, "sil"], [0.5, "aa"], [1.5, "PP"]]),
});

test("the first words are said at once", () => {
  assert.equal(beginning(undefined, segment(1, 7), 1000), 1000);
  assert.equal(beginning({ segment: segment(1, 7), until: 900 }, segment(2, 60), 1000), 1000);
});

test("what follows comes after the same pause as on the session's clock", () => {
  const last = { segment: segment(1, 7), until: 3000 };
  assert.equal(beginning(last, segment(2, 9), 1000), 3000);
  assert.equal(beginning(last, segment(2, 9.25), 1000), 3250);
});

test("the mouth has the shape of its moment, and is closed when all is said", () => {
  const shapes = [-0.1, 0, 0.49, 0.5, 1.6, 2].map((after) => shapeAt(segment(1, 0), after));
  assert.deepEqual(shapes, ["sil", "sil", "sil", "aa", "PP", "sil"]);
});
