import assert from "node:assert/strict";
import test from "node:test";

import { FullScreen } from "../../../../components/stage/js/overlay/full_screen.js";

/** @typedef {import("../../../../components/stage/js/protocol.js").TurnMessage} Turn */

const EARLIER = /** @type {Turn} */ ({ turnId: "a", text: "Hello.", state: "spoken" });
const turn = (/** @type {Turn["state"]} */ state) =>
  /** @type {Turn} */ ({ turnId: "b", text: "Hello.", state });

/** A bar whose text was sent after `EARLIER`, and its box. */
function said() {
  const box = { value: "Hello.", addEventListener() {} };
  const root = /** @type {HTMLElement} */ (
    /** @type {unknown} */ ({ querySelector: () => box, addEventListener() {} })
  );
  const verbs = { say: () => true, interrupt() {}, end() {} };
  const bar = new FullScreen(root, verbs, new AbortController().signal);
  bar.showTurns([EARLIER]);
  bar.say(verbs.say);
  assert.equal(box.value, "");
  return { bar, box };
}

test("a text that is refused, or fails, is back in its box", () => {
  const refused = said();
  refused.bar.putBack();
  assert.equal(refused.box.value, "Hello.");
  const failed = said();
  failed.bar.showTurns([EARLIER, turn("sending")]);
  failed.bar.showTurns([EARLIER, turn("failed")]);
  assert.equal(failed.box.value, "Hello.");
});

test("one that is said is not: a later refusal is of something else", () => {
  const { bar, box } = said();
  bar.showTurns([EARLIER, turn("speaking")]);
  bar.putBack();
  assert.equal(box.value, "");
});

test("nor does it take the place of what is being typed", () => {
  const { bar, box } = said();
  box.value = "Next.";
  bar.putBack();
  assert.equal(box.value, "Next.");
});
