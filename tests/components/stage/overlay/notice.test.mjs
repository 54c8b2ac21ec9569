import assert from "node:assert/strict";
import test from "node:test";

import { counted, isSlow } from "../../../../components/stage/js/overlay/notice.js";

/** @typedef {import("../../../../components/stage/js/reduce.js").Count} Count */

for (const [count, now, text] of /** @type {[Count, number, string][]} */ ([
  [null, 9, ""],
  [{ until: 4000 }, 0, "next try in 4 s"],
  [{ until: 4000 }, 3001, "next try in 1 s"],
  [{ until: 4000 }, 4000, "trying…"],
  [{ until: 4000, wait: true }, 0, "wait 4 s"],
  [{ until: 4000, wait: true }, 4000, ""],
  [{ since: 1000 }, 1500, ""],
  [{ since: 1000 }, 8500, "7 s"],
  [{ since: 1000, from: 3000 }, 3500, ""],
  [{ since: 1000, from: 3000 }, 4500, "3 s"],
])) {
  test(`at ${now}, ${JSON.stringify(count)} is "${text}"`, () => {
    assert.equal(counted(count, now), text);
  });
}

test("what takes longer than usual is called so, and nothing else is", () => {
  assert.equal(isSlow({ since: 1000, slowFrom: 8000 }, 8999), false);
  assert.equal(isSlow({ since: 1000, slowFrom: 8000 }, 9000), true);
  assert.equal(isSlow({ since: 0 }, 90_000), false);
  assert.equal(isSlow({ until: 0 }, 90_000), false);
  assert.equal(isSlow(null, 90_000), false);
});
