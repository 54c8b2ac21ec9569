# ruff: noqa: RUF001 - typographic signs are what is tested
"""It says what is written: each line of heard.csv, and any text at all."""

from __future__ import annotations

import csv
import re
import time
from pathlib import Path

import pytest
from hibari import Hibari  # type: ignore[import-untyped]
from hibari.g2p.normalize import ABBREV, TITLES  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from speech import markup, reading, wording
from speech.abbreviations import ANYWHERE
from speech.voice import NeuralVoice

with (Path(__file__).parent / "heard.csv").open(encoding="utf-8", newline="") as _file:
    HEARD = [(row["typed"], row["heard"]) for row in csv.DictReader(_file)]
"""What is typed, and the words that must be heard."""


@pytest.fixture(scope="module")
def voice() -> NeuralVoice:
    """The voice, which says nothing here: its phonemes are looked at."""
    return NeuralVoice(Hibari())


def said(text: str) -> str:
    """The words the voice is given for a text."""
    tokens = [token for piece in reading.pieces(text) for token in piece.tokens]
    return " ".join(token.spoken for token in tokens if token.spoken)


def bare(words: str) -> str:
    """Words without case and marks."""
    return re.sub("[^a-z]", "", words.lower())


def test_it_says_what_is_written() -> None:
    """All of the table; a failure shows every line that is wrong."""
    assert len(HEARD) > 200
    wrong = {typed: said(typed) for typed, heard in HEARD if bare(said(typed)) != bare(heard)}
    assert not wrong


def test_the_phonemiser_has_a_sound_for_every_word(voice: NeuralVoice) -> None:
    """One entry each, so that the times of words are known."""
    for typed, _ in HEARD:
        sounds = voice.phonemes(said(typed))
        assert len(sounds) == len(said(typed).split())
        assert all(sounds), typed


def test_no_table_of_the_phonemiser_is_used(voice: NeuralVoice) -> None:
    """What hibari takes for an abbreviation is a word where it ends a sentence: "I said no."."""
    words = {word.removesuffix(".") for word in [*ABBREV, *TITLES] if word.isascii()}
    for word in sorted(words - ANYWHERE.keys()):
        if word.isalpha() and word not in ("AKA", "aka"):
            assert said(f"I said {word}.") == f"I said {word}."
            assert said(f"{word} AI is here.") == f"{word} AI is here." or word == "St"
            assert voice.phonemes(f"I said {word}.")[2].strip(".") == voice.phonemes(word)[0]


# --- any text at all -----------------------------------------------------------------------------

SIGNS = """
$ € £ ₹ - – − — / . , : ; ' " % ° ² ½ & + = < > ~ # @ ( ) [ ] * _ ^ × → \\ | 0 1 5 12 007 2025 1,000
3.14 k M bn km m s in ft GB am p.m. Jan. Mon No. St. Dr. e.g. U.S. IV x v2 http:// .com <b> </b>
<break/> &amp; 🙂 שלום e\u0301 \u00a0 \u2028
"""
SNIPPETS = [*(typed for typed, _ in HEARD), *SIGNS.split(" ")]
ANY_MIX = st.lists(
    st.tuples(st.sampled_from(SNIPPETS), st.sampled_from(["", " ", "  ", "\n", "\t"])), max_size=12
).map(lambda parts: "".join(snippet + blank for snippet, blank in parts))
ANY_TEXT = ANY_MIX | st.text(st.characters(exclude_categories=()), max_size=60)


@given(text=ANY_TEXT)
def test_any_text_is_worded(text: str) -> None:
    """Each typed word once, and for it letters and marks of pause alone, not too many."""
    text = reading.printable(text)
    tokens = [token for piece in reading.pieces(text) for token in piece.tokens]
    assert [token.typed for token in tokens] == (text.split() if reading.has_sound(text) else [])
    for token in tokens:
        assert re.fullmatch(r"[A-Za-z'.,;:!?()\"…— –-]*", token.spoken)
        assert len(token.spoken) <= wording.LONGEST_WORDING
        assert token.spoken == " ".join(token.spoken.split())
        assert not token.spoken or re.search("[A-Za-z]", token.spoken)


@given(text=ANY_TEXT)
def test_mark_up_leaves_every_blank(text: str) -> None:
    """So that each typed word keeps its place."""
    blanks = [c for c in reading.printable(text) if c.isspace()]
    assert [c for c in markup.plain(reading.printable(text)) if c.isspace()] == blanks


HOSTILE = [
    *("1.", "1,", "1 ", "1/", "1-", "1:", "9", "(", "[", "<", "<a ", '"', "'", "$", "$1", "½", "²"),
    *("<!--", "&amp", "&#1", "a.", "a@", "a@b.", "http://", "www.", "+1 ", "x^", "- ", "> ", "|"),
    *("*", "_", "`", "~", "[a](", "![", "Jan. ", "Jan. 1-", "Mon-", "No. ", "U.", "U.S. ", "1st"),
    *("1m/", "<break time='9s'/>a", '<a b="', "<sub alias='a'>", "1 000 ", "-1", "—", "&", "#a"),
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    """Ten times as much takes about ten times as long; a square would take a hundred times."""

    def seconds(text: str) -> float:
        started = time.process_time()
        assert sum(len(piece.tokens) for piece in reading.pieces(text)) <= len(text)
        return time.process_time() - started

    short, long = unit * (2_000 // len(unit)), unit * (20_000 // len(unit))
    assert seconds(long + " a") < 40 * max(0.005, seconds(short + " a"))
