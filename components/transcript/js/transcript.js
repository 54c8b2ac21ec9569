/**
 * What was said, as a conversation: the oldest line first, the current one in view, and below it
 * those that wait. The stage tells of every change with an event on the document:
 *
 *     new CustomEvent("avatar:turns", { detail: { turns, canSay } })
 *
 * and does so again for `avatar:turns-wanted`, which it cancels to say that it has answered. A line is
 * said again by `avatar:verb`, see `stage.js`.
 */

import { write } from "../../stage/js/overlay/parts.js";

/** @typedef {import("../../stage/js/protocol.js").TurnMessage} Turn */
/** @typedef {{turns: readonly Turn[], canSay: boolean}} Told */
/** @typedef {{parentElement: HTMLElement, data: {turns: Turn[]}}} Component Streamlit's argument */

const CURRENT = new Set(["sending", "sent", "speaking"]);
/**
 * In pixels from the end. A new current line is brought into view; otherwise whoever has scrolled
 * further up stays there.
 */
const NEAR = 80;

/** In ms: a second click on the same line within it is a double one. */
const DOUBLE = 700;

const transcripts = /** @type {WeakMap<HTMLElement, Transcript>} */ (new WeakMap());

/** @param {Component} component @returns {() => void} */
export function mount({ parentElement, data }) {
  const root = /** @type {HTMLElement} */ (parentElement.querySelector(".transcript"));
  const transcript = transcripts.get(root) ?? new Transcript(root);
  transcripts.set(root, transcript);
  transcript.open(data.turns);
  return () => transcript.close();
}

/** The length of a recording, such as "0:12". @param {number} seconds */
export const length = (seconds) =>
  `${Math.floor(Math.round(seconds) / 60)}:${String(Math.round(seconds) % 60).padStart(2, "0")}`;

/** What is to be seen of a turn. @param {Turn} turn @param {boolean} canSay */
export function lineOf({ text, seconds, state, again, reason, details }, canSay) {
  return {
    text: seconds === null ? text : `${text} · ${length(seconds)}`,
    isCurrent: CURRENT.has(state),
    again: again && canSay,
    reason: reason ?? "",
    details: details ?? "",
  };
}

/**
 * The turns, each with its reason, which is left out where the line above has the same: at the end of
 * a session all that waited have one.
 * @param {readonly Turn[]} turns
 * @returns {Turn[]}
 */
export const reasonsOnce = (turns) =>
  turns.map((turn, place) =>
    turn.reason && turn.reason === turns[place - 1]?.reason ? { ...turn, reason: null } : turn,
  );

class Transcript {
  #root;
  #list;
  #scroller;
  #empty;
  /** @type {Map<string, Line>} by the turn's id */ #lines = new Map();
  #current = "";
  #hear = (/** @type {Event} */ event) => this.show(/** @type {CustomEvent<Told>} */ (event).detail);

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#scroller = /** @type {HTMLElement} */ (root.querySelector(".transcript-lines"));
    this.#list = /** @type {HTMLElement} */ (root.querySelector("ol"));
    this.#empty = /** @type {HTMLElement} */ (root.querySelector(".transcript-empty"));
  }

  /** @param {readonly Turn[]} turns as the script knows them, where no stage does */
  open(turns) {
    document.addEventListener("avatar:turns", this.#hear); // at each mount, and it is added once
    const wanted = new CustomEvent("avatar:turns-wanted", { cancelable: true });
    const isAnswered = !document.dispatchEvent(wanted);
    if (!isAnswered && turns.length > 0) this.show({ turns, canSay: false });
  }

  /** Streamlit may clean up after an earlier mount while the transcript is on the page (1.67). */
  close() {
    if (!this.#root.isConnected) document.removeEventListener("avatar:turns", this.#hear);
  }

  /** @param {Told} told */
  show({ turns, canSay }) {
    const { scrollTop, scrollHeight, clientHeight } = this.#scroller;
    const follows = scrollHeight - clientHeight - scrollTop < NEAR;
    const ids = new Set(turns.map(({ turnId }) => turnId));
    for (const [id, { item }] of this.#lines) {
      if (ids.has(id)) continue;
      item.remove();
      this.#lines.delete(id);
    }
    for (const turn of reasonsOnce(turns)) this.#lineOf(turn).show(turn, canSay);
    this.#empty.hidden = turns.length > 0;
    const current = turns.find(({ state }) => CURRENT.has(state)) ?? turns.at(-1);
    const isNew = current !== undefined && current.turnId !== this.#current;
    this.#current = current?.turnId ?? "";
    if (isNew || follows) this.#bringIntoView(this.#lines.get(this.#current)?.item);
  }

  /** @param {Turn} turn */
  #lineOf({ turnId }) {
    const known = this.#lines.get(turnId);
    if (known) return known;
    const line = new Line(turnId);
    this.#lines.set(turnId, line);
    this.#list.append(line.item);
    return line;
  }

  /** Scrolls the conversation alone, never the page. @param {HTMLElement | undefined} item */
  #bringIntoView(item) {
    if (!item) return;
    const top = item.offsetTop;
    const bottom = top + item.offsetHeight;
    const { scrollTop, clientHeight } = this.#scroller;
    if (bottom > scrollTop + clientHeight) this.#scroller.scrollTop = bottom - clientHeight + 8;
    else if (top < scrollTop) this.#scroller.scrollTop = top - 8;
  }
}

/** A turn on the page. Its elements stay, and with them the focus and what is open or selected. */
class Line {
  item = document.createElement("li");
  #text = element("span", "transcript-text");
  #state = element("span", "transcript-state");
  #again;
  #reason = element("p", "transcript-reason");
  #details = document.createElement("details");
  #facts = element("pre");

  /** @param {string} turnId */
  constructor(turnId) {
    this.#text.id = `said-${turnId}`;
    this.#text.dir = "auto";
    this.#again = sayAgain(turnId);
    const end = element("span", "transcript-end");
    end.append(this.#state, this.#again);
    this.#details.append(element("summary", "transcript-summary", "Details"), this.#facts);
    this.item.append(this.#text, end, this.#reason, this.#details);
  }

  /** @param {Turn} turn @param {boolean} canSay */
  show(turn, canSay) {
    const line = lineOf(turn, canSay);
    this.item.dataset.state = turn.state;
    this.item.ariaCurrent = line.isCurrent ? "true" : null;
    write(this.#text, line.text);
    write(this.#state, turn.state);
    this.#again.disabled = !line.again;
    write(this.#reason, line.reason);
    this.#reason.hidden = line.reason === "";
    write(this.#facts, line.details);
    this.#details.hidden = line.details === "";
  }
}

/** @param {string} turnId */
function sayAgain(turnId) {
  const button = document.createElement("button");
  button.className = "transcript-again";
  button.type = "button";
  // Its name has no word of the text's: that could be another button's name.
  button.title = button.ariaLabel = "Say again";
  button.setAttribute("aria-describedby", `said-${turnId}`);
  button.innerHTML =
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5"/></svg>';
  button.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.repeat) event.preventDefault(); // no click: the key is held
  });
  let askedAt = -DOUBLE;
  button.addEventListener("click", () => {
    if (performance.now() - askedAt < DOUBLE) return;
    askedAt = performance.now();
    const detail = { verb: "say", again: turnId };
    document.dispatchEvent(new CustomEvent("avatar:verb", { detail, cancelable: true }));
  });
  return button;
}

/** @param {string} tag @param {string} [name] @param {string} [text] */
function element(tag, name = "", text = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
