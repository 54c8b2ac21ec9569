/** A button that is disabled while it has the focus drops it, and a keyboard has lost its place. */

/** By now the page has drawn what the newest view said, in ms. */
const DRAWN_AFTER = 600;

let byKeyboard = false;
for (const type of ["keydown", "pointerdown"]) {
  addEventListener(type, () => (byKeyboard = type === "keydown"), true);
}

/** Gives a focus that is lost to the text, if it was the keyboard's. */
export function catchFocus() {
  setTimeout(() => {
    const text = /** @type {HTMLElement | null} */ (
      document.querySelector('textarea[aria-label="Text"]')
    );
    if (byKeyboard && document.activeElement === document.body) text?.focus({ preventScroll: true });
  }, DRAWN_AFTER);
}
