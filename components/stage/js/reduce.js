/** The stage's state, its events and what is drawn of it: pure decisions. `stage.js` acts. */

import { REFUSED } from "./line.js";

/** @typedef {import("./protocol.js").Message} View */
/** @typedef {import("./channel.js").Loss} Loss */
/**
 * @typedef {object} Muted why there is no sound
 * @property {boolean} visitor it is the visitor's own wish
 * @property {boolean} browser it lets nothing be heard before a gesture
 * @property {boolean} interrupt the turn was interrupted
 */
/**
 * @typedef {object} State
 * @property {View | null} view the newest
 * @property {Loss} loss
 * @property {"none" | "playing" | "stalled"} picture
 * @property {boolean} speaking a voice is heard
 * @property {boolean} failed the picture will not come by itself any more
 * @property {{sentence: string, taken: boolean} | null} refused why the picture is asked for again;
 *   `taken`: somebody else is watching
 * @property {string | null} refusal of a verb, while it is shown
 * @property {Readonly<Muted>} muted
 */
/**
 * @typedef {{type: "view", view: View}
 *   | {type: "line", loss: Loss}
 *   | {type: "display"}
 *   | {type: "playing" | "stalled" | "resumed"}
 *   | {type: "speaking", speaking: boolean}
 *   | {type: "refused", sentence: string, taken: boolean}
 *   | {type: "failed" | "gone"}
 *   | {type: "muted", reason: keyof Muted, muted: boolean}
 *   | {type: "read"}} Event `display`: another one shows the avatar from now on; `read`: the
 *   refusal was shown for long enough
 */
/** @typedef {Readonly<ReturnType<typeof drawn>>} Drawn */

const NOTICES = {
  idle: "Press Start Avatar to begin",
  creating: "Starting…",
  connecting: "Connecting…",
  ready: "Connecting…",
  ending: "Ending…",
  error: "Not connected",
  elsewhere: "The avatar is shown in another tab",
};
const LOST = {
  unreachable: "No connection to this server — trying again",
  refused: REFUSED,
};
const TAKEN = "Another viewer is watching — trying again…";
const STALLED = "Picture stopped — reconnecting…";

/** In ms: when an interrupt is answered, the browser still holds 100 ms of the old sentence. */
const AFTER_ANSWER = 250;
/** In ms, for a click that no view tells of, because nothing was to interrupt. */
const WITHOUT_CALL = 3000;

const NO_PICTURE = /** @type {const} */ ({
  picture: "none",
  speaking: false,
  failed: false,
  refused: null,
});

/** @type {Readonly<State>} before the first view */
export const FIRST = Object.freeze({
  ...NO_PICTURE,
  view: null,
  loss: null,
  refusal: null,
  muted: Object.freeze({ visitor: false, browser: false, interrupt: false }),
});

/** @param {Readonly<State>} state @param {Event} event @returns {Readonly<State>} */
export function reduce(state, event) {
  switch (event.type) {
    case "view":
      return withView(state, event.view);
    case "line":
      return { ...state, loss: event.loss };
    case "display":
      return { ...state, ...NO_PICTURE };
    case "stalled":
      return { ...state, picture: "stalled", failed: false };
    case "playing":
    case "resumed":
      return { ...state, picture: "playing", failed: false, refused: null };
    case "speaking":
      return { ...state, speaking: event.speaking };
    case "refused":
      return { ...state, refused: { sentence: event.sentence, taken: event.taken } };
    case "failed":
    case "gone":
      return { ...state, failed: true };
    case "muted":
      return { ...state, muted: { ...state.muted, [event.reason]: event.muted } };
    case "read":
      return { ...state, refusal: null };
  }
}

/** @param {Readonly<State>} state @param {View} view @returns {Readonly<State>} */
function withView(state, view) {
  const before = state.view ?? view;
  const isNews = view.refusal !== before.refusal;
  return {
    ...state,
    ...(view.interrupts !== before.interrupts && { speaking: false }),
    ...(needsDisplay(state, view) && NO_PICTURE),
    view,
    refusal: isNews ? view.refusal : state.refusal,
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
 * The picture of a state. `phase` as this browser sees it; `told`: a refusal is shown; `offer`: the
 * button beside the notice; `isSpoken`: the caption is heard; `sound`: the action of its button.
 * @param {Readonly<State>} state
 */
export function drawn(state) {
  const { view, loss, picture, refusal, muted } = state;
  const phase = phaseOf(state);
  const stalled = picture === "stalled";
  const speaking = state.speaking && !muted.interrupt;
  const isSilent = muted.visitor || muted.browser;
  return {
    phase,
    playing: picture !== "none" && phase !== "error",
    stalled,
    lost: loss !== null,
    told: refusal !== null,
    speaking,
    pill: speaking ? "Speaking" : "Live",
    notice: (loss ? LOST[loss] : refusal) ?? noticeOf(state, phase),
    offer: loss ? null : phase === "elsewhere" ? "take" : view?.phase === "error" ? "again" : null,
    caption: picture === "none" ? null : (view?.caption ?? null),
    isSpoken: state.speaking,
    muted: isSilent || muted.interrupt || view?.phase === "ending",
    sound: isSilent ? "Unmute" : "Mute",
    asksToUnmute: muted.browser,
  };
}

/** @param {Readonly<State>} state @returns {keyof typeof NOTICES} */
function phaseOf({ view, failed }) {
  const phase = view?.phase ?? "idle";
  if (view?.elsewhere && (phase === "connecting" || phase === "ready")) return "elsewhere";
  return failed ? "error" : phase;
}

/** @param {Readonly<State>} state @param {keyof typeof NOTICES} phase */
function noticeOf({ refused, picture }, phase) {
  if (phase !== "connecting" && phase !== "ready") return NOTICES[phase];
  if (refused?.taken) return TAKEN;
  return picture === "stalled" ? STALLED : NOTICES[phase];
}
