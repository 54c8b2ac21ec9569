"""The page as a visitor sees it, run by Streamlit's AppTest, with a real desk behind it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from anyio.from_thread import BlockingPortal, start_blocking_portal
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from app_pages.avatar_page import Memory
from sessions.desk import Desk
from sessions.state import Phase
from sessions.turns import TextRejected, Turn, TurnState
from tests.support.app_process import ROOT
from tests.support.desk_visitor import Visitor, open_desk
from tests.support.services import the_pages_find
from tests.support.simulator_process import SimulatorProcess, eventually

CHOICE = re.compile(r"(avatar|voice)-\d+")


class PageUnderTest:
    """One visitor's page, and the stage that would be on it."""

    def __init__(self, portal: BlockingPortal, desk: Desk) -> None:
        self.visitor = f"{uuid.uuid4().int:032x}"[:16]
        self.run = page_of(self.visitor)
        self._portal = portal
        self.desk = desk
        self.watcher = Visitor(desk, self.visitor)

    def button(self, label: str) -> Button:
        """The one button with this label."""
        (button,) = (b for b in self.run.button if b.label == label)
        return button

    def click(self, label: str) -> None:
        """Press it; the run that follows has ended when this returns."""
        self.button(label).click().run()
        self.has_no_traceback()

    def choose(self, name: str) -> None:
        """Press the one among the choices that has this name in it."""
        button = next(b for b in self.choices() if name in b.label)
        button.click().run()
        self.has_no_traceback()

    def choices(self) -> list[Button]:
        """The buttons among the choices."""
        return [b for b in self.run.button if CHOICE.match(b.key or "")]

    def ids(self) -> dict[str, str]:
        """The catalog's ids by their names."""
        catalog = self.desk.catalog
        return {item.name: item.item_id for item in (*catalog.visuals, *catalog.voices)}

    def enabled(self) -> set[str]:
        """The buttons that can be pressed, but for the choices."""
        choices = {b.key for b in self.choices()}
        return {b.label for b in self.run.button if not b.disabled and b.key not in choices}

    def status(self) -> str:
        """The word of the status line."""
        line: str = next(m.value for m in self.run.markdown if m.value.startswith("Status:"))
        return line.split("**")[1]

    def report(self, event: str) -> None:
        """What the stage would tell the desk."""
        self._portal.call(self.watcher.report, event)

    def say_by_a_key(self, text: str) -> None:
        """What the stage asks of the desk where no button of the page was clicked."""

        def say() -> None:
            with suppress(TextRejected):
                self.desk.say(self.visitor, text)

        self._portal.call(say)

    def interrupt_by_a_key(self) -> None:
        """The same for Interrupt."""
        self._portal.call(self.desk.interrupt, self.visitor)

    def turns(self) -> tuple[Turn, ...]:
        """What was asked for, as the conversation shows it."""
        return self.desk.view(self.visitor).state.turns

    def until(self, seen: Callable[[], object]) -> None:
        """Run again, as the stage would ask for, once `seen` is true."""
        eventually(seen)
        self.run.run()
        self.has_no_traceback()

    def until_phase(self, phase: Phase) -> None:
        """The page of this phase."""
        self.until(lambda: self.desk.view(self.visitor).state.phase is phase)

    def until_last_turn(self, state: TurnState) -> None:
        """The page once the last turn is in this state."""
        self.until(lambda: self.turns()[-1].state is state)

    def ready(self) -> None:
        """Start, see the picture, hear the welcome."""
        self.click("Start Avatar")
        self.until_phase(Phase.CONNECTING)
        self.report("playing")
        self.until_last_turn(TurnState.SENT)
        self.report("speakingStart")
        self.report("speakingEnd")
        self.until_last_turn(TurnState.SPOKEN)

    def has_no_traceback(self) -> None:
        """Nothing of Python is on the page."""
        assert not self.run.exception


def page_of(visitor: str) -> AppTest:
    """The page of this visitor, drawn once; AppTest sends no cookie."""
    run = AppTest.from_file(str(ROOT / "app_pages" / "frame_page.py"), default_timeout=60)
    run.session_state["memory"] = Memory(visitor)
    return run.run()


@contextmanager
def page_before(simulator: SimulatorProcess, base_url: str) -> Iterator[PageUnderTest]:
    """A page whose desk talks to the simulator by this address; the desk is closed at the end."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(open_desk(simulator, base_url=base_url)) as desk,
        the_pages_find(desk, base_url),
    ):
        page = PageUnderTest(portal, desk)
        with portal.wrap_async_context_manager(page.watcher.watching()):
            yield page
