/** The list of keys, and whether a letter alone does something: speech input types it by mistake (WCAG 2.1.4). */

/** The `localStorage` key for "single keys are off", for all pages. */
const OFF = "avatar-keys-off";

/** In a browser that keeps nothing it holds until the page is left. */
let isOff = false;

export function singleKeysAreOn() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return !isOff;
  }
}

/** @param {boolean} on */
function turn(on) {
  isOff = !on;
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // See above.
  }
}

/** The list of keys, and the switch in it. */
export class KeyList {
  #dialog;
  #switch;

  /** @param {HTMLElement} dialog a `<dialog>` with one checkbox */
  constructor(dialog) {
    this.#dialog = /** @type {HTMLDialogElement} */ (dialog);
    this.#switch = /** @type {HTMLInputElement} */ (dialog.querySelector("[type=checkbox]"));
    this.#switch.addEventListener("change", () => turn(this.#switch.checked));
  }

  get isOpen() {
    return this.#dialog.open;
  }

  toggle() {
    if (this.isOpen) return this.#dialog.close();
    this.#switch.checked = singleKeysAreOn(); // another list may have been used since
    this.#dialog.showModal();
  }
}
