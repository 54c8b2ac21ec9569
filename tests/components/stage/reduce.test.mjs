import assert from "node:assert/strict";
import test from "node:test";

import {
  FIRST,
  drawn,
  needsDisplay,
  reduce,
  silencedAtClick,
  silencedFor,
  whenLate,
} from "../../../components/stage/js/reduce.js";

/** @typedef {import("../../../components/stage/js/protocol.js").Message} View */
/** @typedef {import("../../../components/stage/js/reduce.js").Event} Event */

/** @type {View} */
const IDLE = {
  revision: 0,
  phase: "idle",
  caption: null,
  interrupts: 0,
  interrupting: false,
  way: "direct",
  avatar: null,
  elsewhere: false,
  endsIn: null,
  limit: null,
  refusal: null,
};
const AVATAR = /** @type {const} */ ({
  kind: "direct",
  sessionId: "s-1",
  whepUrl: "https://m.example.com/whep",
  turn: null,
  plainUrl: null,
});

/** @param {Partial<View>} changes from an avatar that is there @returns {Event} */
const view = (changes = {}) => ({
  type: "view",
  view: { ...IDLE, phase: "ready", avatar: AVATAR, ...changes },
});
const PLAYING = /** @type {const} */ ({ type: "playing" });
const STALLED = /** @type {const} */ ({ type: "stalled" });
const FAILED = /** @type {const} */ ({ type: "failed" });
const SPEAKING = /** @type {const} */ ({ type: "speaking", speaking: true });

/** @param {Event[]} events one after the other */
const after = (...events) => events.reduce(reduce, FIRST);
const refused = (/** @type {boolean} */ taken) =>
  /** @type {const} */ ({ type: "refused", sentence: "No.", taken });

for (const [rule, events, shown] of /** @type {[string, Event[], object][]} */ ([
  ["before the first view nothing is said of the server", [], { phase: "idle", lost: false }],
  [
    "before the start it says what to do",
    [view({ phase: "idle", avatar: null })],
    { notice: "Press Start Avatar to begin", playing: false, offer: null },
  ],
  ["ready without a picture is not there yet", [view()], { notice: "Connecting…", caption: null }],
  [
    "a picture is seen, with what is said",
    [view({ caption: "Hello." }), PLAYING],
    { playing: true, stalled: false, caption: "Hello.", pill: "Live" },
  ],
  ["a voice is told", [view(), PLAYING, SPEAKING], { speaking: true, pill: "Speaking" }],
  [
    "a picture that stops stays where it is",
    [view(), PLAYING, STALLED],
    { playing: true, stalled: true, notice: "Picture stopped — reconnecting…" },
  ],
  ["one that is back is a picture", [view(), PLAYING, STALLED, { type: "resumed" }], { stalled: false }],
  [
    "another viewer is named, until the picture is there",
    [view({ phase: "connecting" }), refused(true)],
    { notice: "Another viewer is watching — trying again…" },
  ],
  ["any other refusal is none of the visitor's", [view(), refused(false)], { notice: "Connecting…" }],
  [
    "another viewer is named while a picture stands, too",
    [view(), PLAYING, STALLED, refused(true)],
    { notice: "Another viewer is watching — trying again…" },
  ],
  [
    "what will not come any more is an error from here, without an offer of a start",
    [view(), PLAYING, FAILED],
    { phase: "error", playing: false, notice: "Not connected", offer: null },
  ],
  ["a picture all the same is none", [view(), FAILED, PLAYING], { phase: "ready", playing: true }],
  [
    "an error of the session can be started again",
    [view({ phase: "error", avatar: null })],
    { phase: "error", offer: "again" },
  ],
  [
    "what another tab shows can be taken",
    [view({ avatar: null, elsewhere: true })],
    { phase: "elsewhere", offer: "take", notice: "The avatar is shown in another tab" },
  ],
  ["nothing is taken at the end", [view({ phase: "ending", avatar: null, elsewhere: true })], { offer: null }],
  [
    "without a line nothing can be asked for",
    [view({ phase: "error", avatar: null }), { type: "line", loss: "unreachable" }],
    { lost: true, offer: null, notice: "No connection to this server — trying again" },
  ],
  ["a line that is back is no news", [{ type: "line", loss: "refused" }, { type: "line", loss: null }], { lost: false }],
  [
    "the next avatar begins without a picture",
    [view(), PLAYING, SPEAKING, view({ avatar: { ...AVATAR, sessionId: "s-2" } })],
    { playing: false, speaking: false },
  ],
  ["so does another display of the same", [view(), PLAYING, { type: "display" }], { playing: false }],
  ["a failure is not the next avatar's", [view(), FAILED, view({ avatar: null, phase: "idle" })], { phase: "idle" }],
  [
    "what was interrupted is not being said",
    [view(), PLAYING, SPEAKING, view({ interrupts: 1 })],
    { speaking: false, isSpoken: false },
  ],
  [
    "a click on Interrupt silences at once",
    [view(), PLAYING, SPEAKING, { type: "muted", reason: "interrupt", muted: true }],
    { speaking: false, isSpoken: true, muted: true, sound: "Mute", pill: "Live" },
  ],
  ["so does a call that is under way", [view({ interrupting: true })], { muted: true }],
  ["the end is silent", [view(), PLAYING, view({ phase: "ending" })], { muted: true, sound: "Mute" }],
  [
    "the visitor's mute outlasts an interrupt",
    [
      { type: "muted", reason: "visitor", muted: true },
      { type: "muted", reason: "interrupt", muted: true },
      { type: "muted", reason: "interrupt", muted: false },
    ],
    { muted: true, sound: "Unmute", asksToUnmute: false },
  ],
  [
    "a browser that blocks sound is asked for it",
    [{ type: "muted", reason: "browser", muted: true }],
    { muted: true, sound: "Unmute", asksToUnmute: true },
  ],
  [
    "why something was refused is told over the picture",
    [view(), PLAYING, view({ refusal: "Not now." })],
    { told: true, notice: "Not now.", playing: true },
  ],
  [
    "for a while, whatever else comes",
    [view(), view({ refusal: "Not now." }), view({ refusal: "Not now.", revision: 9 })],
    { told: true },
  ],
  [
    "and not again",
    [view(), view({ refusal: "Not now." }), { type: "read" }, view({ refusal: "Not now." })],
    { told: false, notice: "Connecting…" },
  ],
  ["nor to a page that comes back later", [view({ refusal: "Not now." })], { told: false }],
  ["nor once the server takes it back", [view(), view({ refusal: "No." }), view()], { told: false }],
])) {
  test(rule, () => {
    const seen = drawn(after(...events));
    assert.deepEqual({ ...seen, ...shown }, seen);
  });
}

