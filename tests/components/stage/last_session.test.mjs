import assert from "node:assert/strict";
import test from "node:test";

import { lastSession } from "../../../components/stage/js/last_session.js";

/** @typedef {Parameters<typeof lastSession>[0]} View */

/** A tab's storage. */
function storage() {
  /** @type {Map<string, string>} */ const kept = new Map();
  return {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void kept.set(key, value),
    removeItem: (/** @type {string} */ key) => void kept.delete(key),
  };
}

/** @type {View} */
const LIVE = {
  server: "one",
  phase: "ready",
  stopping: false,
  avatar: { kind: "direct", sessionId: "s-1", whepUrl: "", turn: null, plainUrl: null },
};
/** @type {View} */
const IDLE = { ...LIVE, phase: "idle", avatar: null };

for (const [rule, views, told] of /** @type {[string, Partial<View>[], (string | null)[]][]} */ ([
  ["a session that ends is no news", [LIVE, IDLE, IDLE], [null, null, null]],
  ["one of an earlier server is told once", [LIVE, { ...IDLE, server: "two" }, { ...IDLE, server: "two" }], [null, "s-1", null]],
  ["one that had ended before is not", [LIVE, IDLE, { ...IDLE, server: "two" }], [null, null, null]],
  ["one that a stopping server has ended is", [LIVE, { ...IDLE, stopping: true }, { ...IDLE, server: "two" }], [null, null, "s-1"]],
  ["while it is being ended, it is live", [LIVE, { ...IDLE, phase: "ending" }, { ...IDLE, server: "two" }], [null, null, "s-1"]],
  ["without a desk there is no server", [LIVE, { ...IDLE, server: "" }], [null, null]],
])) {
  test(rule, () => {
    const kept = storage();
    assert.deepEqual(views.map((view) => lastSession(/** @type {View} */ (view), kept)), told);
  });
}
