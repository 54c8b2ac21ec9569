"""The whole visit in a real browser, in front of a service that knows one form of the API only, in
each way of showing the avatar."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.app_process import running_app
from tests.support.one_visit import LONG, WELCOME, start_speak_interrupt
from tests.support.simulator_process import eventually, running_simulator
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

UUID = 36
"""Characters of a turn's id, which begins the ids of its recordings."""


@pytest.mark.parametrize(
    ("dialect", "kind", "way", "keys"),
    [
        ("live", "audio", "sdk", ""),
        pytest.param("documented", "text", "direct", "Control+Enter", marks=pytest.mark.soak),
    ],
)
def test_the_whole_visit(
    visitor: VisitorPage, dialect: str, kind: str, way: str, keys: str
) -> None:
    """The visitor sees and hears the same, in one session, with nothing sent twice: a turn is a
    text, or where that is refused one recording or more of ours, and the page says so."""
    with (
        running_simulator("--dialect", dialect) as simulator,
        running_app(
            AVATAR_KS="a-test", AVATAR_BASE_URL=simulator.base_url, AVATAR_DISPLAY=way
        ) as app,
    ):
        start_speak_interrupt(visitor, app.url, keys)
        told = visitor.page.get_by_text("the server voice speaks the texts")
        expect(told).to_have_count(1 if kind == "audio" else 0)
        visitor.end.click()
        visitor.until_phase("idle")
        eventually(lambda: simulator.sessions()[0]["state"] == "ended")
        eventually(lambda: simulator.sessions()[0]["viewers"] == 0)
        (session,) = simulator.sessions()
    assert (session["endedBy"], session["interrupts"]) == ("end", 1)
    turns = session["turns"]
    assert {turn["kind"] for turn in turns} == {kind}
    assert len({turn["turnId"] for turn in turns}) == len(turns)
    assert len({turn["turnId"][:UUID] for turn in turns}) == 2
    assert turns[0]["outcome"] == "spoken"
    assert turns[-1]["outcome"] == "interrupted"
    if kind == "text":
        assert [turn["text"] for turn in turns] == [WELCOME, LONG.strip()]
