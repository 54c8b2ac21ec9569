/** Which of the ways to a relay (TURN) are shut, so that it can be said which port to open. */

import { BUNDLED, configure, iceServers } from "../../stage/js/media/ice.js";

/** @typedef {import("../../stage/js/media/ice.js").Turn} Turn */

/** A relay over TLS answers within 2 s on a slow line; one that is shut off never does. */
const PATIENCE = 4000;
const OPEN = 0;

/**
 * @typedef {object} Found
 * @property {string[]} shut those that give nothing, such as "UDP port 443"
 * @property {number | null} refusal what the relay answered instead, such as 401
 */

/**
 * Asks each for an address of its own, all at once.
 * @param {Turn | null} turn
 * @returns {Promise<Found>}
 */
export async function shutRelays(turn) {
  const relays = iceServers(turn).flatMap(({ urls, ...login }) =>
    [urls].flat().map((url) => ({ url, login })));
  const answers = await Promise.all(
    relays.map(async ({ url, login }) => ({ url, answer: await ask(url, login) })),
  );
  const refusals = answers.map(({ answer }) => answer).filter((answer) => answer !== null);
  return {
    shut: answers.flatMap(({ url, answer }) => (answer === OPEN ? [] : [wayTo(url)])),
    refusal: refusals.find((answer) => answer !== OPEN) ?? null,
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
 * @param {string} url
 * @param {Omit<RTCIceServer, "urls">} login
 * @returns {Promise<number | null>} `OPEN`, or what it refused us with; null where it is silent
 */
async function ask(url, login) {
  const peer = new RTCPeerConnection(BUNDLED);
  configure(peer, [{ urls: [url], ...login }], "relay");
  try {
    return await new Promise((resolve) => {
      setTimeout(() => resolve(null), PATIENCE);
      peer.addEventListener("icecandidateerror", ({ errorCode }) => {
        // From 700 on it is the browser that speaks, for a server that did not answer.
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
