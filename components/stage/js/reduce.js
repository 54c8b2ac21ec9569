/** The stage's state, its events and what is drawn of it: pure decisions. `stage.js` acts. */

import { LOST, ON_ITS_WAY, PICTURE, SERVICE, STATUS, UNSENT } from "./troubles.js";

/** @typedef {import("./protocol.js").Message} View */
/** @typedef {import("./channel.js").Loss} Loss */
/**
 * @typedef {object} Muted why there is no sound
 * @property {boolean} visitor it is the visitor's own wish
 * @property {boolean} browser it lets nothing be heard before a gesture
 * @property {boolean} interrupt the turn was interrupted
 */
/**
 * @typedef {object} Refused
 * @property {string} sentence
 * @property {boolean} taken somebody else is watching
 * @property {number | null} nextAt of the next attempt, by `performance.now()`
 */
/**
 * @typedef {object} State
 * @property {View | null} view the newest
 * @property {Loss | null} loss
 * @property {"none" | "playing" | "stalled"} picture
 * @property {boolean} connected the connection that brings it is there
 * @property {boolean} speaking a voice is heard
 * @property {{sentence: string, isOver: boolean} | null} failed no picture has come in time;
 *   `isOver`: none will come by itself, and with an empty sentence the session is over
 * @property {Refused | null} refused why the picture is asked for again
 * @property {boolean} noticed it has been refused for so long that it is told
 * @property {import("./protocol.js").Verb | null} unsent a verb that was not sent, while the server
 *   hangs
 * @property {boolean} ended a session has, and none has begun since
 * @property {number} at when the newest view came, by `performance.now()`
 * @property {{sentence: string} | null} refusal of a verb, while it is shown; another one for each
 * @property {Readonly<Muted>} muted
 */
/**
 * @typedef {{type: "view", view: View, at?: number}
 *   | {type: "line", loss: Loss | null}
 *   | {type: "unsent", verb: import("./protocol.js").Verb}
 *   | {type: "display"}
 *   | {type: "connected" | "playing" | "stalled" | "resumed"}
 *   | {type: "speaking", speaking: boolean}
 *   | ({type: "refused"} & Refused)
 *   | {type: "noticed"}
 *   | {type: "failed", sentence: string, isOver: boolean}
 *   | {type: "gone"}
 *   | {type: "muted", reason: keyof Muted, muted: boolean}
 *   | {type: "refusal", sentence: string}
 *   | {type: "read"}} Event `display`: another one shows the avatar from now on; `read`: the
 *   refusal was shown for long enough
 */
/** @typedef {Readonly<ReturnType<typeof drawn>>} Drawn */

const NOTICES = {
  idle: "",
  creating: "Opening the session",
  connecting: "Connecting",
  ready: "Connecting",
  ending: "Ending…",
  error: "Not connected",
  elsewhere: "The avatar is shown in another tab",
};
const PICTURE_COMES = "Waiting for the picture";
const ENDED = "The session has ended";
const STOPPING = "This server is stopping";
export const SLOW = "This takes longer than usual.";

const SLOW_START = { hint: `${SERVICE.slow.notice}.`, offers: SERVICE.slow.offers };
const QUIET_START = { hint: "", offers: [] };

/** Over the picture. @type {Readonly<Record<keyof typeof NOTICES, string>>} */
const PILLS = {
  ...{ idle: "", error: "", creating: "Starting", connecting: "Starting", ready: "Live" },
  ...{ ending: "Ending", elsewhere: "Live" },
};

/** In ms: what takes longer than a person takes for granted is counted, and then called slow. */
const COUNTED = 2000;
const USUAL = 8000;

/** In ms: when an interrupt is answered, the browser still holds 100 ms of the old sentence. */
const AFTER_ANSWER = 250;
/** In ms, for a click that no view tells of, because nothing was to interrupt. */
const WITHOUT_CALL = 3000;

const NO_PICTURE = /** @type {const} */ ({
  picture: "none",
  connected: false,
  speaking: false,
  failed: null,
  refused: null,
  noticed: false,
});

/** @type {Readonly<State>} before the first view */
export const FIRST = Object.freeze({
  ...NO_PICTURE,
  view: null,
  ended: false,
  at: 0,
  loss: null,
  unsent: null,
  refusal: null,
  muted: Object.freeze({ visitor: false, browser: false, interrupt: false }),
});

