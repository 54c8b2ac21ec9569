import assert from "node:assert/strict";
import test from "node:test";

import { counted } from "../../../../components/stage/js/overlay/notice.js";

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
