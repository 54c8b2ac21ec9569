"""Visitors who come, go, and have several stages, at the desk in front of the simulator."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from sessions.desk import NO_STAGE, RESTARTED, STAGE_TELLS, Refused
from sessions.limits import Limits, Patience
from sessions.machine import WELCOME
from sessions.state import Phase
from sessions.turns import MISSED, Turn, TurnState
from tests.support.desk_visitor import AVA, Visitor, at_the_simulator, ended, open_desk
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.anyio

AT_LEISURE = Limits(grace=30.0)


async def test_a_visitor_who_leaves_takes_the_session_along(simulator: SimulatorProcess) -> None:
    """With the last stage gone for the grace, the session ends; who comes later is told."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
        await at_the_simulator(ended(simulator, session_id))
        await at_the_simulator(lambda: not desk.health()["activeSessions"])
        assert visitor.view.state.phase is Phase.IDLE
        assert "AVATAR_GRACE_SECONDS" in (visitor.view.state.notice or "")


async def test_a_visitor_who_did_nothing_is_forgotten(simulator: SimulatorProcess) -> None:
    """Nothing is kept of a page that was opened and closed."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.choose(visitor.name, AVA)
            assert desk.choices(visitor.name) == AVA
        await at_the_simulator(lambda: desk.choices(visitor.name) is None)


async def test_a_reload_comes_back(simulator: SimulatorProcess) -> None:
    """Within the grace: the same session, with its turns and choices; nothing new was said."""
    async with open_desk(simulator, limits=AT_LEISURE) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
        turn = desk.say(visitor.name, "Is anybody there?")
        assert desk.choices(visitor.name) == AVA
        async with visitor.watching() as stage:
            assert stage.shows
            visitor.report("playing")
            await visitor.until_turn(turn, TurnState.SENT)
            visitor.hear()
            session = simulator.session(session_id)
            assert [t.text for t in visitor.view.state.turns] == [WELCOME, turn.text]
    assert session["state"] == "live"
    assert [t["text"] for t in session["turns"]] == [WELCOME, turn.text]


async def test_nothing_is_said_to_nobody(simulator: SimulatorProcess) -> None:
    """While no stage is there the queue waits, and keep-alive goes on."""
    patience = Patience(keep_alive_every=0.1)
    async with open_desk(simulator, limits=AT_LEISURE, patience=patience) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
        turn = desk.say(visitor.name, "Is anybody there?")
        seen = simulator.session(session_id)["keepAlives"]
        await at_the_simulator(lambda: simulator.session(session_id)["keepAlives"] > seen + 1)
        assert visitor.view.state.turns[-1] == turn
        assert len(simulator.session(session_id)["turns"]) == 1


@pytest.mark.parametrize("heard", [False, True])
async def test_a_turn_that_was_being_said_meanwhile(
    simulator: SimulatorProcess, heard: bool
) -> None:
    """What the returned stage hears is still being said; what it does not hear is over."""
    patience = Patience(after_return=0.3)
    async with open_desk(simulator, limits=AT_LEISURE, patience=patience) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            turn, after = desk.say(visitor.name, "One."), desk.say(visitor.name, "Two.")
            await visitor.until_turn(turn, TurnState.SENT)
            visitor.report("speakingStart")
        async with visitor.watching():
            assert visitor.view.state.said
            visitor.report("playing")
            if heard:
                visitor.report("speakingStart")
                assert visitor.view.state.said
                visitor.report("speakingEnd")
            await visitor.until_turn(turn, TurnState.SPOKEN)
            await visitor.until_turn(after, TurnState.SENT)


async def test_a_turn_that_nobody_was_there_to_hear(simulator: SimulatorProcess) -> None:
    """The service took it, so it was said; that nobody heard it is no failure."""
    patience = Patience(first_sound=0.2, after_return=0.4)
    async with open_desk(simulator, limits=AT_LEISURE, patience=patience) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            turn = desk.say(visitor.name, "One.")
            await visitor.until_turn(turn, TurnState.SENT)
        async with visitor.watching():
            visitor.report("playing")
            assert (await visitor.until_turn(turn, TurnState.SPOKEN)).reason == MISSED


async def test_the_first_stage_shows_the_avatar(simulator: SimulatorProcess) -> None:
    """The others say that it is elsewhere; one of them takes it, and the next when that goes."""
    async with open_desk(simulator, way="sdk", limits=AT_LEISURE) as desk:
        visitor = Visitor(desk)
        async with visitor.watching() as first, visitor.watching() as second:
            await visitor.start()
            await visitor.until(lambda _: first.shows and not second.shows)
            assert (first.elsewhere, second.elsewhere) == (0, 1)
            async with visitor.watching() as third:
                third.report("take")
                await visitor.until(lambda _: third.shows and not first.shows)
                assert [s.elsewhere for s in (first, second, third)] == [1, 1, 0]
            await visitor.until(lambda _: first.shows and not second.shows)


async def test_only_the_stage_that_shows_it_is_believed(simulator: SimulatorProcess) -> None:
    """Another one of the same visitor hears nothing, and closes its picture."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching(), visitor.watching() as other:
            session_id = await visitor.start()
            turn = desk.say(visitor.name, "One.")
            await visitor.until_turn(turn, TurnState.SENT)
            for event in ("speakingStart", "speakingEnd", "failed", "gone"):
                other.report(event, session_id)
            state = visitor.view.state
    assert (state.phase, state.notice) == (Phase.READY, None)
    assert state.said
    assert state.said.state is TurnState.SENT


