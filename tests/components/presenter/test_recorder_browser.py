"""A recording by a real browser, made a file that can be seeked."""

from __future__ import annotations

from base64 import b64decode
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import av
import pytest
from playwright.sync_api import Browser, Page

from show.joining import suffix_of
from show.recording import Chapter, Take, joined
from tests.support.takes import COLOURS, chapters, colour_at, duration, loudness
from tests.support.visitor_page import LOUD, QUIET, browser, strict

__all__ = ["browser", "strict"]

SCRIPT = Path("components/presenter/js/recorder.js")
ORIGIN = "http://recorder.example/"

PAGE = """<!doctype html><canvas width="640" height="360"></canvas><script type="module">
import { Recorder } from "/recorder.js";
const chunks = [], states = (window.states = []), context = new AudioContext();
const tone = (frequency) => {
  const oscillator = new OscillatorNode(context, { frequency });
  const { stream } = oscillator.connect(context.createMediaStreamDestination());
  oscillator.start();
  return stream;
};
const draw = (context, width, height) => {
  const second = Math.floor(recorder.seconds);
  context.fillStyle = `rgb(${COLOURS[second % COLOURS.length]})`;
  context.fillRect(0, 0, width, height);
};
const onState = (state, reason) => {
  states.push([state, reason]);
  console.log(state);
  if (state === "waiting" && location.hash === "#stops") recorder.stop();
};
const onChunk = (chunk, index) => chunks.push([index, chunk]);
const canvas = document.querySelector("canvas");
const recorder = new Recorder({ canvas, draw, onChunk, onState });
const at = (time) => new Promise((r) => setTimeout(r, (time - recorder.seconds) * 1000));
const told = async ([index, chunk]) => [index, (await chunk.bytes()).toBase64()];
window.record = async () => {
  const disconnect = recorder.connect(tone(440));
  await recorder.start();
  await at(2);
  recorder.mute(true);
  await at(3);
  recorder.mute(false);
  await at(4);
  disconnect();
  await at(5);
  recorder.connect(tone(660));
  await at(6);
  await recorder.stop();
  await recorder.stop();
  return { states, told: await Promise.all(chunks.map(told)) };
};
window.recordByTimers = async () => {
  Object.defineProperty(document, "hidden", { value: true });
  await recorder.start();
  await at(2);
  await recorder.stop();
  return { told: await Promise.all(chunks.map(told)) };
};
window.refused = () => recorder.start().catch((error) => error.message);
if (location.hash) recorder.start().then(() => console.log("resolved"));
</script>"""


def opened(page: Page, begins: str = "") -> Page:
    """The page with a recorder on it, whose scripts begin with this one."""
    routed(page, begins).goto(ORIGIN)
    page.wait_for_function("'record' in window")
    return page


def routed(page: Page, begins: str = "") -> Page:
    """A page that finds a recorder at its origin, and whose scripts begin with this one."""
    page.route(f"{ORIGIN}recorder.js", lambda route: route.fulfill(path=SCRIPT))
    colours = f"<script>const COLOURS = {[[*colour] for colour in COLOURS]};{begins}</script>"
    page.route(ORIGIN, lambda route: route.fulfill(body=colours + PAGE, content_type="text/html"))
    return page


@pytest.fixture(scope="module")
def recorded(browser: Browser) -> dict[str, Any]:
    """6 s: a colour a second, and a tone that is muted in the third and away in the fifth."""
    context = browser.new_context()
    complaints: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    told: dict[str, Any] = opened(page).evaluate("window.record()")
    context.close()
    assert complaints == []
    return told


def made_of(recorded: dict[str, Any], folder: Path) -> Path:
    """The file of what the page recorded, with two chapters."""
    with Take() as take:
        for index, chunk in recorded["told"]:
            take.append(index, b64decode(chunk))
        files = [*take.files.values()]
        made = folder / f"show{suffix_of(files[0].read_bytes())}"
        marks = [Chapter("Welcome", 0.0), Chapter("Numbers", 3.5)]
        joined(files, made, chapters=marks, title="The launch")
    return made


