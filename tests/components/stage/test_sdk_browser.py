"""A client SDK from elsewhere: one that works shows the avatar, any other makes room for ours."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.live_stage import Live, requests, show, until, until_frames_advance
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.stage_page import IDLE, StagePage

FORMS = ("documented", "config_late")
BROKEN = {
    "none": "could not be loaded",
    "empty": "exports no KalturaAvatarSession",
    "refused": "said “This browser is not supported.”",
}
HANGS = ("hangs_at_import", "hangs", "no_picture")


def sdk(stage: StagePage, live: Live, name: str) -> dict[str, object]:
    """The avatar, to be shown by that module."""
    return live.avatar("sdk", sdk_url=f"{stage.url}/sdks/{name}.mjs")


def calls(posts: list[str], name: str) -> int:
    """How often this call was made."""
    return sum(url.endswith(f"/{name}") for url in posts)


def shows_it_with_ours(page: Page, stage: StagePage, live: Live, name: str) -> str:
    """The picture is there, once, and the server was told why it is ours; the sentence."""
    until(page, stage, "playing")
    expect(page.locator("video")).to_have_count(1)
    assert page.locator("video.of-another-sdk").count() == 0
    ((session_id, sentence),) = {(s, m) for event, s, m in stage.reports if event == "remark"}
    assert session_id == live.id
    assert sentence is not None
    assert "AVATAR_SDK_URL" in sentence
    assert f"/sdks/{name}.mjs" in sentence
    return sentence


def test_another_sdk_shows_the_avatar(
    page: Page, stage: StagePage, live: Live, simulator: SimulatorProcess
) -> None:
    """Whichever form its constructor has; its init-client is answered by the page, as the server
    has asked; and ours does nothing."""
    posts = requests(page, "POST")
    for name in FORMS:
        posts.clear()
        stage.reports.clear()
        session = Live(live.client, simulator)
        show(stage, page, sdk(stage, session, name))
        expect(page.locator("video.of-another-sdk")).to_have_count(1)
        until_frames_advance(page)
        assert calls(posts, "init-client") == 0, name
        assert {*stage.events()} <= {"speakingStart", "playing"}
        assert not [url for url in posts if "not-the-service" in url]
        stage.show(**IDLE)
        eventually(lambda: page.title() and calls(posts, "end"))


def test_one_that_does_not_work_makes_room_for_ours(
    page: Page, stage: StagePage, live: Live, simulator: SimulatorProcess
) -> None:
    """The same session, with no init-client more; what ours is told of the session counts."""
    posts = requests(page, "POST")
    for name, words in BROKEN.items():
        posts.clear()
        stage.reports.clear()
        session = Live(live.client, simulator)
        stage.show(phase="connecting", avatar=sdk(stage, session, name))
        assert words in shows_it_with_ours(page, stage, session, name)
        assert len(posts) == 1, "no create, no init-client, no end, one offer"
        assert page.evaluate("window.ended") is None
        assert simulator.session(session.id)["state"] == "live"
        stage.show(**IDLE)
        live.client.end(session.session)


@pytest.mark.parametrize("name", HANGS)
def test_one_that_hangs_has_12_seconds(
    clocked_page: Page, stage: StagePage, live: Live, name: str
) -> None:
    """Then ours shows the avatar; what comes late is neither seen nor heard."""
    page = clocked_page
    stage.show(phase="connecting", avatar=sdk(stage, live, name))
    expect(page.get_by_text("Connecting", exact=True)).to_be_visible()
    if name == "hangs":
        page.wait_for_function("window.comeLate")
    page.clock.run_for(11_500)
    assert {*stage.events()} <= {"speakingStart"}
    page.clock.run_for(500)
    assert "within 12 s" in shows_it_with_ours(page, stage, live, name)
    if name == "hangs":
        page.evaluate("window.late = window.comeLate(), 0")
        page.wait_for_function("window.late.muted && window.late.srcObject === null")
        expect(page.locator("video")).to_have_count(1)
        assert page.evaluate("window.ended") is None


def test_one_that_goes_makes_room_in_another_tab(page: Page, stage: StagePage, live: Live) -> None:
    """The session goes on there, so it is not asked to end it; its connection is closed for it."""
    show(stage, page, sdk(stage, live, "documented"))
    page.get_by_role("button", name="Statistics").click()
    expect(page.get_by_text("direct")).to_be_visible()
    assert live.viewers() == 1
    stage.show(avatar=None, elsewhere=True)
    eventually(lambda: page.title() and live.viewers() == 0)
    assert live.simulator.session(live.id)["state"] == "live"


def test_the_next_session_does_not_wait_again(
    page: Page, stage: StagePage, live: Live, simulator: SimulatorProcess
) -> None:
    """Until the page is loaded anew, ours shows the avatar at once, and the server is told why."""
    stage.show(phase="connecting", avatar=sdk(stage, live, "throws"))
    sentence = shows_it_with_ours(page, stage, live, "throws")
    stage.show(**IDLE)
    stage.reports.clear()
    asked = requests(page, "GET")
    other = Live(live.client, simulator)
    stage.show(phase="connecting", avatar=sdk(stage, other, "throws"))
    assert shows_it_with_ours(page, stage, other, "throws") == sentence
    assert stage.events()[0] == "remark"
    assert not [url for url in asked if "/sdks/" in url]
    stage.show(**IDLE)
    eventually(lambda: page.title() and other.viewers() == 0)
    other.client.end(other.session)


def test_one_that_is_let_go(page: Page, stage: StagePage, live: Live) -> None:
    """It is asked to end the session, once: it has no other way to close its picture."""
    stage.show(phase="connecting", avatar=sdk(stage, live, "scripted"))
    page.wait_for_function("window.attached === 1")
    stage.show(**IDLE)
    page.wait_for_function("window.ended === 1")


def test_one_that_was_ready_is_attached_anew(page: Page, stage: StagePage, live: Live) -> None:
    """After a second viewer, and after a lost connection; the session is ended neither then nor
    when another tab shows it."""
    page.evaluate("window.refusals = [{ code: 409, message: 'has a viewer' }], 0")
    stage.show(phase="connecting", avatar=sdk(stage, live, "scripted"))
    expect(page.get_by_text("Another viewer is watching")).to_be_visible()
    page.wait_for_function("window.attached === 2")
    page.evaluate("window.sdk.fail({ message: 'no route' }), 0")
    page.wait_for_function("window.attached === 3")
    stage.show(avatar=None, elsewhere=True)
    expect(page.locator(".stage-notice", has_text="shown in another tab")).to_be_visible()
    assert page.evaluate("window.ended") is None
    assert stage.events() == ["taken"]


def test_one_that_is_lost_for_good_makes_room_for_ours(
    page: Page, stage: StagePage, live: Live
) -> None:
    """When it was ready, and three times in a row could not be so again."""
    stage.show(phase="connecting", avatar=sdk(stage, live, "scripted"))
    page.wait_for_function("window.attached === 1")
    page.evaluate("window.refusals = [1, 2, 3].map((n) => ({ message: `no route ${n}` })), 0")
    page.evaluate("window.sdk.fail({ message: 'no route' }), 0")
    assert "said “no route 3”" in shows_it_with_ours(page, stage, live, "scripted")
    assert page.evaluate("[window.attached, window.ended]") == [4, None]
