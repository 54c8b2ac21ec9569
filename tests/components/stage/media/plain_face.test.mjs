import assert from "node:assert/strict";
import test from "node:test";

import { nearest, pictureAt, shift } from "../../../../components/stage/js/media/plain_face.js";

/** @type {Pick<import("../../../../components/stage/js/media/plain_face.js").Film, "size" | "heights">} */
const FACE = { size: 720, heights: [80, 390, 510, 575, 600] };

test("a film is played forwards, then backwards, and no picture twice in a row", () => {
  const played = [0, 1, 2, 3, 4, 5, 6, 7].map((step) => pictureAt(step / 25, 25, 4));
  assert.deepEqual(played, [0, 1, 2, 3, 2, 1, 0, 1]);
});

test("the head moves, the neck's foot and the lower edge stand", () => {
  const sways = [80, 390, 575, 719].map((y) => shift(FACE, [8, 0, 0, 0, ""], y)[0]);
  assert.equal(sways[0], 8);
  assert.ok(sways[1] > 2 && sways[1] < 4);
  assert.deepEqual(sways.slice(2), [0, 0]);
  assert.equal(shift(FACE, [0, 4, 0, 0, ""], 390)[0], 4);
  assert.ok(Math.abs(shift(FACE, [0, 0, 0, 6, ""], 719)[1]) < 0.1);
  assert.ok(shift(FACE, [0, 0, 0, 6, ""], 600)[1] < -5);
});

test("no stripe jumps away from its neighbour", () => {
  for (let y = 0; y < 716; y += 4) {
    const [one, next] = [y, y + 4].map((at) => shift(FACE, [9, 4, 4, 6, ""], at));
    assert.ok(Math.abs(next[0] - one[0]) < 1 && Math.abs(next[1] - one[1]) < 1, `at ${y}`);
  }
});

test("of all mouths the one most like what is wanted is shown", () => {
  const shapes = /** @type {[string, number[]][]} */ ([["sil", [1, 0]], ["aa", [1, 2]], ["sil-aa", [1, 1]]]);
  assert.equal(nearest(shapes, [1, 0.2]), "sil");
  assert.equal(nearest(shapes, [1, 1.2]), "sil-aa");
});
