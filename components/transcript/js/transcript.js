/**
 * What was said, as a conversation: the oldest line first, the current one in view, and below it
 * those that wait. The stage tells of every change with an event on the document:
 *
 *     new CustomEvent("avatar:turns", { detail: { turns, canSay } })
 *
 * and does so again for `avatar:turns-wanted`. A line is said again by `avatar:verb`, see `stage.js`.
 */

/** @typedef {import("../../stage/js/protocol.js").TurnMessage} Turn */
/** @typedef {{turns: readonly Turn[], canSay: boolean}} Told */
/** @typedef {{parentElement: HTMLElement, data: {turns: Turn[]}}} Component Streamlit's argument */

const CURRENT = new Set(["sending", "sent", "speaking"]);
/** In pixels from the end: whoever has scrolled further up is reading there. */
const NEAR = 80;

/** In ms: a second click in it is a double one. */
const DOUBLE = 700;

let askedAt = -DOUBLE;

const transcripts = /** @type {WeakMap<HTMLElement, Transcript>} */ (new WeakMap());

/** @param {Component} component @returns {() => void} */
export function mount({ parentElement, data }) {
  const root = /** @type {HTMLElement} */ (parentElement.querySelector(".transcript"));
  const transcript = transcripts.get(root) ?? new Transcript(root);
  transcripts.set(root, transcript);
  if (data.turns.length > 0) transcript.show({ turns: data.turns, canSay: false });
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
 * Each turn with its reason, unless the one before it has the same: thirty that wait at the end of a
 * session are not done for thirty reasons.
 * @param {readonly Turn[]} turns
 * @returns {Turn[]}
 */
export const reasonsOnce = (turns) =>
  turns.map((turn, place) =>
    turn.reason && turn.reason === turns[place - 1]?.reason ? { ...turn, reason: null } : turn,
  );

class Transcript {
  #list;
  #scroller;
  #empty;
  #over = new AbortController();
  /** @type {Map<string, {item: HTMLLIElement, drawn: string}>} by the turn's id */ #lines = new Map();
  #current = "";

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#scroller = /** @type {HTMLElement} */ (root.querySelector(".transcript-lines"));
    this.#list = /** @type {HTMLElement} */ (root.querySelector("ol"));
    this.#empty = /** @type {HTMLElement} */ (root.querySelector(".transcript-empty"));
    const { signal } = this.#over;
    const told = (/** @type {Event} */ event) =>
      this.show(/** @type {CustomEvent<Told>} */ (event).detail);
    document.addEventListener("avatar:turns", told, { signal });
    document.dispatchEvent(new CustomEvent("avatar:turns-wanted"));
  }

  close() {
    this.#over.abort();
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
    for (const turn of reasonsOnce(turns)) this.#draw(turn, canSay);
    this.#empty.hidden = turns.length > 0;
    const current = turns.find(({ state }) => CURRENT.has(state)) ?? turns.at(-1);
    const isNew = current !== undefined && current.turnId !== this.#current;
    this.#current = current?.turnId ?? "";
    if (isNew || follows) this.#bringIntoView(this.#lines.get(this.#current)?.item);
  }

  /** @param {Turn} turn @param {boolean} canSay */
  #draw(turn, canSay) {
    const drawn = JSON.stringify([turn, canSay]);
    const line = this.#lines.get(turn.turnId) ?? { item: document.createElement("li"), drawn: "" };
    if (line.drawn === drawn) return;
    if (!line.drawn) this.#list.append(line.item);
    line.drawn = drawn;
    this.#lines.set(turn.turnId, line);
    fill(line.item, turn, canSay);
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

/** Where the focus is on a button that stays, it stays. @param {HTMLLIElement} item @param {Turn} turn @param {boolean} canSay */
function fill(item, turn, canSay) {
  const line = lineOf(turn, canSay);
  const had = item.contains(document.activeElement) && document.activeElement?.className;
  item.dataset.state = turn.state;
  item.ariaCurrent = line.isCurrent ? "true" : null;
  const text = element("span", "transcript-text", line.text);
  text.id = `said-${turn.turnId}`;
  text.dir = "auto";
  const end = element("span", "transcript-end");
  end.append(element("span", "transcript-state", turn.state));
  if (line.again) end.append(sayAgain(turn));
  item.replaceChildren(text, end);
  if (line.reason) item.append(element("p", "transcript-reason", line.reason));
  if (line.details) {
    const details = document.createElement("details");
    details.append(element("summary", "transcript-summary", "Details"), element("pre", "", line.details));
    item.append(details);
  }
  if (had) /** @type {HTMLElement | null} */ (item.querySelector(`.${had}`))?.focus();
}

/** @param {Turn} turn */
function sayAgain({ turnId }) {
  const button = element("button", "transcript-again");
  button.setAttribute("type", "button");
  // Its name has no word of the text's: that could be another button's name.
  button.title = button.ariaLabel = "Say again";
  button.setAttribute("aria-describedby", `said-${turnId}`);
  button.innerHTML =
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5"/></svg>';
  button.addEventListener("click", () => {
    if (performance.now() - askedAt < DOUBLE) return;
    askedAt = performance.now();
    const detail = { verb: "say", again: turnId };
    document.dispatchEvent(new CustomEvent("avatar:verb", { detail, cancelable: true }));
  });
  return button;
}

/** @param {string} tag @param {string} name @param {string} [text] untrusted */
function element(tag, name, text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}