/** @param {Readonly<State>} state @param {Event} event @returns {Readonly<State>} */
export function reduce(state, event) {
  switch (event.type) {
    case "view":
      return withView(state, event.view, event.at ?? 0);
    case "line":
      return { ...state, loss: event.loss, unsent: event.loss && state.unsent };
    case "unsent":
      return { ...state, unsent: event.verb };
    case "display":
      return { ...state, ...NO_PICTURE };
    case "connected":
      return { ...state, connected: true };
    case "stalled":
      return { ...state, picture: "stalled", failed: null };
    case "playing":
    case "resumed":
      return { ...state, picture: "playing", failed: null, refused: null, noticed: false };
    case "speaking":
      return { ...state, speaking: event.speaking };
    case "refused":
      return {
        ...state,
        refused: { sentence: event.sentence, taken: event.taken, nextAt: event.nextAt },
      };
    case "noticed":
      return { ...state, noticed: state.refused !== null };
    case "failed":
      return { ...state, failed: { sentence: event.sentence, isOver: event.isOver } };
    case "gone":
      return { ...state, failed: { sentence: "", isOver: true } };
    case "muted":
      return { ...state, muted: { ...state.muted, [event.reason]: event.muted } };
    case "refusal":
      return { ...state, refusal: { sentence: event.sentence } };
    case "read":
      return { ...state, refusal: null };
  }
}

/** @param {Readonly<State>} state @param {View} view @param {number} at @returns {Readonly<State>} */
function withView(state, view, at) {
  const before = state.view ?? view;
  const isNews = view.refusal !== before.refusal || view.refusals !== before.refusals;
  const refusal = view.refusal === null ? null : { sentence: view.refusal };
  return {
    ...state,
    ...(view.interrupts !== before.interrupts && { speaking: false }),
    ...(needsDisplay(state, view) && NO_PICTURE),
    ended: view.phase === "idle" && (state.ended || before.phase !== "idle"),
    view,
    at,
    refusal: isNews ? refusal : state.refusal,
    muted: { ...state.muted, interrupt: state.muted.interrupt || view.interrupting },
  };
}

/**
 * Whether `view` is of another avatar than the one that is shown, or of none.
 * @param {Readonly<State>} state
 * @param {View} view
 */
export const needsDisplay = (state, view) =>
  JSON.stringify(view.avatar) !== JSON.stringify(state.view?.avatar ?? null);

/**
 * How long an interrupt still silences the avatar when `view` has come, in ms: Infinity while the
 * call is under way, null where the view says nothing of it.
 * @param {Readonly<State>} state before it
 * @param {View} view
 */
export function silencedFor(state, view) {
  const before = state.view ?? view;
  if (view.interrupting) return Infinity;
  return before.interrupting || view.interrupts !== before.interrupts ? AFTER_ANSWER : null;
}

/**
 * The same for a click on Interrupt, after which a view should come.
 * @param {Readonly<State>} state
 */
export const silencedAtClick = ({ view }) => (view?.interrupting ? Infinity : WITHOUT_CALL);

/**
 * What to do when no picture has come in time: tell of another viewer and go on trying, use our own
 * client SDK, or give up.
 * @param {Readonly<State>} state
 * @param {boolean} isOurs no SDK from elsewhere shows it
 * @returns {"tell" | "use ours" | "fail"}
 */
export function whenLate({ refused }, isOurs) {
  if (refused?.taken) return "tell";
  return isOurs ? "fail" : "use ours";
}

/**
 * What is wrong with the picture: the sight that tells the server of it, and a sentence for the
 * visitor. Null while nothing is, or for no longer than a blip.
 * @param {Readonly<State>} state
 * @returns {{sight: import("./troubles.js").PictureTrouble, sentence?: string} | null}
 */
export function pictureTrouble({ failed, refused, noticed, picture }) {
  if (failed) return failed.sentence ? { sight: "failed", sentence: failed.sentence } : null;
  if (refused && noticed) {
    return { sight: refused.taken ? "taken" : "refused", sentence: refused.sentence };
  }
  return picture === "stalled" ? { sight: "stalled" } : null;
}

/**
 * Whether a verb that a click asks for is kept back: what is said or started late, when the server
 * answers again, may not be wanted any more. The other two calm.
 * @param {Readonly<State>} state
 * @param {import("./protocol.js").Verb} verb
 */
export const isKeptBack = ({ loss }, verb) =>
  loss?.kind === "hung" && (verb === "say" || verb === "start");

/**
 * The picture of a state. `phase` as this browser sees it; `refusal`: that is shown; `problem`: of
 * the session; `isEnding`: the session ends, or has failed; `says`: the notice is to be seen,
 * `waits`: for something that comes by itself; `step` of a start, 1 to 3, else 0; `starts`: Start is
 * offered; `count`: the seconds beside the notice, up from `since` or down to `until`; `offers`: the
 * buttons beside it; `status`: what the status line says in place of the phase; `isSpoken`: the
 * caption is heard; `sound`: the action of its button.
 * @param {Readonly<State>} state
 */
