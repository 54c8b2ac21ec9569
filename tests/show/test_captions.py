"""Captions: how words are cut."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from show.captions import LINGER, LONGEST_LINE, captions, one_line
from speech import Word
from tests.support.spoken import spoken

EXAMPLES = json.loads(Path(__file__).with_name("captions.json").read_text(encoding="utf-8"))


def shown(example: dict[str, Any]) -> list[dict[str, Any]]:
    """The captions of an example's words, as the examples have them."""
    words = [Word(**word) for word in example["words"]]
    return [{"begin": cue.begin, "end": cue.end, "lines": [*cue.lines]} for cue in captions(words)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["rule"]))
def test_examples(example: dict[str, Any]) -> None:
    """What each example is there for is its `rule`."""
    assert shown(example) == example["captions"]


@given(spoken())
def test_nothing_is_lost(words: tuple[Word, ...]) -> None:
    """All that can be seen of the words is in the captions, in order."""
    cut = "".join(line for caption in captions(words) for line in caption.lines)
    whole = "".join(one_line(word.text) for word in words)
    assert cut.replace(" ", "") == whole.replace(" ", "")


@given(spoken())
def test_one_or_two_short_lines(words: tuple[Word, ...]) -> None:
    """No line is empty, or longer than it may be, and the two can't be balanced better."""
    for caption in captions(words):
        assert len(caption.lines) in (1, 2)
        lengths = [len(regex.findall(r"\X", line)) for line in caption.lines]
        assert 0 < min(lengths) <= max(lengths) <= LONGEST_LINE


@given(spoken())
def test_one_after_the_other(words: tuple[Word, ...]) -> None:
    """A caption begins with its first word, lasts to its last one's end, and does not overlap."""
    cut = captions(words)
    for caption, after in pairwise(cut):
        assert caption.begin < caption.end <= after.begin
    if cut:
        assert cut[0].begin == words[0].at
        assert cut[-1].end == pytest.approx(words[-1].until + LINGER)


@given(spoken())
def test_parts_come_one_after_the_other(words: tuple[Word, ...]) -> None:
    """They rise in time, from line to line, so that what is shown only grows at its end."""
    for caption in captions(words):
        times = [part.at for line in caption.parts for part in line]
        assert times == sorted(times)
        assert times[0] == caption.begin


@given(st.lists(st.sampled_from(["a", "word", "longer-word,", "end."]), min_size=1, max_size=60))
def test_balance(texts: list[str]) -> None:
    """Moving a word from one line to the other makes no longest line shorter."""
    words = [Word(place / 2, place / 2 + 0.4, text) for place, text in enumerate(texts)]
    for caption in captions(words):
        if len(caption.lines) == 1:
            continue
        top, bottom = (line.split() for line in caption.lines)
        longest = max(map(len, caption.lines))
        down = " ".join(top[:-1]), " ".join([top[-1], *bottom])
        up = " ".join([*top, bottom[0]]), " ".join(bottom[1:])
        assert max(map(len, down)) > longest
        assert max(map(len, up)) >= longest
