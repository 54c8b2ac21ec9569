import assert from "node:assert/strict";
import test from "node:test";

import { pictureAt } from "../../../../components/stage/js/media/plain_face.js";

test("a film is played forwards, then backwards, and no picture twice in a row", () => {
  const played = [0, 1, 2, 3, 4, 5, 6, 7].map((step) => pictureAt(step / 25, 25, 4));
  assert.deepEqual(played, [0, 1, 2, 3, 2, 1, 0, 1]);
});
