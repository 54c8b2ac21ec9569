"""Any text at the desk: it is refused, or the service gets what was checked, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatar_client import AsyncAvatarClient
from sessions.desk import Desk
from sessions.janitor import Janitor
from sessions.ledger import Entry, MemoryLedger
from sessions.state import Choices, Display, Phase
from sessions.turns import TextRejected, Turn, TurnState, checked
from tests.drawn_service import BASE_URL, DrawnService
from tests.still_loop import StillLoop


class Ready:
    """A visitor whose avatar is there, with a service that answers at once."""

    def __init__(self) -> None:
        self.loop = StillLoop()
        self.service = DrawnService()
        self.loop.do(self._open)
        self.watch = self.loop.do(self.watching.__enter__)
        self.loop.do(lambda: self.desk.start("ada", Choices("an-avatar")))
        self.answer()
        self.answer()
        self.hear("playing")
        self.answer()
        self.hear("speakingStart", "speakingEnd")
        assert self.desk.view("ada").state.phase is Phase.READY

    def _open(self) -> None:
        async def end(_: Entry) -> None:
            raise AssertionError

        client = AsyncAvatarClient("a-test", BASE_URL, transport=self.service)
        self.desk = Desk(client, Janitor(MemoryLedger(), end), display=Display("direct"))
        self.watching = self.desk.watch("ada")

    def say(self, text: str) -> tuple[Turn, str]:
        """The turn that `text` has become, heard to its end, and what the service got."""
        turn = self.loop.do(lambda: self.desk.say("ada", text))
        (call,) = self.service.waiting
        sent = json.loads(call.request.content)
        self.answer()
        self.hear("speakingStart", "speakingEnd")
        assert sent["turnId"] == turn.turn_id
        return self.desk.view("ada").state.turns[-1], sent["text"]

    def answer(self) -> None:
        """What waits is answered as it should be."""
        for call in list(self.service.waiting):
            self.loop.do(partial(self.service.decide, call, "good", acts=True))

    def hear(self, *events: str) -> None:
        """What the stage reports."""
        session_id = self.desk.view("ada").state.session_id or ""
        for event in events:
            self.loop.do(partial(self.watch.report, event, session_id, None))


@pytest.fixture(scope="module")
def ready() -> Iterator[Ready]:
    """One session for all texts."""
    ready = Ready()
    yield ready
    ready.loop.do(lambda: ready.watching.__exit__(None, None, None))
    ready.loop.leave_all()


@settings(deadline=None)  # a busy machine is no fault of ours
@given(text=st.text() | st.text(alphabet=st.characters(codec=None)) | st.binary().map(repr))
def test_any_text(ready: Ready, text: str) -> None:
    """Whatever it is made of, it is said as it was checked, or refused with a sentence."""
    try:
        wanted = checked(text)
    except TextRejected:
        with pytest.raises(TextRejected, match="Text is required"):
            ready.say(text)
    else:
        turn, sent = ready.say(text)
        assert turn.state is TurnState.SPOKEN
        assert turn.text == sent == wanted
