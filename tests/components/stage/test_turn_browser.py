"""How the media travels on an open network, in a real browser with a real TURN server."""

from __future__ import annotations

import socket

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.live_stage import (
    Live,
    requests,
    route,
    run_until,
    show,
    stage_opened,
    until,
    until_frames_advance,
    whep_posts,
)
from tests.support.stage_page import StagePage
from tests.support.turn_server import CREDENTIAL, USERNAME, TurnServer


def relayed(live: Live, url: str, credential: str = CREDENTIAL) -> dict[str, object]:
    """The avatar of a direct display, with this TURN server."""
    turn = {"url": url, "username": USERNAME, "credential": credential}
    return {**live.avatar("direct"), "turn": turn}


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_media_goes_over_the_relay(
    page: Page, stage: StagePage, live: Live, turn_server: TurnServer, transport: str
) -> None:
    """With TURN it is used for picture and sound, by this transport, and the page says so."""
    posts = requests(page, "POST")
    show(stage, page, relayed(live, getattr(turn_server, transport)))
    expect(route(page)).to_have_text(f"relay {transport.upper()}")
    live.say("Over the relay.")
    until(page, stage, "speakingStart")
    until_frames_advance(page)
    assert whep_posts(posts) == 1


def test_without_turn_media_goes_direct(page: Page, stage: StagePage, live: Live) -> None:
    """And the page says that, too."""
    show(stage, page, live.avatar("direct"))
    expect(route(page)).to_have_text("direct")


def test_a_browser_that_says_firefox_uses_every_way(
    browser: Browser, stage: StagePage, live: Live, turn_server: TurnServer
) -> None:
    """Told by its name: with a relay that works, the direct way is found, and is preferred."""
    with stage_opened(browser, stage, user_agent="Mozilla/5.0 Firefox/145.0") as page:
        posts = requests(page, "POST")
        show(stage, page, relayed(live, turn_server.udp))
        expect(route(page)).to_have_text("direct")
        assert whep_posts(posts) == 1


def test_a_relay_that_refuses_leaves_the_direct_way(
    page: Page, stage: StagePage, live: Live, turn_server: TurnServer
) -> None:
    """A wrong credential is known before the offer is sent: every other way is offered instead."""
    posts = requests(page, "POST")
    show(stage, page, relayed(live, turn_server.udp, credential="wrong"))
    expect(route(page)).to_have_text("direct")
    assert whep_posts(posts) == 1


def test_a_relay_that_is_silent_leaves_the_direct_way(
    clocked_page: Page, stage: StagePage, live: Live
) -> None:
    """The offer is sent without its candidate, and once no picture has come, once more with all."""
    posts = requests(clocked_page, "POST")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silence:
        silence.bind(("127.0.0.1", 0))
        host, port = silence.getsockname()
        avatar = relayed(live, f"turn:{host}:{port}?transport=udp")
        stage.show(phase="ready", avatar=avatar)
        run_until(clocked_page, lambda: whep_posts(posts) == 2)
        clocked_page.clock.resume()
        until(clocked_page, stage, "playing")
    expect(route(clocked_page)).to_have_text("direct")
