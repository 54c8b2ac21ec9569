import assert from "node:assert/strict";
import test from "node:test";

import { isGone, isTaken, pauseAfter, retryAfter, whepRefusal } from "../../../../components/stage/js/media/retries.js";

const NOW = Date.parse("2026-11-23T12:00:00Z");

test("pauses grow from half a second to eight, and stay there", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 6, 50].map(pauseAfter), [500, 1000, 2000, 4000, 8000, 8000, 8000]);
});

for (const [header, pause] of /** @type {[string | null, number | null][]} */ ([
  [null, null],
  ["", null],
  ["soon", null],
  ["0", 0],
  ["3", 3000],
  ["86400", 30_000],
  ["Mon, 23 Nov 2026 12:00:05 GMT", 5000],
  ["Mon, 23 Nov 2026 11:00:00 GMT", 0],
])) {
  test(`Retry-After "${header}" asks for a pause of ${pause} ms`, () => {
    assert.equal(retryAfter(header, NOW), pause);
  });
}

for (const [status, again] of /** @type {[number, boolean | null][]} */ ([
  [201, null],
  [200, null],
  [400, false],
  [404, false],
  [408, true],
  [409, true],
  [410, false],
  [415, false],
  [429, true],
  [500, true],
  [503, true],
])) {
  test(`WHEP's ${status}: again is ${again}`, () => {
    const refusal = whepRefusal(new Response(null, { status }), NOW);
    assert.equal(refusal?.again ?? null, again);
    assert.equal(refusal?.status ?? null, again === null ? null : status);
  });
}

for (const [code, gone, taken] of /** @type {[unknown, boolean, boolean][]} */ ([
  [404, true, false],
  ["410", true, false],
  [409, false, true],
  [undefined, false, false],
  ["ICE_FAILED", false, false],
])) {
  test(`an SDK's error with the code ${code}: gone is ${gone}, taken is ${taken}`, () => {
    assert.deepEqual([isGone(code), isTaken(code)], [gone, taken]);
  });
}

test("a refusal's sentence has the status and what to do, and its pause is the server's", () => {
  const busy = new Response("<html>", { status: 503, headers: { "Retry-After": "2" } });
  const refusal = whepRefusal(busy, NOW);
  assert.equal(
    refusal?.message,
    "The avatar's picture was asked for and refused (503). It is asked for again by itself.",
  );
  assert.equal(refusal?.pause, 2000);
});
