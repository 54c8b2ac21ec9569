"""What the ways of leaving share: one browser, apps that let go soon, and the count afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.leftovers.service import Service
from tests.support.app_process import App, running_app
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import chromium, visitor

__all__ = ["visitor"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for all of them."""
    with chromium() as running:
        yield running


@pytest.fixture(scope="package")
def app(simulator: SimulatorProcess) -> Iterator[App]:
    """An app that gives a visitor who has gone a second, and misses a silent one soon."""
    with running_app(
        AVATAR_KS="a-test",
        AVATAR_BASE_URL=simulator.base_url,
        AVATAR_GRACE_SECONDS="1",
        STREAMLIT_SERVER_WEBSOCKET_PING_INTERVAL="2",
    ) as app:
        yield app
        assert "Traceback" not in app.printed()


@pytest.fixture
def service(simulator: SimulatorProcess) -> Iterator[Service]:
    """The simulator during one test; at its end everything that was live there has been ended."""
    service = Service(simulator)
    yield service
    service.until_nothing_is_live()
    assert {session["endedBy"] for session in service.sessions()} <= {"end"}
