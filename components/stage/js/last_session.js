/** The session that this tab has shown last, kept over reloads: a restarted server knows none of it. */

/** @typedef {import("./protocol.js").Message} View */

const KEY = "avatar-session";

/** A tab's storage, or (where the browser gives it none) nothing that is kept. */
function storage() {
  try {
    return sessionStorage;
  } catch {
    return { getItem: () => null, setItem: () => {}, removeItem: () => {} };
  }
}

/**
 * Keeps the session of `view`, and tells of one that an earlier server had.
 * @param {Pick<View, "server" | "phase" | "avatar" | "stopping">} view the newest
 * @param {Pick<Storage, "getItem" | "setItem" | "removeItem">} [kept]
 * @returns {string | null} the id of a session that has ended with its server
 */
export function lastSession({ server, phase, avatar, stopping }, kept = storage()) {
  if (!server) return null;
  const [before, sessionId] = (kept.getItem(KEY) ?? "").split(" ");
  if (avatar) kept.setItem(KEY, `${server} ${avatar.sessionId}`);
  // A server that stops ends its sessions, and the next one has no word of that.
  else if (before !== server || (!stopping && (phase === "idle" || phase === "error"))) {
    kept.removeItem(KEY);
  }
  return sessionId && before !== server ? sessionId : null;
}
