/** The keys of the page and of the stage, and their list. */

import { isPanelOpen, isTextBox } from "../streamlit.js";
import { part } from "./parts.js";

/** @typedef {"say" | "interrupt" | "full" | "mute" | "captions" | "help"} KeyAct */

const LETTERS = /** @type {Readonly<Record<string, KeyAct>>} */ ({
  f: "full",
  m: "mute",
  c: "captions",
  i: "interrupt",
  "?": "help",
});
/** The `localStorage` key for "single keys are off": speech input types them by mistake (WCAG 2.1.4). */
const OFF = "avatar-keys-off";

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
  #dialog;

  /**
   * @param {HTMLElement} root
   * @param {Record<KeyAct, () => void>} acts
   * @param {AbortSignal} signal ends it
   */
  constructor(root, acts, signal) {
    this.#root = root;
    this.#dialog = /** @type {HTMLDialogElement} */ (part(root, "stage-keys"));
    const isOn = /** @type {HTMLInputElement} */ (part(root, "stage-keys-on"));
    isOn.checked = !stored();
    isOn.addEventListener("change", () => store(!isOn.checked));
    const all = { ...acts, help: () => this.toggle() };
    addEventListener(
      "keydown",
      (event) => {
        const act = event.defaultPrevented ? null : keyAct(event, this.#where(event, isOn.checked));
        if (!act) return;
        if (act !== "interrupt") event.preventDefault();
        all[act]();
      },
      { signal },
    );
  }

  toggle() {
    if (this.#dialog.open) this.#dialog.close();
    else this.#dialog.showModal();
  }

  /** @param {KeyboardEvent} event @param {boolean} lettersOn */
  #where(event, lettersOn) {
    const target = event.target instanceof Element ? event.target : document.body;
    return {
      inText: target.matches("input:not([type=checkbox]), textarea, select, [contenteditable=true]"),
      inBox: isTextBox(target),
      onStage: this.#root.contains(target) || document.fullscreenElement === this.#root,
      inPanel: this.#dialog.open || isPanelOpen(),
      lettersOn,
    };
  }
}

function stored() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false; // a browser that keeps nothing
  }
}

/** @param {boolean} off */
function store(off) {
  try {
    if (off) localStorage.setItem(OFF, "1");
    else localStorage.removeItem(OFF);
  } catch {
    // It holds until the page is left.
  }
}