export function drawn(state) {
  const { view, loss, picture, refusal, muted } = state;
  const phase = phaseOf(state);
  const stalled = picture === "stalled";
  const speaking = state.speaking && !muted.interrupt;
  const isSilent = muted.visitor || muted.browser;
  const playing = picture !== "none" && phase !== "error";
  const words = wordsOf(state, phase);
  const isReady = view?.phase === "ready";
  const isBilled = Boolean(view?.billed && LIVE.has(view.phase));
  return {
    phase,
    playing,
    stalled,
    lost: loss !== null,
    lossKind: loss?.kind ?? null,
    refusal,
    problem: view?.problem ?? null,
    isEnding: view?.phase === "ending" || view?.phase === "error",
    speaking,
    pill: `${speaking ? "Speaking" : PILLS[phase]}${isBilled ? " · billed" : ""}`,
    billed: isBilled,
    ...words,
    says:
      (!playing || stalled || phase !== "ready" || words.step === 0) &&
      words.notice + words.hint !== "",
    starts: phase === "idle" && loss === null && refusal === null,
    canSay: isReady && loss === null,
    canInterrupt: isReady && view.canInterrupt,
    canEnd: isReady || view?.phase === "creating" || view?.phase === "connecting",
    waits: loss ? loss.kind !== "refused" : !refusal && LIVE.has(phase),
    status: loss && STATUS[loss.kind],
    caption: picture === "none" ? null : (view?.caption ?? null),
    isSpoken: state.speaking,
    muted: isSilent || muted.interrupt || view?.phase === "ending",
    sound: isSilent ? "Unmute" : "Mute",
    asksToUnmute: muted.browser,
  };
}

/** @type {ReadonlySet<string>} the phases that cost money, and in which something comes by itself */
const LIVE = new Set(["creating", "connecting", "ready", "ending"]);

/** @param {Readonly<State>} state @returns {keyof typeof NOTICES} */
function phaseOf({ view, failed }) {
  const phase = view?.phase ?? "idle";
  if (view?.elsewhere && (phase === "connecting" || phase === "ready")) return "elsewhere";
  return failed?.isOver ? "error" : phase;
}

/**
 * @typedef {{since: number, from?: number, slowFrom?: number} | {until: number, wait?: true} | null}
 *   Count by `performance.now()`; `from`: ms that are not counted aloud, `slowFrom`: after which it is
 *   called slow; `wait`: for a visitor
 */
/**
 * The first that is wrong, else what the phase says.
 * @param {Readonly<State>} state
 * @param {keyof typeof NOTICES} phase
 * @returns {import("./troubles.js").Words & {count: Count, step: 0 | 1 | 2 | 3}}
 */
function wordsOf(state, phase) {
  const { view, at, loss, refusal, refused, failed, unsent } = state;
  const step = 0;
  if (loss) {
    const { kind, since, nextAt, asked } = loss;
    const waits = unsent ? UNSENT[unsent] : asked && kind === "hung" && ON_ITS_WAY[asked];
    const count = kind === "hung" ? { since } : nextAt !== null && kind === "gone" ? { until: nextAt } : null;
    return { ...LOST[kind], ...(waits && { hint: waits }), count, step };
  }
  if (refusal !== null) return { notice: refusal.sentence, hint: "", offers: [], count: null, step };
  const isLive = phase === "connecting" || phase === "ready";
  const trouble = pictureTrouble(state);
  if ((isLive || failed?.isOver) && trouble) {
    const words = PICTURE[trouble.sight];
    const nextAt = failed?.isOver ? null : (refused?.nextAt ?? null);
    const hint = words.hint || (trouble.sentence ?? "");
    return { ...words, hint, count: nextAt === null ? null : { until: nextAt }, step };
  }
  const since = at - (view?.lasts ?? 0) * 1000;
  const isStarting = phase === "creating" || isLive;
  const own = view?.trouble === "silent" || view?.trouble === "slow" ? view.trouble : null;
  const isStart = isStarting && state.picture === "none";
  if (isStarting && own && !(isStart && own === "slow")) return { ...SERVICE[own], count: { since }, step };
  if (view?.stopping) return { notice: STOPPING, hint: view.notice ?? "", offers: [], count: null, step };
  if (isStarting) {
    const now = phase === "creating" ? 1 : state.connected ? 3 : 2;
    const notice = now === 3 ? PICTURE_COMES : NOTICES[phase];
    const { hint, offers } = own === "slow" ? SLOW_START : QUIET_START;
    return { notice, hint, offers, count: { since, from: COUNTED, slowFrom: USUAL }, step: now };
  }
  /** @type {import("./troubles.js").Offer[]} */
  const offers = phase === "elsewhere" ? ["take"] : view?.phase === "error" ? ["again"] : [];
  if (view?.againIn && phase === "error") {
    const hint = view.problem ?? "";
    const count = { until: at + view.againIn * 1000, wait: /** @type {const} */ (true) };
    return { notice: NOTICES.error, hint, offers, count, step };
  }
  const hint = (phase === "error" ? view?.problem : phase === "idle" ? view?.notice : null) ?? "";
  const count = phase === "ending" ? { since, from: COUNTED } : null;
  const notice = phase === "idle" && state.ended ? ENDED : NOTICES[phase];
  return { notice, hint, offers, count, step };
}
