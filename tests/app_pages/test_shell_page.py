"""The HTML before any script run: ours in Streamlit's."""

from __future__ import annotations

import re

import pytest

from app_pages.shell_page import TITLES, streamlits, title_of, with_first_paint
from server.brand import Brand

PLAIN = Brand(name="Acme")


def test_streamlits_page_is_as_it_was_read() -> None:
    """What ours goes into; where a later Streamlit has another page, this tells."""
    assert streamlits().count("<title>") == 1
    assert streamlits().count('<div id="root">') == 1


def test_style_and_poster_are_there_before_anything_is_drawn() -> None:
    """The style in the head, without comments; the poster before Streamlit's own element."""
    html = with_first_paint(streamlits(), "", PLAIN, "https://example.com/a.jpg")
    head, _, body = html.partition("<body>")
    assert "--stage:" in head
    assert "/*" not in re.findall("<style>.*?</style>", head, re.DOTALL)[0]
    assert body.index('src="https://example.com/a.jpg"') < body.index('id="root"')
    assert "<img" not in with_first_paint(streamlits(), "", PLAIN, None)
    other = with_first_paint(streamlits(), "sessions", PLAIN, "https://example.com/a.jpg")
    assert "<img" not in other


def test_titles_differ_by_page() -> None:
    """Each has the brand's name last."""
    titles = [title_of(page, PLAIN) for page in TITLES]
    assert titles == ["Acme", "Present · Acme", "Sessions · Acme", "Preflight · Acme"]


@pytest.mark.parametrize("evil", ['"><script>alert(1)</script>', "</title><script>", "\\1 & <b>"])
def test_a_name_or_an_address_is_text(evil: str) -> None:
    """A catalog's address and a brand's name can be anything."""
    html = with_first_paint(streamlits(), "", Brand(name=evil), f"https://example.com/{evil}")
    assert html.count("<script") == streamlits().count("<script")
    assert html.count("</title>") == 1
