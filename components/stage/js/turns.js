/** The turns of the session, kept from message to message. */

/** @typedef {import("./protocol.js").TurnMessage} Turn */

/**
 * The turns after a message, which brings those that have changed.
 * @param {readonly Turn[]} known
 * @param {Pick<import("./protocol.js").Message, "turns" | "afresh">} message
 * @returns {readonly Turn[]} the same array where nothing has changed
 */
export function withTurns(known, { turns, afresh }) {
  if (turns.length === 0 && (!afresh || known.length === 0)) return known;
  const changed = new Map(turns.map((turn) => [turn.turnId, turn]));
  const kept = afresh ? [] : known.map((turn) => changed.get(turn.turnId) ?? turn);
  for (const { turnId } of kept) changed.delete(turnId);
  return [...kept, ...changed.values()];
}

/**
 * Why a turn failed that had not failed before; an empty sentence: none has.
 * @param {readonly Turn[]} before
 * @param {readonly Turn[]} turns
 */
export function newlyFailed(before, turns) {
  const known = new Set(before.flatMap(({ turnId, state }) => (state === "failed" ? [turnId] : [])));
  return turns.findLast(({ turnId, state }) => state === "failed" && !known.has(turnId))?.reason ?? "";
}
