"""A preflight behind a firewall: a browser without UDP, with a real TURN server."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.preflight.test_page_browser import run, step, until_over
from tests.support.app_process import running_app
from tests.support.simulator_process import eventually, running_simulator
from tests.support.turn_server import CREDENTIAL, USERNAME, TurnServer, turn_server
from tests.support.walled_browser import walled_chromium

__all__ = ["turn_server"]


def test_a_network_with_one_door(turn_server: TurnServer) -> None:
    """Where TCP alone gets out the relay will do; with that door shut, its port is named."""
    relay = "turn:127.0.0.1:80?transport=tcp"
    named = ("--turn-username", USERNAME, "--turn-credential", CREDENTIAL)
    with (
        running_simulator("--turn-url", relay, *named) as simulator,
        running_app(AVATAR_KS="a-test", AVATAR_BASE_URL=simulator.base_url) as app,
        walled_chromium(
            {80: turn_server.port, app.port: app.port, simulator.port: simulator.port}
        ) as (walled, wall),
    ):
        page = walled.new_page()
        run(page, app)
        expect(step(page, "ice", "passed")).to_contain_text("Relay TCP, from this browser")
        assert CREDENTIAL not in until_over(page)
        wall.shut.add(80)
        page.get_by_role("button", name="Run again").click()
        failure = step(page, "ice", "failed")
        expect(failure).to_contain_text("The relay could not be used on TCP port 80.")
        expect(failure).to_contain_text("outgoing TCP port 80 to 127.0.0.1")
        assert CREDENTIAL not in until_over(page)
        eventually(lambda: all(session["state"] == "ended" for session in simulator.sessions()))
