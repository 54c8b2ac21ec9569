/** Which ways to a relay (TURN) are shut: the report names the ports to open. */

import { BUNDLED, configure, iceServers } from "../../stage/js/media/ice.js";

/** In ms: a relay over TLS answers within 2 s on a slow line. */
const PATIENCE = 4000;
const OPEN = 0;

/**
 * Asks every relay for a candidate, all at once. `shut`: the ways that give none, such as "UDP port
 * 443"; `refusal`: the code of a relay that refused us, such as 401.
 * @param {import("../../stage/js/media/ice.js").Turn | null} turn
 * @returns {Promise<{shut: string[], refusal: number | null}>}
 */
export async function shutRelays(turn) {
  const [server] = iceServers(turn);
  if (!server) return { shut: [], refusal: null };
  const { urls, ...login } = server;
  const relays = [urls].flat();
  const answers = await Promise.all(relays.map((url) => ask(url, login)));
  return {
    shut: relays.filter((_, nth) => answers[nth] !== OPEN).map(wayTo),
    refusal: answers.find((answer) => answer !== null && answer !== OPEN) ?? null,
  };
}

/** @param {string} url turn: or turns: @returns {string} protocol and port, for people */
export function wayTo(url) {
  const [, scheme, port, transport] =
    /^(turns?):[^?]+?(?::(\d+))?(?:\?transport=(\w+))?$/i.exec(url) ?? [];
  const tls = scheme?.toLowerCase() === "turns";
  const protocol = tls ? "TLS over TCP" : (transport ?? "udp").toUpperCase();
  return `${protocol} port ${port ?? (tls ? 5349 : 3478)}`;
}

/**
 * `OPEN`, or the code of a refusal; null for silence.
 * @type {(url: string, login: Omit<RTCIceServer, "urls">) => Promise<number | null>}
 */
async function ask(url, login) {
  const peer = new RTCPeerConnection(BUNDLED);
  configure(peer, [{ urls: [url], ...login }], "relay");
  try {
    return await new Promise((resolve) => {
      setTimeout(() => resolve(null), PATIENCE);
      peer.addEventListener("icecandidateerror", ({ errorCode }) => {
        // Codes from 700 on are the browser's own, for a server that did not answer.
        if (errorCode < 700) resolve(errorCode);
      });
      peer.addEventListener("icecandidate", ({ candidate }) => resolve(candidate ? OPEN : null));
      peer.createDataChannel("");
      peer.setLocalDescription();
    });
  } finally {
    peer.close();
  }
}
