"""Any interleaving of what visitors, stages and the service do, with a model of the service."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from functools import partial

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from avatar_client import AsyncAvatarClient
from sessions.audit import open_audit_log
from sessions.desk import Desk, Refused, Watch
from sessions.janitor import Janitor
from sessions.ledger import Entry, MemoryLedger
from sessions.limits import Limits
from sessions.service import end_entry
from sessions.state import Choices, Display, Phase, Sight
from sessions.turns import ENDED, Turn
from speech import Recording
from tests.support.drawn_service import BASE_URL, UNCERTAIN, DrawnService, DrawnVoice, Way
from tests.support.still_loop import StillLoop

VISITORS = ("ada", "bob", "cleo")
VISITOR = st.sampled_from(("ada", "ada", "ada", "bob", "cleo"))
REPORTS = ("playing", "resumed", "speakingStart", "speakingEnd", "stalled", "failed")
# Mostly good, so that some sessions get far.
GOOD: Way = "good"
WAYS = st.just(GOOD) | st.sampled_from(
    ["gone", "unsent", "limit", 400, 401, 403, 404, 501, 503, 503, *UNCERTAIN]
)
LIMITS = Limits(grace=20.0, max_seconds=120.0, idle_seconds=40.0, max_sessions=2)


class Written(logging.Handler):
    """What was written to a log from `level` on."""

    def __init__(self, logger: str, level: int) -> None:
        super().__init__(level)
        self.records: list[logging.LogRecord] = []
        self._logger = logging.getLogger(logger)
        self._logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)

    def close(self) -> None:
        """Listen no more."""
        self._logger.removeHandler(self)
        super().close()


class DeskMachine(RuleBasedStateMachine):
    """Visitors at a desk in front of a service that answers when and how it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = StillLoop()
        self.service = DrawnService()
        open_audit_log(os.devnull, with_text=False)
        self.audit = Written("avatar.audit", logging.INFO)
        self.errors = Written("sessions", logging.ERROR)
        self.stages: list[tuple[str, AbstractContextManager[Watch], Watch]] = []
        self.turns: dict[str, Turn] = {}
        self.said = 0
        self.closing = False
        self.cut_short = 0
        self.loop.do(self._open)

    def _open(self) -> None:
        self.ledger = MemoryLedger()
        client = AsyncAvatarClient("a-test", BASE_URL, transport=self.service)
        self.janitor = Janitor(self.ledger, partial(end_entry, client), beat=60.0, look=60.0)
        self.desk = Desk(
            client, self.janitor, display=Display("direct"), limits=LIMITS, voice=DrawnVoice()
        )
        self.opening = self.loop.create_task(self.janitor.__aenter__())

    # What visitors do.

    @rule(visitor=VISITOR, way=WAYS, acts=st.booleans())
    def start(self, visitor: str, way: Way, acts: bool) -> None:
        """Press Start Avatar, and the service answers so."""
        self._ask(lambda: self.desk.start(visitor, Choices("an-avatar")))
        self._answer("create", way, acts=acts)

    @rule(
        visitor=VISITOR,
        is_long=st.booleans(),
        way=WAYS,
        acts=st.booleans(),
        seconds=st.sampled_from([0.0, 3.0]),
    )
    def say(self, visitor: str, is_long: bool, way: Way, acts: bool, seconds: float) -> None:
        """Say what nobody has said before, to an avatar that is there, and it is answered so."""
        self._get_ready(visitor)
        text = self._new_text(is_long)
        self._ask(lambda: self.desk.say(visitor, text))
        self._answer("say-text", way, acts=acts)
        self._answer("say-audio", way, acts=acts)
        self.loop.advance(seconds)

    @rule(visitor=VISITOR, is_long=st.booleans())
    def say_more(self, visitor: str, is_long: bool) -> None:
        """The service takes its time."""
        text = self._new_text(is_long)
        self._ask(lambda: self.desk.say(visitor, text))

    @rule(visitor=VISITOR, seconds=st.sampled_from([0.5, 5.0]))
    def say_recording(self, visitor: str, seconds: float) -> None:
        """Say a recording."""
        text = self._new_text(is_long=False)
        recording = Recording(f"mp3 of {text}".encode(), seconds, "me.mp3")
        self._ask(lambda: self.desk.say_recording(visitor, recording))

    @rule(visitor=VISITOR, verb=st.sampled_from(["stay", "interrupt", "interrupt", "end"]))
    def click(self, visitor: str, verb: str) -> None:
        """Press one of the other buttons."""
        verbs = {"stay": self.desk.stay, "interrupt": self.desk.interrupt, "end": self.desk.end}
        self._ask(lambda: verbs[verb](visitor))

    # What their stages do.

    @rule(visitor=VISITOR)
    def come(self, visitor: str) -> None:
        """One more stage is there."""

        def come() -> None:
            watching = self.desk.watch(visitor)
            self.stages.append((visitor, watching, watching.__enter__()))

        self.loop.do(come)

    @precondition(lambda self: self.stages)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        """One of them goes."""
        stage = data.draw(st.sampled_from(self.stages))
        self.stages.remove(stage)
        self.loop.do(lambda: stage[1].__exit__(None, None, None))

    @precondition(lambda self: self.stages)
    @rule(data=st.data(), wish=st.sampled_from(["start", "stay", "take"]))
    def wish(self, data: st.DataObject, wish: str) -> None:
        """Something is clicked on one of them."""
        visitor, _, watch = data.draw(st.sampled_from(self.stages))
        self.loop.do(lambda: self._wish(visitor, watch, wish))

    @precondition(lambda self: self.stages)
    @rule(data=st.data(), event=st.sampled_from(REPORTS * 4 + ("gone",)))
    def tell(self, data: st.DataObject, event: str) -> None:
        """One of them tells what it sees of the session it knows of."""
        visitor, _, watch = data.draw(st.sampled_from(self.stages))
        session_id = self.desk.view(visitor).state.session_id or ""
        self.loop.do(lambda: watch.saw(Sight(event), session_id))

    @rule(visitor=VISITOR)
    def hear(self, visitor: str) -> None:
        """They hear a turn from its beginning to its end."""
        self._report("speakingStart", visitor)
        self._report("speakingEnd", visitor)

    # What the service and the time do.

    @precondition(lambda self: self.service.waiting)
    @rule(data=st.data(), way=WAYS, acts=st.booleans())
    def answer(self, data: st.DataObject, way: Way, acts: bool) -> None:
        """One of the calls that wait is answered."""
        call = data.draw(st.sampled_from(self.service.waiting))
        self.loop.do(lambda: self.service.decide(call, way, acts=acts))

    @precondition(lambda self: self.service.waiting)
    @rule()
    def answer_well(self) -> None:
        """All of them are answered as they should be."""
        self._answer_well()

    @rule(seconds=st.sampled_from([0.3, 1.0, 3.0, 12.0, 30.0]))
    def wait(self, seconds: float) -> None:
        """Nothing happens."""
        self.loop.advance(seconds)

    @precondition(lambda self: not self.closing and self.said > 5)
    @rule(in_vain=st.booleans())
    def close(self, in_vain: bool) -> None:
        """The server is told to stop; `in_vain`: the service does not answer in time."""
        self.closing = True
        self.cut_short = self.active
        self.loop.do(lambda: self.loop.create_task(self.desk.close()))
        if in_vain:
            self.loop.advance(50.0)

    # What must be true.

    @invariant()
    def nothing_is_said_twice(self) -> None:
        """The texts of a session are all different."""
        assert len(self.service.said) == len(set(self.service.said))

    @invariant()
    def every_live_session_is_on_the_ledger(self) -> None:
        """Where create was not answered, as one that may be."""
        entries = self._entries()
        known = {entry.session_id for entry in entries}
        unnamed = sum(entry.session_id is None for entry in entries)
        assert len(self.service.live - known) <= unnamed

    @invariant()
    def an_ended_turn_stays_as_it_is(self) -> None:
        """Its first outcome is its only one."""
        for visitor in VISITORS:
            for turn in self.desk.view(visitor).state.turns:
                before = self.turns.get(turn.turn_id, turn)
                assert before.state not in ENDED or turn == before
                self.turns[turn.turn_id] = turn

    @invariant()
    def nobody_complains(self) -> None:
        """No exception but ours, no end after one that was confirmed."""
        errors = [record.getMessage() for record in self.errors.records]
        assert self.service.complaints + self.loop.complaints + errors == []

    def teardown(self) -> None:
        """All ends well: every session, every turn, and the ledger is empty."""
        try:
            self._end_well()
        finally:
            self._leave_all()
            self.audit.close()
            self.errors.close()
            open_audit_log("", with_text=False)
            self.loop.leave_all()

    @property
    def active(self) -> int:
        """How many sessions are, or may be, paid for."""
        return int(str(self.desk.health()["activeSessions"]))

    def _end_well(self) -> None:
        for _ in range(3):  # what may still be sent is sent
            self._answer_well()
            self.loop.advance(3.0)
        self.nothing_is_said_twice()
        self._leave_all()
        self._until_idle()
        assert not self.active
        self._have_one_outcome()
        entries = self._entries()
        assert all(entry.unknown for entry in entries)
        assert len(self.service.live) <= len(entries) <= self.service.uncertain + self.cut_short
        self._forget(entries)
        assert self._entries() == ()
        closing = self.loop.do(lambda: self.loop.create_task(self._close()))
        self.loop.advance(10.0)
        assert closing.done()
        self.nobody_complains()

    def _leave_all(self) -> None:
        while self.stages:
            _, watching, _ = self.stages.pop()
            self.loop.do(partial(watching.__exit__, None, None, None))

    def _have_one_outcome(self) -> None:
        lines = [record.__dict__["audit"] for record in self.audit.records]
        assert sorted(self.turns) == sorted(line["turn"] for line in lines if line["turn"])
        ends = [line["session"] for line in lines if line["outcome"] == "ended"]
        assert len(ends) == len(set(ends))

    def _new_text(self, is_long: bool) -> str:
        self.said += 1
        if not is_long:
            return f"text {self.said}"
        return " ".join(f"Text {self.said} has a sentence number {n}." for n in range(10))

    def _ask(self, verb: Callable[[], object]) -> None:
        with suppress(Refused):
            self.loop.do(verb)

    def _wish(self, visitor: str, watch: Watch, wish: str) -> None:
        match wish:
            case "take":
                watch.take()
            case "stay":
                self.desk.stay(visitor)
            case "start":
                with suppress(Refused):
                    self.desk.start(visitor)

    def _get_ready(self, visitor: str) -> None:
        """All goes well until the welcome has been heard, which is rare otherwise."""
        if self.closing or self.desk.view(visitor).state.phase is Phase.READY:
            return
        self.come(visitor)
        self._ask(lambda: self.desk.start(visitor, Choices("an-avatar")))
        self._answer_well()
        self._answer_well()
        self._report("playing", visitor)
        self._answer_well()
        self.hear(visitor)

    def _answer(self, name: str, way: Way, *, acts: bool) -> None:
        for call in [call for call in self.service.waiting if call.name == name]:
            self.loop.do(partial(self.service.decide, call, way, acts=acts))

    def _report(self, event: str, visitor: str) -> None:
        session_id = self.desk.view(visitor).state.session_id or ""
        for whose, _, watch in self.stages:
            if whose == visitor:
                self.loop.do(partial(watch.saw, Sight(event), session_id))

    def _answer_well(self) -> None:
        for call in list(self.service.waiting):
            self.loop.do(partial(self.service.decide, call, "good", acts=True))

    def _until_idle(self) -> None:
        for _ in range(20):
            self._answer_well()
            self.loop.advance(10.0)
            left = [entry for entry in self._entries() if not entry.unknown]
            if not (self.service.waiting or self.active or left):
                break

    def _entries(self) -> tuple[Entry, ...]:
        reading = self.loop.do(lambda: self.loop.create_task(self.janitor.entries()))
        return reading.result()

    def _forget(self, entries: tuple[Entry, ...]) -> None:
        self.loop.do(lambda: self.desk.refresh_entries("the-operator"))
        for entry in entries:
            self.loop.do(partial(self.desk.end_entry, entry.entry_id))

    async def _close(self) -> None:
        await self.desk.close()
        await self.janitor.close()


TestDeskMachine = DeskMachine.TestCase
TestDeskMachine.settings = settings(
    max_examples=2 * settings().max_examples,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),  # a busy machine is no fault of ours
)
