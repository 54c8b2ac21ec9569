"""A visitor is away for less than the grace: the same session goes on, as if nothing had been."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.leftovers.network import network_to
from tests.journeys.leftovers.service import Service
from tests.support.app_process import App, running_app
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.visitor_page import VisitorPage

WELCOME = "Hello! I am your avatar assistant."
NEXT = "Then this."


@pytest.fixture(scope="module")
def app(simulator: SimulatorProcess) -> Iterator[App]:
    """An app that waits longer than a page takes to be loaded."""
    with running_app(
        AVATAR_KS="a-test", AVATAR_BASE_URL=simulator.base_url, AVATAR_GRACE_SECONDS="4"
    ) as app:
        yield app
        assert "Traceback" not in app.printed()


@pytest.fixture
def speaking(service: Service, visitor: VisitorPage) -> VisitorPage:
    """A visitor whose first turn is slow to be said, so that the next one is in the queue."""
    service.simulator.ask_mood(call="say-text", delay=2.0)
    return visitor


def queue_one(visitor: VisitorPage) -> None:
    """One turn is at the service, and one waits for it."""
    visitor.start.click()
    visitor.until_live()
    visitor.say(NEXT)
    visitor.until_turn(NEXT, "queued")


def both_are_said(visitor: VisitorPage, service: Service) -> None:
    """In order, once, by the one session there is; the picture is there, and the page is usable."""
    visitor.until_live()
    visitor.until_turn(WELCOME, "spoken")
    visitor.until_frames_advance()
    visitor.until_turn(NEXT, "spoken")
    assert [turn["text"] for turn in service.the_session()["turns"]] == [WELCOME, NEXT]


def test_a_reload(app: App, service: Service, speaking: VisitorPage) -> None:
    """Video, queue and transcript are there again, with one init-client for both times; once the
    page is closed, nothing is."""
    with service.simulator.counting("init-client") as asked:
        queue_one(speaking.open(app.url))
        speaking.page.reload()
        both_are_said(speaking, service)
        assert asked() == 1
    speaking.page.close()
    service.until_nothing_is_live()


def test_a_blip(app: App, service: Service, speaking: VisitorPage) -> None:
    """Every connection of the page to the server is cut, and for a moment no new one works."""
    with network_to(app.port) as network:
        queue_one(speaking.open(network.url))
        speaking.page.evaluate("document.querySelector('video').dataset.mark = 'the same'")
        network.freeze()
        network.reset()
        eventually(network.connections)
        network.thaw()
        both_are_said(speaking, service)
        assert speaking.page.evaluate("document.querySelector('video').dataset.mark") == "the same"
        speaking.end.click()
        speaking.until_phase("idle")
