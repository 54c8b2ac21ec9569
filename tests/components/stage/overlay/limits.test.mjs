import assert from "node:assert/strict";
import test from "node:test";

import { clock } from "../../../../components/stage/js/overlay/limits.js";

for (const [left, shown] of /** @type {[number, string][]} */ ([
  [0, "0:00"],
  [1, "0:01"],
  [1000, "0:01"],
  [59_001, "1:00"],
  [298_400, "4:59"],
  [3_600_000, "60:00"],
])) {
  test(`${left} ms are shown as ${shown}`, () => assert.equal(clock(left), shown));
}
