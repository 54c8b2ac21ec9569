"""Money has limits: how long a session lasts, how long it idles, how many there are."""

from __future__ import annotations

import asyncio

import pytest

from sessions.desk import Refused
from sessions.limits import Limits
from sessions.state import Phase
from sessions.turns import TurnState
from tests.support.desk_visitor import AVA, Visitor, open_desk
from tests.support.simulator_process import SimulatorProcess

LIMITS = Limits(max_seconds=100.0, idle_seconds=30.0)


@pytest.mark.parametrize(
    ("limits", "sentences"),
    [
        (Limits(), ("after 5 minutes", "after 30 minutes", "5 live sessions")),
        (Limits(20, 60, 90, 1), ("after 1.5 minutes", "after 1 minute,", "1 live session,")),
        (Limits(20, 12, 6, 2), ("after 6 s", "after 12 s", "2 live sessions")),
    ],
)
def test_every_limit_is_a_sentence(limits: Limits, sentences: tuple[str, str, str]) -> None:
    """It names the setting, and the number."""
    said = (limits.sentence("idle"), limits.sentence("max"), limits.full)
    settings = ("AVATAR_IDLE_MINUTES", "AVATAR_MAX_MINUTES", "AVATAR_MAX_SESSIONS")
    for sentence, part, setting in zip(said, sentences, settings, strict=True):
        assert part in sentence
        assert setting in sentence


@pytest.mark.anyio
@pytest.mark.parametrize(
    "limits",
    [Limits(grace=0.2, idle_seconds=0.3), Limits(grace=0.2, max_seconds=0.3)],
    ids=["idle", "max"],
)
async def test_a_limit_ends_the_session(simulator: SimulatorProcess, limits: Limits) -> None:
    """With a notice and without a problem; nothing is left live, and the next start works."""
    async with open_desk(simulator, limits=limits) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            view = await visitor.until(lambda view: view.state.notice)
            assert (view.state.phase, view.state.problem) == (Phase.IDLE, None)
            assert view.state.notice in (limits.sentence("idle"), limits.sentence("max"))
            assert simulator.sessions()[-1]["endedBy"] == "end"
            desk.start(visitor.name, AVA)
            await visitor.until_phase(Phase.CONNECTING)


@pytest.mark.anyio
async def test_who_starts_very_often_is_asked_to_wait(simulator: SimulatorProcess) -> None:
    """Each start may be paid for. Nobody else waits; a session that is live takes no part."""
    async with open_desk(simulator, limits=Limits(starts_at_once=2)) as desk:
        visitor, other = Visitor(desk), Visitor(desk, "another")
        async with visitor.watching(), other.watching():
            for _ in range(2):
                await visitor.start()
                desk.start(visitor.name, AVA)
                desk.end(visitor.name)
                await visitor.until_phase(Phase.IDLE)
            with pytest.raises(Refused, match="wait a few seconds"):
                desk.start(visitor.name, AVA)
            assert visitor.view.state.phase is Phase.ERROR
            await other.start()


def test_a_person_can_start_quickly() -> None:
    """Twenty times at once, and every five seconds from then on."""
    limits = Limits()
    assert (limits.starts_at_once, limits.starts_a_minute) == (20, 12)


@pytest.mark.anyio
async def test_what_is_said_is_not_idle(simulator: SimulatorProcess) -> None:
    """The countdown is the idle one only while nothing is said or queued, and `stay` resets it."""
    limits = Limits(grace=0.2, idle_seconds=60.0, max_seconds=500.0)
    async with open_desk(simulator, limits=limits) as desk:
        visitor = Visitor(desk)
        async with visitor.watching() as stage:
            assert (stage.state.ends_at, stage.state.limit) == (None, None)
            await visitor.start()
            await visitor.until(lambda _: stage.state.limit == "idle")
            ends_at = stage.state.ends_at
            assert ends_at is not None
            assert 50 < ends_at - asyncio.get_running_loop().time() <= 60
            await visitor.until_turn(desk.say(visitor.name, "Hello."), TurnState.SENT)
            assert stage.state.limit == "max"
            visitor.hear()
            await visitor.until(lambda _: stage.state.limit == "idle")
            before = visitor.view.state.ends_at
            stage.report("stay")
            await visitor.until(lambda view: view.state.ends_at != before)


@pytest.mark.anyio
async def test_stay_grants_as_long_again(simulator: SimulatorProcess) -> None:
    """The longest time counts from the click."""
    limits = Limits(grace=0.2, idle_seconds=60.0, max_seconds=30.0)
    async with open_desk(simulator, limits=limits) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            before = visitor.view.state.ends_at
            assert before
            desk.stay(visitor.name)
            assert (visitor.view.state.ends_at or 0.0) > before
            assert visitor.view.state.limit == "max"


@pytest.mark.anyio
async def test_a_full_server_says_so(simulator: SimulatorProcess) -> None:
    """Nothing is created, /health says so, and one who ends makes room."""
    limits = Limits(grace=0.2, max_sessions=1)
    created = simulator.created_from_now()
    async with open_desk(simulator, limits=limits) as desk:
        first, second = Visitor(desk, "first"), Visitor(desk, "second")
        async with first.watching(), second.watching():
            await first.start()
            with pytest.raises(Refused, match="AVATAR_MAX_SESSIONS"):
                desk.start(second.name, AVA)
            assert (desk.health()["status"], desk.health()["activeSessions"]) == ("full", 1)
            assert len(created()) == 1
            desk.end(first.name)
            await first.until_phase(Phase.IDLE)
            await second.start()


@pytest.mark.anyio
async def test_a_session_that_is_no_visitors_counts(simulator: SimulatorProcess) -> None:
    """What a preflight opens takes one of the places, for as long as it is there."""
    async with open_desk(simulator, limits=Limits(max_sessions=1)) as desk:
        with desk.admitted():
            assert desk.health()["status"] == "full"
            assert desk.health()["activeSessions"] == 1
            with pytest.raises(Refused, match="1 live session"):
                desk.start("a-visitor", AVA)
            with pytest.raises(Refused, match="1 live session"), desk.admitted():
                pass
        assert desk.health()["activeSessions"] == 0
        await desk.close()
        with pytest.raises(Refused, match="stopping"), desk.admitted():
            pass
