/** The parts of the stage's HTML, by their classes. */

/** @param {HTMLElement} root @param {string} name @returns {HTMLElement} */
export const part = (root, name) => /** @type {HTMLElement} */ (root.querySelector(`.${name}`));

/**
 * Writes a change only: a status line that is set again is read aloud again.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
