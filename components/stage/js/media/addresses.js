/** Addresses from a service: which of them the page may use. */

import { Refusal } from "./retries.js";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * The whole address if it is https, or http on this machine; else null.
 * @param {string | null} address untrusted
 * @param {string} [base]
 */
export function safeUrl(address, base) {
  if (address === null || !URL.canParse(address, base)) return null;
  const { protocol, hostname, href } = new URL(address, base);
  const local = protocol === "http:" && LOOPBACK.includes(hostname);
  return protocol === "https:" || local ? href : null;
}

/** @param {string} address @param {string} [base] @throws {Refusal} for one that is not safe */
export function mediaUrl(address, base) {
  const url = safeUrl(address, base);
  if (url !== null) return url;
  throw new Refusal(
    "The address of the avatar's picture is neither https nor on this machine, so it was not used. Check AVATAR_BASE_URL.",
    { again: false },
  );
}

/**
 * The address to DELETE, which frees the viewer's place. The live service's Location lacks the
 * prefix of the address that was asked: then it is that address with the end of the path,
 * `/viewer/…` (intelligent-agents-sdk, November 2026).
 * @param {string} location of WHEP's answer
 * @param {string} asked where the offer went
 * @throws {Refusal} for one that is not safe
 */
export function releaseUrl(location, asked) {
  const plain = new URL(mediaUrl(location, asked));
  const url = new URL(asked);
  const path = url.pathname.replace(/\/+$/, "");
  const [suffix] = /\/viewer\/.*$/.exec(plain.pathname) ?? [];
  const fits = plain.origin !== url.origin || plain.pathname.startsWith(`${path}/`);
  if (fits || !suffix) return plain.href;
  url.pathname = path + suffix;
  return url.href;
}
