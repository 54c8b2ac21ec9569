/** The keys of the page and of the stage, and their list. */

import { isPanelOpen, isTextBox } from "../streamlit.js";
import { part } from "./parts.js";
import { KeyList, singleKeysAreOn } from "./single_keys.js";

/** @typedef {"say" | "interrupt" | "full" | "mute" | "captions" | "help"} KeyAct */

const LETTERS = /** @type {Readonly<Record<string, KeyAct>>} */ ({
  f: "full",
  m: "mute",
  c: "captions",
  i: "interrupt",
  "?": "help",
});

/**
 * What a key asks for.
 * @param {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat">} event
 * @param {object} where
 * @param {boolean} where.inText it is typed into a field
 * @param {boolean} where.inBox that is the page's own box, whose Ctrl+Enter is Streamlit's
 * @param {boolean} where.onStage the focus is on the stage, or it fills the screen
 * @param {boolean} where.inPanel a panel or a dialog is open, which Esc closes
 * @param {boolean} where.lettersOn
 * @returns {KeyAct | null}
 */
export function keyAct({ key, ctrlKey, metaKey, altKey, repeat }, where) {
  if (repeat || altKey) return null;
  if (key === "Enter") return (ctrlKey || metaKey) && !where.inBox ? "say" : null;
  if (ctrlKey || metaKey) return null;
  if (key === "Escape") return where.inPanel ? null : "interrupt";
  if (where.inText || !where.lettersOn) return null;
  const act = LETTERS[key.toLowerCase()] ?? null;
  return act === "help" || where.onStage ? act : null;
}

export class Keys {
  #root;
  #list;

  /**
   * @param {HTMLElement} root
   * @param {Record<KeyAct, () => void>} acts
   * @param {AbortSignal} signal ends it
   */
  constructor(root, acts, signal) {
    this.#root = root;
    this.#list = new KeyList(part(root, "stage-keys"));
    const all = { ...acts, help: () => this.#list.toggle() };
    addEventListener(
      "keydown",
      (event) => {
        const act = event.defaultPrevented ? null : keyAct(event, this.#where(event));
        if (!act) return;
        if (act !== "interrupt") event.preventDefault();
        all[act]();
      },
      { signal },
    );
  }

  toggle() {
    this.#list.toggle();
  }

  /** @param {KeyboardEvent} event */
  #where(event) {
    const target = event.target instanceof Element ? event.target : document.body;
    return {
      inText: target.matches("input:not([type=checkbox]), textarea, select, [contenteditable=true]"),
      inBox: isTextBox(target),
      onStage: this.#root.contains(target) || document.fullscreenElement === this.#root,
      inPanel: this.#list.isOpen || isPanelOpen(),
      lettersOn: singleKeysAreOn(),
    };
  }
}
