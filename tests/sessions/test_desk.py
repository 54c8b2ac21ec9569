"""A session at the desk from its start to its one end, against the simulator over HTTP."""

from __future__ import annotations

import pytest

from sessions.desk import STOPPING, Refused
from sessions.limits import Patience
from sessions.machine import GONE
from sessions.state import Phase
from sessions.turns import TurnState
from tests.support.desk_visitor import AVA, Visitor, at_the_simulator, has_come, open_desk
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.anyio


async def test_a_session_from_start_to_end(simulator: SimulatorProcess) -> None:
    """Each phase is shown once and in order, the welcome is said, and end is confirmed."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            assert simulator.session(session_id)["state"] == "live"
            assert [t.state for t in visitor.view.state.turns] == [TurnState.SPOKEN]
            desk.end(visitor.name)
            await visitor.until_phase(Phase.IDLE)
    assert visitor.phases == ["idle", "creating", "connecting", "ready", "ending", "idle"]
    assert simulator.session(session_id)["endedBy"] == "end"


async def test_two_starts_are_one_session(simulator: SimulatorProcess) -> None:
    """A second click while one is starting or live creates nothing."""
    created = simulator.created_from_now()
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            desk.start(visitor.name, AVA)
            await visitor.until_phase(Phase.CONNECTING)
            desk.start(visitor.name, AVA)
    assert len(created()) == 1


async def test_the_stage_can_ask_for_the_start(simulator: SimulatorProcess) -> None:
    """With what was chosen on the page; the page's own click then finds it under way."""
    created = simulator.created_from_now()
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        desk.choose(visitor.name, AVA)
        async with visitor.watching():
            visitor.report("start")
            desk.start(visitor.name, AVA)
            await visitor.until_phase(Phase.CONNECTING)
    assert len(created()) == 1


async def test_end_before_create_is_sent(simulator: SimulatorProcess) -> None:
    """Nothing is created: the ledger is written first, and the end came meanwhile."""
    created = simulator.created_from_now()
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            desk.end(visitor.name)
            await visitor.until_phase(Phase.IDLE)
            assert await desk.janitor.entries() == ()
    assert not created()


async def test_end_while_creating_leaves_none(simulator: SimulatorProcess) -> None:
    """The create under way is awaited, so that what it made can be ended."""
    created = simulator.created_from_now()
    simulator.ask_mood(call="create", delay=0.5)
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            await at_the_simulator(has_come(simulator))
            desk.end(visitor.name)
            desk.end(visitor.name)
            await visitor.until_phase(Phase.IDLE)
    (session,) = created()
    assert session["endedBy"] == "end"
    assert visitor.phases == ["idle", "creating", "ending", "idle"]


