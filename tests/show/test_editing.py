"""Edits of lines: what they change in the source, and what they leave as it is."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from show.editing import with_line
from show.markdown import parse
from show.model import Line, Pause, ShowRejected

SOURCE = """---
customer: Acme
---

# One

<!-- a -->

<!-- b

pause: 2

c -->
Text <!--d--> and
<!-- e -->
---

- f
  <!-- g -->

***
# Two
***
"""


LOOK_LIKE_OTHERS = (
    *("wait", "pause: 2", "private: a", "say: a", "class: lead", "{color: a}", "fit", "<!-- a"),
    *("--", "> a", "prettier-ignore", "- a", "a --", "_class: b\ncolor: c", "---"),
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_line_is_changed(newline: str) -> None:
    """No other byte is."""
    show = parse("\ufeff" + SOURCE.replace("\n", newline))
    for slide, cue in ((0, 0), (0, 3), (0, 4), (0, 5), (1, 0)):
        edited = with_line(show, slide, cue, "wait  for\nit")
        assert edited.slides[slide].cues[cue] == Line("wait for it")
        written = show.slides[slide].cues[cue]
        assert isinstance(written, Line)
        before, after = _around(show.source, edited.source)
        assert (before, after) == (written.text, "wait for it")


def _around(one: str, two: str) -> tuple[str, str]:
    """The stretch that differs."""
    blocks = difflib.SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    head = blocks[0].size if blocks[0].a == 0 == blocks[0].b else 0
    tail = blocks[-2].size
    return one[head : len(one) - tail], two[head : len(two) - tail]


@given(
    st.one_of(
        st.text(max_size=30),
        st.text(st.sampled_from("-<>!: aw\n{}\"'#"), max_size=12),
        st.sampled_from(LOOK_LIKE_OTHERS),
    ),
    st.sampled_from([(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (1, 0)]),
)
def test_any_text(text: str, at: tuple[int, int]) -> None:
    """Is read as it was written, or refused; written back, the show is what it was."""
    show = parse(SOURCE)
    slide, cue = at
    before = show.slides[slide].cues[cue]
    try:
        changed = with_line(show, slide, cue, text)
    except ShowRejected:
        assert "-->" in text or not text.split() or "\0" in text
        return
    assert changed.slides[slide].cues[cue] == Line(" ".join(text.split()))
    assert parse(changed.source).slides == changed.slides
    if isinstance(before, Line):
        assert with_line(changed, slide, cue, before.text).slides == show.slides


def test_what_is_refused() -> None:
    """A sentence says why; a place that is not there is an `IndexError`."""
    show = parse(SOURCE)
    for text, sentence in (
        ("a --> b", "can't have -->"),
        (" \n", "nothing to say"),
        ("a" * 5001, "has 5,001 characters"),
    ):
        with pytest.raises(ShowRejected, match=sentence):
            with_line(show, 0, 0, text)
    with pytest.raises(IndexError):
        with_line(show, 0, 7, "a")
    with pytest.raises(ShowRejected, match="inside a quote"):
        with_line(parse("> <!-- a\n>\n> b -->"), 0, 0, "c")


def test_a_pause_becomes_a_line() -> None:
    """Any cue may."""
    show = parse(SOURCE)
    assert show.slides[0].cues[2] == Pause(2.0)
    assert with_line(show, 0, 2, "x").source == SOURCE.replace("pause: 2", "x")
