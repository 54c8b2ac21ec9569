import assert from "node:assert/strict";
import test from "node:test";

import { figures, readConnection } from "../../components/stage/statistics.js";

const report = /** @type {RTCStatsReport} */ (
  /** @type {unknown} */ (
    new Map(
      [
        { id: "v", type: "inbound-rtp", kind: "video", timestamp: 3000, framesDecoded: 75, packetsReceived: 290, packetsLost: 10, jitterBufferDelay: 1.5, jitterBufferEmittedCount: 75 },
        { id: "a", type: "inbound-rtp", kind: "audio", timestamp: 3000, packetsReceived: 100, packetsLost: 0, concealedSamples: 480, totalSamplesReceived: 96_000 },
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
    "Way: relay over tls",
  ]);
});

test("what an SDK keeps to itself is left out", () => {
  const labels = figures({ at: 0, frames: 0 }, { at: 1000, frames: 24 }).map(({ label }) => label);
  assert.deepEqual(labels, ["Frames a second", "Frames decoded"]);
});

test("what needs a second reading is a dash in the first", () => {
  const first = readConnection(report);
  const values = figures(first, first).map(({ value }) => value);
  assert.deepEqual(values, ["–", "75", "–", "–", "2.5 %", "42 ms", "relay over tls"]);
});
