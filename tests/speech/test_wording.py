"""It says what is written: each line of heard.csv, and any text at all."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hibari import Hibari  # type: ignore[import-untyped]
from hibari.g2p.normalize import ABBREV, TITLES  # type: ignore[import-untyped]

from speech import reading
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
