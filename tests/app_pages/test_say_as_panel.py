"""What a browser remembers of its visitor's table."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from app_pages.say_as_panel import COOKIE, Pronouncing, remembered


def cookie_of(text: str) -> dict[str, str]:
    """The browser's cookies once this was written."""
    pronouncing = Pronouncing()
    pronouncing.take(text)
    return {COOKIE: quote(pronouncing.to_remember() or "")}


@pytest.mark.parametrize(
    "text", ["SQL = sequel\nno row\n", "東京 = Tokyo; \"it\" = 'eet'", "a" * 1900]
)
def test_a_table_comes_back(text: str) -> None:
    """As it was written, with the lines that can't be used."""
    assert remembered(cookie_of(text)) == text


def test_what_is_not_remembered() -> None:
    """Nothing where nothing was written; what is too long is kept for the visit."""
    assert Pronouncing().to_remember() is None
    assert remembered(cookie_of("a" * 2000)) == ""
    pronouncing = Pronouncing()
    for text in ("a = b", ""):
        pronouncing.take(text)
    assert pronouncing.to_remember() == '""'


@pytest.mark.parametrize("cookie", ["", "{", "[1]", "7", "[" * 1900, "%FF", '"' + "a" * 5000 + '"'])
def test_a_cookie_that_is_not_ours(cookie: str) -> None:
    """Any page of this host can write one: it counts for nothing."""
    assert remembered({COOKIE: cookie}) == ""
