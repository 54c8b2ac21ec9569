"""A visitor whose avatar is there, before a drawn service, on a loop whose time a test moves."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from avatar_client import AsyncAvatarClient
from sessions.desk import Desk
from sessions.janitor import Janitor
from sessions.ledger import Entry, MemoryLedger
from sessions.state import Choices, Display, Phase, Sight, State
from sessions.turns import Turn
from tests.support.drawn_service import BASE_URL, Call, DrawnService, DrawnVoice, Way
from tests.support.still_loop import StillLoop


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
        self.desk = Desk(
            client,
            Janitor(MemoryLedger(), end),
            display=Display("direct"),
            voice=DrawnVoice(),
        )
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
            self.decide(call, "good")

    def decide(self, call: Call, way: Way) -> None:
        """The service acts on `call`, and answers so."""
        self.loop.do(lambda: self.service.decide(call, way, acts=True))

    def ask(self, verb: Callable[[str], object]) -> None:
        """One of the desk's, for the visitor."""
        self.loop.do(lambda: verb("ada"))

    @property
    def calls(self) -> list[str]:
        """The names of those that wait to be answered, the oldest first."""
        return [call.name for call in self.service.waiting]

    @property
    def state(self) -> State:
        """What the visitor sees now."""
        return self.desk.view("ada").state

    def leave(self) -> None:
        """The test is over."""
        self.loop.do(lambda: self.watching.__exit__(None, None, None))
        self.loop.leave_all()

    def hear(self, *events: str) -> None:
        """What the stage reports."""
        session_id = self.desk.view("ada").state.session_id or ""
        for event in events:
            self.loop.do(partial(self.watch.saw, Sight(event), session_id, None))
