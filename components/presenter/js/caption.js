/** The caption while it is spoken. `show/captions.py` has cut it. */

/**
 * The lines that are shown at this moment, as far as they are spoken: none before the first word, and
 * between two captions.
 * @param {readonly import("./protocol.js").CaptionMessage[]} captions in order
 * @param {number} seconds since the first sound
 * @returns {string[]}
 */
export function linesAt(captions, seconds) {
  const caption = captions.findLast(({ begin }) => begin <= seconds);
  if (!caption || seconds >= caption.end) return [];
  const spoken = caption.lines.map((line) => line.filter(({ at }) => at <= seconds));
  return spoken.map((line) => line.map(({ text }) => text).join("")).filter(Boolean);
}
