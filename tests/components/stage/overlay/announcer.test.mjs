import assert from "node:assert/strict";
import test from "node:test";

import { Announcer, isInAlert, phaseNews, turnNews } from "../../../../components/stage/js/overlay/announcer.js";

/** @typedef {import("../../../../components/stage/js/overlay/announcer.js").Shown} Shown */
/** @typedef {import("../../../../components/stage/js/protocol.js").TurnMessage} Turn */

/** @param {Partial<Shown>} changes @returns {Shown} */
const shown = (changes) => ({
  ...{ phase: "idle", playing: false, lossKind: null, refusal: null, problem: null, isEnding: false },
  ...changes,
});

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

test("a picture that another tab shows is told, and why a verb was refused", () => {
  const live = shown({ phase: "ready", playing: true });
  const elsewhere = shown({ phase: "elsewhere" });
  assert.deepEqual(phaseNews(live, elsewhere), ["The avatar is shown in another tab."]);
  assert.deepEqual(phaseNews(elsewhere, elsewhere), []);
  const refused = { ...live, refusal: { sentence: "There is nothing to interrupt." } };
  assert.deepEqual(phaseNews(live, refused), ["There is nothing to interrupt."]);
  assert.deepEqual(phaseNews(refused, refused), []);
  const again = { ...refused, refusal: { ...refused.refusal } };
  assert.deepEqual(phaseNews(refused, again), ["There is nothing to interrupt."]);
  assert.deepEqual(phaseNews(refused, live), []);
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

const nothing = () => false;

test("a turn is told when it is spoken, with its first words, and how it ended", () => {
  const states = /** @type {Turn["state"][]} */ (["queued", "sending", "sent", "speaking", "speaking", "spoken"]);
  const told = states.flatMap((state, place) =>
    turnNews(place > 0 ? [turn(states[place - 1])] : [], [turn(state)], nothing),
  );
  assert.deepEqual(told, ["Speaking: One two three four five six seven eight…", "Spoken."]);
});

test("an interrupt is told once, with how many waited", () => {
  const queue = ["b", "c", "d"].map((turnId) => turn("queued", { turnId }));
  const over = queue.map(({ turnId }) => turn("interrupted", { turnId }));
  const speaking = turn("speaking");
  const interrupted = turn("interrupted");
  assert.deepEqual(turnNews([speaking], [interrupted], nothing), ["Interrupted."]);
  assert.deepEqual(turnNews([speaking, ...queue], [interrupted, ...over], nothing), [
    "Interrupted, with 3 that waited.",
  ]);
  assert.deepEqual(turnNews([speaking, ...queue], [speaking, ...over], nothing), [
    "Interrupted: 3 that waited.",
  ]);
});

test("a failure is told with its reason, one reason once, and none that is told elsewhere", () => {
  const reason = "No sound was heard.";
  const failed = turn("failed", { text: "Hello.", reason });
  const told = ["Not said: Hello. No sound was heard."];
  assert.deepEqual(turnNews([turn("sent")], [failed], nothing), told);
  const others = [failed, { ...failed, turnId: "b" }, { ...failed, turnId: "c", reason: "No." }];
  assert.deepEqual(turnNews([], others, nothing), [
    "Not said: 2 lines. No sound was heard.",
    "Not said: Hello. No.",
  ]);
  assert.deepEqual(turnNews([], others, (why) => why === reason), ["Not said: Hello. No."]);
});

test("an alert tells the session's problem, and what ends a session is told there at its end", () => {
  const live = shown({ phase: "ready", problem: "The service refused it." });
  assert.equal(isInAlert(live, "The service refused it."), true);
  assert.equal(isInAlert(live, "No sound was heard."), false);
  assert.equal(isInAlert(shown({ phase: "ready" }), null), false);
  assert.equal(isInAlert(shown({ phase: "ending", isEnding: true }), "The session is gone."), true);
});

for (const [page, hasAlerts, told] of /** @type {[string, boolean, string[]][]} */ ([
  ["a page with an alert is left to it", true, []],
  ["a page without one is told by the stage", false, ["Not said: Hello. It was refused."]],
])) {
  test(`why a turn has failed: ${page}`, (context) => {
    context.mock.timers.enable({ apis: ["setTimeout"] });
    /** @type {string[]} */ const lines = [];
    const region = { append: (/** @type {HTMLElement} */ line) => lines.push(line.textContent ?? "") };
    Object.assign(globalThis, {
      document: {
        createElement: () => ({ remove: () => {} }),
        querySelector: () => (hasAlerts ? {} : null),
      },
    });
    const announcer = new Announcer(/** @type {HTMLElement} */ (/** @type {unknown} */ (region)));
    const problem = "It was refused.";
    announcer.show(/** @type {any} */ (shown({ phase: "ready" })));
    announcer.showTurns([turn("sending")]);
    announcer.show(/** @type {any} */ (shown({ phase: "ready", problem })));
    announcer.showTurns([turn("failed", { text: "Hello.", reason: problem })]);
    assert.deepEqual(lines, told);
  });
}