async def test_closing_the_desk_ends_every_session(simulator: SimulatorProcess) -> None:
    """Also one whose create is still under way; nothing can be started afterwards."""
    created = simulator.created_from_now()
    async with open_desk(simulator) as desk:
        ready, starting = Visitor(desk, "ready"), Visitor(desk, "starting")
        async with ready.watching(), starting.watching():
            await ready.start()
            simulator.ask_mood(call="create", delay=0.4)
            desk.start(starting.name, AVA)
            await at_the_simulator(has_come(simulator))
            await desk.close()
            assert desk.health()["status"] == "stopping"
            with pytest.raises(Refused, match="stopping"):
                desk.start("late", AVA)
            assert {v.view.state.notice for v in (ready, starting)} == {STOPPING}
    assert [s["endedBy"] for s in created()] == ["end", "end"]


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 502, 503, 504])
async def test_every_status_on_create_is_a_sentence(
    simulator: SimulatorProcess, status: int
) -> None:
    """Nothing is live, the sentence says what to do, and the next start works."""
    simulator.ask_mood(call="create", status=status, body="<html>no</html>", times=None)
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            view = await visitor.until_phase(Phase.ERROR)
            simulator.clear_moods()
            assert view.state.problem
            assert view.state.problem.endswith(".")
            assert await visitor.start()


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("call", ["say-text", "keep-alive"])
async def test_a_session_that_is_gone(simulator: SimulatorProcess, call: str, status: int) -> None:
    """404 and 410 end it here too, with the sentence; end is still asked for, once."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call=call, status=status)
            if call == "say-text":
                desk.say(visitor.name, "Hello?")
            else:
                visitor.report("stalled", "The picture stopped.")
            view = await visitor.until_phase(Phase.ERROR)
    assert view.state.problem
    assert "Start a new session" in view.state.problem
    assert simulator.session(session_id)["endedBy"] == "end"


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "refused to show the picture"),
        *((status, "does not accept this session's token") for status in (401, 403)),
        *((status, "The session is no longer there") for status in (404, 410)),
        (429, "was asked too often"),
        *((status, "failed when it was asked to show the picture") for status in (500, 502)),
        *((status, "failed when it was asked to show the picture") for status in (503, 504)),
    ],
)
async def test_every_status_on_init_client_ends_the_session(
    simulator: SimulatorProcess, status: int, words: str
) -> None:
    """Without a picture there is nothing to pay for: the sentence says what the status means, and
    the session is ended."""
    created = simulator.created_from_now()
    simulator.ask_mood(call="init-client", status=status, times=None)
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            view = await visitor.until_phase(Phase.ERROR)
            simulator.clear_moods()
    (session,) = created()
    assert session["endedBy"] == "end"
    assert words in (view.state.problem or "")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_an_end_that_fails_in_passing_is_repeated(
    simulator: SimulatorProcess, status: int
) -> None:
    """Ending twice is harmless, so it is tried again until it is confirmed."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call="end", status=status, times=2)
            desk.end(visitor.name)
            await visitor.until_phase(Phase.IDLE)
    assert simulator.session(session_id)["endedBy"] == "end"


async def test_keep_alive_comes_by_itself(simulator: SimulatorProcess) -> None:
    """At the interval, without anybody asking; a failure is a notice until the next good one."""
    async with open_desk(simulator, patience=Patience(keep_alive_every=0.3)) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            await at_the_simulator(lambda: simulator.session(session_id)["keepAlives"] >= 3)
            simulator.ask_mood(call="keep-alive", status=400)
            await visitor.until(lambda view: view.state.notice)
            await visitor.until(lambda view: view.state.notice is None)


async def test_without_any_keep_alive_a_session_is_given_up(simulator: SimulatorProcess) -> None:
    """The sentence says so, every turn has an end, and end is asked for."""
    patience = Patience(keep_alive_every=0.2, unheard=0.5)
    async with open_desk(simulator, patience=patience) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            turn = desk.say(visitor.name, "Is anybody there?")
            simulator.ask_mood(call="keep-alive", status=400, times=None)
            view = await visitor.until_phase(Phase.ERROR)
            simulator.clear_moods()
            failed = await visitor.until_turn(turn, TurnState.FAILED)
    assert "keep the session open" in (view.state.problem or "")
    assert failed.reason == view.state.problem
    assert simulator.session(session_id)["endedBy"] == "end"


async def test_what_the_stage_says_stays_until_the_picture_is_back(
    simulator: SimulatorProcess,
) -> None:
    """A keep-alive that succeeds does not take the stage's notice away."""
    async with open_desk(simulator, patience=Patience(keep_alive_every=0.2)) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            visitor.report("stalled", "The picture has stopped.")
            seen = simulator.session(session_id)["keepAlives"]
            await at_the_simulator(lambda: simulator.session(session_id)["keepAlives"] > seen + 1)
            assert visitor.view.state.notice == "The picture has stopped."
            visitor.report("resumed")
            assert visitor.view.state.notice is None


async def test_a_stage_that_is_told_that_the_session_is_gone(simulator: SimulatorProcess) -> None:
    """WHEP said 404 or 410: the session ends here too, and the page says so."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            visitor.report("gone")
            view = await visitor.until_phase(Phase.ERROR)
            assert view.state.problem == GONE
            assert simulator.session(session_id)["endedBy"] == "end"
            visitor.report("start")  # one click starts again
            await visitor.until_phase(Phase.CONNECTING)
