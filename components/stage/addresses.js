/** Which addresses from a service may be used by a page. */

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
