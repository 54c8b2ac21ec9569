# ruff: noqa: RUF001 - phonemes
"""Shows: what is said of a source, and what its audience may have."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from show import marp
from show.markdown import for_the_audience, parse
from show.model import Line, Pause, Show, ShowRejected, Wait

DECKS = [
    each["deck"] for each in json.loads(Path(__file__).with_name("marp_says.json").read_text())
]

SHOW = """---
title: The show
avatar: Emma
voice: Amy
customer: "Acme: Berlin"
price: 1.10
list: [a]
footer: For {{customer}}
say-as:
  SQL: sequel
  Kaltura: /kælˈtʊɹə/
---

# <!-- fit --> Hello *{{ customer }}*, {{nobody}}

<!-- _class: lead
footer: "{{price}}" -->

<!-- Good
morning, {{customer}}.

pause: 2.5

Wait

SAY: wait

say: private: a word -->

<div>
<!-- of HTML -->
</div>

Text <!-- of a text -->

---

<!-- Said.
Private: one

two -->
<!-- private: three -->
"""


def test_a_show() -> None:
    """Its front matter, and its cues and notes, in their order."""
    show = parse(SHOW)
    assert (show.name, show.avatar, show.voice) == ("The show", "Emma", "Amy")
    assert show.blanks == {"customer": "Acme: Berlin", "price": "1.10"}
    assert show.say_as.words == {"SQL": "sequel"}
    assert show.say_as.phonemes == {"Kaltura": "kælˈtʊɹə"}
    one, two = show.slides
    assert (one.title, one.row, two.title, two.row) == (
        "Hello {{ customer }}, {{nobody}}",
        13,
        "",
        37,
    )
    assert one.cues == (
        Line("Good morning, {{customer}}."),
        Pause(2.5),
        Wait(),
        Line("wait"),
        Line("private: a word"),
        Line("of a text"),
    )
    assert two.cues == (Line("Said."),)
    assert two.notes == ("one\n\ntwo", "three")
    assert show.notices == ("Line 31: a comment inside HTML is not said.",)
    assert show.source == SHOW


def test_what_the_audience_has() -> None:
    """Blanks are filled; directives are left, and nothing that is said or private."""
    assert (
        for_the_audience(parse(SHOW))
        == """---
marp: true
footer: "For Acme: Berlin"
---

# <!-- fit --> Hello *Acme: Berlin*, {{nobody}}

<!-- {"_class": "lead", "footer": "1.10"} -->

<!-- -->

<div>
<!-- -->
</div>

Text <!-- -->

---

<!-- -->
<!-- -->
"""
    )


@pytest.mark.parametrize("source", DECKS, ids=lambda deck: repr(deck[:40]))
def test_any_deck_for_the_audience(source: str) -> None:
    """It has as many slides as it had, and no comment with a text."""
    seen = marp.read(for_the_audience(parse(source)))
    assert len(seen.slides) == len(parse(source).slides)
    assert not any(each.is_said and each.content for each in seen.comments)


SIGNS = (
    "<!-- private: S3CRET -->@<!--@-->@\n@\n\n@> @- @a@`@```@|@---@<div>@![@](a)@    @| - |@<b c='"
    "@[a]:"
)


@given(st.lists(st.sampled_from(SIGNS.split("@")), max_size=14))
def test_nothing_of_a_comment_is_shown(parts: list[str]) -> None:
    """Whatever is around it: it is kept from the audience, or it is code, or refused."""
    with suppress(ShowRejected):
        seen = for_the_audience(parse("".join(parts)))
        shown = MarkdownIt("commonmark").enable("table").render(seen)
        assert "S3CRET" not in re.sub(r"<code[\s\S]*?</code>", "", shown)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("a" * 1_000_001, "The show has 1,000,001 bytes of text: 1,000,000 are the most."),
        ("\n" * 20_000, "The show has 20,001 lines: 20,000 are the most."),
        ("\n\n" + "![a" * 4000, "Line 3 begins a paragraph of more than 10,000 characters"),
        ("\n\n---" * 500, "The show has 501 slides: 500 are the most."),
        ("<!--a-->\n" * 5001, "The show has 5,001 comments: 5,000 are the most."),
        ("a\n\n---\n\n<!-- " + "b" * 5001 + " -->", "Line 5, on slide 2, has a text of 5,001"),
        ("<!-- pause: 61 -->", "Line 1, on slide 1, has a pause that is not of 0.1 to 60 seconds"),
        ("<!-- pause: a while -->", "Line 1, on slide 1, has a pause"),
        ("---\navatar: [a]\n---", "avatar in the front matter is no text"),
        ("---\nx: <!-- y -->\n---", "x in the front matter has a comment in it"),
        ("---\nsay-as: a\n---", "say-as in the front matter is no table"),
        ("---\nsay-as:\n  a: /5/\n---", 'say-as in the front matter: "a" has phonemes'),
    ],
)
def test_what_is_refused(source: str, sentence: str) -> None:
    """With a sentence that names the line, the slide or the key."""
    with pytest.raises(ShowRejected) as refused:
        parse(source)
    assert sentence in str(refused.value)


def test_a_blank_cuts_no_slide() -> None:
    """What would make a slide of a blank is refused."""
    with pytest.raises(ShowRejected, match="fills a blank"):
        for_the_audience(parse('---\nx: "---"\n---\na\n\n{{x}}\n'))


def test_a_name() -> None:
    """A show without a title has the name that it is given, and its pictures."""
    show = parse("", name="deck", pictures={"1.webp": b"1"})
    assert isinstance(show, Show)
    assert (show.name, show.pictures, len(show.slides)) == ("deck", {"1.webp": b"1"}, 1)


@pytest.mark.soak
def test_a_show_that_takes_too_long() -> None:
    """It is given up after `marp.SECONDS`."""
    with pytest.raises(ShowRejected, match="takes too long to read"):
        parse(("![a" * 3300 + "\n\n") * 90)
