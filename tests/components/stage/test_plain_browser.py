"""Where no WebRTC is possible: face and voice over plain HTTP, in a real browser."""

from __future__ import annotations

import io
import signal
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from simulator.delivery import SILENCE
from simulator.face import Face
from simulator.mouth import SHAPES
from simulator.planes import to_rgb, views
from simulator.pose import pose_at
from tests.support.browser import NO_WEBRTC
from tests.support.live_stage import MUTED, WAYS, Live, until, until_frames_advance
from tests.support.stage_page import StagePage
from tests.support.visitor_page import VisitorPage, chromium

LONG = "This is a long sentence that somebody will not hear to its end in one piece. " * 4


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One that no WebRTC reaches, and that lets nothing be heard before the first click."""
    with chromium(NO_WEBRTC) as running:
        yield running


def show_plain(stage: StagePage, page: Page, avatar: dict[str, object]) -> None:
    """Show it, and wait for the picture, which is the drawn one."""
    stage.show(phase="ready", avatar=avatar)
    until(page, stage, "playing")
    page.get_by_role("button", name="Statistics").click()
    expect(page.get_by_text("plain HTTP")).to_be_visible()


@WAYS
def test_face_and_voice(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """The picture moves, speech is heard and told of, and the figures say which way it goes."""
    show_plain(stage, page, live.avatar(way, plain=True))
    assert page.locator("video").count() == 1
    until_frames_advance(page)
    live.say("Good morning.")
    until(page, stage, "speakingStart")
    expect(page.get_by_text("Speaking")).to_be_visible()
    VisitorPage(page).until_loud()
    until(page, stage, "speakingEnd")
    assert stage.reports == [
        (event, live.id, None) for event in ("playing", "speakingStart", "speakingEnd")
    ]
    assert live.viewers() == 1
    stage.show(phase="idle", avatar=None)
    expect(page.locator("video")).to_have_count(0)


def test_a_browser_without_webrtc(page: Page, stage: StagePage, live: Live) -> None:
    """An administrator has taken it out: nothing of the stage breaks."""
    page.add_init_script("delete globalThis.RTCPeerConnection")
    page.reload()
    stage.show(way="direct")
    page.get_by_role("button", name="Start Avatar").click()
    until(page, stage, "start")
    show_plain(stage, page, live.avatar("sdk"))
    until_frames_advance(page)


def test_interrupt_silences_it(page: Page, stage: StagePage, live: Live) -> None:
    """At once, and the next turn is heard."""
    show_plain(stage, page, live.avatar("direct", plain=True))
    live.say(LONG)
    VisitorPage(page).until_loud()
    live.client.interrupt(live.session)
    until(page, stage, "speakingEnd", within=2)
    VisitorPage(page).until_quiet()
    stage.reports.clear()
    live.say("Now this.")
    until(page, stage, "speakingStart")
    VisitorPage(page).until_loud()


def test_a_reload_in_mid_speech(page: Page, stage: StagePage, live: Live) -> None:
    """What is being said goes on from where it is, for the page that comes back."""
    show_plain(stage, page, live.avatar("direct", plain=True))
    live.say(LONG)
    until(page, stage, "speakingStart")
    stage.reports.clear()
    page.reload()
    until(page, stage, "speakingStart")
    [turn] = live.simulator.session(live.id)["turns"]
    assert turn["outcome"] is None


def test_a_simulator_that_stops_and_comes_back(page: Page, stage: StagePage, live: Live) -> None:
    """The picture stands, the stage says so, and it goes on by itself."""
    show_plain(stage, page, live.avatar("direct", plain=True))
    live.simulator.process.send_signal(signal.SIGSTOP)
    try:
        until(page, stage, "stalled", within=12)
        expect(page.get_by_text("Picture stopped")).to_be_visible()
    finally:
        live.simulator.process.send_signal(signal.SIGCONT)
    until(page, stage, "resumed", within=12)
    assert stage.events() == ["playing", "stalled", "resumed"]


def test_a_session_that_ends(page: Page, stage: StagePage, live: Live) -> None:
    """The next answer says so, and it is told once."""
    show_plain(stage, page, live.avatar("direct", plain=True))
    live.client.end(live.session)
    until(page, stage, "gone")
    expect(page.get_by_text("Not connected")).to_be_visible()
    assert stage.events() == ["playing", "gone"]


def test_the_face_is_the_one_that_would_be_sent(page: Page, stage: StagePage, live: Live) -> None:
    """Drawn in the page from the same drawing, with the same mouth, nearly in the same place."""
    film = live.client.init_client(live.session).plain_url
    for viseme, at, most in (("sil", 0.0, 1.5), ("aa", 4.2, 3.5), ("ou", 23.48, 3.5)):
        png = page.evaluate(
            """async ([url, at, viseme]) => {
              const { PlainFace } = await import("/stage/assets/any/stage/js/media/plain_face.js");
              const face = await PlainFace.of(await (await fetch(`${url}/face`)).json());
              const canvas = document.createElement("canvas");
              canvas.width = canvas.height = face.size;
              face.draw(canvas.getContext("2d"), at, viseme);
              return canvas.toDataURL("image/png").split(",")[1];
            }""",
            [film, at, viseme],
        )
        drawn = np.asarray(Image.open(io.BytesIO(b64decode(png))).convert("RGB"))
        assert np.abs(drawn.astype(int) - sent(at, viseme)).mean() < most


def sent(at: float, viseme: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The picture of the WebRTC stream as RGB."""
    voice = replace(SILENCE, mouth=SHAPES[viseme] - SHAPES["sil"])
    return np.asarray(to_rgb(views(Face("ava").frame(pose_at(at, voice, "ava"))))).astype(int)


def test_before_the_first_click_it_moves_in_silence(
    page: Page, stage: StagePage, live: Live
) -> None:
    """As with any video; the tap that unmutes it lets the sound begin where the mouth is."""
    stage.show(phase="ready", avatar=live.avatar("direct", plain=True))
    until(page, stage, "playing")
    live.say(LONG)
    until(page, stage, "speakingStart")
    page.get_by_role("button", name="Tap to unmute").click()
    VisitorPage(page).until_loud()
    assert not page.evaluate(MUTED)
