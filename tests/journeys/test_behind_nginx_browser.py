"""A visit below a path and behind nginx, with the configuration that docs/deploy.md prints."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.app_process import STREAMLIT, running_app
from tests.support.browser import SOUND_ALLOWED
from tests.support.nginx_server import LOGIN, RESOLVED, printed, running_nginx
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, chromium

BELOW_DEMO = (*STREAMLIT, "--server.baseUrlPath", "demo")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser that finds the public name on this machine."""
    with chromium(SOUND_ALLOWED, RESOLVED) as running:
        yield running


@pytest.fixture(scope="module")
def pages(simulator: SimulatorProcess) -> Iterator[dict[str, str]]:
    """The address of the page, by the way that leads to it."""
    live = {"AVATAR_KS": "a-test", "AVATAR_BASE_URL": simulator.base_url}
    page = printed()
    with running_app(**live) as app, running_app(BELOW_DEMO, **live) as below:
        sites = [
            (page.server, app),
            (page.with_location(page.passed_on), below),
            (page.with_location(page.stripped), app),
        ]
        with running_nginx(*sites) as (root, passed_on, stripped):
            yield {
                "without a path": root,
                "the path is passed on": f"{passed_on}/demo",
                "the path is stripped": f"{stripped}/demo",
                "no nginx": f"{below.url}/demo",
            }
        for each in (app, below):
            assert "Traceback" not in each.printed()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[VisitorPage]:
    """A visitor who has the login."""
    context = browser.new_context(ignore_https_errors=True, http_credentials=LOGIN)  # type: ignore[arg-type]
    page = VisitorPage(context.new_page())
    yield page
    context.close()
    assert page.complaints == [], page.complaints


@pytest.mark.parametrize(
    "way", ["without a path", "the path is passed on", "the path is stripped", "no nginx"]
)
def test_a_visit(way: str, pages: dict[str, str], visitor: VisitorPage) -> None:
    """Start, say, a page that reloads the session below another address, end."""
    url, page = pages[way], visitor.page
    visitor.open(url)
    visitor.start.click()
    visitor.until_live()
    visitor.say("Hello.")
    visitor.until_turn("Hello.", "spoken")
    page.get_by_role("link", name="Preflight").click()
    expect(page).to_have_url(f"{url}/preflight")
    expect(page.get_by_role("button", name="Run preflight")).to_have_attribute(
        "aria-disabled", "false"
    )
    page.reload()
    expect(page.get_by_role("button", name="Run preflight")).to_have_attribute(
        "aria-disabled", "false"
    )
    visitor.until_frames_advance()
    page.get_by_role("link", name="Back to the avatar").click()
    visitor.end.click()
    visitor.until_phase("idle")
