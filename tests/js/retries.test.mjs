import assert from "node:assert/strict";
import test from "node:test";

import { pauseAfter, retryAfter, whepRefusal } from "../../components/stage/retries.js";

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

for (const [status, rejoining, again] of /** @type {[number, boolean, boolean | null][]} */ ([
  [201, false, null],
  [200, false, null],
  [400, false, false],
  [404, false, false],
  [404, true, false],
  [409, false, false],
  [409, true, true],
  [410, true, false],
  [415, false, false],
  [429, false, true],
  [500, false, true],
  [503, false, true],
])) {
  test(`WHEP's ${status}, ${rejoining ? "after" : "before"} a connection: again is ${again}`, () => {
    const refusal = whepRefusal(new Response(null, { status }), { rejoining, now: NOW });
    assert.equal(refusal?.again ?? null, again);
    assert.equal(refusal?.status ?? null, again === null ? null : status);
  });
}

test("a refusal's sentence has the status and what to do, and its pause is the server's", () => {
  const busy = new Response("<html>", { status: 503, headers: { "Retry-After": "2" } });
  const refusal = whepRefusal(busy, { rejoining: false, now: NOW });
  assert.equal(
    refusal?.message,
    "The avatar's picture was asked for and refused (503). Try again in a moment.",
  );
  assert.equal(refusal?.pause, 2000);
});
