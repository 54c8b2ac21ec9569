/** Which addresses from a service may be used by a page. */

import { Refusal } from "./retries.js";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * https, or plain http on this machine alone.
 * @param {string | null} address untrusted
 * @param {string} [base] what a relative address is relative to
 * @returns {string | null} the whole address; null where it is not to be used
 */
export function safeUrl(address, base) {
  if (address === null || !URL.canParse(address, base)) return null;
  const { protocol, hostname, href } = new URL(address, base);
  const local = protocol === "http:" && LOOPBACK.includes(hostname);
  return protocol === "https:" || local ? href : null;
}

/**
 * @param {string} address
 * @param {string} [base]
 * @throws {Refusal} for one that is not to be used
 */
export function mediaUrl(address, base) {
  const url = safeUrl(address, base);
  if (url !== null) return url;
  throw new Refusal(
    "The address of the avatar's picture is neither https nor on this machine, so it was not used. Check AVATAR_BASE_URL.",
    { again: false },
  );
}

/**
 * What to DELETE so that the place of the viewer is free again. The live service's Location is a
 * path from its media server's own root, which lacks the prefix of the address that was asked: then
 * it is that address with the end of the path, `/viewer/…` (intelligent-agents-sdk, November 2026).
 * @param {string} location of WHEP's answer
 * @param {string} asked where the offer went
 * @throws {Refusal} for one that is not to be used
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
