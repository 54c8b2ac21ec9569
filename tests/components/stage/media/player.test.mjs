import assert from "node:assert/strict";
import test from "node:test";

import { plainAfter } from "../../../../components/stage/js/media/player.js";
import { WAITS } from "../../../../components/stage/js/media/waits.js";

const turn = { url: "turn.example.com" };
for (const [plainUrl, relay, canWebRtc, after] of /** @type {const} */ ([
  [null, null, false, Infinity],
  [null, turn, true, Infinity],
  ["/plain", turn, false, 0],
  ["/plain", null, true, WAITS.plain],
  ["/plain", turn, true, WAITS.plainAfterRelay],
])) {
  test(`with ${plainUrl}, relay ${relay !== null}, WebRTC ${canWebRtc}: plain after ${after}`, () => {
    assert.equal(plainAfter({ plainUrl, turn: relay }, canWebRtc), after);
  });
}
