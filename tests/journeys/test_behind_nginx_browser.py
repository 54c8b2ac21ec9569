"""A visit below a path and behind nginx, with the configuration that docs/deploy.md prints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, HttpCredentials, expect

from tests.support.app_process import STREAMLIT, running_app
from tests.support.browser import SOUND_ALLOWED
from tests.support.nginx_server import PASSWORD, RESOLVED, USERNAME, printed, running_nginx
from tests.support.recordings import file_of
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
            (page.with_several(), app),
            (page.with_location(page.passed_on), below),
            (page.with_location(page.stripped), app),
            (page.server.replace("$http_host", "$host"), app),
        ]
        with running_nginx(*sites) as (root, passed_on, stripped, portless):
            yield {
                "without a path": root,
                "the path is passed on": f"{passed_on}/demo",
                "the path is stripped": f"{stripped}/demo",
                "no nginx": f"{below.url}/demo",
                "the Host has no port": portless,
            }
        for each in (app, below):
            assert "Traceback" not in each.printed()


@contextmanager
def visit(browser: Browser, url: str) -> Iterator[VisitorPage]:
    """A visitor who has the login. Nothing may go wrong in the page's own code."""
    login = HttpCredentials(username=USERNAME, password=PASSWORD)
    context = browser.new_context(ignore_https_errors=True, http_credentials=login)
    visitor = VisitorPage(context.new_page())
    visitor.page.goto(url)
    yield visitor
    context.close()
    assert visitor.complaints == [], visitor.complaints


@pytest.mark.parametrize(
    "ways",
    [
        ("the path is passed on", "the path is stripped"),
        pytest.param(("without a path", "no nginx"), marks=pytest.mark.soak),
    ],
)
def test_a_visit(
    ways: tuple[str, str], pages: dict[str, str], browser: Browser, tmp_path: Path
) -> None:
    """Start, say, end, a page below, a reload there, a recording; two visitors at a time."""
    urls = [pages[way] for way in ways]
    with visit(browser, urls[0]) as one, visit(browser, urls[1]) as other:
        visitors = (one, other)
        for visitor in visitors:
            visitor.start.click(timeout=20_000)
        for visitor in visitors:
            visitor.until_live()
            visitor.say("Hello.")
        for visitor in visitors:
            visitor.until_turn("Hello.", "spoken")
            visitor.end.click()
        for visitor in visitors:
            visitor.until_phase("idle")
            visitor.go_to("Preflight")
        for visitor, url in zip(visitors, urls, strict=True):
            expect(visitor.page).to_have_url(f"{url}/preflight")
            visitor.page.goto(f"{url}/preflight/")  # as a reload, and Streamlit redirects it
            expect(visitor.page).to_have_url(f"{url}/preflight")
        for visitor in visitors:
            run = visitor.page.get_by_role("button", name="Run preflight")
            expect(run).to_have_attribute("aria-disabled", "false", timeout=20_000)
            visitor.go_to("Back to the avatar")
        three_megabytes = tmp_path / "talk.wav"
        three_megabytes.write_bytes(file_of("wav", 95, rate=16_000))
        one.page.locator(".st-key-recording").get_by_role("button").first.click()
        one.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(three_megabytes)
        outcome = one.page.locator(".st-key-recording-outcome")
        expect(outcome).to_contain_text("talk.wav · 1:35", timeout=20_000)
        one.page.keyboard.press("Escape")
        for visitor, url, way in zip(visitors, urls, ways, strict=True):
            page = visitor.page
            visitor.go_to("Sessions")
            expect(page).to_have_url(f"{url}/sessions")
            expect(page.get_by_role("heading", name="Sessions")).to_be_visible()
            assert page.evaluate("fetch('health').then(({ status }) => status)") == 200
            icon = page.locator("link[rel='shortcut icon']").get_attribute("href")
            assert page.evaluate("(icon) => fetch(icon).then(({ status }) => status)", icon) == 200
            (cookie,) = (c for c in page.context.cookies() if c["name"].endswith("avatar_visitor"))
            assert cookie["secure"] == (way != "no nginx")


def test_a_host_without_its_port(pages: dict[str, str], browser: Browser) -> None:
    """The page is not empty: it says what to set."""
    with visit(browser, pages["the Host has no port"]) as visitor:
        advice = visitor.page.get_by_text("proxy_set_header Host $http_host")
        expect(advice).to_be_visible(timeout=20_000)
