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
 * The address to DELETE, which frees the viewer's place; null where there is none to use. Where a
 * Location does not begin with the address that was asked, that address's prefix is missing in it:
 * then it is that address with the end of the path, `/viewer/…` (intelligent-agents-sdk, November
 * 2026). Another server is asked over https alone, or if both are this machine. As in
 * preflight/peer.py.
 * @param {string | null} location of WHEP's answer, untrusted
 * @param {string} asked where the offer went
 */
export function releaseUrl(location, asked) {
  if (!location || !URL.canParse(location, asked)) return null;
  const [plain, url] = [new URL(location, asked), new URL(asked)];
  // A server behind a TLS proxy may name itself by http.
  const isBehindTls = plain.protocol === "http:" && url.protocol === "https:";
  const isThere =
    plain.origin === url.origin || (isBehindTls && plain.hostname === url.hostname);
  if (!isThere) {
    const isSafe = LOOPBACK.includes(plain.hostname) <= LOOPBACK.includes(url.hostname);
    return isSafe ? safeUrl(plain.href) : null;
  }
  const path = url.pathname.replace(/\/+$/, "");
  const [suffix] = /\/viewer\/(?!.*\/viewer\/).*$/.exec(plain.pathname) ?? [];
  const fits = plain.pathname.startsWith(`${path}/`) || !suffix;
  url.pathname = fits ? plain.pathname : path + suffix;
  url.search = plain.search || (fits ? "" : url.search);
  return url.href;
}