@pytest.fixture(scope="module")
def file(recorded: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that is made of it, with two chapters."""
    return made_of(recorded, tmp_path_factory.mktemp("made"))


def test_it_comes_in_chunks(recorded: dict[str, Any]) -> None:
    """About one a second, in order, all of them before `stop()` resolves."""
    indices = [index for index, _ in recorded["told"]]
    assert indices == list(range(len(indices)))
    assert 4 <= len(indices) <= 8
    assert recorded["states"] == [["recording", ""], ["stopped", ""]]


def test_its_length(file: Path) -> None:
    """The file says how long it is."""
    assert duration(file) == pytest.approx(6, abs=0.5)


@pytest.mark.parametrize("second", range(6))
def test_each_second_is_found(file: Path, second: int) -> None:
    """Seeking to the middle of a second finds the colour of that second."""
    expected = COLOURS[second % len(COLOURS)]
    assert colour_at(file, second + 0.5) == pytest.approx(expected, abs=40)


def test_it_moves(file: Path) -> None:
    """A picture for each fortieth of a second, or nearly so where both processors are busy."""
    with av.open(str(file)) as container:
        pictures = sum(1 for _ in container.decode(video=0))
    assert 15 <= pictures / duration(file) <= 26


def test_it_is_heard(file: Path) -> None:
    """The tone is there; not where it was muted, nor where no source was; the track goes on."""
    loud = loudness(file)
    assert len(loud) == pytest.approx(60, abs=5)
    for second, is_loud in enumerate((True, True, False, True, False, True)):
        middle = loud[second * 10 + 4 : second * 10 + 7]
        assert (min(middle) > LOUD) if is_loud else (max(middle) < QUIET), (second, middle)


def test_its_chapters(file: Path) -> None:
    """They are read back, and the last one lasts to the end."""
    (welcome, begin, middle), (numbers, then, end) = chapters(file)
    assert (welcome, begin, middle) == ("Welcome", 0.0, 3.5)
    assert (numbers, then) == ("Numbers", 3.5)
    assert end == pytest.approx(duration(file), abs=0.1)


def test_a_page_that_nobody_sees(browser: Browser, tmp_path: Path) -> None:
    """It is drawn by timers. Without a source it is silent.

    Chromium without a window hides no page, so it is not seen how much it slows those timers.
    """
    page = opened(browser.new_page())
    recorded = page.evaluate("window.recordByTimers()")
    page.close()
    file = made_of(recorded, tmp_path)
    assert duration(file) == pytest.approx(2, abs=0.3)
    assert colour_at(file, 0.5) == pytest.approx(COLOURS[0], abs=40)
    assert colour_at(file, 1.5) == pytest.approx(COLOURS[1], abs=40)
    assert max(loudness(file)) < QUIET


def test_a_browser_without_a_recorder(browser: Browser) -> None:
    """It refuses with a sentence that says what to do."""
    page = opened(browser.new_page(), "delete globalThis.MediaRecorder")
    assert page.evaluate("window.refused()") == (
        "This browser can't record video. Use a current Chrome, Edge, Firefox or Safari."
    )
    page.close()


def until_told(page: Page, state: str) -> AbstractContextManager[object]:
    """The page says that its recorder is there. `evaluate` would count as a gesture."""
    return page.expect_console_message(lambda message: message.text == state)


def test_it_waits_for_a_gesture(strict: Browser) -> None:
    """Where there is no sound before that, however long it takes."""
    page = routed(strict.new_page())
    with until_told(page, "waiting"):
        page.goto(f"{ORIGIN}#begins")
    with until_told(page, "recording"):
        page.mouse.click(5, 5)
    page.close()


def test_it_can_be_stopped_while_it_waits(strict: Browser) -> None:
    """Then it never begins, and that is no failure."""
    page = routed(strict.new_page())
    with until_told(page, "resolved"):
        page.goto(f"{ORIGIN}#stops")
    page.mouse.click(5, 5)
    assert page.evaluate("states") == [["waiting", ""]]
    page.close()
