"""Eighty turns in a row, while a third of all calls fail."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import suppress

import numpy as np
from anyio.from_thread import start_blocking_portal

from sessions.desk import Desk, Refused, View
from sessions.limits import Limits, Patience
from sessions.machine import WELCOME
from sessions.server_voice import ServerVoice
from sessions.state import Phase
from sessions.turns import ENDED, Turn, TurnState
from speech import SAMPLE_RATE, Utterance, Viseme
from tests.support.desk_visitor import AVA, Visitor, open_desk, until_ledger
from tests.support.page_under_test import page_of
from tests.support.services import the_pages_find
from tests.support.simulator_process import running_simulator
from tests.support.storm import storm

TURNS = 80
SEED = 3
VISITOR = "in-the-storm"


class InTheStorm(Visitor):
    """A visitor who goes on, whatever happens; `seen` is every turn, as it was seen last."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, VISITOR)
        self.seen: dict[str, Turn] = {}

    async def say_all(self, texts: list[str]) -> None:
        """Each of them once, a few at a time; some are interrupted."""
        draw = random.Random(SEED)
        async with self.watching():
            while texts:
                await self.until(lambda view: self._goes_on(view) and is_ready(view), within=20)
                for text in texts[: draw.randint(1, 5)]:
                    with suppress(Refused):  # the session has ended meanwhile
                        self.desk.say(self.name, text)
                        texts.remove(text)
                if draw.random() < 0.2:
                    self.desk.interrupt(self.name)
                await self.until(lambda view: self._goes_on(view) and is_silent(view), within=40)
            self.desk.end(self.name)
            await self.until(lambda view: view.state.phase in (Phase.IDLE, Phase.ERROR))

    def _goes_on(self, view: View) -> bool:
        """Starts where nothing is live, and hears at once what is said."""
        state = view.state
        for turn in state.turns:
            before = self.seen.get(turn.turn_id, turn)
            assert turn == before or before.state not in ENDED, (before, turn)
            self.seen[turn.turn_id] = turn
        if state.phase in (Phase.IDLE, Phase.ERROR):
            self.desk.start(self.name, AVA)
        elif state.phase is Phase.CONNECTING:
            self.report("playing")
        elif state.said and state.said.state is TurnState.SENT:
            self.hear()
        return True


class Tick:
    """A voice of our own that has said everything in a moment."""

    def has_sound(self, text: str) -> bool:
        """It has one for all."""
        return True

    def utterances(
        self, text: str, *, speed: float = 1.0, pitch: float = 1.0
    ) -> Iterator[Utterance]:
        """Noise for 50 ms."""
        noise = np.random.default_rng(0).integers(-9000, 9000, SAMPLE_RATE // 20, np.int16)
        yield Utterance(text, noise, (Viseme(0.0, "aa"),), ())


def is_silent(view: View) -> bool:
    """Nothing is being said, nor waits to be."""
    return all(turn.state in ENDED for turn in view.state.turns)


def is_ready(view: View) -> bool:
    """The avatar is there, and silent."""
    return view.state.phase is Phase.READY and is_silent(view)


def test_a_storm() -> None:
    """Each turn has one end, none is said twice, every session ends, and the page stays a page."""
    texts = [f"Number {number}." for number in range(TURNS)]
    limits = Limits(grace=0.2)
    patience = Patience(keep_alive_every=0.5)
    with (
        running_simulator("--max-sessions", "100") as simulator,
        storm(simulator, SEED) as (weather, base_url),
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(
            open_desk(
                simulator,
                base_url=base_url,
                limits=limits,
                patience=patience,
                voice=ServerVoice(Tick),
            )
        ) as desk,
    ):
        with the_pages_find(desk, base_url):
            visitor = InTheStorm(desk)
            saying = portal.start_task_soon(visitor.say_all, list(texts))
            page = page_of(VISITOR)
            while not saying.done():
                assert not page.run().exception
                wait([saying], timeout=0.3)
            saying.result()
            assert not page.run().exception
        unknown = portal.call(until_ledger, desk, lambda entries: all(e.unknown for e in entries))
        sessions = simulator.sessions()
    asked = [turn for turn in visitor.seen.values() if turn.text != WELCOME]
    assert sorted(turn.text for turn in asked) == sorted(texts)
    assert all(turn.state in ENDED for turn in visitor.seen.values())
    turns = [turn for session in sessions for turn in session["turns"]]
    # A recording has no text: by its turn it is known, whichever voice has said it.
    heard = Counter(turn["turnId"] for turn in turns)
    assert max(heard.values()) == 1
    assert all(heard[turn.turn_id] == 1 for turn in asked if turn.state is TurnState.SPOKEN)
    assert {turn["kind"] for turn in turns} == {"text", "audio"}
    assert all(turn.reason for turn in asked if turn.state is TurnState.FAILED)
    assert sum(session["endedBy"] != "end" for session in sessions) <= len(unknown)
    assert weather.share_of_failures > 0.25
