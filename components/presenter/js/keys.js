/** The keys of the presenter's desk. A clicker is a keyboard: it sends PageDown, PageUp, B or ".", F5. */

/**
 * @typedef {"next" | "back" | "first" | "last" | "silence" | "hold" | "go" | "again" | "skip" | "ask" | "say"
 *   | "layout" | "layout-avatar" | "layout-beside" | "layout-corner" | "layout-voice"
 *   | "backdrop" | "captions" | "window" | "keys"} Verb
 * `silence` interrupts and holds. `layout` and `backdrop` choose the next one. `ask` goes to the question box, `say`
 * has its text said. `window` opens the stage, `keys` the list of keys.
 */

/** @typedef {{keys: readonly string[], verb: Verb, label: string}} Row */

/** What each key does, in the order of the list that people read. A letter stands for itself in capitals, too. */
export const KEYS = /** @type {readonly Row[]} */ ([
  { keys: ["ArrowRight", "PageDown", "Space", "Enter", "n"], verb: "next", label: "Next" },
  { keys: ["ArrowLeft", "PageUp", "p"], verb: "back", label: "Back" },
  { keys: ["Home", "F5", "Shift+F5"], verb: "first", label: "First slide" },
  { keys: ["End"], verb: "last", label: "Last slide" },
  { keys: ["Escape", "b", "."], verb: "silence", label: "Silence: interrupt and hold" },
  { keys: ["h"], verb: "hold", label: "Hold, or go on" },
  { keys: ["g"], verb: "go", label: "Play on" },
  { keys: ["r"], verb: "again", label: "Say it again" },
  { keys: ["s"], verb: "skip", label: "Skip" },
  { keys: ["q"], verb: "ask", label: "Write a text to say" },
  { keys: ["Ctrl+Enter", "Meta+Enter"], verb: "say", label: "Say that text" },
  { keys: ["l"], verb: "layout", label: "Next layout" },
  { keys: ["1"], verb: "layout-avatar", label: "Layout: the avatar alone" },
  { keys: ["2"], verb: "layout-beside", label: "Layout: the avatar beside the slide" },
  { keys: ["3"], verb: "layout-corner", label: "Layout: the avatar in a corner" },
  { keys: ["4"], verb: "layout-voice", label: "Layout: the slide and the voice" },
  { keys: ["k"], verb: "backdrop", label: "Next backdrop" },
  { keys: ["c"], verb: "captions", label: "Captions on or off" },
  { keys: ["o"], verb: "window", label: "Open the stage" },
  { keys: ["?"], verb: "keys", label: "List of keys" },
]);

const VERBS = new Map(KEYS.flatMap(({ keys, verb }) => keys.map((key) => /** @type {const} */ ([key, verb]))));

/** What else is printed on a key than its name. */
const CAPS = /** @type {Readonly<Record<string, string>>} */ ({
  ArrowRight: "→",
  ArrowLeft: "←",
  PageDown: "Page down",
  PageUp: "Page up",
  Escape: "Esc",
  "Meta+Enter": "⌘+Enter",
});

/** The keys that write something, beside those with one letter, digit or sign. */
const WRITES = ["Space", "Enter"];
/** The keys that press a button or follow a link which has the focus. */
const PRESSES = ["Space", "Enter"];
const PRESSED = "button, a[href], summary, input, select, [role=button], [role=link], [role=tab], [role=menuitem]";

/**
 * @typedef {Pick<KeyboardEvent, "key" | "ctrlKey" | "altKey" | "metaKey" | "shiftKey">
 *   & {isComposing?: boolean, target?: EventTarget | null}} Pressed
 */

/**
 * What a key asks for, or `null` where it is not the desk's. One that is held down asks for the same again and again:
 * the browser is to get none of these either.
 * @param {Pressed} event
 * @param {object} where
 * @param {boolean} where.typing the focus is in a field for text
 * @param {boolean} where.dialogOpen
 * @param {boolean} where.singleKeysOn else what is written in a text, letter by letter, does nothing
 * @returns {Verb | null}
 */
export function keyToVerb(event, { typing, dialogOpen, singleKeysOn }) {
  // What is composed, as Japanese is, is the input method's.
  if (event.isComposing) return null;
  const name = nameOf(event);
  const verb = VERBS.get(name) ?? null;
  if (name === "Escape") return verb;
  if (!singleKeysOn && (name.length === 1 || WRITES.includes(name))) return null;
  if (dialogOpen || (typing && verb !== "say")) return null;
  return PRESSES.includes(name) && isPressed(event.target) ? null : verb;
}

/** Whether it writes a letter, a digit or a sign. @param {Pressed} event */
export const isOneCharacter = ({ key, ctrlKey, altKey, metaKey }) =>
  key.length === 1 && key !== " " && !ctrlKey && !altKey && !metaKey;

/** What the list of keys calls a key of the table. @param {string} key */
export const keyCap = (key) => CAPS[key] ?? (key.length === 1 ? key.toUpperCase() : key);

/** The key as in the table, with what is held down. @param {Pressed} event */
function nameOf({ key, ctrlKey, altKey, metaKey, shiftKey }) {
  const printed = key.length === 1 && key !== " ";
  // Shift is part of a printed key: where digits need it (France), "1" comes with it.
  const held = { Ctrl: ctrlKey, Alt: altKey, Meta: metaKey, Shift: shiftKey && !printed };
  const holding = Object.entries(held).flatMap(([name, isHeld]) => (isHeld ? [`${name}+`] : []));
  return holding.join("") + (key === " " ? "Space" : printed ? key.toLowerCase() : key);
}

/** @param {EventTarget | null | undefined} target */
function isPressed(target) {
  const element = /** @type {Partial<Element> | null | undefined} */ (target);
  return Boolean(element?.closest?.(PRESSED));
}
