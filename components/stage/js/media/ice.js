/**
 * How the media may travel: the peer connection's configuration for init-client's `turn`. The facts
 * about the live service are from kaltura/intelligent-agents-sdk (August 2026).
 */

import { Refusal } from "./retries.js";
import { WAITS } from "./waits.js";

/** @typedef {{url: string, username?: string, credential?: string}} Turn of init-client */

/** Opens the live service's relay where its answer has no login. */
const LOGIN = { username: "kaltura", credential: "avatar" };

/**
 * A TURN host without a port stands for these four, in the order in which a browser should try
 * them: UDP is quickest, TLS on 443 passes nearly every firewall.
 * @param {string} host
 */
const fourWays = (host) => [
  `turn:${host}:80?transport=udp`,
  `turn:${host}:443?transport=udp`,
  `turn:${host}:80?transport=tcp`,
  `turns:${host}:443?transport=tcp`,
];

/**
 * The ICE servers for `turn`; none when there is no TURN (null, or an empty `url`). Its address
 * comes as `host`, `host/`, `turn:host`, or whole, with a port; an IPv6 address in brackets or not.
 * As in preflight/relays.py.
 * @type {(turn: Turn | null) => RTCIceServer[]}
 */
export function iceServers(turn) {
  const [, scheme = "turn:", found = "", query = ""] =
    /^(turns?:|stuns?:)?(?:\/\/)?([^?]*?)\/*(\?.*)?$/i.exec(turn?.url.trim() ?? "") ?? [];
  if (!turn || !found) return [];
  const host = /^[^[\]]*:[^[\]]*:[^[\]]*$/.test(found) ? `[${found}]` : found;
  const isWhole = /:\d+$/.test(host) || scheme.toLowerCase().startsWith("stun");
  const urls = isWhole ? [scheme.toLowerCase() + host + query] : fourWays(host);
  const username = turn.username || LOGIN.username;
  return [{ urls, username, credential: turn.credential || LOGIN.credential }];
}

/**
 * The live service's media comes through TURN only, so "relay" saves the candidates that can't
 * work. Firefox finds no pair that way and needs "all".
 * @type {(turn: Turn | null, firefox: boolean) => RTCIceTransportPolicy}
 */
export const firstPolicy = (turn, firefox) =>
  iceServers(turn).length > 0 && !firefox ? "relay" : "all";

/** Each connection is made with this policy: it can't be changed afterwards. */
export const BUNDLED = /** @type {const} */ ({ bundlePolicy: "max-bundle" });

/**
 * Names the relays of a connection that has gathered nothing yet. WebKit refuses `?transport=`, so
 * there it is left out; where a browser refuses an address in either form, there is no relay.
 * @type {(peer: RTCPeerConnection, servers: RTCIceServer[], policy: RTCIceTransportPolicy) => void}
 */
export function configure(peer, servers, policy) {
  const set = (/** @type {RTCIceServer[]} */ iceServers, iceTransportPolicy = policy) =>
    peer.setConfiguration({ ...BUNDLED, iceServers, iceTransportPolicy });
  const bare = (/** @type {string} */ url) => url.replace(/\?.*/, "");
  try {
    set(servers);
  } catch {
    try {
      set(servers.map((each) => ({ ...each, urls: [...new Set([each.urls].flat().map(bare))] })));
    } catch {
      set([], "all");
    }
  }
}

/**
 * Resolves when the offer can be sent: with TURN, at the first usable candidate. Without ICE
 * servers the service finds us by our own checks, so there is nothing to wait for. The end of the
 * gathering is not waited for: a silent TURN server holds it up for 40 s.
 * @param {RTCPeerConnection} peer its local description is set, or being set
 */
export async function gatherEnough(peer) {
  if (!peer.getConfiguration().iceServers?.length) return;
  await new Promise((resolve) => {
    const enough = setTimeout(resolve, WAITS.candidate);
    peer.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate !== null && !["relay", "srflx"].includes(candidate.type ?? "")) return;
      clearTimeout(enough);
      resolve(null);
    });
  });
}

/**
 * The browser has finished and found no usable candidate: WebRTC is switched off, there is no
 * network, or the only TURN server can't be used. A relay's candidate counts as UDP however the
 * relay is reached; TCP needs a service that listens for it, and none is known to.
 * @param {RTCPeerConnection} peer
 */
export const isCutOff = (peer) =>
  peer.iceGatheringState === "complete" &&
  !/^a=candidate:\S+ \d+ udp /im.test(peer.localDescription?.sdp ?? "");

/** @param {string | null} turnRefusal the TURN server's answer, if it refused us */
export function noRoute(turnRefusal) {
  const turn = turnRefusal ? ` The TURN server refused this browser (${turnRefusal}).` : "";
  return new Refusal(
    `The avatar's picture could not travel to this browser.${turn} Check that the network lets WebRTC through (UDP, or TURN on port 443).`,
    { again: true, noRoute: true },
  );
}
