import assert from "node:assert/strict";
import test from "node:test";

import { figures, readConnection, readSound, routeOf } from "../../../../components/stage/js/media/statistics.js";

const report = /** @type {RTCStatsReport} */ (
  /** @type {unknown} */ (
    new Map(
      [
        { id: "v", type: "inbound-rtp", kind: "video", timestamp: 3000, framesDecoded: 75, packetsReceived: 290, packetsLost: 10, jitterBufferDelay: 1.5, jitterBufferEmittedCount: 75 },
        { id: "a", type: "inbound-rtp", kind: "audio", timestamp: 3000, packetsReceived: 100, packetsLost: 0, concealedSamples: 480, totalSamplesReceived: 96_000, totalAudioEnergy: 0.38, totalSamplesDuration: 2 },
        { id: "p", type: "candidate-pair", nominated: true, state: "succeeded", localCandidateId: "l", currentRoundTripTime: 0.042 },
        { id: "l", type: "local-candidate", candidateType: "relay", protocol: "udp", relayProtocol: "tls" },
      ].map((entry) => [entry.id, entry]),
    )
  )
);

test("figures are of the time between two readings, losses of the whole connection", () => {
  const before = { at: 1000, frames: 25, buffered: 0.5, emitted: 25, concealed: 0, samples: 0 };
  const shown = figures(before, readConnection(report)).map(({ label, value }) => `${label}: ${value}`);
  assert.deepEqual(shown, [
    "Frames a second: 25",
    "Frames decoded: 75",
    "Jitter buffer: 20 ms",
    "Sound concealed: 0.5 %",
    "Packets lost: 2.5 %",
    "Round trip: 42 ms",
    "Route: relay TLS",
  ]);
});

test("what an SDK keeps to itself is left out", () => {
  const labels = figures({ at: 0, frames: 0 }, { at: 1000, frames: 24 }).map(({ label }) => label);
  assert.deepEqual(labels, ["Frames a second", "Frames decoded"]);
});

test("what needs a second reading is a dash in the first", () => {
  const first = readConnection(report);
  const values = figures(first, first).map(({ value }) => value);
  assert.deepEqual(values, ["–", "75", "–", "–", "2.5 %", "42 ms", "relay TLS"]);
});

/**
 * A report with two pairs that have worked, of which the second is in use.
 * @param {object} local
 * @param {object} [transport]
 */
function chosen(local, transport) {
  const entries = [
    { id: "P1", type: "candidate-pair", nominated: !!transport, state: "succeeded", localCandidateId: "L1" },
    { id: "P2", type: "candidate-pair", nominated: true, state: "succeeded", localCandidateId: "L2" },
    { id: "L1", type: "local-candidate", candidateType: "relay", protocol: "udp", relayProtocol: "tcp" },
    { id: "L2", type: "local-candidate", ...local },
    ...(transport ? [{ id: "T", type: "transport", ...transport }] : []),
  ];
  const map = new Map(entries.map((entry) => [entry.id, entry]));
  return /** @type {RTCStatsReport} */ (/** @type {unknown} */ (map));
}

for (const [local, route] of /** @type {[object, string | null][]} */ ([
  [{ candidateType: "host", protocol: "udp" }, "direct"],
  [{ candidateType: "srflx", protocol: "udp" }, "direct"],
  [{ candidateType: "prflx", protocol: "tcp" }, "direct"],
  [{ candidateType: "relay", protocol: "udp", relayProtocol: "udp" }, "relay UDP"],
  [{ candidateType: "relay", protocol: "udp", relayProtocol: "tcp" }, "relay TCP"],
  [{ candidateType: "relay", protocol: "udp", relayProtocol: "tls" }, "relay TLS"],
  [{ candidateType: "relay", protocol: "udp" }, null],
])) {
  for (const transport of [undefined, { selectedCandidatePairId: "P2" }]) {
    const teller = transport ? "the transport" : "the nomination alone";
    test(`${JSON.stringify(local)}, told by ${teller}, is the route: ${route}`, () => {
      assert.equal(routeOf(chosen(local, transport)), route);
    });
  }
}

test("before a pair is in use there is no route, and no figure of one", () => {
  const empty = /** @type {RTCStatsReport} */ (/** @type {unknown} */ (new Map()));
  assert.equal(routeOf(empty), null);
  const labels = figures(readConnection(empty), readConnection(empty)).map(({ label }) => label);
  assert.equal(labels.includes("Route"), false);
});

test("the received sound, and none without a connection", () => {
  assert.deepEqual(readSound(report), { energy: 0.38, seconds: 2 });
  assert.deepEqual(readSound(undefined), { energy: 0, seconds: 0 });
});