test("a state is a value: an event leaves it as it was", () => {
  const before = after(view());
  const copy = structuredClone(before);
  reduce(before, PLAYING);
  reduce(before, { type: "muted", reason: "visitor", muted: true });
  assert.deepEqual(before, copy);
});

test("the same avatar in the next view needs no other display", () => {
  const { view: same } = /** @type {{view: View}} */ (view({ avatar: { ...AVATAR }, revision: 2 }));
  assert.equal(needsDisplay(after(view()), same), false);
  assert.equal(needsDisplay(after(view()), { ...same, avatar: null }), true);
  assert.equal(needsDisplay(FIRST, same), true);
  assert.equal(needsDisplay(FIRST, { ...same, avatar: null }), false);
});

for (const [rule, before, now, pause] of /** @type {[string, Event[], Partial<View>, number | null][]} */ ([
  ["while a call is under way", [view()], { interrupting: true }, Infinity],
  ["a moment after its answer", [view({ interrupting: true })], { interrupts: 1 }, 250],
  ["a moment after its failure", [view({ interrupting: true })], {}, 250],
  ["a moment after an answer that came at once", [view()], { interrupts: 1 }, 250],
  ["as before, where a view is about something else", [view()], { caption: "Hello." }, null],
  ["as before, at the first view", [], { interrupts: 3 }, null],
])) {
  test(`it is silenced ${rule}`, () => {
    const { view: next } = /** @type {{view: View}} */ (view(now));
    assert.equal(silencedFor(after(...before), next), pause);
  });
}

test("a click of which no view tells does not silence it for good", () => {
  assert.equal(silencedAtClick(after(view())), 3000);
  assert.equal(silencedAtClick(after(view({ interrupting: true }))), Infinity);
});

for (const [events, isOurs, toDo] of /** @type {[Event[], boolean, string][]} */ ([
  [[refused(true)], true, "tell"],
  [[refused(true)], false, "tell"],
  [[refused(false)], true, "fail"],
  [[], true, "fail"],
  [[], false, "use ours"],
])) {
  test(`no picture after ${events.length} refusals, ours ${isOurs}: ${toDo}`, () => {
    assert.equal(whenLate(after(...events), isOurs), toDo);
  });
}
