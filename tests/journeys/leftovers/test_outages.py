"""What a server stands on is gone for a while: the service, the ledger, another server.

The service is gone for half a minute, in which the other tests of this file run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.leftovers.network import Network, network_to
from tests.journeys.leftovers.service import Service
from tests.support.app_process import App, running_app
from tests.support.redis_server import RedisServer, running_redis
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.visitor_page import VisitorPage

# Two live pages for over a minute. What the desk and its janitor do meanwhile: tests/sessions/.
pytestmark = pytest.mark.soak

OUTAGE = 30.0
LEASE = 15.0
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Outage:
    """The service is gone, until `network` listens again."""

    network: Network
    service: Service
    stays: VisitorPage
    leaves: VisitorPage


@pytest.fixture(scope="module")
def outage(simulator: SimulatorProcess, browser: Browser) -> Iterator[Outage]:
    """An app that has lost the service, and two visitors who were live there."""
    service = Service(simulator)
    with (
        network_to(simulator.port) as network,
        running_app(AVATAR_KS="a-test", AVATAR_BASE_URL=f"{network.url}/v1/avatar-session") as app,
    ):
        pages = [VisitorPage(browser.new_page()) for _ in range(2)]
        for page in pages:
            page.open(app.url).start.click()
            page.until_live()
        network.refuse(OUTAGE)
        yield Outage(network, service, *pages)
        for page in pages:
            page.page.context.close()
        assert "Traceback" not in app.printed()


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """A server of its own."""
    with running_redis() as server:
        yield server


@pytest.fixture(scope="module")
def servers(simulator: SimulatorProcess, redis: RedisServer) -> Iterator[tuple[App, App]]:
    """Two on one ledger, as if they were on two machines: neither sees the other's locks."""
    settings = {"AVATAR_KS": "a-test", "AVATAR_BASE_URL": simulator.base_url}
    with ExitStack() as stack:
        one, other = (
            stack.enter_context(running_app(AVATAR_LEDGER_URL=redis.url, **settings))
            for _ in range(2)
        )
        yield one, other
        assert "Traceback" not in one.printed() + other.printed()
        assert redis.password not in one.printed() + other.printed()


def test_an_end_is_promised(outage: Outage) -> None:
    """To a visitor whose end the service has not heard."""
    outage.leaves.end.click()
    outage.leaves.until_phase("error")
    promise = outage.leaves.alerts.filter(has_text="goes on trying to end it")
    expect(promise).to_have_count(1)


def test_end_fails_three_times(app: App, service: Service, visitor: VisitorPage) -> None:
    """It is asked for until it is confirmed."""
    visitor.open(app.url).start.click()
    visitor.until_live()
    service.simulator.ask_mood(call="end", status=503, times=3)
    visitor.end.click()
    service.until_nothing_is_live()
    visitor.until_phase("error")
    expect(visitor.alerts.filter(has_text="goes on trying to end it")).to_have_count(1)


def test_a_live_session_goes_on(outage: Outage) -> None:
    """Its page says what is wrong."""
    expect(outage.stays.alerts.filter(has_text="The avatar service")).to_have_count(
        1, timeout=15_000
    )
    outage.stays.until_phase("ready")


def test_redis_is_restarted(
    servers: tuple[App, App], redis: RedisServer, service: Service, visitor: VisitorPage
) -> None:
    """Live sessions are not touched, and are on the ledger again when it has lost everything."""
    one, _ = servers
    visitor.open(one.url).start.click()
    visitor.until_live()
    session_id = service.the_session()["sessionId"]
    with redis.away(loses_data=True):
        eventually(lambda: one.health()["ledger"] == "unreachable")
    eventually(lambda: session_id in redis.texts())
    eventually(lambda: one.health()["ledger"] == "ok")
    visitor.until_live()
    visitor.end.click()
    visitor.until_phase("idle")
    eventually(lambda: session_id not in redis.texts())


def test_a_server_is_killed(
    servers: tuple[App, App], service: Service, browser: Browser, visitor: VisitorPage
) -> None:
    """Another ends its sessions within the lease, and none of those whose owner lives."""
    one, other = servers
    spared = VisitorPage(browser.new_page()).open(other.url)
    spared.start.click()
    visitor.open(one.url).start.click()
    for page in (visitor, spared):
        page.until_live()
    one.kill()
    eventually(lambda: len(service.live()) == 1, within=LEASE)
    spared.until_live()
    spared.end.click()
    spared.until_phase("idle")
    spared.page.context.close()


def test_the_service_is_back(outage: Outage) -> None:
    """The live session goes on and can be ended; the end that was asked for is confirmed."""
    stays, service = outage.stays, outage.service
    eventually(outage.network.listens, within=OUTAGE + 1)
    stays.say("Here we are again.")
    stays.until_turn("Here we are again.", "spoken", within=30)
    stays.end.click()
    stays.until_phase("idle")
    service.until_nothing_is_live(within=40)
    assert {s["endedBy"] for s in service.sessions()[:2]} == {"end"}
