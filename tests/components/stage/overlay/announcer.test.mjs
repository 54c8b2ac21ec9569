import assert from "node:assert/strict";
import test from "node:test";

import { phaseNews, turnNews } from "../../../../components/stage/js/overlay/announcer.js";

/** @typedef {import("../../../../components/stage/js/overlay/announcer.js").Shown} Shown */
/** @typedef {import("../../../../components/stage/js/protocol.js").TurnMessage} Turn */

/** @param {Partial<Shown>} changes @returns {Shown} */
const shown = (changes) => ({ phase: "idle", playing: false, lossKind: null, ...changes });

test("a whole session is told once each: starting, live, ended", () => {
  const phases = [
    shown({}),
    shown({ phase: "creating" }),
    shown({ phase: "connecting" }),
    shown({ phase: "connecting", playing: true }),
    shown({ phase: "ready", playing: true }),
    shown({ phase: "ready", playing: true }),
    shown({ phase: "ending", playing: true }),
    shown({}),
    shown({}),
  ];
  const told = phases.flatMap((now, place) => phaseNews(phases[place - 1] ?? null, now));
  assert.deepEqual(told, ["Starting the avatar.", "The avatar is live.", "The session has ended."]);
});

test("a page that comes back to a live avatar says so", () => {
  assert.deepEqual(phaseNews(null, shown({ phase: "ready" })), []);
  assert.deepEqual(phaseNews(shown({ phase: "ready" }), shown({ phase: "ready", playing: true })), [
    "The avatar is live.",
  ]);
});

test("what fails is in an alert of the page, but for what keeps the page's server away", () => {
  assert.deepEqual(phaseNews(shown({ phase: "creating" }), shown({ phase: "error" })), []);
  const lost = shown({ phase: "ready", lossKind: "gone" });
  assert.deepEqual(phaseNews(shown({ phase: "ready" }), lost), ["The connection is lost."]);
  assert.deepEqual(phaseNews(lost, lost), []);
});

/** @param {Turn["state"]} state @param {Partial<Turn>} [changes] @returns {Turn} */
const turn = (state, changes = {}) => ({
  turnId: "a",
  text: "One two three four five six seven eight nine ten.",
  state,
  seconds: null,
  again: false,
  reason: null,
  details: null,
  ...changes,
});

test("a turn is told when it is spoken, with its first words, and how it ended", () => {
  const states = /** @type {Turn["state"][]} */ (["queued", "sending", "sent", "speaking", "speaking", "spoken"]);
  const told = states.flatMap((state, place) =>
    turnNews(place > 0 ? [turn(states[place - 1])] : [], [turn(state)]),
  );
  assert.deepEqual(told, ["Speaking: One two three four five six seven eight…", "Spoken."]);
});

test("an interrupt is told, and a failure with its reason", () => {
  assert.deepEqual(turnNews([turn("speaking")], [turn("interrupted")]), ["Interrupted."]);
  const failed = turn("failed", { text: "Hello.", reason: "No sound was heard." });
  assert.deepEqual(turnNews([turn("sent")], [failed]), ["Not said: Hello. No sound was heard."]);
});
