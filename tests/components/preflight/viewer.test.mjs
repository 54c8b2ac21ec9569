import assert from "node:assert/strict";
import test from "node:test";

import { sightOf } from "../../../components/preflight/js/viewer.js";

for (const { rule, refusal, failures, isFinal, sight } of [
  { rule: "one failure may be a blip", refusal: { status: 503 }, failures: 1, isFinal: false, sight: null },
  { rule: "two are none", refusal: { status: 503 }, failures: 2, isFinal: false, sight: ["refused", "503"] },
  { rule: "a final one is none", refusal: { status: 404 }, failures: 1, isFinal: true, sight: ["refused", "404"] },
  { rule: "no answer is told", refusal: {}, failures: 2, isFinal: false, sight: ["unanswered"] },
  { rule: "an answer of another kind, too", refusal: { status: 201, garbled: true }, failures: 1, isFinal: true, sight: ["garbled"] },
]) {
  test(rule, () => {
    const facts = { status: undefined, garbled: false, ...refusal };
    assert.deepEqual(sightOf(facts, failures, isFinal), sight);
  });
}
