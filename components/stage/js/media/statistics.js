/** The connection's statistics, and the figures that are shown of them. */

/** @typedef {{label: string, value: string}} Figure */
/** @typedef {"direct" | "relay UDP" | "relay TCP" | "relay TLS"} Route of the media */
/**
 * @typedef {object} Reading running totals, from the browser's statistics
 * @property {number} at ms
 * @property {number} frames decoded
 * @property {number} [buffered] seconds that frames spent in the jitter buffer, all together
 * @property {number} [emitted] frames that left it
 * @property {number} [concealed] audio samples made up by the browser
 * @property {number} [samples] audio samples played
 * @property {number} [lost] packets
 * @property {number} [received] packets
 * @property {number} [roundTrip] seconds
 * @property {Route | "plain HTTP" | null} [route]
 */

/** @type {Partial<Record<string, Route>>} by the W3C's RTCIceServerTransportProtocol */
const RELAYS = { udp: "relay UDP", tcp: "relay TCP", tls: "relay TLS" };

/** @param {RTCStatsReport} report @returns {Reading} */
export function readConnection(report) {
  /** @type {any[]} */ const entries = [...report.values()];
  const inbound = (/** @type {string} */ kind) =>
    entries.find((entry) => entry.type === "inbound-rtp" && entry.kind === kind) ?? {};
  const video = inbound("video");
  const audio = inbound("audio");
  return {
    at: video.timestamp ?? 0,
    frames: video.framesDecoded ?? 0,
    buffered: video.jitterBufferDelay,
    emitted: video.jitterBufferEmittedCount,
    concealed: audio.concealedSamples,
    samples: audio.totalSamplesReceived,
    lost: (video.packetsLost ?? 0) + (audio.packetsLost ?? 0),
    received: (video.packetsReceived ?? 0) + (audio.packetsReceived ?? 0),
    roundTrip: selectedPair(report)?.currentRoundTripTime,
    route: routeOf(report),
  };
}

/**
 * The sound that has been received: the sum of its squared loudness over time, and its length in
 * seconds.
 * @param {RTCStatsReport} [report]
 */
export function readSound(report) {
  const audio = report && [...report.values()].find(({ type, kind }) =>
    type === "inbound-rtp" && kind === "audio");
  return { energy: audio?.totalAudioEnergy ?? 0, seconds: audio?.totalSamplesDuration ?? 0 };
}

/** Null while none is found, or it is unknown. @type {(report: RTCStatsReport) => Route | null} */
export function routeOf(report) {
  const pair = selectedPair(report);
  const local = pair && report.get(pair.localCandidateId);
  if (!local) return null;
  if (local.candidateType !== "relay") return "direct";
  // `protocol` is the relay's own with the service, which is always UDP.
  return RELAYS[local.relayProtocol] ?? null;
}

/**
 * The pair of candidates in use. Firefox names none in its transport (153): there it is the
 * nominated one.
 * @type {(report: RTCStatsReport) => any}
 */
function selectedPair(report) {
  /** @type {any[]} */ const entries = [...report.values()];
  const transport = entries.find(({ selectedCandidatePairId }) => selectedCandidatePairId);
  if (transport) return report.get(transport.selectedCandidatePairId);
  return entries.find(({ type, nominated, state }) =>
    type === "candidate-pair" && nominated && state === "succeeded");
}

/** Where an SDK does not give its connection. @type {(video: HTMLVideoElement) => Reading} */
export function readVideo(video) {
  return { at: performance.now(), frames: video.getVideoPlaybackQuality().totalVideoFrames };
}

/**
 * The known figures; a dash where nothing has come yet.
 * @type {(before: Reading, now: Reading) => Figure[]}
 */
export function figures(before, now) {
  const seconds = (now.at - before.at) / 1000;
  const rate = (/** @type {number | undefined} */ part, /** @type {number | undefined} */ whole) =>
    part === undefined ? undefined : whole ? part / whole : NaN;
  const since = (/** @type {"frames"|"buffered"|"emitted"|"concealed"|"samples"} */ name) =>
    now[name] === undefined ? undefined : now[name] - (before[name] ?? 0);
  return [
    figure("Frames a second", rate(since("frames"), seconds), 1, 0),
    figure("Frames decoded", now.frames, 1, 0),
    figure("Jitter buffer", rate(since("buffered"), since("emitted")), 1000, 0, " ms"),
    figure("Sound concealed", rate(since("concealed"), since("samples")), 100, 1, " %"),
    figure("Packets lost", rate(now.lost, (now.lost ?? 0) + (now.received ?? 0)), 100, 1, " %"),
    figure("Round trip", now.roundTrip, 1000, 0, " ms"),
    now.route ? [{ label: "Route", value: now.route }] : [],
  ].flat();
}

/**
 * @type {(label: string, value: number | undefined, scale: number, digits: number, unit?: string)
 *   => Figure[]}
 */
function figure(label, value, scale, digits, unit = "") {
  if (value === undefined) return [];
  return [{ label, value: Number.isNaN(value) ? "–" : (value * scale).toFixed(digits) + unit }];
}
