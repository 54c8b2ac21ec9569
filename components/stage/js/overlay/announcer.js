/** What a screen reader is told: each change once, in short. */

import { showsProblems } from "../streamlit.js";

/** @typedef {import("../protocol.js").TurnMessage} Turn */
/** @typedef {import("../reduce.js").Drawn} Drawn */
/** @typedef {Pick<Drawn, "phase" | "playing" | "lossKind" | "refusal" | "problem" | "isEnding">} Shown */

/** @type {Readonly<Record<import("../troubles.js").LossKind, string>>} */
const LOST = {
  gone: "The connection is lost.",
  hung: "The server has stopped answering.",
  refused: "The page has to be reloaded.",
};

/** Of a text, as many words tell which one it is. */
const FIRST_WORDS = 8;
/** In ms: a region that is emptied at once is not read. */
const READ_WITHIN = 10_000;

/** @param {string} text */
function firstWords(text) {
  const words = text.split(/\s+/u);
  return words.length > FIRST_WORDS ? `${words.slice(0, FIRST_WORDS).join(" ")}…` : text;
}

/**
 * What there is to tell, in order. What fails is in an alert of the page; what keeps the server away
 * can be told by the stage alone.
 * @param {Shown | null} before
 * @param {Shown} shown
 * @returns {string[]}
 */
export function phaseNews(before, shown) {
  const was = before ?? { phase: "idle", playing: false, lossKind: null, refusal: null };
  const isUp = shown.phase === "creating" || shown.phase === "connecting";
  const wasUp = was.phase === "creating" || was.phase === "connecting";
  const news = [];
  if (isUp && !wasUp) news.push("Starting the avatar.");
  if (shown.phase === "ready" && shown.playing && !(was.phase === "ready" && was.playing)) {
    news.push("The avatar is live.");
  }
  if (shown.phase === "elsewhere" && was.phase !== "elsewhere") {
    news.push("The avatar is shown in another tab.");
  }
  if (shown.phase === "idle" && was.phase !== "idle") news.push("The session has ended.");
  if (shown.lossKind && shown.lossKind !== was.lossKind) news.push(LOST[shown.lossKind]);
  if (shown.refusal && shown.refusal !== was.refusal) news.push(shown.refusal.sentence);
  return news;
}

/**
 * Whether an alert says why a turn has failed. What ends a session is told there at its end.
 * @param {Shown | null} shown
 * @param {string | null} reason the turn's
 */
export const isInAlert = (shown, reason) =>
  shown !== null && (shown.isEnding || (reason !== null && shown.problem === reason));

/** @param {number} begun turns @param {number} waited turns that had not begun */
function interruptNews(begun, waited) {
  if (begun === 0) return `Interrupted: ${waited} that waited.`;
  return waited > 0 ? `Interrupted, with ${waited} that waited.` : "Interrupted.";
}

/**
 * What there is to tell, in order; what is equal is told once.
 * @param {readonly Turn[]} before
 * @param {readonly Turn[]} turns
 * @param {(reason: string | null) => boolean} isTold elsewhere: why a turn has failed
 * @returns {string[]}
 */
export function turnNews(before, turns, isTold) {
  const states = new Map(before.map(({ turnId, state }) => [turnId, state]));
  const changed = turns.filter(({ turnId, state }) => states.get(turnId) !== state);
  const interrupted = changed.filter(({ state }) => state === "interrupted");
  const waited = interrupted.filter(({ turnId }) => states.get(turnId) === "queued").length;
  const news = changed.flatMap(({ text, state, reason }) => {
    if (state === "speaking") return [`Speaking: ${firstWords(text)}`];
    if (state === "spoken") return ["Spoken."];
    if (state === "interrupted") return [interruptNews(interrupted.length - waited, waited)];
    if (state !== "failed" || isTold(reason)) return [];
    const equal = changed.filter((turn) => turn.state === "failed" && turn.reason === reason).length;
    return [`Not said: ${equal > 1 ? `${equal} lines.` : firstWords(text)} ${reason ?? ""}`.trim()];
  });
  return [...new Set(news)];
}

export class Announcer {
  #region;
  /** @type {Shown | null} */ #shown = null;
  /** @type {readonly Turn[] | null} */ #turns = null;

  /** @param {HTMLElement} region live, and off screen */
  constructor(region) {
    this.#region = region;
  }

  /** @param {Shown} shown */
  show(shown) {
    const news = phaseNews(this.#shown, shown);
    this.#shown = shown;
    this.tell(news);
  }

  /** The first ones were heard before this page was there. @param {readonly Turn[]} turns */
  showTurns(turns) {
    const isTold = (/** @type {string | null} */ reason) => showsProblems() && isInAlert(this.#shown, reason);
    const news = this.#turns && turnNews(this.#turns, turns, isTold);
    this.#turns = turns;
    this.tell(news ?? []);
  }

  /** @param {string[]} news */
  tell(news) {
    for (const text of news) {
      const line = Object.assign(document.createElement("p"), { textContent: text });
      this.#region.append(line);
      setTimeout(() => line.remove(), READ_WITHIN);
    }
  }
}
