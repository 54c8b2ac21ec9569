import assert from "node:assert/strict";
import test from "node:test";

import {
  FIRST,
  drawn,
  isKeptBack,
  needsDisplay,
  pictureTrouble,
  reduce,
  silencedAtClick,
  silencedFor,
  whenLate,
} from "../../../components/stage/js/reduce.js";
import { IDLE } from "./idle.mjs";
import { REFUSED } from "../../../components/stage/js/line.js";
import { ON_ITS_WAY, UNSENT } from "../../../components/stage/js/troubles.js";

/** @typedef {import("../../../components/stage/js/protocol.js").Message} View */
/** @typedef {import("../../../components/stage/js/reduce.js").Event} Event */

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
const NOTICED = /** @type {const} */ ({ type: "noticed" });
/** @param {boolean} isOver @returns {Event} */
const failed = (isOver) => ({ type: "failed", sentence: "No picture came.", isOver });
const GONE = /** @type {const} */ ({ type: "gone" });
/** @param {Partial<import("../../../components/stage/js/channel.js").Loss>} [loss] @returns {Event} */
const lost = (loss) => ({
  type: "line",
  loss: { kind: "gone", since: 100, nextAt: 4100, asked: null, ...loss },
});
const FOUND = /** @type {const} */ ({ type: "line", loss: null });
const SPEAKING = /** @type {const} */ ({ type: "speaking", speaking: true });

/** @param {Event[]} events one after the other */
const after = (...events) => events.reduce(reduce, FIRST);
const refused = (/** @type {boolean} */ taken) =>
  /** @type {const} */ ({ type: "refused", sentence: "No.", taken, nextAt: 900 });

