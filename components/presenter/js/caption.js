/**
 * The captions of a line while it is spoken. `show/captions.py` is the twin of this, and says the
 * rules; `tests/show/captions.json` holds examples that both are tested with.
 */

/**
 * @typedef {object} Word as `speech.Word`
 * @property {number} at in seconds from the line's begin
 * @property {number} until
 * @property {string} text
 */
/**
 * @typedef {object} Piece what no line break divides
 * @property {number} at
 * @property {number} until
 * @property {string} text
 * @property {number} width of the text
 * @property {string} gap what is before it within a line
 * @property {number} whole the number of the long word it is part of, from 1; else 0
 */
/**
 * @typedef {object} Caption
 * @property {number} begin
 * @property {number} end
 * @property {string[]} lines
 * @property {Piece[][]} parts those of each line
 */
/**
 * @typedef {object} Shown
 * @property {string[]} lines as far as they are spoken; none where nothing is shown
 * @property {number} rows how many lines there will be: the stage can keep the room
 * @property {number} index which caption it is, from 0; -1 where nothing is shown
 */

export const LONGEST_LINE = 42;
export const LINGER = 1.5;

const BLANKS = /[\s\p{Cc}\p{Cs}\ufeff]+/gu;
const WIDE = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const CLOSERS = /^[、。，．！？；：」』）]$/u;
const SENTENCE_END = /[.!?…؟।۔。！？]["”’')\]」』）]*$/u;
const CLAUSE_END = /[,;:،؛–—、，；：]["”’')\]」』）]*$/u;

const GRAPHEMES = new Intl.Segmenter("en", { granularity: "grapheme" });

/** @type {WeakMap<readonly Word[], Caption[]>} the stage asks for each picture */
const known = new WeakMap();

/**
 * What is shown at this moment: the words that have begun, broken where the whole caption is.
 * @param {readonly Word[]} words all of the line; an array that does not change
 * @param {number} seconds since the line's begin
 * @returns {Shown}
 */
export function captionAt(words, seconds) {
  let all = known.get(words);
  if (all === undefined) known.set(words, (all = captionsOf(words)));
  const index = all.findLastIndex(({ begin }) => begin <= seconds);
  const caption = all[index];
  if (caption === undefined || seconds >= caption.end) return { lines: [], rows: 0, index: -1 };
  const spoken = caption.parts.map((line) => joined(line.filter(({ at }) => at <= seconds)));
  return { lines: spoken.filter((line) => line !== ""), rows: caption.lines.length, index };
}

/** @param {readonly Word[]} words */
export function captionsOf(words) {
  const cut = [...runs([...pieces(words)])].flatMap((run) => [...captionCuts(run)]);
  /** @type {number[]} */ const begins = [];
  for (const caption of cut) begins.push(Math.max(begins.at(-1) ?? -Infinity, caption[0].at));
  return cut.map((caption, place) => {
    const begin = begins[place];
    const after = begins[place + 1] ?? Infinity;
    const end = Math.max(begin, Math.min(caption[caption.length - 1].until + LINGER, after));
    const parts = linesOf(caption);
    return { begin, end, lines: parts.map(joined), parts };
  });
}

/** @param {readonly Word[]} words @returns {Generator<Piece>} */
function* pieces(words) {
  let whole = 0;
  for (const { at, until, text } of words) {
    for (const part of text.replace(BLANKS, " ").split(" ")) {
      if (part === "") continue;
      const wide = width(part);
      if (wide <= LONGEST_LINE) {
        yield { at, until, text: part, width: wide, gap: " ", whole: 0 };
        continue;
      }
      whole += 1;
      const found = unbroken(part);
      const each = (until - at) / found.length;
      for (const [place, character] of found.entries()) {
        const begins = at + each * place;
        const until = begins + each;
        yield { at: begins, until, text: character, width: width(character), gap: "", whole };
      }
    }
  }
}

/** Characters as people count them, with the signs that must not begin a line. @param {string} text */
function unbroken(text) {
  /** @type {string[]} */ const found = [];
  let closers = 0;
  for (const character of graphemes(text)) {
    closers = CLOSERS.test(character) ? closers + 1 : 0;
    if (found.length > 0 && closers > 0 && closers <= 2) found[found.length - 1] += character;
    else {
      found.push(character);
      closers = 0;
    }
  }
  return found;
}

/** Pieces that may share a caption. @param {Piece[]} all */
function* runs(all) {
  let begin = 0;
  for (let place = 1; place <= all.length; place += 1) {
    const before = all[place - 1];
    const piece = all[place];
    if (piece && before.whole === piece.whole && piece.at - before.until <= LINGER) continue;
    yield all.slice(begin, place);
    begin = place;
  }
}

/** @param {Piece[]} run */
function* captionCuts(run) {
  for (let begin = 0; begin < run.length; ) {
    const length = lengthOf(run.slice(begin));
    yield run.slice(begin, begin + length);
    begin += length;
  }
}

/** How many pieces the next caption has. @param {Piece[]} run */
function lengthOf(run) {
  const most = filled(run, filled(run, 0));
  if (most === run.length) return most;
  for (let length = most; length > 0; length -= 1) {
    if (SENTENCE_END.test(run[length - 1].text)) return length;
  }
  const widths = summed(run);
  for (let length = most; length > 0 && widths[length - 1] > LONGEST_LINE; length -= 1) {
    if (CLAUSE_END.test(run[length - 1].text)) return length;
  }
  const good = run.findIndex(({ text }, place) => place >= most && SENTENCE_END.test(text));
  const total = widths.at(good) ?? 0;
  const share = total / Math.ceil(total / (2 * LONGEST_LINE + 1));
  const enough = widths.findIndex((each) => each >= share) + 1;
  return Math.min(enough || most, most);
}

/** Where a line that begins there is full. @param {Piece[]} run @param {number} begin */
function filled(run, begin) {
  let room = LONGEST_LINE;
  for (let place = begin; place < run.length; place += 1) {
    room -= run[place].width + (place > begin ? run[place].gap.length : 0);
    if (room < 0) return place;
  }
  return run.length;
}

/** @param {Piece[]} caption @returns {Piece[][]} */
function linesOf(caption) {
  const widths = summed(caption);
  const total = widths[widths.length - 1];
  if (total <= LONGEST_LINE) return [caption];
  let shortest = Infinity;
  let best = 0;
  for (let n = 1; n < caption.length; n += 1) {
    const longest = Math.max(widths[n - 1], total - widths[n - 1] - caption[n].gap.length);
    if (longest >= shortest) continue;
    shortest = longest;
    best = n;
  }
  return [caption.slice(0, best), caption.slice(best)];
}

/** The width up to the end of each piece. @param {Piece[]} parts */
function summed(parts) {
  let sum = 0;
  return parts.map(({ gap, width }, place) => (sum += width + (place > 0 ? gap.length : 0)));
}

/** @param {Piece[]} parts */
const joined = (parts) => parts.map(({ gap, text }, place) => (place > 0 ? gap : "") + text).join("");

/** @param {string} text */
const width = (text) => graphemes(text).reduce((sum, part) => sum + (WIDE.test(part) ? 2 : 1), 0);

/** @param {string} text */
const graphemes = (text) => Array.from(GRAPHEMES.segment(text), ({ segment }) => segment);
