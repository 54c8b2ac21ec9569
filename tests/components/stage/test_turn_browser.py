"""How the media travels, in a real browser with a real TURN server.

At first on an open network; then behind a wall that no UDP passes, where the TURN server is named
as the service names it: a bare host, which stands for its ports 80 and 443.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from avatar_client import AvatarClient
from components.stage.channel import asset_path
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
from tests.support.simulator_process import SimulatorProcess, running_simulator
from tests.support.stage_page import StagePage
from tests.support.turn_server import CREDENTIAL, USERNAME, TurnServer
from tests.support.walled_browser import Wall, walled_chromium

Behind = tuple[Browser, Wall, SimulatorProcess]


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


@pytest.fixture(scope="module")
def behind(stage_server: StagePage, turn_server: TurnServer) -> Iterator[Behind]:
    """A browser without UDP, its wall, and a simulator that answers TURN as a bare host."""
    named = ("--turn-username", USERNAME, "--turn-credential", CREDENTIAL)
    with running_simulator("--turn-url", "127.0.0.1", *named) as simulator:
        open_to = {80: turn_server.port, 443: turn_server.tls_port}
        open_to |= {port: port for port in (simulator.port, port_of(stage_server.url))}
        # The certificate is of no authority that a browser knows.
        with walled_chromium(open_to, "--ignore-certificate-errors") as (browser, wall):
            yield browser, wall, simulator


@pytest.fixture
def walled_live(behind: Behind) -> Iterator[Live]:
    """A session at the simulator that names a TURN server, ended afterwards; every door is open."""
    _, wall, simulator = behind
    with AvatarClient("a-test", simulator.base_url) as client:
        session = Live(client, simulator)
        yield session
        client.end(session.session)
    wall.shut.clear()


def test_where_udp_is_blocked_the_relay_is_reached_by_tcp(
    behind: Behind, stage: StagePage, walled_live: Live
) -> None:
    """A bare host's four addresses are tried at once, and one that works is enough."""
    with stage_opened(behind[0], stage) as page:
        posts = requests(page, "POST")
        show(stage, page, walled_live.avatar("sdk"))
        expect(route(page)).to_have_text("relay TCP")
        walled_live.say("Through the wall.")
        until(page, stage, "speakingStart")
        until_frames_advance(page)
        assert whep_posts(posts) == 1


def test_where_443_alone_is_open_the_relay_is_reached_by_tls(
    behind: Behind, stage: StagePage, walled_live: Live
) -> None:
    """What passes nearly every firewall passes this one."""
    browser, wall, _ = behind
    wall.shut.add(80)
    with stage_opened(browser, stage) as page:
        show(stage, page, walled_live.avatar("sdk"))
        expect(route(page)).to_have_text("relay TLS")
        until_frames_advance(page)


def test_where_nothing_is_open_whep_says_so(
    behind: Behind, stage: StagePage, walled_live: Live
) -> None:
    """Relays alone, then all ways, once each; then it is known that the network is the reason."""
    browser, wall, _ = behind
    wall.shut |= {80, 443}
    media = walled_live.client.init_client(walled_live.session)
    turn = {"url": "127.0.0.1", "username": USERNAME, "credential": CREDENTIAL}
    with stage_opened(browser, stage, clocked=True) as page:
        posts = requests(page, "POST")
        page.evaluate(
            """async ([module, where]) => {
              const { Whep } = await import(new URL(module, document.baseURI).href);
              const quiet = () => {};
              const onRefused = ({ noRoute, message }) => { window.refusal = { noRoute, message } };
              window.whep = new Whep(where,
                { onStream: quiet, onState: quiet, onFailed: quiet, onRefused });
              window.whep.start();
            }""",
            [asset_path("media/whep.js"), {"url": media.whep_url, "turn": turn}],
        )
        run_until(page, lambda: page.evaluate("Boolean(window.refusal)"))
        assert page.evaluate("window.refusal.noRoute") is True
        assert "lets WebRTC through" in page.evaluate("window.refusal.message")
        assert whep_posts(posts) == 2
        page.evaluate("window.whep.stop()")


def port_of(url: str) -> int:
    """The port in an address."""
    return int(url.rpartition(":")[2])
