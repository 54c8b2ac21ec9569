"""The app with a client SDK from another site: what its policy lets in, and what the page says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tests.support.app_process import App, running_app
from tests.support.served import served
from tests.support.simulator_process import SimulatorProcess
from tests.support.stage_page import SDK_ROUTE
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]


@dataclass(slots=True)
class Site:
    """Another site, which has one client SDK at a time: `name` is its file."""

    name: str = ""
    url: str = ""

    def sdk(self, _: Request) -> Response:
        """Where that one is."""
        return RedirectResponse(
            f"/sdks/{self.name}.mjs",
            headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"},
        )


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """It is there."""
    site = Site()
    routes = [Route("/sdk.mjs", site.sdk), SDK_ROUTE]
    with served(Starlette(routes=routes)) as site.url:
        yield site


@pytest.fixture(scope="module")
def app(simulator: SimulatorProcess, site: Site) -> Iterator[App]:
    """The app is told to use it."""
    with running_app(
        AVATAR_KS="a-test",
        AVATAR_BASE_URL=simulator.base_url,
        AVATAR_SDK_URL=f"{site.url}/sdk.mjs",
    ) as running:
        yield running


@pytest.mark.parametrize("name", ["with_xhr", pytest.param("documented", marks=pytest.mark.soak)])
def test_it_shows_the_avatar(
    app: App, site: Site, visitor: VisitorPage, simulator: SimulatorProcess, name: str
) -> None:
    """The policy lets it in, and the page works with it; nothing is said of it. It asks for
    init-client at each load, and the service hears of it once."""
    site.name = name
    with simulator.counting("init-client") as asked:
        visitor.open(app.url)
        visitor.start.click()
        visitor.until_live()
        visitor.until_loud()
        visitor.page.reload()
        visitor.until_live()
        assert asked() == 1
    expect(visitor.page.locator("video.of-another-sdk")).to_have_count(1)
    expect(visitor.page.get_by_text("The client SDK at")).to_have_count(0)
    visitor.end.click()
    visitor.until_phase("idle")
    expect(visitor.page.locator("video")).to_have_count(0)


def test_it_may_bring_nothing_from_a_third_site(
    app: App, site: Site, visitor: VisitorPage, simulator: SimulatorProcess
) -> None:
    """The policy lets in what is named and nothing else; ours shows the session that was begun,
    and a quiet line says why, until it ends."""
    site.name = "from_elsewhere"
    before = len(simulator.sessions())
    visitor.open(app.url)
    visitor.start.click()
    visitor.until_live()
    line = visitor.page.get_by_text("could not be loaded, so the one that ships with this app")
    expect(line).to_be_visible()
    expect(visitor.alerts.filter(has_text="SDK")).to_have_count(0)
    visitor.until_loud()
    assert len(simulator.sessions()) == before + 1
    assert any("localhost" in complaint for complaint in visitor.complaints)
    visitor.complaints.clear()
    visitor.end.click()
    visitor.until_phase("idle")
    expect(line).to_have_count(0)
