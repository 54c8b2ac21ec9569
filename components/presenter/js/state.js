/** How the show stands, in one word and one sentence that says what to do. */

import { LOST } from "../../stage/js/troubles.js";

/** @typedef {import("./protocol.js").DeskMessage} Message */
/** @typedef {import("../../stage/js/channel.js").Loss} Loss */
/** @typedef {"lost" | "off" | "starting" | "ending" | "failed" | "stopped" | "plays" | "says" | "pauses" | "waits" | "over" | "held"} Name */
/** @typedef {{name: Name, word: string, sentence: string}} Standing */

const BLOCKED = "The stage's window makes no sound before somebody clicks on it: click on it once.";
const GO_OR_NEXT = "Press Go to play on, or Next for one line.";

/** @type {Readonly<Record<Name, string>>} */
const WORDS = {
  lost: "No answer",
  off: "Not live",
  starting: "Starting",
  ending: "Ending",
  failed: "Failed",
  stopped: "Stopped",
  plays: "Playing",
  says: "One line",
  pauses: "Pause",
  waits: "Waits for you",
  over: "Over",
  held: "Held",
};

/** @type {Partial<Record<Name, string>>} what a screen reader is told, once, when it comes to that */
const NEWS = {
  starting: "Starting the avatar.",
  off: "No session is live.",
  plays: "The show goes on.",
  waits: "The show waits for you.",
  over: "The show is over.",
  held: "Held.",
};
/** Their sentence is told as well. @type {readonly Name[]} */
const WRONG = ["failed", "stopped"];

/**
 * What is beyond the show is told first: without it, nothing goes on.
 * @param {Message | null} message null: none has come yet
 * @param {Pick<Loss, "kind"> | null} loss
 * @returns {Standing}
 */
export function standingOf(message, loss) {
  if (loss) {
    const { notice, hint } = LOST[loss.kind];
    return { name: "lost", word: WORDS.lost, sentence: [notice, hint].filter(Boolean).join(". ") };
  }
  if (!message) return { name: "starting", word: "Opening", sentence: "" };
  const name = nameOf(message);
  const problem = message.problem ?? (message.blocked ? BLOCKED : null);
  return { name, word: WORDS[name], sentence: sentenceOf(name, { ...message, problem }) };
}

/** @param {Message} message @returns {Name} */
function nameOf({ phase, stopped, said, goesOn, pauses, waits, over }) {
  if (phase === "error") return "failed";
  if (phase === "ending") return "ending";
  if (phase === "creating" || phase === "connecting") return "starting";
  if (phase === "idle") return "off";
  if (said) return goesOn ? "plays" : "says";
  if (stopped) return "stopped";
  if (pauses !== null) return "pauses";
  if (waits) return "waits";
  if (over) return "over";
  return goesOn ? "plays" : "held";
}

/** @param {Name} name @param {Message} message */
function sentenceOf(name, { notice, problem, slide, slides }) {
  switch (name) {
    case "off":
      return problem ?? notice ?? "Press Start Avatar: then Go plays the show, and Next says one line.";
    case "failed":
      return problem ?? "The session has failed. Press Start Avatar to start another one.";
    case "starting":
      return problem ?? "The avatar is being started. It takes some seconds.";
    case "ending":
      return "The session is being ended.";
    case "stopped":
      return `${notice ?? "The line was not said."} Press Go to say it again, or Skip.`;
    case "waits":
      return problem ?? (slide + 1 < slides ? `The show waits for you. ${GO_OR_NEXT}` : "Press Go to play on.");
    case "over":
      return problem ?? "Everything was said. Press Back, or choose a slide, to say it again.";
    case "held":
      return problem ?? `Held: ${GO_OR_NEXT[0].toLowerCase()}${GO_OR_NEXT.slice(1)}`;
    case "says":
      return problem ?? "This line is said to its end, then the show is held. Press Go to play on after it.";
    default:
      return problem ?? "The next line follows by itself. Press Hold to stop after this one.";
  }
}

/**
 * What there is to tell a screen reader; the line that is being said is not.
 * @param {Standing | null} before
 * @param {Standing} now
 * @returns {string[]}
 */
export function newsOf(before, now) {
  if (before === null || (before.name === now.name && before.sentence === now.sentence)) return [];
  if (now.name === "lost" || WRONG.includes(now.name)) return [`${now.word}: ${now.sentence}`];
  const news = before.name === now.name ? undefined : NEWS[now.name];
  return news ? [news] : [];
}
