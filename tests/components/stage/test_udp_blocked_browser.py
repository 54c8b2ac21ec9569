"""How the media travels where UDP is blocked, in a real browser with a real TURN server.

The browser is behind a wall that no UDP passes, and the TURN server is named as the service names
it: a bare host, which stands for its ports 80 and 443. That browser brings a Playwright of its own,
so no other browser may be in this module.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from avatar_client import AvatarClient
from components.assets import asset_path
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
            [asset_path("stage/js/media/whep.js"), {"url": media.whep_url, "turn": turn}],
        )
        run_until(page, lambda: page.evaluate("Boolean(window.refusal)"))
        assert page.evaluate("window.refusal.noRoute") is True
        assert "lets WebRTC through" in page.evaluate("window.refusal.message")
        assert whep_posts(posts) == 2
        page.evaluate("window.whep.stop()")


def port_of(url: str) -> int:
    """The port in an address."""
    return int(url.rpartition(":")[2])
