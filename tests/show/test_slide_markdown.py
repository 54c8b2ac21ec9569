"""Decks of other programs: what is shown and said of them in Marp's Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from show.markdown import parse, said
from show.model import Line, Pause, ShowRejected, Wait
from show.slide_markdown import from_sections, from_slidev, has_sections, is_slidev

SECTIONS = """# Our quarter

By the team.

## Slide 1: Good morning

Welcome, all.
It is a **good** day.

<!-- pause: 2 -->

- First a point
- wait

```
## Slide 9: of code
```

## Slide 2

class: lead
"""

SLIDEV = """---
theme: seriph
title: A deck
layout: cover
---

# One

<!-- not said -->

<!--
Said [click] first.

private: not said
-->

---
layout: center
background: a.png
---

# Two

```
<!-- shown -->
---
a: b
---
```

::right::

Text

---
hide: true
---

# Hidden

---

# Four
"""


def test_sections() -> None:
    """Titles are shown, what is below them is said, and code is no section."""
    assert has_sections(SECTIONS)
    show = parse(from_sections(SECTIONS.replace("\n", "\r\n")))
    assert show.name == "Our quarter"
    assert [slide.title for slide in show.slides] == ["Good morning", ""]
    assert show.slides[0].cues == (
        Line("Welcome, all. It is a good day."),
        Pause(2.0),
        Line("First a point"),
        Wait(),
        Line("Slide 9: of code"),
    )
    assert show.slides[1].cues == (Line("class: lead"),)


def test_slidev() -> None:
    """The last comment of a slide is said; hidden slides go; front matter becomes Marp's."""
    assert is_slidev(SLIDEV)
    source = from_slidev(SLIDEV)
    show = parse(source)
    assert show.name == "A deck"
    assert [slide.title for slide in show.slides] == ["One", "Two", "Four"]
    assert show.slides[0].cues == (Line("Said first."),)
    assert show.slides[0].notes == ("not said",)
    assert "![bg](a.png)" in source
    assert source.count("_class: lead") == 2
    assert "::right::" not in source
    assert "<!-- shown -->" in source


def test_an_imported_slide_is_refused() -> None:
    """Its number and file are named."""
    with pytest.raises(ShowRejected, match=r"Slide 2 is in another file \(src: ./a.md\)"):
        from_slidev("# One\n\n---\nsrc: ./a.md\n---\n")


@pytest.mark.parametrize(
    "source",
    [
        "",
        "# One\n\n---\n\n# Two",
        "---\nmarp: true\nlayout: a\n---\n# One",
        "# A\n---\nclass: b\n---\n",
        "Text\n\n## Slide 1 of them\n",
        "```\n## Slide 1\n## Slide 2\n```",
    ],
)
def test_marps_own(source: str) -> None:
    """A deck of Marp is not taken for another's."""
    assert not has_sections(source)
    assert not is_slidev(source)


@given(st.one_of(st.text(max_size=40), st.text(st.sampled_from("-<>!: aw\n"), max_size=12)))
def test_any_text_is_said(text: str) -> None:
    """As it is, but for an arrow that would end its comment."""
    text = text.replace("\0", "")
    show = parse(said(text))
    words = " ".join(text.split())
    if "-->" not in words and "--!>" not in words:
        assert show.slides[0].cues == ((Line(words),) if words else ())
    else:
        assert len(show.slides[0].cues) == 1
