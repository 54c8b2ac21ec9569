"""The page Preflight in a real browser: its steps, and the failures that only a browser has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from components.assets import asset_path
from simulator.mouth import SIZE
from tests.support.app_process import App, free_port, running_app
from tests.support.browser import FLAGS, NO_WEBRTC, executable
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.turn_server import CREDENTIAL, USERNAME, TurnServer, turn_server
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "turn_server", "visitor"]

KS = "canaryOfThePreflight"
STEPS = 10


@pytest.fixture(scope="module")
def app(simulator: SimulatorProcess) -> Iterator[App]:
    """An app whose KS is a canary."""
    with running_app(AVATAR_KS=KS, AVATAR_BASE_URL=simulator.base_url) as running:
        yield running


def run(page: Page, app: App) -> None:
    """Go to the page and press its button, as soon as that can be."""
    page.goto(f"{app.url}/preflight")
    page.get_by_role("button", name="Run preflight").click(timeout=20_000)


def step(page: Page, name: str, outcome: str) -> Locator:
    """The step, once it stands so."""
    found = page.locator(f"[data-step='{name}'][data-outcome='{outcome}']")
    expect(found).to_be_visible(timeout=30_000)
    return found


def until_over(page: Page) -> str:
    """The report."""
    expect(page.get_by_role("button", name="Run again")).to_be_visible(timeout=30_000)
    return page.locator(".preflight pre").inner_text()


def test_everything_works(app: App, simulator: SimulatorProcess, visitor: VisitorPage) -> None:
    """Ten ticks, a picture that is seen, and a report to copy with nothing secret in it."""
    page = visitor.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    received: list[str] = []
    page.on("websocket", lambda line: line.on("framereceived", lambda it: received.append(str(it))))
    visitor.open(app.url)
    visitor.go_to("Preflight")
    page.get_by_role("button", name="Run preflight").click()
    step(page, "sound", "passed")
    assert page.evaluate("document.querySelector('.preflight video').videoWidth") == SIZE
    report = until_over(page)
    expect(page.locator("[data-outcome='passed']")).to_have_count(STEPS + 1)  # and the verdict
    expect(page.get_by_role("status").filter(has_text="It works here.")).to_be_visible()
    expect(page.locator("[data-step='create']")).to_contain_text("With the avatar Ava.")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == report
    assert "Direct, from this browser to the service." in report
    session = simulator.sessions()[-1]
    assert session["endedBy"] == "end"
    assert not any(secret in report for secret in (KS, session["sessionId"]))
    # Nor is the KS, or the session's token (a JWT), in what the browser was sent.
    assert any("whepUrl" in frame for frame in received)
    assert not any(secret in frame for frame in received for secret in (KS, "eyJ"))
    visitor.go_to("Back to the avatar")
    expect(visitor.start).to_be_enabled()


def test_which_ways_to_a_relay_are_shut(
    app: App, turn_server: TurnServer, visitor: VisitorPage
) -> None:
    """A silent one is told from one that refuses its credential, and from one that is open."""
    visitor.page.goto(f"{app.url}/health")

    def asked(url: str, credential: str) -> object:
        turn = {"url": url, "username": USERNAME, "credential": credential}
        return visitor.page.evaluate(
            "async ([path, turn]) => (await import(path)).shutRelays(turn)",
            [f"/{asset_path('preflight/js/relays.js')}", turn],
        )

    port = free_port()
    silent = f"turn:127.0.0.1:{port}?transport=tcp"
    way = f"TCP port {turn_server.port}"
    assert asked(turn_server.tcp, CREDENTIAL) == {"shut": [], "refusal": None}
    assert asked(turn_server.tcp, "wrong") == {"shut": [way], "refusal": 401}
    assert asked(silent, CREDENTIAL) == {"shut": [f"TCP port {port}"], "refusal": None}


def test_the_page_is_closed_in_the_middle(
    app: App, simulator: SimulatorProcess, browser: Browser, visitor: VisitorPage
) -> None:
    """What was being created is ended; until then another page is told to wait, then it can run."""
    visitor.page.goto(f"{app.url}/preflight")
    going = browser.new_context()
    page = going.new_page()
    simulator.ask_mood(call="create", delay=1.0)
    created = simulator.created_from_now()
    run(page, app)
    step(page, "create", "trying")
    visitor.page.get_by_role("button", name="Run preflight").click()
    expect(visitor.page.get_by_text("Another preflight is running")).to_be_visible()
    going.close()
    eventually(lambda: [session["state"] for session in created()] == ["ended"], within=20)
    visitor.page.get_by_role("button", name="Run preflight").click()
    step(visitor.page, "create", "passed")


def test_the_picture_is_out_of_the_browsers_reach(
    app: App, simulator: SimulatorProcess, visitor: VisitorPage
) -> None:
    """The server reaches the service, the browser does not reach its media: that is told apart."""
    visitor.page.route("**/whep/**", lambda route: route.abort())
    run(visitor.page, app)
    failure = step(visitor.page, "ice", "failed")
    expect(failure).to_contain_text(
        f"Nobody answered from this browser at 127.0.0.1, port {simulator.port}"
    )
    expect(failure).to_contain_text("from the computers of all who watch")
    step(visitor.page, "picture", "not tried")
    step(visitor.page, "end", "passed")
    assert "What to do: Ask your IT department" in until_over(visitor.page)


def test_something_else_is_where_the_picture_should_be(
    app: App, simulator: SimulatorProcess, visitor: VisitorPage
) -> None:
    """A network that answers itself is told from one where nobody does."""
    simulator.ask_mood(call="whep", status=200, body="<html>Sign in</html>")
    run(visitor.page, app)
    failure = step(visitor.page, "ice", "failed")
    expect(failure).to_contain_text("but not with a picture (SDP)")
    step(visitor.page, "end", "passed")


def test_a_browser_without_webrtc(app: App, visitor: VisitorPage) -> None:
    """An extension or a policy may forbid it; that is no matter of the network."""
    visitor.page.add_init_script("delete globalThis.RTCPeerConnection")
    run(visitor.page, app)
    failure = step(visitor.page, "ice", "failed")
    expect(failure).to_contain_text("switched off in this browser")
    expect(failure).to_contain_text("not a matter of your network")
    step(visitor.page, "end", "passed")


CLICK_UNSEEN = """
new MutationObserver(() => {
  const button = document.querySelector(".preflight-run[aria-disabled=false]");
  if (!button || window.clicked) return;
  window.clicked = true;
  button.click();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""
"""A click that no person made: the browser takes it for no leave to be heard."""


def test_a_browser_that_blocks_the_sound(app: App, browser: Browser) -> None:
    """Picture and sound come; the sound may not be heard, which fails with a remedy."""
    with another(browser, "--autoplay-policy=document-user-activation-required") as page:
        page.add_init_script(CLICK_UNSEEN)
        # A look of ours at the page is leave to be heard: none before the browser has decided.
        with page.expect_websocket(lambda socket: "preflight" in socket.url) as channel:
            page.goto(f"{app.url}/preflight")
        channel.value.wait_for_event("framesent", lambda report: "picture" in str(report))
        failure = step(page, "sound", "failed")
        expect(failure).to_contain_text("does not let the page be heard")
        expect(failure).to_contain_text("AutoplayAllowlist")
        step(page, "picture", "passed")
        step(page, "end", "passed")


def test_a_network_without_udp(app: App, browser: Browser) -> None:
    """Without a relay there is no way at all, and what to open is told."""
    with another(browser, NO_WEBRTC) as page:
        run(page, app)
        failure = step(page, "ice", "failed")
        expect(failure).to_contain_text("found no way from this browser to 127.0.0.1")
        expect(failure).to_contain_text("over plain HTTP instead")
        expect(failure).to_contain_text("allow outgoing UDP to 127.0.0.1")
        step(page, "end", "passed")


@contextmanager
def another(browser: Browser, *flags: str) -> Iterator[Page]:
    """A page of a browser of the same make that was started with these flags."""
    started = browser.browser_type.launch(executable_path=executable(), args=[*FLAGS, *flags])
    yield started.new_page()
    started.close()
