"""An evening: a talk of twenty slides from PowerPoint, with all that comes between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import sync_playwright

from show.files import load
from show.model import Line, Show
from tests.journeys.leftovers.network import Network, network_to
from tests.support.app_process import App, running_app
from tests.support.browser import FLAGS, SOUND_ALLOWED, executable
from tests.support.decks import pptx_of
from tests.support.presenter import Presenter

SLIDES = 20
QUESTIONS = ("Yes, it can.", "In a week.", "Ask me after the talk.")


def talk() -> bytes:
    """Twenty slides, each with a short line; the tenth has two, and one slide is hidden."""
    slides = [
        (f"Point {n}", (f"A fact about {n}",), f"This is point {n}.") for n in range(1, SLIDES + 1)
    ]
    slides[9] = ("Point 10", ("Half of it",), "This is point 10.\nWe are half way.")
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


def test_an_evening(app: App, network: Network, presenter: Presenter) -> None:
    """Every line is spoken once, in order: with three questions, a reload of each window, ten
    seconds without a network, and a restart of the server in a pause."""
    content = talk()
    presenter.open_file("talk.pptx", content)
    expected = lines_of(load("talk.pptx", content))
    assert len(expected) == SLIDES + 1
    stage = presenter.open_stage()
    presenter.start()
    presenter.until_playing(stage)
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
    presenter.until("m.slide >= 11", within=40)

    # A question in the queue.
    presenter.ask(QUESTIONS[1], now=False)
    presenter.until("m.slide >= 13")

    # A pause, in which the server is started again.
    presenter.press("Hold")
    presenter.until("!m.goesOn && !m.said")
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
    assert len(cut) <= 2, "the two lines that a question cut short"
    for line in transcript:
        if line["outcome"] == "spoken":
            assert line["heard"] == line["text"]
    assert presenter.complaints == []
    presenter.press("End Session")
    presenter.until("m.phase === 'idle'")
