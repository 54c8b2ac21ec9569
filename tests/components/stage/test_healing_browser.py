"""What the stage does when its picture stops, is refused, or never comes, in a real browser."""

from __future__ import annotations

import signal

from playwright.sync_api import Page, Route, expect

from tests.support.live_stage import (
    WAYS,
    Live,
    requests,
    run_until,
    show,
    until,
    until_frames_advance,
)
from tests.support.simulator_process import eventually
from tests.support.stage_page import StagePage

LONG = "This is a long sentence that somebody will not hear to its end in one piece. " * 4


def test_a_picture_that_stops_comes_back(page: Page, stage: StagePage, live: Live) -> None:
    """The stage says that it stopped, connects the same session again, and says that it is back."""
    posts = requests(page, "POST")
    show(stage, page, live.avatar("sdk"))
    first = list(posts)
    live.simulator.process.send_signal(signal.SIGSTOP)
    try:
        until(page, stage, "stalled")
        expect(page.get_by_text("Picture stopped")).to_be_visible()
        eventually(lambda: page.title() and len(posts) > len(first))
    finally:
        live.simulator.process.send_signal(signal.SIGCONT)
    until(page, stage, "resumed", within=20)
    until_frames_advance(page)
    assert stage.events() == ["playing", "stalled", "resumed"]
    assert set(posts[len(first) :]) == {first[-1]}, "only the picture is asked for again"


@WAYS
def test_a_second_viewer_is_named(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """It may be our own last connection, so the picture is asked for until it is there."""
    avatar = live.avatar(way)
    live.simulator.ask_mood(call="whep", status=409, body="no", times=None)
    stage.show(phase="connecting", avatar=avatar)
    notice = page.get_by_text("Another viewer is watching")
    expect(notice).to_be_visible()
    live.simulator.clear_moods()
    until(page, stage, "playing")
    expect(notice).not_to_be_visible()
    assert stage.events() == ["taken", "playing"]


def test_a_second_viewer_who_stays(clocked_page: Page, stage: StagePage, live: Live) -> None:
    """The page is told who is in the way, and the stage goes on trying, counting the seconds."""
    posts, answers = requests(clocked_page, "POST"), list[int]()
    clocked_page.on("response", lambda response: answers.append(response.status))

    def is_refused() -> None:
        """Once more: the clock must not run past the deadline of an answer, which is real."""
        before = len(answers)
        run_until(clocked_page, lambda: len(posts) > before)
        eventually(lambda: clocked_page.title() and len(answers) > before)

    avatar = live.avatar("direct")
    live.simulator.ask_mood(call="whep", status=409, body="no", times=None)
    stage.show(phase="connecting", avatar=avatar)
    for _ in range(5):
        is_refused()
    expect(clocked_page.get_by_text("Another viewer is watching")).to_be_visible()
    until(clocked_page, stage, "taken")
    assert "Another viewer is watching this avatar (409)" in str(stage.reports)
    expect(clocked_page.get_by_text("next try in 8 s")).to_be_visible()
    assert stage.events() == ["taken"]
    live.simulator.clear_moods()
    clocked_page.get_by_role("button", name="Try again now").click()
    until(clocked_page, stage, "playing")


def test_a_reload_in_mid_speech(page: Page, stage: StagePage, live: Live) -> None:
    """The new stage shows the same session, and tells of the voice at its first sound."""
    show(stage, page, live.avatar("sdk"))
    live.say(LONG)
    until(page, stage, "speakingStart")
    stage.reports.clear()
    page.reload()
    until(page, stage, "speakingStart")
    until(page, stage, "playing")
    assert "speakingEnd" not in stage.events()
    [turn] = live.simulator.session(live.id)["turns"]
    assert turn["outcome"] is None


def test_media_that_never_come(page: Page, stage: StagePage, live: Live) -> None:
    """The network lets the offer through and no media: after 5 s it goes over plain HTTP."""

    def without_candidates(route: Route) -> None:
        answer = route.fetch()
        lines = [line for line in answer.text().splitlines() if "a=candidate" not in line]
        route.fulfill(response=answer, body="\r\n".join([*lines, ""]))

    page.route("**/whep/*", without_candidates)
    deletes = requests(page, "DELETE")
    show(stage, page, live.avatar("sdk"))
    page.get_by_role("button", name="Statistics").click()
    expect(page.get_by_text("plain HTTP")).to_be_visible()
    until_frames_advance(page)
    assert len(deletes) == 1


@WAYS
def test_a_session_that_is_over(page: Page, stage: StagePage, live: Live, way: str) -> None:
    """A session that ended before its picture came is told once, and not tried again."""
    avatar = live.avatar(way)
    live.client.end(live.session)
    posts = requests(page, "POST")
    stage.show(phase="connecting", avatar=avatar)
    until(page, stage, "gone")
    [(_, session_id, message)] = stage.reports
    assert session_id == live.id
    assert message is not None
    assert "is over (the service answered 410)" in message
    eventually(lambda: page.title() and posts)
    assert len(posts) == 1


@WAYS
def test_a_session_that_ends_while_it_is_watched(
    page: Page, stage: StagePage, live: Live, way: str
) -> None:
    """The picture stops, is asked for again, and the answer is told once."""
    show(stage, page, live.avatar(way))
    live.client.end(live.session)
    until(page, stage, "gone")
    expect(page.get_by_text("Not connected")).to_be_visible()
    assert stage.events() == ["playing", "stalled", "gone"]
