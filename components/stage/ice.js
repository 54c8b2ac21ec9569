/** How the media may travel: the peer connection's configuration for a `turn` of init-client. */

import { Refusal } from "./retries.js";

/** @typedef {{url: string, username: string, credential: string}} Turn as init-client answers it */

/**
 * A bare TURN host stands for these four, the order in which a browser should try them: UDP is
 * quickest, TLS on 443 passes nearly every firewall (kaltura/intelligent-agents-sdk, August 2026).
 * @param {string} host
 */
const fourWays = (host) => [
  `turn:${host}:80?transport=udp`,
  `turn:${host}:443?transport=udp`,
  `turn:${host}:80?transport=tcp`,
  `turns:${host}:443?transport=tcp`,
];

/**
 * The ICE servers for `turn`; none when there is no TURN (null, or an empty `url`).
 * @param {Turn | null} turn
 * @returns {RTCIceServer[]}
 */
export function iceServers(turn) {
  if (!turn?.url) return [];
  const urls = /^(turns?|stuns?):/.test(turn.url) ? [turn.url] : fourWays(turn.url);
  return [{ urls, username: turn.username, credential: turn.credential }];
}

/**
 * How the live service is reached: its media comes through TURN only, so "relay" spares the
 * candidates that can't work. Firefox finds no pair that way and needs "all" (both
 * kaltura/intelligent-agents-sdk, August 2026).
 * @param {Turn | null} turn
 * @param {boolean} firefox
 * @returns {RTCIceTransportPolicy}
 */
export const firstPolicy = (turn, firefox) =>
  iceServers(turn).length > 0 && !firefox ? "relay" : "all";

/**
 * @param {Turn | null} turn
 * @param {RTCIceTransportPolicy} policy
 * @returns {RTCConfiguration}
 */
export const peerConfiguration = (turn, policy) => ({
  iceServers: iceServers(turn),
  iceTransportPolicy: policy,
  bundlePolicy: "max-bundle",
});

/** With TURN, the first usable candidate makes the offer good; a server that is silent costs this. */
const CANDIDATE_PATIENCE = 1500;

/**
 * Until the offer can be sent. Without ICE servers the service finds us by our own checks, so there
 * is nothing to wait for; never for the end of the gathering, which a silent TURN server holds up
 * for 40 s.
 * @param {RTCPeerConnection} peer its local description is set, or being set
 */
export async function gatherEnough(peer) {
  if (!peer.getConfiguration().iceServers?.length) return;
  await new Promise((resolve) => {
    const enough = setTimeout(resolve, CANDIDATE_PATIENCE);
    peer.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate !== null && !["relay", "srflx"].includes(candidate.type ?? "")) return;
      clearTimeout(enough);
      resolve(null);
    });
  });
}

/**
 * The browser has looked everywhere and found no candidate the service could be met with: WebRTC is
 * switched off, there is no network, or all that may be used is a TURN server that can't be. A
 * relay's candidate counts as UDP whatever the relay is reached by; what is TCP needs a service that
 * listens for it, and none is known to.
 * @param {RTCPeerConnection} peer
 */
export const isCutOff = (peer) =>
  peer.iceGatheringState === "complete" &&
  !/^a=candidate:\S+ \d+ udp /im.test(peer.localDescription?.sdp ?? "");

/**
 * @param {string | null} turnRefusal what the TURN server answered, where it refused us
 */
export function noRoute(turnRefusal) {
  const turn = turnRefusal ? ` The TURN server refused this browser (${turnRefusal}).` : "";
  return new Refusal(
    `The avatar's picture could not travel to this browser.${turn} Check that the network lets WebRTC through (UDP, or TURN on port 443).`,
    { again: true, noRoute: true },
  );
}
