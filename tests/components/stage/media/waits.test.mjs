import assert from "node:assert/strict";
import test from "node:test";

import { pauseAfter } from "../../../../components/stage/js/media/retries.js";
import { WAITS } from "../../../../components/stage/js/media/waits.js";

test("relays alone and then every way are tried before the stage says that no picture came", () => {
  const relays = WAITS.candidate + WAITS.connection;
  assert.ok(relays + pauseAfter(1) + WAITS.connection < WAITS.firstPicture);
});

test("plain HTTP is tried before that, too, and not before the relay was", () => {
  assert.ok(WAITS.plain < WAITS.plainAfterRelay);
  assert.ok(WAITS.connection + pauseAfter(1) < WAITS.plainAfterRelay);
  assert.ok(WAITS.candidate + WAITS.plainAfterRelay < WAITS.firstPicture);
});

test("a picture that stops is held before its connection is closed", () => {
  assert.ok(WAITS.stalled < WAITS.frame);
});

test("over plain HTTP the picture stands and is reported before the answer is given up", () => {
  assert.ok(WAITS.plainOverdue + WAITS.stalled < WAITS.plainAnswer);
});
