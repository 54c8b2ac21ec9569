"""The catalog: read page by page to its end, and what is found in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx
import pytest

from app_pages.choices_panel import (
    COOKIE,
    Choosing,
    found,
    listed,
    name_of,
    picture_and_name,
    remembered,
    to_remember,
)
from avatar_client import AsyncAvatarClient, CatalogItem
from sessions.catalog import EVERY, FRESH, PAGE, PAGES, CatalogReader, id_of
from sessions.service import Service
from sessions.state import Choices
from tests.support.drawn_service import BASE_URL
from tests.support.still_loop import StillLoop

Offset = int
Pages = Callable[[Offset], range | None]
"""The numbers of the items at an offset; None where that is refused."""


@dataclass
class Reading:
    """A reader before a service whose faces are `pages`, and which has two voices.

    `asked` has the offset of each page of faces; `shown` is how often there was more to show.
    """

    pages: Pages
    asked: list[Offset] = field(default_factory=list)
    shown: int = 0

    def __post_init__(self) -> None:
        self.loop = StillLoop()
        self.loop.do(self._open)

    def _open(self) -> None:
        transport = httpx.MockTransport(self._answer)
        client = AsyncAvatarClient("a-test", BASE_URL, transport=transport)
        self.reader = CatalogReader(Service(client), self._count)

    def _count(self) -> None:
        self.shown += 1

    def _answer(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        offset = body["pager"]["offset"]
        assert body["pager"]["limit"] == PAGE
        numbers: range | None = range(2 if offset == 0 else 0)
        if body["filter"]["typeEqual"] == "Visual":
            self.asked.append(offset)
            numbers = self.pages(offset)
        if numbers is None:
            return httpx.Response(400)
        return httpx.Response(200, json={"objects": [{"itemId": f"item-{n}"} for n in numbers]})

    def refresh(self) -> int:
        """Ask, and how many faces are known after that."""
        self.loop.do(self.reader.refresh)
        return len(self.reader.catalog.visuals)


@pytest.fixture
def reading() -> Iterator[Callable[[Pages], Reading]]:
    """Makes a reader of these pages, whose loop is closed at the end."""
    made: list[Reading] = []

    def make(pages: Pages) -> Reading:
        made.append(Reading(pages))
        return made[-1]

    yield make
    for one in made:
        one.loop.leave_all()


def a_list_of(count: int, a_page: int = PAGE) -> Pages:
    """A service with so many faces, which gives at most `a_page` at a time."""
    return lambda offset: range(offset, min(offset + a_page, count))


@pytest.mark.parametrize(
    ("pages", "count", "asked"),
    [
        pytest.param(a_list_of(0), 0, [0], id="nothing"),
        pytest.param(a_list_of(3), 3, [0, 3], id="one-page"),
        pytest.param(a_list_of(250), 250, [0, 100, 200, 250], id="three-pages"),
        pytest.param(a_list_of(70, a_page=30), 70, [0, 30, 60, 70], id="shorter-pages-than-asked"),
        pytest.param(lambda _: range(100), 100, [0, 100], id="knows-no-offset"),
    ],
)
def test_it_is_read_to_its_end(
    reading: Callable[[Pages], Reading], pages: Pages, count: int, asked: list[Offset]
) -> None:
    """Until a page brings nothing new; then nothing more is asked, however often it is drawn."""
    one = reading(pages)
    assert one.refresh() == count
    assert one.asked == asked
    assert one.reader.catalog.is_whole
    one.loop.advance(10 * EVERY)
    one.refresh()
    assert one.asked == asked


def test_it_has_bounds(reading: Callable[[Pages], Reading]) -> None:
    """A list without an end is not read for ever, nor again."""
    one = reading(lambda offset: range(offset, offset + PAGE))
    assert one.refresh() == PAGE * PAGES
    assert one.reader.catalog.is_whole


def test_what_fails_is_asked_for_again(reading: Callable[[Pages], Reading]) -> None:
    """What came before is shown; the rest is asked for after a while, and never taken back."""
    whole = a_list_of(250)
    broken = {100}
    one = reading(lambda offset: None if offset in broken else whole(offset))
    assert one.refresh() == 100
    assert not one.reader.catalog.is_whole
    assert one.refresh() == 100
    assert one.asked == [0, 100]
    broken.add(0)
    one.loop.advance(EVERY)
    assert one.refresh() == 100
    broken.clear()
    one.loop.advance(EVERY)
    assert one.refresh() == 250
    assert one.reader.catalog.is_whole


def test_it_is_read_anew(reading: Callable[[Pages], Reading]) -> None:
    """After some minutes: what was made meanwhile is found, what is gone is no longer shown."""
    there = {"made": 3}
    one = reading(lambda offset: range(offset, there["made"]))
    assert one.refresh() == 3
    there["made"] = 2
    one.loop.advance(FRESH / 2)
    assert one.refresh() == 3
    one.loop.advance(FRESH / 2)
    assert one.refresh() == 2
    assert one.reader.catalog.is_whole


AVA = CatalogItem("68b5", "Ava Löwe")
LEO = CatalogItem("68b6", "Leo", None, "Deep and calm", "English")


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        pytest.param("", [AVA, LEO], id="nothing"),
        pytest.param("löwe", [AVA], id="a-name-in-any-case"),
        pytest.param("english DEEP", [LEO], id="every-word-anywhere"),
        pytest.param("68b", [AVA, LEO], id="a-part-of-the-id"),
        pytest.param("english ava", [], id="not-in-one-item"),
    ],
)
def test_search(query: str, hits: list[CatalogItem]) -> None:
    """Every word is in the id, the name, the description or the language."""
    assert found([AVA, LEO], query) == hits


def test_what_a_script_calls_an_item() -> None:
    """Its name in any case, before an id; or its id."""
    items = (CatalogItem("amy", "Zoë", ""), CatalogItem("7_x", "Amy", ""))
    assert [id_of(it, items) for it in ("AMY", "zoë", "7_X", "Bo")] == ["7_x", "amy", "7_x", None]


def test_an_id_of_no_catalog() -> None:
    """One that was typed, or is preset, is in the list under itself, once."""
    items = listed([AVA, LEO], "mine", "68b5", "mine", "")
    assert [item.item_id for item in items] == ["mine", "68b5", "68b6"]
    assert [name_of(items, item_id) for item_id in ("mine", "68b6", "?")] == ["mine", "Leo", "?"]


def test_an_address_stays_an_address() -> None:
    """What would end it in Markdown, or be read as something else there, is encoded."""
    item = CatalogItem("x", "X", "https://p.example/a (1)_&copy;.jpg?w=1&h=2")
    assert picture_and_name(item) == "![](https://p.example/a%20%281%29_&copy%3B.jpg?w=1&h=2) X"


def cookie_of(choosing: Choosing, service: str = "api.example") -> dict[str, str]:
    """What the browser sends after this was chosen at `service`."""
    return {COOKIE: quote(to_remember(choosing, service) or "")}


def test_a_choice_is_remembered() -> None:
    """With the service it was made at, and only if a visitor has made it."""
    choosing = Choosing("ava; =ü", "", 1.1, by_hand=True)
    cookies = cookie_of(choosing)
    assert remembered(cookies, "api.example") == Choices("ava; =ü", None, 1.1)
    assert remembered(cookies, "127.0.0.1") is None
    assert to_remember(Choosing("preset"), "api.example") is None


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("", id="empty"),
        pytest.param("%7B", id="cut-off"),
        pytest.param("[" * 900, id="deep"),
        pytest.param("7", id="a-number"),
        pytest.param(cookie_of(Choosing("a" * 900, by_hand=True))[COOKIE], id="too-long"),
        pytest.param(cookie_of(Choosing("a\nb", by_hand=True))[COOKIE], id="no-plain-text"),
        pytest.param(cookie_of(Choosing("ava", speed=9.0, by_hand=True))[COOKIE], id="too-fast"),
        pytest.param(cookie_of(Choosing("", by_hand=True))[COOKIE], id="nothing-chosen"),
        pytest.param(cookie_of(Choosing(7, by_hand=True))[COOKIE], id="no-text"),  # type: ignore[arg-type]
    ],
)
def test_a_cookie_that_is_not_ours(value: str) -> None:
    """It is as if there were none."""
    assert remembered({COOKIE: value}, "api.example") is None
