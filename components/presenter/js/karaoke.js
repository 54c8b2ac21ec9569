/** The line that is being said: what was said of it, the word that is, and what is still to come. */

import { part, write } from "../../stage/js/overlay/parts.js";
import { kindText, lengthText } from "./queue.js";

/** @typedef {import("./protocol.js").DeskMessage} Message */
/** @typedef {import("./protocol.js").SaidMessage} Said */
/** @typedef {import("./protocol.js").WordMessage} Word */
/** @typedef {{text: string, word: number}} Part `word`: which of the words, -1 for what is between them */

/**
 * The line in parts: its words, and what is between them. A voice may name a word otherwise than it is
 * written; that one is not marked.
 * @param {string} text
 * @param {readonly Word[]} words
 * @returns {Part[]}
 */
export function partsOf(text, words) {
  /** @type {Part[]} */ const parts = [];
  let end = 0;
  for (const [word, { text: spelled }] of words.entries()) {
    const at = spelled === "" ? -1 : text.indexOf(spelled, end);
    if (at < 0) continue;
    if (at > end) parts.push({ text: text.slice(end, at), word: -1 });
    parts.push({ text: spelled, word });
    end = at + spelled.length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), word: -1 });
  return parts;
}

/**
 * Which word is said, from 0: the last one that has begun. -1 before the first one, and the number of
 * words once the last one is over.
 * @param {readonly Word[]} words in order
 * @param {number} seconds since the first sound
 */
export function wordAt(words, seconds) {
  const last = words.at(-1);
  if (last && seconds >= last.until) return words.length;
  return words.findLastIndex(({ at }) => at <= seconds);
}

/**
 * How each part is drawn while this word is said: "said", "now", or "" for what is still to come. What is
 * between two words goes with the one before it.
 * @param {readonly Part[]} parts
 * @param {number} word see `wordAt`
 * @returns {("said" | "now" | "")[]}
 */
export function marksAt(parts, word) {
  let isSaid = word >= 0;
  return parts.map((part) => {
    if (part.word >= 0) isSaid = part.word <= word;
    return part.word >= 0 && part.word === word ? "now" : isSaid ? "said" : "";
  });
}

/** In ms, of the bar. With each picture, it took a third of a processor where there is no GPU. */
const STEP = 100;

export class Karaoke {
  #root;
  #text;
  #progress;
  /** @type {Said | null} */ #said = null;
  /** When its first sound was heard, by `performance.now()`. */
  #beganAt = 0;
  #drawnText = "";
  #drawnWords = "";
  /** @type {readonly Part[]} */ #parts = [];
  /** @type {readonly HTMLElement[]} one for each part */ #spans = [];
  /** @type {number | null} the word that is marked */ #word = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#text = part(root, "desk-line-text");
    this.#progress = part(root, "desk-progress");
  }

  /** @param {Message} message @param {number} cameAt by `performance.now()` */
  show({ said, coming }, cameAt) {
    this.#said = said;
    const next = coming.find(({ kind }) => kind === "line" || kind === "recording");
    const text = said ? said.text : next ? kindText(next) : "";
    const words = said?.words ?? [];
    this.#root.dataset.line = said ? "said" : next ? "next" : "none";
    write(part(this.#root, "desk-line-name"), labelOf(said, next !== undefined));
    write(part(this.#root, "desk-line-time"), timeOf(said, next));
    this.#write(text, words);
    if (said?.since == null) this.#stop();
    else {
      this.#beganAt = cameAt - said.since * 1000;
      this.#draw();
    }
  }

  close() {
    clearTimeout(this.#timer);
  }

  /** Nothing is heard: all of the text is still to come. */
  #stop() {
    this.close();
    this.#mark(-1);
    this.#progress.style.scale = "0 1";
  }

  /** @param {string} text @param {readonly Word[]} words */
  #write(text, words) {
    const drawnWords = words.map(({ text: spelled }) => spelled).join("\n");
    if (text === this.#drawnText && drawnWords === this.#drawnWords) return;
    if (text !== this.#drawnText) this.#text.scrollTop = 0;
    this.#drawnText = text;
    this.#drawnWords = drawnWords;
    this.#word = null;
    this.#parts = partsOf(text, words);
    this.#spans = this.#parts.map((each) =>
      Object.assign(document.createElement("span"), { textContent: each.text }),
    );
    this.#text.replaceChildren(...this.#spans);
  }

  /** Draws until the line is over; a message begins it anew. */
  #draw() {
    this.close();
    if (this.#said?.since == null) return;
    const { words, length } = this.#said;
    const seconds = (performance.now() - this.#beganAt) / 1000;
    this.#mark(wordAt(words, seconds));
    this.#progress.style.scale = `${length > 0 ? Math.min(1, seconds / length) : 0} 1`;
    if (seconds >= length) return;
    const next = words.find(({ at }) => at > seconds)?.at ?? length;
    this.#timer = setTimeout(() => this.#draw(), Math.min(STEP, Math.ceil(1000 * (next - seconds))));
  }

  /** @param {number} word */
  #mark(word) {
    if (word === this.#word) return;
    this.#word = word;
    for (const [place, mark] of marksAt(this.#parts, word).entries()) {
      const span = this.#spans[place];
      if (span.className !== mark) span.className = mark;
      if (mark === "now") this.#bringIntoView(span);
    }
  }

  /** Scrolls the line alone, by whole rows, so that the next row is seen as well. @param {HTMLElement} span */
  #bringIntoView(span) {
    const { scrollTop, clientHeight } = this.#text;
    const row = parseFloat(getComputedStyle(this.#text).lineHeight);
    const top = Math.round(span.offsetTop / row) * row;
    if (top + 1.5 * row > scrollTop + clientHeight || top < scrollTop) this.#text.scrollTop = top - row;
  }
}

/** @param {Said | null} said @param {boolean} hasNext */
function labelOf(said, hasNext) {
  if (!said) return hasNext ? "Next line" : "No line is left";
  const whose = said.by === "presenter" ? "your line" : "this line";
  return said.since === null ? `Asked for ${whose}` : `Saying ${whose}`;
}

/** @param {Said | null} said @param {import("./protocol.js").ItemMessage | undefined} next */
function timeOf(said, next) {
  if (said) return said.length > 0 ? `${said.estimated ? "≈ " : ""}${lengthText(said.length)}` : "";
  return next && next.seconds > 0 ? `≈ ${lengthText(next.seconds)}` : "";
}
