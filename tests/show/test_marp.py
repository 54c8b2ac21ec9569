"""Marp's Markdown: the same slides and comments as marp-core finds, and where they stand."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from show import marp
from show.model import ShowRejected

MARP_SAYS = json.loads(Path(__file__).with_name("marp_says.json").read_text("utf-8"))


@pytest.mark.parametrize("says", MARP_SAYS, ids=lambda says: repr(says["deck"][:40]))
def test_the_same_as_marp(says: dict[str, Any]) -> None:
    """As many slides, and the same notes on each, as marp-core 5.0.2 finds."""
    deck = marp.read(says["deck"])
    notes: list[list[str]] = [[] for _ in deck.slides]
    for comment in deck.comments:
        if comment.is_said:
            notes[comment.slide].append(comment.content.replace("\r\n", "\n").replace("\r", "\n"))
    assert notes == says["comments"]
    assert len(deck.slides) == says["slides"]


@pytest.mark.parametrize(
    ("source", "row"),
    [
        ("# A\n\n<!-- never ends\n\n---\n", 3),
        ("text <!-- never ends", 1),
        ("- a\n\n  <!-- a list\nends -->", 3),
        ("<div>\n<!-- HTML\n\nends -->", 2),
        ("![a <!-- picture -->](a.png)", 1),
        ('[a](b "<!-- a title -->")', 1),
        ("[a]: /b '<!-- a reference -->'", 1),
        ('a <a title="<!-- an attribute -->">b</a>', 1),
        ("| a |\n| --- |\n| b <!-- c | d --> |", 3),
        ("~~~ <!-- a language -->\n~~~", 1),
        ("<!--> for a browser only -->", 1),
        ("---\ntitle: never ends\n\n# A", 1),
        ("---\na: b: c\n---", 2),
        ("---\na: &b [1]\nc: *b\n---", 3),
        ("---\njust text\n---", 1),
        ("---\na: " + "[" * 5000 + "\n---", None),
    ],
)
def test_what_may_be_shown_is_refused(source: str, row: int | None) -> None:
    """With a sentence that names its line."""
    with pytest.raises(ShowRejected) as refused:
        marp.read(source)
    assert row is None or re.search(rf"\b[Ll]ine {row}\b", str(refused.value))


def test_where_things_stand() -> None:
    """A comment's place is that in the source, also after a byte order mark and CRLF."""
    source = "\ufeff---\r\na: b\r\n---\r\n# A\r\n<!-- one\r\ntwo --> x\r\n\r\n---\r\nB <!-- c -->"
    deck = marp.read(source)
    assert [source[c.start : c.end] for c in deck.comments] == [
        "<!-- one\r\ntwo -->",
        "<!-- c -->",
    ]
    assert [(c.row, c.slide, c.own_lines) for c in deck.comments] == [(5, 0, True), (9, 1, False)]
    assert [(cut.first, cut.last, cut.title) for cut in deck.slides] == [(3, 7, "A"), (8, 9, "")]
