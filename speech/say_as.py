# ruff: noqa: RUF001, RUF002 - phonemes are letters that look like others
"""Say-as: what is printed one way and said another, as for names. Pure, but for `SayAs.spoken_by`.

A table has rows `printed = spoken`. A row is for whole words. One that has a capital is for words
that are written so: "SQL" is no "sql". One without is for any case. Where several rows fit, the
longest counts, then the one that is written as the text is. What is said is not looked up again.

A row may give phonemes, `[Kaltura](/kælˈtʊɹə/)` or `/kælˈtʊɹə/`. They are for our voice alone; any
other says what another row for the word says, or else what is printed.
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, runtime_checkable

from speech.reading import sentences
from speech.utterance import Engine, Utterance, Word

MOST_ROWS = 200
LONGEST_PRINTED, LONGEST_SPOKEN = 60, 200
"""Characters of a row's two sides."""
LONGEST_TABLE = 64_000
"""Characters of a table as it is written."""

PHONEMES = (
    "AIOQSTWYabcdefhijklmnopqrstuvwxyzæçðøœŋɐɑɒɔɕɖəɚɛɜɟɡɣɤɥɨɪɯɰɲɳɴɸɹɻɽɾʁʂʃʈʊʋʌʎʒʔʝʣʤʥʦʧʨʰʲˈˌː"
    "̃βθχᵊᵝᵻꭧ↓→↗↘ "
)
"""The letters of our voice (hibari-tts 0.2.1) that have a sound, a stress or a length."""

_PHONEMES = re.compile(r"(?:\[[^\[\]]*\]\()?/([^/]+)/\)?")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Scripts whose words have no blanks between them: Thai, Lao, Burmese, Khmer, Japanese, Chinese."""
_APOSTROPHES = "['’ʼ]"


class TableRejected(ValueError):
    """A row that can't be used; the message is a sentence for whoever wrote it."""


@runtime_checkable
class Learner(Protocol):
    """An `Engine` that can be taught a word."""

    def learn(self, word: str, phonemes: str) -> None:
        """Say `word` so from now on."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a text, and what is said for it: the same, where no row is for it."""

    printed: str
    spoken: str


@dataclass(frozen=True)
class SayAs:
    """A table: what is said for what is printed, and the phonemes of our voice for it."""

    words: Mapping[str, str] = field(default_factory=dict)
    phonemes: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.words or self.phonemes)

    def __hash__(self) -> int:
        return self._hash

    def over(self, other: SayAs) -> SayAs:
        """Both tables; where both have a row, this one's counts."""
        ours = {*self.words, *self.phonemes}
        words = {k: v for k, v in other.words.items() if k not in ours}
        phonemes = {k: v for k, v in other.phonemes.items() if k not in ours}
        return SayAs({**words, **self.words}, {**phonemes, **self.phonemes})

    def spoken(self, text: str) -> str:
        """`text` as any voice says it."""
        return "".join(each.spoken for each in self.stretches(text))

    def stretches(self, text: str, *, phonemes: bool = False) -> list[Stretch]:
        """`text` cut where a row begins or ends. With `phonemes`, what is said for those is the
        `made_up` word."""
        found, at = [], 0
        for start, end, spoken in _matches(text, self._rows[phonemes]):
            if at < start:
                found.append(Stretch(text[at:start], text[at:start]))
            found.append(Stretch(text[start:end], spoken))
            at = end
        if at < len(text):
            found.append(Stretch(text[at:], text[at:]))
        return found

    def sentences(self, text: str) -> list[str]:
        """As `reading.sentences`, but none ends within the printed words of a row."""
        within, at = set[int](), 0
        for stretch in self.stretches(text):
            if stretch.printed != stretch.spoken:
                within.update(range(at + 1, at + len(stretch.printed)))
            at += len(stretch.printed)
        found: list[str] = []
        at = 0
        for sentence in sentences(text):
            if found and at in within:
                found[-1] += sentence
            else:
                found.append(sentence)
            at += len(sentence)
        return found

    def said_by(self, engine: Engine, text: str) -> list[Stretch]:
        """`stretches` of what `engine` is to be given for `text`; it has learnt the phonemes."""
        if not isinstance(engine, Learner):
            return self.stretches(text)
        for phonemes in self.phonemes.values():
            engine.learn(made_up(phonemes), phonemes)
        return self.stretches(text, phonemes=True)

    def spoken_by(self, engine: Engine, text: str, *, speed: float = 1.0) -> Iterator[Utterance]:
        """`text` as `engine` says it, with the words as they are printed, at their times."""
        stretches = self.said_by(engine, text)
        said = engine.utterances("".join(each.spoken for each in stretches), speed=speed)
        return _as_printed(said, _cells(stretches)) if self else said

    @cached_property
    def _hash(self) -> int:
        return hash((frozenset(self.words.items()), frozenset(self.phonemes.items())))

    @cached_property
    def _rows(self) -> tuple[_Rows, _Rows]:
        """Without phonemes, and with them."""
        made = {printed: made_up(sounds) for printed, sounds in self.phonemes.items()}
        return _Rows.of(self.words), _Rows.of({**self.words, **made})