for (const [rule, events, shown] of /** @type {[string, Event[], object][]} */ ([
  ["before the first view nothing is said of the server", [], { phase: "idle", lost: false }],
  [
    "before the start it offers that, and says nothing",
    [view({ phase: "idle", avatar: null })],
    { notice: "", starts: true, says: false, playing: false, offers: [] },
  ],
  ["ready without a picture is not there yet", [view()], { notice: "Connecting", caption: null, step: 2, says: true }],
  [
    "a session that has ended is told until the next",
    [view(), PLAYING, view({ phase: "ending" }), view({ phase: "idle", avatar: null })],
    { notice: "The session has ended", says: true, starts: true, offers: [] },
  ],
  [
    "a start has three steps: the session",
    [view({ phase: "creating", avatar: null, lasts: 3 })],
    { notice: "Opening the session", step: 1, count: { since: -3000, from: 2000, slowFrom: 8000 } },
  ],
  ["then the connection", [view({ phase: "connecting" })], { notice: "Connecting", step: 2 }],
  [
    "then the picture",
    [view({ phase: "connecting" }), { type: "connected" }],
    { notice: "Waiting for the picture", step: 3, says: true, playing: false },
  ],
  ["and then none", [view(), { type: "connected" }, PLAYING], { says: false, playing: true }],
  ["money is told beside the picture", [view({ billed: true }), PLAYING], { pill: "Live · billed" }],
  [
    "and from the start on",
    [view({ phase: "creating", avatar: null, billed: true })],
    { pill: "Starting · billed", billed: true },
  ],
  ["but not where none is spent", [view({ phase: "idle", avatar: null, billed: true })], { billed: false }],
  ["what the server can stop can be stopped here", [view({ canInterrupt: true }), PLAYING], { canInterrupt: true }],
  ["and nothing else", [view({ caption: "Hello." }), PLAYING, SPEAKING], { canInterrupt: false }],
  ["a text that failed is told", [view(), PLAYING, { type: "refusal", sentence: "No." }], { notice: "No.", refusal: { sentence: "No." } }],
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
    "a refusal that the next attempt makes good is none of the visitor's",
    [view(), refused(false)],
    { notice: "Connecting", offers: [] },
  ],
  [
    "one that lasts is told, with the reason, the time of the next attempt, and what can be done",
    [view({ phase: "connecting" }), refused(false), NOTICED],
    {
      notice: "The picture does not come",
      hint: "No.",
      count: { until: 900 },
      offers: ["retry", "end"],
      says: true,
      waits: true,
    },
  ],
  [
    "another viewer is named, while a picture stands, too",
    [view(), PLAYING, STALLED, refused(true), NOTICED],
    { notice: "Another viewer is watching", offers: ["retry", "end"], stalled: true },
  ],
  [
    "a picture that does not come in time is told, and is still tried for",
    [view({ phase: "connecting" }), refused(false), failed(false)],
    {
      phase: "connecting",
      notice: "No picture yet",
      hint: "No picture came.",
      count: { until: 900 },
      offers: ["retry", "end"],
    },
  ],
  [
    "one that will not come by itself can be asked for",
    [view(), PLAYING, failed(true)],
    {
      phase: "error",
      playing: false,
      notice: "No picture yet",
      count: null,
      offers: ["retry", "end"],
      waits: false,
    },
  ],
  ["a session that is gone has no picture", [view(), PLAYING, GONE], { phase: "error", notice: "Not connected", offers: [] }],
  ["a picture all the same is one", [view(), failed(true), PLAYING], { phase: "ready", playing: true, says: false }],
  [
    "an error of the session can be started again",
    [view({ phase: "error", avatar: null })],
    { phase: "error", offers: ["again"] },
  ],
  [
    "what another tab shows can be taken",
    [view({ avatar: null, elsewhere: true })],
    { phase: "elsewhere", offers: ["take"], notice: "The avatar is shown in another tab" },
  ],
  ["nothing is taken at the end", [view({ phase: "ending", avatar: null, elsewhere: true })], { offers: [] }],
  [
    "without a line nothing can be asked for but the line",
    [view({ phase: "error", avatar: null }), lost()],
    {
      lost: true,
      lossKind: "gone",
      notice: "No connection to this server",
      count: { until: 4100 },
      offers: ["retry"],
      status: "no connection to this server",
    },
  ],
  [
    "a page that is out of date can be loaded again",
    [view(), lost({ kind: "refused" })],
    { notice: REFUSED, offers: ["reload"], count: null },
  ],
  [
    "a server that hangs is told over the picture, with the seconds",
    [view(), PLAYING, lost({ kind: "hung" })],
    {
      playing: true,
      says: true,
      lossKind: "hung",
      notice: "This server does not answer",
      count: { since: 100 },
      offers: ["end"],
      status: "this server does not answer",
    },
  ],
  [
    "and what becomes of a text that was on its way",
    [view(), PLAYING, lost({ kind: "hung", asked: "say" })],
    { hint: ON_ITS_WAY.say },
  ],
  [
    "and of one that is asked for meanwhile",
    [view(), PLAYING, lost({ kind: "hung" }), { type: "unsent", verb: "say" }],
    { hint: UNSENT.say },
  ],
  [
    "a line that is back is no news",
    [view(), PLAYING, lost({ kind: "hung" }), { type: "unsent", verb: "say" }, FOUND],
    { lost: false, says: false, status: null },
  ],
  [
    "a service that does not answer is told over the picture",
    [view({ trouble: "silent", lasts: 2 }), PLAYING],
    { says: true, notice: "The avatar service does not answer", count: { since: -2000 }, offers: ["end"] },
  ],
  [
    "a start is counted, and can be given up where it takes long",
    [view({ phase: "creating", avatar: null, lasts: 4, trouble: "slow" })],
    {
      ...{ notice: "Opening the session", hint: "The avatar service is slow.", step: 1 },
      ...{ count: { since: -4000, from: 2000, slowFrom: 8000 }, offers: ["end"] },
    },
  ],
  [
    "why nothing is live is told beside the way back",
    [view({ phase: "error", avatar: null, problem: "It failed." })],
    { notice: "Not connected", hint: "It failed.", offers: ["again"] },
  ],
  [
    "and how long the service wants no other start",
    [{ ...view({ phase: "error", avatar: null, againIn: 7 }), at: 100 }],
    { count: { until: 7100, wait: true }, offers: ["again"], waits: false },
  ],
  [
    "so is why the last session ended",
    [view({ phase: "idle", avatar: null, notice: "You were away." })],
    { notice: "", hint: "You were away.", says: true, starts: true, waits: false },
  ],
  [
    "a server that stops says so",
    [view({ phase: "idle", avatar: null, stopping: true })],
    { notice: "This server is stopping" },
  ],
  [
    "the next avatar begins without a picture",
    [view(), PLAYING, SPEAKING, view({ avatar: { ...AVATAR, sessionId: "s-2" } })],
    { playing: false, speaking: false },
  ],
  ["so does another display of the same", [view(), PLAYING, { type: "display" }], { playing: false }],
  ["a failure is not the next avatar's", [view(), failed(true), view({ avatar: null, phase: "idle" })], { phase: "idle" }],
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
    { refusal: { sentence: "Not now." }, notice: "Not now.", playing: true },
  ],
  [
    "for a while, whatever else comes",
    [view(), view({ refusal: "Not now." }), view({ refusal: "Not now.", revision: 9 })],
    { refusal: { sentence: "Not now." } },
  ],
  [
    "and not again",
    [view(), view({ refusal: "Not now." }), { type: "read" }, view({ refusal: "Not now." })],
    { refusal: null, notice: "Connecting" },
  ],
  [
    "another one in the same words is told",
    [
      view(),
      view({ refusal: "Not now.", refusals: 1 }),
      { type: "read" },
      view({ refusal: "Not now.", refusals: 2 }),
    ],
    { refusal: { sentence: "Not now." } },
  ],
  ["nor to a page that comes back later", [view({ refusal: "Not now." })], { refusal: null }],
  ["nor once the server takes it back", [view(), view({ refusal: "No." }), view()], { refusal: null }],
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

for (const [rule, events, trouble] of /** @type {[string, Event[], object | null][]} */ ([
  ["nothing, while all is well", [view(), PLAYING], null],
  ["nothing, for a blip", [view(), refused(false)], null],
  ["a refusal", [view(), refused(false), NOTICED], { sight: "refused", sentence: "No." }],
  ["another viewer", [view(), refused(true), NOTICED], { sight: "taken", sentence: "No." }],
  ["a picture that stopped", [view(), PLAYING, STALLED], { sight: "stalled" }],
  ["one that never came", [view(), failed(false)], { sight: "failed", sentence: "No picture came." }],
  ["nothing more, once it is back", [view(), refused(false), NOTICED, PLAYING], null],
  ["nothing of a session that is gone", [view(), GONE], null],
])) {
  test(`the server is told of ${rule}`, () => {
    assert.deepEqual(pictureTrouble(after(...events)), trouble);
  });
}

test("what would be said or started late is kept back, what calms is not", () => {
  const hung = after(view(), lost({ kind: "hung" }));
  const verbs = /** @type {const} */ (["start", "say", "interrupt", "end"]);
  assert.deepEqual(verbs.filter((verb) => isKeptBack(hung, verb)), ["start", "say"]);
  assert.deepEqual(verbs.filter((verb) => isKeptBack(after(view(), lost()), verb)), []);
});
