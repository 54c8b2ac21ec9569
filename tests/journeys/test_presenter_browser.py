"""An evening: a talk of twenty slides from PowerPoint, with all that comes between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import pytest
from playwright.sync_api import sync_playwright

from show.files import load
from show.model import Line, Show
from tests.journeys.leftovers.network import Network, network_to
from tests.support.app_process import App, running_app
from tests.support.browser import FLAGS, SOUND_ALLOWED, executable
from tests.support.decks import pptx_of
from tests.support.presenter import Presenter
from tests.support.takes import chapters, colour_at, duration, loudness
from tests.support.visitor_page import LOUD, QUIET

SLIDES = 20
LONG = "This is point 13, and it is a long one, of which nobody hears the end before a pause."
QUESTIONS = ("Yes, it can.", "In a week.", "Ask me after the talk.")


def talk() -> bytes:
    """Twenty slides, each with a short line; the tenth has two, the thirteenth a long one, and one
    slide is hidden."""
    slides = [
        (f"Point {n}", (f"A fact about {n}",), f"This is point {n}.") for n in range(1, SLIDES + 1)
    ]
    slides[9] = ("Point 10", ("Half of it",), "This is point 10.\nWe are half way.")
    slides[12] = ("Point 13", ("A long one",), LONG)
    return pptx_of(*slides[:4], ("Hidden", (), "Never said."), *slides[4:], hidden=[4])


@pytest.fixture
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app whose ledger, and so whose shows, outlive it."""
    ledger = tmp_path_factory.mktemp("ledger") / "ledger.db"
    with running_app(AVATAR_LEDGER_URL=f"sqlite:///{ledger}") as app:
        yield app


@pytest.fixture
def network(app: App) -> Iterator[Network]:
    """The way from the browser to the app."""
    with network_to(app.port) as network:
        yield network


