/**
 * What can be wrong, as this browser sees it: one table of the words and of what is offered. The
 * troubles of the service and of the session are in `sessions/troubles.py`.
 */

import { REFUSED } from "./line.js";

/** @typedef {"gone" | "hung" | "refused"} LossKind */
/** @typedef {import("./protocol.js").Verb} Verb */
/** @typedef {"retry" | "end" | "again" | "take" | "reload"} Offer a button beside the notice */
/**
 * @typedef {object} Words
 * @property {string} notice what is wrong
 * @property {string} hint what happens next, or what to do; empty: the notice says it
 * @property {readonly Offer[]} offers
 */

/** Of the line to the server. @type {Readonly<Record<LossKind, Words>>} */
export const LOST = {
  gone: {
    notice: "No connection to this server",
    hint: "The page goes on by itself when it is back; a live session ends when it stays away.",
    offers: ["retry"],
  },
  hung: {
    notice: "This server does not answer",
    hint: "The page goes on by itself as soon as it does.",
    offers: ["end"],
  },
  refused: { notice: REFUSED, hint: "", offers: ["reload"] },
};

/** The status line while Streamlit can't write it. @type {Readonly<Record<LossKind, string>>} */
export const STATUS = {
  gone: "no connection to this server",
  hung: "this server does not answer",
  refused: "this page is out of date",
};

/** What becomes of a verb that was asked for while the server hangs. @type {Record<Verb, string>} */
export const UNSENT = {
  start: "Nothing was started: press Start Avatar again when it answers.",
  say: "Your text was not sent. It stays in its box: say it when the server answers.",
  interrupt: "The avatar is silenced here, and interrupted as soon as the server answers.",
  end: "The session ends as soon as the server answers.",
};

/** The same for one that was on its way when the server stopped answering. */
export const ON_ITS_WAY = {
  ...UNSENT,
  start: "The avatar is started as soon as the server answers.",
  say: "Your text is said if the server answers within 5 s; else it stays in its box.",
};

/** @typedef {"refused" | "taken" | "failed" | "stalled"} PictureTrouble also the sight that tells */

/** Of the picture; without a hint, it is what was told of it. @type {Readonly<Record<PictureTrouble | "over", Words>>} */
export const PICTURE = {
  refused: { notice: "The picture does not come", hint: "", offers: ["retry", "end"] },
  taken: {
    notice: "Another viewer is watching",
    hint: "Close the other page, or end the session and start again.",
    offers: ["retry", "end"],
  },
  failed: { notice: "No picture yet", hint: "", offers: ["retry", "end"] },
  stalled: { notice: "Picture stopped — reconnecting…", hint: "", offers: ["end"] },
  over: { notice: "Not connected", hint: "", offers: [] },
};

/** Of the session, in the desk's words. @type {Readonly<Record<"silent" | "slow", Words>>} */
export const SERVICE = {
  silent: { notice: "The avatar service does not answer", hint: "It is asked again by itself.", offers: ["end"] },
  slow: { notice: "The avatar service is slow", hint: "The page goes on waiting.", offers: ["end"] },
};
