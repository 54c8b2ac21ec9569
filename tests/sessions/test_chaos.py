"""Turn after turn, while a third of all calls to the service fail in one way or another."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import wait
from statistics import median
from typing import Any

import psutil
import pytest
from anyio.from_thread import start_blocking_portal

from sessions.ledger import Entry
from sessions.limits import Limits, Patience
from sessions.machine import WELCOME
from sessions.server_voice import ServerVoice
from sessions.turns import ENDED, Turn, TurnState
from tests.support import short_voice
from tests.support.chaos_proxy import OF_ANSWERS, SEED, Chaos, bad_service
from tests.support.chaos_visitor import ChaosVisitor, stages_see
from tests.support.desk_visitor import open_desk, until_ledger
from tests.support.page_under_test import page_of
from tests.support.services import the_pages_find
from tests.support.simulator_process import SimulatorProcess, running_simulator

VISITORS = 8
TEXTS = (
    "A text in parts, number {}. " + "It goes on and on, sentence after sentence. " * 8,
    "Number {}.",
    "Number {}.",
    "Number {}.",
    "Number {}.",
)
ROOM = 10
"""Descriptors and threads that the libraries may keep for the next time."""


@pytest.mark.parametrize("turns", [40, pytest.param(200, marks=pytest.mark.soak)])
def test_chaos(turns: int) -> None:
    """Each turn has one end, none is said twice or spoken in vain, and nothing is left of them."""
    print(f"SEED={SEED}")
    chaos, process = Chaos(share=1 / 3), psutil.Process()
    memory: list[int] = []
    flags = ("--max-sessions", "100", "--engine", "tests.support.short_voice:load")
    texts = [TEXTS[n % len(TEXTS)].format(n).strip() for n in range(turns)]

    def has_ended(entries: Iterable[Entry]) -> bool:
        return all(entry.unknown or entry.session_id in chaos.misread for entry in entries)

    def counts() -> tuple[int, int, int]:
        return len(asyncio.all_tasks()), threading.active_count(), process.num_fds()

    with (
        running_simulator(*flags) as simulator,
        bad_service(simulator, chaos) as base_url,
        start_blocking_portal() as portal,
    ):
        before = portal.call(counts)
        with portal.wrap_async_context_manager(
            open_desk(
                simulator,
                base_url=base_url,
                timeout=1.0,
                limits=Limits(grace=0.2, max_sessions=100),
                patience=Patience(keep_alive_every=0.5, unheard=2.0, first_sound=1.0),
                voice=ServerVoice(short_voice.load),
            )
        ) as desk:
            visitors = [portal.call(ChaosVisitor, desk, f"visitor-{n}") for n in range(VISITORS)]
            with the_pages_find(desk, base_url):
                # Its first run may take as long as all turns, and is no look at the memory.
                page = page_of(visitors[0].name)
                saying = portal.start_task_soon(say_all, simulator, visitors, texts)
                while not saying.done():
                    assert not page.run().exception
                    memory.append(process.memory_info().rss)
                    wait([saying], timeout=0.25)
            saying.result()
            entries = portal.call(until_ledger, desk, has_ended, 60)
        after = portal.call(counts)
        sessions = simulator.sessions()
    assert set(chaos.met) >= set(OF_ANSWERS)
    seen = [turn for visitor in visitors for turn in visitor.seen.values()]
    assert sorted(turn.text for turn in seen if turn.text != WELCOME) == sorted(texts)
    assert all(turn.state in ENDED for turn in seen)
    assert all(turn.reason for turn in seen if turn.state is TurnState.FAILED)
    was_said_once(seen, [turn for session in sessions for turn in session["turns"]])
    left = [session["sessionId"] for session in sessions if session["endedBy"] != "end"]
    assert len(set(left) - chaos.misread) <= sum(entry.unknown for entry in entries)
    assert after <= tuple(count + ROOM * (n > 0) for n, count in enumerate(before))
    third = len(memory) // 3
    assert median(memory[-third:]) < 1.1 * median(memory[third:-third])


async def say_all(
    simulator: SimulatorProcess, visitors: Sequence[ChaosVisitor], texts: Sequence[str]
) -> None:
    """All visitors at the same time, each its share."""
    seeing = asyncio.create_task(stages_see(simulator, visitors))
    async with asyncio.TaskGroup() as saying:
        for n, visitor in enumerate(visitors):
            saying.create_task(visitor.say_all(texts[n::VISITORS]))
    seeing.cancel()


def was_said_once(seen: Sequence[Turn], said: Sequence[dict[str, Any]]) -> None:
    """What the visitors have `seen` is what the service has `said`, and that only once."""
    ids = [turn["turnId"] for turn in said]
    assert len(set(ids)) == len(ids)
    certain = True
    for turn in seen:
        parts = [part for part in said if part["turnId"].startswith(turn.turn_id)]
        # Neither a chunk of a text nor, by another voice, the text itself a second time.
        assert all(turn.text.startswith(p["text"]) for p in parts), (turn, parts)
        if turn.state is TurnState.SPOKEN:
            assert parts, turn
            # All of the text, unless the server voice has said the rest.
            by_server_voice = any(part["kind"] == "audio" for part in parts)
            assert by_server_voice or parts[0]["text"] == turn.text, (turn, parts)
        # The sound of a turn whose fate is not known can't be told from that of the next one.
        certain = turn.state is TurnState.SPOKEN and (certain or turn.text == WELCOME)
        if certain:
            assert {part["outcome"] for part in parts} == {"spoken"}, (turn, parts)
