"""From a key at the presenter's desk to the say-text at the API, beside a bare WebSocket's."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from playwright.sync_api import Page

from benchmarks.proxy import Proxy
from benchmarks.table import Row, Target
from benchmarks.world import World, world
from tests.support.presenter import Presenter
from tests.support.simulator_process import eventually

LINE = "This is line number {}."
"""Takes about 1.3 s."""
LINES = 200
"""At least: a round takes two."""
LINES_A_SLIDE = 10
SPEAKING = 0.5
"""Seconds from a line's first sound to the next key, or from its say-text where nobody listens."""
OVER = 2.0
"""Seconds from a say-text on, after which nobody speaks, and all pages are at rest."""
MEASURED = 1.0
"""Seconds without news of the show, after which its lines have their lengths."""


@dataclass(slots=True)
class Seen:
    """Milliseconds of every round: where nothing was being said, and in the middle of a line."""

    held: list[float] = field(default_factory=list)
    mid_line: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Side:
    """A page that takes keys, and the session that they are for."""

    page: Page
    session_id: str
    api: Proxy
    seen: Seen = field(default_factory=Seen)

    def press(self, key: str) -> float:
        """Milliseconds from the key to the say-text at the API."""
        earlier = len(self.api.arrivals("say-text", self.session_id))
        self.page.keyboard.press(key)
        at, *_ = eventually(lambda: self.api.arrivals("say-text", self.session_id)[earlier:])
        pressed: float = self.page.evaluate("stamps.key")
        return 1000 * at - pressed


def keys(rounds: int) -> list[Row]:
    """Next where nothing is being said, and in the middle of a line."""
    with (
        world() as everything,
        everything.app() as app,
        everything.plain_server() as server,
        everything.window() as window,
        everything.page("bare.html") as bare_page,
    ):
        bare = Side(bare_page, bare_page.evaluate("takeKeys", server), everything.api)
        presenter = Presenter(window, app)
        desk = _started(everything, presenter, max(LINES, 2 * (rounds + 1)))
        for _ in range(rounds + 1):
            presenter.until("m.said === null && m.phase === 'ready'")
            desk.seen.held.append(desk.press("PageDown"))
            presenter.until("m.said && m.said.since !== null")
            time.sleep(SPEAKING)
            desk.seen.mid_line.append(desk.press("PageDown"))
            presenter.until("m.said === null")
            bare.seen.held.append(bare.press("PageDown"))
            time.sleep(SPEAKING)
            bare.seen.mid_line.append(bare.press("End"))
            time.sleep(OVER)
    ours, floor, target = desk.seen, bare.seen, Target("ratio", 1.2)
    return [
        Row("Key to say-text at the API, held", "ms", ours.held[1:], floor.held[1:], target),
        Row("Key to say-text at the API, mid-line", "ms", ours.mid_line[1:], floor.mid_line[1:]),
    ]


def _started(everything: World, presenter: Presenter, lines: int) -> Side:
    presenter.open_file("lines.md", show_of(lines))
    presenter.start()
    presenter.desk.evaluate("document.activeElement?.blur()")
    news = "window.messages.length"
    before, now = -1, presenter.desk.evaluate(news)
    while before != now:
        time.sleep(MEASURED)
        before, now = now, presenter.desk.evaluate(news)
    session_id = everything.simulator.sessions()[-1]["sessionId"]
    return Side(presenter.desk, session_id, everything.api)


def show_of(lines: int) -> bytes:
    """A show of so many short lines, on slides of ten."""
    texts = [LINE.format(number + 1) for number in range(lines)]
    slides = [
        f"# Part {start // LINES_A_SLIDE + 1}\n\n<!--\n"
        + "\n\n".join(texts[start : start + LINES_A_SLIDE])
        + "\n-->"
        for start in range(0, lines, LINES_A_SLIDE)
    ]
    return ("---\nmarp: true\n---\n\n" + "\n\n---\n\n".join(slides)).encode()
