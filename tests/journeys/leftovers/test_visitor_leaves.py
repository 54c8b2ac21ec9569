"""A visitor goes, in every way there is: the session they had is ended."""

from __future__ import annotations

import os
import signal

from playwright.sync_api import Browser

from tests.journeys.leftovers.network import network_to
from tests.journeys.leftovers.service import Service
from tests.support.app_process import App
from tests.support.browser import FLAGS, SOUND_ALLOWED, executable
from tests.support.visitor_page import VisitorPage


def test_the_tab_is_closed(app: App, service: Service, visitor: VisitorPage) -> None:
    """Nobody is there to press End."""
    visitor.open(app.url).start.click()
    visitor.until_live()
    visitor.page.close()
    service.until_nothing_is_live()


def test_the_browser_is_killed(app: App, service: Service, browser: Browser) -> None:
    """It can't even close its connections in an orderly way."""
    doomed = browser.browser_type.launch(executable_path=executable(), args=[*FLAGS, SOUND_ALLOWED])
    visitor = VisitorPage(doomed.new_page()).open(app.url)
    visitor.start.click()
    visitor.until_live()
    processes = doomed.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    (pid,) = (process["id"] for process in processes if process["type"] == "browser")
    os.killpg(os.getpgid(pid), signal.SIGKILL)
    service.until_nothing_is_live()
    doomed.close()


def test_the_network_is_cut_silently(app: App, service: Service, visitor: VisitorPage) -> None:
    """No connection is closed, and nothing comes over any of them: the server has to notice."""
    with network_to(app.port) as network:
        visitor.open(network.url).start.click()
        visitor.until_live()
        network.freeze()
        service.until_nothing_is_live(within=15)
        visitor.page.close()


def test_two_tabs(app: App, service: Service, visitor: VisitorPage) -> None:
    """They share one session, which ends with the second of them."""
    other = VisitorPage(visitor.page.context.new_page())
    visitor.open(app.url).start.click()
    visitor.until_live()
    other.open(app.url)
    other.until_phase("ready")
    visitor.page.close()
    other.until_live()
    assert len(service.live()) == 1
    other.page.close()
    service.until_nothing_is_live()
