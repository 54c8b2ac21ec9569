import assert from "node:assert/strict";
import test from "node:test";

import { SENTENCES, reasonOf } from "../../../components/microphone/js/microphone.js";

const WORKS = { isSecure: true, kinds: ["audioinput"], permission: "prompt", hasFailed: false };

for (const [what, known, reason] of /** @type {[string, object, string | null][]} */ ([
  ["is there and may be asked for", {}, null],
  ["is allowed", { permission: "granted" }, null],
  ["is in a browser that tells nothing of it", { kinds: null, permission: "" }, null],
  ["is on a page without https", { isSecure: false, kinds: null, permission: "" }, "insecure"],
  ["is forbidden", { permission: "denied" }, "denied"],
  ["is not there", { kinds: ["videoinput", "audiooutput"] }, "missing"],
  ["is used by another program", { hasFailed: true }, "failed"],
])) {
  test(`a microphone that ${what}: ${reason ?? "nothing is said"}`, () => {
    assert.equal(reasonOf({ ...WORKS, ...known }), reason);
  });
}

test("each sentence says what else can be done", () => {
  for (const sentence of Object.values(SENTENCES)) assert.match(sentence, /or drop a file\.$/);
});
