"""Edits of lines: what they change in the source, and what they leave as it is."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from show.editing import with_line, with_line_added, without_cue
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


def test_where_a_line_is_added() -> None:
    """Before a cue, as a comment or a paragraph of its own; at the end of a slide."""
    source = "# A\n\n<!-- a\n\nb -->\n\n---\n\n```\n"
    show = parse(source)
    added = [with_line_added(show, 0, cue, "new").source for cue in range(3)]
    assert added == [
        source.replace("<!-- a", "<!-- new -->\n<!-- a"),
        source.replace("b -->", "new\n\nb -->"),
        source.replace("b -->", "b -->\n\n<!-- new -->"),
    ]
    assert with_line_added(show, 1, 0, "new").source == source.replace(
        "---\n", "---\n\n<!-- new -->\n"
    )


def test_what_is_taken_out() -> None:
    """A paragraph, or the comment that held no other, with its line if it was alone there."""
    show = parse(SOURCE)
    assert without_cue(show, 0, 0).source == SOURCE.replace("<!-- a -->\n", "")
    assert without_cue(show, 0, 2).source == SOURCE.replace("pause: 2\n\n", "")
    assert without_cue(show, 0, 3).source == SOURCE.replace("\n\nc -->", " -->")
    assert without_cue(show, 0, 4).source == SOURCE.replace("<!--d-->", "")
    assert without_cue(show, 1, 0).source == SOURCE.replace("  <!-- g -->\n", "")


@given(
    st.one_of(
        st.text(max_size=30),
        st.text(st.sampled_from("-<>!: aw\n{}\"'#"), max_size=12),
        st.sampled_from(LOOK_LIKE_OTHERS),
    ),
    st.sampled_from([(0, 0), (0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (1, 0), (2, 0), (3, 0)]),
)
def test_any_text(text: str, at: tuple[int, int]) -> None:
    """Is read as it was written, or refused; taken out again, the show says what it said."""
    show = parse(SOURCE)
    slide, cue = at
    try:
        added = with_line_added(show, slide, cue, text)
    except ShowRejected:
        assert "-->" in text or not text.split() or "\0" in text
        return
    assert added.slides[slide].cues[cue] == Line(" ".join(text.split()))
    assert parse(added.source).slides == added.slides
    again = without_cue(added, slide, cue)
    assert [each.cues for each in again.slides] == [each.cues for each in show.slides]
    if at not in ((2, 0), (3, 0)):
        changed = with_line(show, slide, cue, text)
        assert changed.slides[slide].cues[cue] == Line(" ".join(text.split()))


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
        with_line_added(show, 0, 7, "a")
    with pytest.raises(ShowRejected, match="inside a quote"):
        without_cue(parse("> <!-- a\n>\n> b -->"), 0, 0)


def test_a_pause_becomes_a_line() -> None:
    """Any cue may."""
    show = parse(SOURCE)
    assert show.slides[0].cues[2] == Pause(2.0)
    assert with_line(show, 0, 2, "x").source == SOURCE.replace("pause: 2", "x")