@pytest.fixture
def presenter(network: Network) -> Iterator[Presenter]:
    """Two windows of one browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(), args=[*FLAGS, SOUND_ALLOWED]
        )
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, accept_downloads=True
        )
        yield Presenter(context, network.url)
        browser.close()


def lines_of(show: Show) -> list[str]:
    """All that it says, in order."""
    return [cue.text for slide in show.slides for cue in slide.cues if isinstance(cue, Line)]


def transcript_of(presenter: Presenter) -> list[dict[str, Any]]:
    """The lines of the transcript, as it is downloaded."""
    presenter.press_popover("Transcript")
    with presenter.desk.expect_download() as download:
        presenter.desk.get_by_role("button", name=".json").click()
    presenter.desk.keyboard.press("Escape")
    lines: list[dict[str, Any]] = json.loads(download.value.path().read_text("utf-8"))["entries"]
    return lines


def check_recording(video: Path, spoken: list[str]) -> None:
    """It plays, can be seeked, and has what was heard: by its chapters, transcript and sound.

    A window that is reloaded records nothing until its page is there: what was said meanwhile is
    missing, and nothing else.
    """
    length = duration(video)
    loud = loudness(video)
    assert len(loud) == pytest.approx(10 * length, abs=20)
    with av.open(str(video), "r") as file:
        times = [float(p.pts * p.time_base) for p in file.demux(video=0) if p.pts is not None]
    assert max(b - a for a, b in pairwise(sorted(times))) < 2, "a picture is always there"
    titles = [title for title, *_ in chapters(video)]
    points = [f"Point {number}" for number in range(1, 14)]
    assert [point for point in points if point in titles] == titles
    assert (titles[0], titles[-1]) == (points[0], points[-1])
    assert len(titles) >= len(points) - 3
    for begin, end in ((begin, end) for title, begin, end in chapters(video)[::3]):
        colour_at(video, (begin + end) / 2)

    transcript = json.loads(video.with_suffix(".json").read_text("utf-8"))["entries"]
    texts = [line["text"] for line in transcript]
    hole = len(spoken) - len(texts)
    assert 0 <= hole <= 3
    assert any(spoken[:at] + spoken[at + hole :] == texts for at in range(len(texts) + 1))
    sounds = [
        loud[max(0, round(10 * line["began"]) - 3) : round(10 * line["ended"]) + 3].max()
        for line in transcript
    ]
    # Without a network the server hears late of a line; some of one may be in the reload.
    assert sum(sound > LOUD for sound in sounds) >= len(transcript) - 4, sounds
    assert (texts[-1], transcript[-1]["outcome"]) == (LONG, "interrupted")
    assert loud[-8:-2].max() < QUIET, "silence after the interrupt"


def test_an_evening(app: App, network: Network, presenter: Presenter, tmp_path: Path) -> None:
    """Every line is spoken once, in order: with three questions, a reload of each window, ten
    seconds without a network, and a restart of the server in a pause. All up to there is in one
    recording."""
    content = talk()
    presenter.open_file("talk.pptx", content)
    expected = lines_of(load("talk.pptx", content))
    assert len(expected) == SLIDES + 1
    stage = presenter.open_stage()
    presenter.start()
    presenter.until_playing(stage)
    presenter.record()
    presenter.press("Go")

    # A question while a line is being said, and back to the very line.
    presenter.until("m.slide >= 2 && m.said && m.said.since !== null")
    presenter.ask(QUESTIONS[0])
    presenter.until("m.slide >= 3")

    # The stage's window is reloaded, then the desk.
    presenter.until("m.slide >= 5 && m.said && m.said.since !== null")
    stage.reload()
    presenter.until_playing(stage)
    presenter.until("m.slide >= 7 && m.said && m.said.since !== null")
    presenter.desk.reload()
    presenter.until("m.slide >= 8")

    # Ten seconds without a network.
    presenter.until("m.slide >= 9 && m.said && m.said.since !== null")
    network.refuse(10.0)
    presenter.until("m.slide >= 10", within=40)

    # A question in the queue.
    presenter.ask(QUESTIONS[1], now=False)
    presenter.until("m.slide === 12 && m.said?.text.startsWith('This') && m.said.since !== null")

    # A pause in mid-line, in which the recording is taken home and the server is started again.
    presenter.press("Silence")
    presenter.until("!m.goesOn && !m.said")
    spoken = [e["text"] for e in transcript_of(presenter) if e["ended"] is not None]
    check_recording(presenter.recorded(tmp_path), spoken)
    presenter.desk.wait_for_function("window.messages.at(-1).coming.length > 0")
    app.stop()
    app.start()
    app.until_it_answers()
    presenter.desk.reload()
    presenter.until("m.phase === 'idle' && m.slides === 20")
    stage.reload()
    presenter.until("m.windows === 1")
    presenter.start()
    presenter.until_playing(stage)
    presenter.press("Go")
    presenter.until("m.slide >= 16 && m.said && m.said.since !== null")
    presenter.ask(QUESTIONS[2])
    presenter.until("m.over", within=60)

    transcript = transcript_of(presenter)
    spoken = [e["text"] for e in transcript if e["outcome"] == "spoken" and e["by"] == "show"]
    assert spoken == expected
    asked = [e["text"] for e in transcript if e["by"] == "presenter" and e["outcome"] == "spoken"]
    assert asked == list(QUESTIONS)
    cut = [e for e in transcript if e["outcome"] != "spoken"]
    assert {e["outcome"] for e in cut} <= {"interrupted"}
    assert all(e["text"] in expected for e in cut)
    assert len(cut) <= 3, "the lines that two questions and the pause cut short"
    # What is said while the network is away may be over before its sound is told of.
    missed = [e for e in transcript if e["outcome"] == "spoken" and e["began"] is None]
    assert len(missed) <= 1
    assert all(e["reason"] for e in missed)
    for line in transcript:
        if line["outcome"] == "spoken" and line not in missed:
            assert line["heard"] == line["text"]
    assert presenter.complaints == []
    presenter.press("End Session")
    presenter.until("m.phase === 'idle'")
