import assert from "node:assert/strict";
import test from "node:test";

import { unsaid } from "../../../../components/stage/js/media/plain.js";

const segments = [1, 2, 3].map((number) => ({
  number,
  start: 10 * number,
  duration: 5,
  silent: false,
  visemes: /** @type {[number, string][]} */ ([]),
}));

for (const { rule, newest, isFirst, now, said } of [
  { rule: "who comes late joins in the middle", newest: -1, isFirst: true, now: 12, said: [[1, 2], [2, 0], [3, 0]] },
  { rule: "a later answer is heard as a whole", newest: 1, isFirst: false, now: 99, said: [[2, 0], [3, 0]] },
  { rule: "nothing is said twice", newest: 3, isFirst: false, now: 99, said: [] },
]) {
  test(rule, () => {
    const found = unsaid({ now, segments }, newest, isFirst);
    assert.deepEqual(found.map(({ segment, missed }) => [segment.number, missed]), said);
  });
}