AS_PRINTED = SayAs()
"""Everything is said as it is printed."""


def made_up(phonemes: str) -> str:
    """A word that no text has, for an engine to learn; of letters: nothing takes it apart."""
    digest = hashlib.sha256(phonemes.encode()).digest()[:12]
    return "sayas" + "".join(chr(ord("a") + byte % 26) for byte in digest)


def from_lines(text: str) -> tuple[SayAs, list[str]]:
    """The table of a page, `printed = spoken` on each line, and a sentence for each bad line."""
    rows = []
    for number, line in enumerate(text[:LONGEST_TABLE].splitlines(), start=1):
        printed, equals, spoken = line.partition("=")
        if line.strip() and not line.lstrip().startswith("#"):
            rows.append((f"Line {number}", (printed, spoken) if equals else (line,)))
    return _table(rows)


def from_csv(text: str) -> SayAs:
    """The table of a file: a line for each row, `printed,spoken`, as spreadsheets write it, or
    `printed = spoken`. Raises `TableRejected` for the first line that is neither."""
    first = text.partition("\n")[0]
    delimiter = ";" if ";" in first and "," not in first else ","
    reader = csv.reader(text.splitlines(), delimiter=delimiter, skipinitialspace=True, strict=True)
    rows: list[tuple[str, Sequence[str]]] = []
    try:
        for cells in reader:
            filled = [cell for cell in cells if cell.strip()]
            if not filled or filled[0].lstrip().startswith("#"):
                continue
            if not rows and [cell.strip().lower() for cell in filled] == ["printed", "spoken"]:
                continue
            if len(filled) == 1 and "=" in filled[0]:
                filled = filled[0].split("=", 1)
            rows.append((f"Line {reader.line_num}", filled))
    except csv.Error as error:
        raise TableRejected(f"Line {reader.line_num} can't be read ({error}).") from None
    table, problems = _table(rows)
    if problems:
        raise TableRejected(problems[0])
    return table


def from_mapping(rows: Mapping[str, str]) -> SayAs:
    """The table of what is printed and what is said for it. Raises `TableRejected` for the first
    row that can't be used."""
    table, problems = _table((f'"{row[0]}"', row) for row in rows.items())
    if problems:
        raise TableRejected(problems[0])
    return table


def _table(rows: Iterable[tuple[str, Sequence[str]]]) -> tuple[SayAs, list[str]]:
    words: dict[str, str] = {}
    phonemes: dict[str, str] = {}
    problems = []
    for number, (where, cells) in enumerate(rows, start=1):
        try:
            if number > MOST_ROWS:
                problems.append(f"{where} is one too many: {MOST_ROWS} rows are the most.")
                break
            printed, spoken, is_phonemes = _row(cells)
        except TableRejected as problem:
            problems.append(f"{where} {problem}")
            continue
        (phonemes if is_phonemes else words)[printed] = spoken
    return SayAs(words, phonemes), problems


