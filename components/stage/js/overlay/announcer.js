/** What a screen reader is told: each change once, in short. */

/** @typedef {import("../protocol.js").TurnMessage} Turn */
/** @typedef {import("../reduce.js").Drawn} Drawn */
/** @typedef {Pick<Drawn, "phase" | "playing" | "lossKind">} Shown */

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
  const was = before ?? { phase: "idle", playing: false, lossKind: null };
  const isUp = shown.phase === "creating" || shown.phase === "connecting";
  const wasUp = was.phase === "creating" || was.phase === "connecting";
  const news = [];
  if (isUp && !wasUp) news.push("Starting the avatar.");
  if (shown.phase === "ready" && shown.playing && !(was.phase === "ready" && was.playing)) {
    news.push("The avatar is live.");
  }
  if (shown.phase === "idle" && was.phase !== "idle") news.push("The session has ended.");
  if (shown.lossKind && shown.lossKind !== was.lossKind) news.push(LOST[shown.lossKind]);
  return news;
}

/**
 * @param {readonly Turn[]} before
 * @param {readonly Turn[]} turns
 * @returns {string[]}
 */
export function turnNews(before, turns) {
  const states = new Map(before.map(({ turnId, state }) => [turnId, state]));
  return turns.flatMap(({ turnId, text, state, reason }) => {
    if (states.get(turnId) === state) return [];
    if (state === "speaking") return [`Speaking: ${firstWords(text)}`];
    if (state === "spoken") return ["Spoken."];
    if (state === "interrupted") return ["Interrupted."];
    return state === "failed" ? [`Not said: ${firstWords(text)} ${reason ?? ""}`.trim()] : [];
  });
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
    const { phase, playing, lossKind } = shown;
    this.#shown = { phase, playing, lossKind };
    this.tell(news);
  }

  /** The first ones were heard before this page was there. @param {readonly Turn[]} turns */
  showTurns(turns) {
    const news = this.#turns && turnNews(this.#turns, turns);
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
