/** A long text's caption while it is spoken: one short piece after the other. */

/** Two lines of 42, as subtitles have them. A wide character takes the room and the time of two. */
const LONGEST = 84;
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu;
/** Characters a second: people read aloud at 14 to 16, the simulator's voice at 17. */
const RATE = 16;

/**
 * Sentences, several short ones together; a long one is cut after a clause, else between words.
 * @type {(text: string) => string[]}
 */
export function captionPieces(text) {
  const longest = text.search(WIDE) < 0 ? LONGEST : LONGEST / 2;
  const whole = `\\S.{0,${longest - 1}}`;
  const clause = `\\S.{${longest / 2},${longest - 2}}(?:[,;:،؛–—](?=\\s)|[、，；：])`;
  const part = new RegExp(`${whole}$|${clause}|${whole}(?=\\s)|${whole}`, "gu");
  /** @type {string[]} */ const pieces = [];
  for (const { segment } of new Intl.Segmenter(undefined, { granularity: "sentence" }).segment(text)) {
    for (const [next] of segment.replace(/\s+/gu, " ").trim().matchAll(part)) {
      const joined = `${pieces.at(-1) ?? ""} ${next}`;
      if (pieces.length > 0 && size(joined) <= LONGEST) pieces[pieces.length - 1] = joined;
      else pieces.push(next);
    }
  }
  return pieces;
}

/**
 * The piece that is spoken, by estimate; the last one stays.
 * @param {readonly string[]} pieces
 * @param {number} seconds since the speech began
 */
export function pieceAt(pieces, seconds) {
  let ahead = seconds * RATE;
  for (const piece of pieces) {
    ahead -= size(piece);
    if (ahead < 0) return piece;
  }
  return pieces.at(-1) ?? "";
}

/** @param {string} text */
const size = (text) => [...text].length + (text.match(WIDE)?.length ?? 0);
