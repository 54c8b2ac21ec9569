"""Clicks at the wrong moment: one session at most, and none afterwards."""

from __future__ import annotations

from tests.journeys.leftovers.service import Service
from tests.support.app_process import App
from tests.support.simulator_process import eventually
from tests.support.visitor_page import VisitorPage


def test_end_is_clicked_twice(app: App, service: Service, visitor: VisitorPage) -> None:
    """The second click finds nothing to end."""
    visitor.open(app.url).start.click()
    visitor.until_live()
    service.simulator.ask_mood(call="end", delay=0.5)
    visitor.end.dblclick()
    visitor.until_phase("idle")
    assert len(service.sessions()) == 1


def test_end_while_starting(app: App, service: Service, visitor: VisitorPage) -> None:
    """The create that is under way comes back, and what it made is ended."""
    service.simulator.ask_mood(call="create", delay=1.0)
    visitor.open(app.url).start.click()
    eventually(lambda: not service.simulator.moods())  # create has come there
    visitor.end.click()
    visitor.until_phase("idle")
    assert service.the_session()["endedBy"] == "end"


def test_other_clicks_while_starting(app: App, service: Service, visitor: VisitorPage) -> None:
    """Each runs the page's script anew, which must not lose the session that is being made."""
    service.simulator.ask_mood(call="create", delay=1.5)
    visitor.open(app.url).start.dblclick()
    visitor.until_phase("creating")
    visitor.text.fill("Is anybody there?")
    visitor.text.press("Control+Enter")
    visitor.go_to("Sessions")
    visitor.go_to("Back to the avatar")
    visitor.until_live()
    visitor.end.click()
    visitor.until_phase("idle")
    assert len(service.sessions()) == 1
