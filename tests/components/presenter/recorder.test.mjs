import assert from "node:assert/strict";
import test from "node:test";

import { PICTURES_A_SECOND, TYPES, bestType, nextDue } from "../../../components/presenter/js/recorder.js";

test("the best type that the browser can record is taken", () => {
  assert.equal(bestType(() => true), TYPES[0]);
  assert.equal(bestType((type) => type.includes("webm")), "video/webm;codecs=vp9,opus");
  assert.equal(bestType((type) => type.includes("vp8")), "video/webm;codecs=vp8,opus");
});

test("there is none where the browser can record none, or has no recorder", () => {
  assert.equal(bestType(() => false), "");
  assert.equal(bestType(), "");
});

/** How many pictures are drawn in a second. @param {number} hertz of the screen */
function drawn(hertz) {
  let due = 0;
  let pictures = 0;
  for (let now = 0; now < 10_000; now += 1000 / hertz) {
    if (now < due) continue;
    due = nextDue(due, now);
    pictures += 1;
  }
  return pictures / 10;
}

for (const hertz of [30, 50, 59.94, 60, 75, 120, 144]) {
  test(`a screen of ${hertz} Hz gives ${PICTURES_A_SECOND} pictures a second`, () => {
    assert.ok(Math.abs(drawn(hertz) - PICTURES_A_SECOND) < 0.5, `${drawn(hertz)}`);
  });
}

test("after a halt no picture is made up for", () => {
  const due = nextDue(0, 5000);
  assert.ok(due > 5000);
  assert.ok(due <= 5000 + 1000 / PICTURES_A_SECOND);
});