def _row(cells: Sequence[str]) -> tuple[str, str, bool]:
    """What is printed, what is said, and whether that is phonemes."""
    if len(cells) != 2:
        raise TableRejected('is no row: write what is printed, "=", and what is said.')
    printed, spoken = (" ".join("".join(map(_shown, cell)).split()) for cell in cells)
    if not printed or not spoken:
        raise TableRejected(f"has nothing {'to say' if printed else 'that is printed'}: add it.")
    for side, text, longest in (
        ("printed", printed, LONGEST_PRINTED),
        ("spoken", spoken, LONGEST_SPOKEN),
    ):
        if len(text) > longest:
            raise TableRejected(
                f"has {len(text)} characters as its {side} form: {longest} are the most."
            )
    printed = unicodedata.normalize("NFC", printed)
    if (found := _PHONEMES.fullmatch(spoken)) is None:
        return printed, spoken, False
    sounds = found[1].strip()
    unknown = "".join(dict.fromkeys(letter for letter in sounds if letter not in PHONEMES))
    if unknown or not sounds:
        raise TableRejected(f"has phonemes that our voice does not know: {unknown or 'none'}.")
    return printed, sounds, True


def _shown(character: str) -> str:
    return " " if unicodedata.category(character) in ("Cc", "Cs") else character


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is said for what a pattern finds. `any`: whether one of them does, and where.

    The longest first, and of those as long the one in capitals.
    """

    any: re.Pattern[str] | None
    each: tuple[tuple[re.Pattern[str], str], ...]

    @classmethod
    def of(cls, said: Mapping[str, str]) -> _Rows:
        longest_first = sorted(said, key=lambda each: (-len(each), each == each.lower()))
        patterns = [_pattern_of(printed) for printed in longest_first]
        if not patterns:
            return cls(None, ())
        each = (re.compile(pattern) for pattern in patterns)
        spoken = (said[printed] for printed in longest_first)
        return cls(re.compile("|".join(patterns)), tuple(zip(each, spoken, strict=True)))


def _pattern_of(printed: str) -> str:
    spelled = sorted({printed, unicodedata.normalize("NFD", printed)})
    found = "|".join(
        re.sub(_APOSTROPHES, lambda _: _APOSTROPHES, re.escape(each)).replace(r"\ ", r"[^\S\n]+")
        for each in spelled
    )
    return f"(?i:{found})" if printed == printed.lower() else f"(?:{found})"


def _matches(text: str, rows: _Rows) -> Iterator[tuple[int, int, str]]:
    at = 0
    while rows.any and (found := rows.any.search(text, at)):
        at = found.start() + 1
        for pattern, spoken in rows.each:
            fits = pattern.match(text, found.start())
            if fits and _is_whole(text, *fits.span()):
                yield *fits.span(), spoken
                at = fits.end()
                break


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no word goes on before or after this stretch; signs alone may stand anywhere."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if after and unicodedata.category(after).startswith("M"):
        return False
    if not any(map(_is_of_a_word, text[start:end])):
        return True
    goes_on = (
        outside and _is_of_a_word(outside) and not _UNSPACED.search(outside + inside)
        for outside, inside in ((before, text[start]), (after, text[end - 1]))
    )
    return not any(goes_on)


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or character == "_" or unicodedata.category(character)[0] == "M"


def _cells(stretches: Iterable[Stretch]) -> Iterator[tuple[str, list[str]]]:
    """Every printed word, or words of one row, with the words that are said for it."""
    printed, spoken = "", ""
    for stretch in stretches:
        if stretch.printed != stretch.spoken:
            printed, spoken = printed + stretch.printed, spoken + stretch.spoken
            continue
        for part in re.findall(r"\s+|\S+", stretch.printed):
            if not part.isspace():
                printed, spoken = printed + part, spoken + part
            elif printed:
                yield printed, spoken.split()
                printed, spoken = "", ""
    if printed:
        yield printed, spoken.split()


def _as_printed(
    utterances: Iterable[Utterance], waiting: Iterator[tuple[str, list[str]]]
) -> Iterator[Utterance]:
    """`utterances` with the words of the cells; as they are, where an engine has others."""
    printed, left = "", list[str]()
    for utterance in utterances:
        words: list[Word] = []
        for word in utterance.words:
            begins = not left
            if begins:
                printed, left = next(waiting, (word.text, [word.text]))
                left = list(left)
            if left.pop(0) != word.text:
                words = list(utterance.words)
                waiting, left = iter(()), []
                break
            if begins or not words:
                words.append(Word(word.at, word.until, printed))
            else:
                words[-1] = Word(words[-1].at, word.until, printed)
        text = " ".join(word.text for word in words) or utterance.text
        yield Utterance(text, utterance.samples, utterance.visemes, tuple(words), utterance.silent)