async def test_a_start_shows_where_it_was_clicked(simulator: SimulatorProcess) -> None:
    """The stage that asks for the start becomes the one that shows it."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        desk.choose(visitor.name, AVA)
        async with visitor.watching() as first, visitor.watching() as second:
            second.report("start")
            await visitor.until_phase(Phase.CONNECTING)
            await visitor.until(lambda _: second.shows and not first.shows)


async def test_a_visitor_who_was_never_seen(simulator: SimulatorProcess) -> None:
    """Nothing is opened that no stage asks for, and the page is told why."""
    before = len(simulator.sessions())
    async with open_desk(simulator) as desk:
        desk.start("nobody", AVA)
        assert not desk.is_watched("nobody")
        await at_the_simulator(lambda: desk.view("nobody").state.phase is Phase.ERROR)
        assert desk.view("nobody").state.problem == NO_STAGE
    assert len(simulator.sessions()) == before


async def test_a_start_waits_for_its_stage(simulator: SimulatorProcess) -> None:
    """A click that is quicker than the page's own connection loses nothing."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        desk.start(visitor.name, AVA)
        assert visitor.view.state.phase is Phase.CREATING
        async with visitor.watching():
            await visitor.until_phase(Phase.CONNECTING)


async def test_a_text_that_comes_late(simulator: SimulatorProcess) -> None:
    """It is not said, by neither report of its click; at the next click it is."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            for click, age in (("stage", 20.0), ("page", 0.0)):
                with pytest.raises(Refused, match="20 s after it was asked for"):
                    desk.say(visitor.name, "Late.", click=click, age=age)  # type: ignore[arg-type]
            turn = desk.say(visitor.name, "Late.", click="stage", age=0.1)
            await visitor.until_turn(turn, TurnState.SENT)


async def test_a_late_text_that_the_page_tells_of_first(simulator: SimulatorProcess) -> None:
    """It has no clock of the click, so it waits a moment for the stage; without one it says it."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)

        def page(text: str) -> asyncio.Task[Turn]:
            saying = partial(desk.say, visitor.name, text, click="page")
            return asyncio.create_task(asyncio.to_thread(saying))

        async with visitor.watching():
            await visitor.start()
            late = page("Late.")
            assert await asyncio.wait({late}, timeout=STAGE_TELLS / 3) == (set(), {late})
            with pytest.raises(Refused, match="was not said"):
                desk.say(visitor.name, "Late.", click="stage", age=6.0)
            with pytest.raises(Refused, match="was not said"):
                await late
            told_by_the_page_alone = await page("In time.")
            assert [t.text for t in visitor.view.state.turns] == [WELCOME, "In time."]
            assert visitor.view.state.turns[-1].turn_id == told_by_the_page_alone.turn_id


async def test_a_page_that_outlives_its_server(simulator: SimulatorProcess) -> None:
    """It is told that its session is gone, unless it has another one."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.lost(visitor.name)
            assert visitor.view.state.notice == RESTARTED
            await visitor.start()
            desk.lost(visitor.name)
            assert visitor.view.state.notice is None


async def test_the_stage_of_another_session_is_not_believed(simulator: SimulatorProcess) -> None:
    """News of a session that is not this visitor's changes nothing."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching() as stage:
            desk.start(visitor.name, AVA)
            await visitor.until_phase(Phase.CONNECTING)
            stage.report("playing", "another-session")
            stage.report("playing", "")
            assert visitor.view.state.phase is Phase.CONNECTING
