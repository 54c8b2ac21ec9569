/** How the media may travel: the peer connection's configuration for a `turn` of init-client. */

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
 * The configuration the live service is reached with. Its media comes through TURN only, so "relay"
 * spares the candidates that can't work; Firefox finds no pair that way and needs "all".
 * @param {Turn | null} turn
 * @param {boolean} firefox
 * @returns {RTCConfiguration}
 */
export function peerConfiguration(turn, firefox) {
  const servers = iceServers(turn);
  const relayed = servers.length > 0 && !firefox;
  return {
    iceServers: servers,
    iceTransportPolicy: relayed ? "relay" : "all",
    bundlePolicy: "max-bundle",
  };
}
