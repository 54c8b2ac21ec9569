"""Sessions and turns at the desk, against the simulator over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sessions.desk import NO_STAGE, Refused
from sessions.session import Patience
from sessions.state import Phase
from sessions.turns import TextRejected, TurnState
from tests.desk_visitor import AVA, Visitor, open_desk
from tests.simulator_process import SimulatorProcess, eventually, running_simulator

pytestmark = pytest.mark.anyio


async def at_the_simulator(look: Callable[[], Any]) -> Any:
    """What `look` sees over there as soon as it is true; the desk's loop goes on meanwhile."""
    return await asyncio.to_thread(eventually, look)


def ended(simulator: SimulatorProcess, session_id: str) -> Callable[[], bool]:
    """Whether the session has ended by our own call."""
    return lambda: simulator.session(session_id)["endedBy"] == "end"


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
    before = len(simulator.sessions())
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            desk.start(visitor.name, AVA)
            await visitor.until_phase(Phase.CONNECTING)
            desk.start(visitor.name, AVA)
    assert len(simulator.sessions()) == before + 1


async def test_the_stage_can_ask_for_the_start(simulator: SimulatorProcess) -> None:
    """With what was chosen on the page; the page's own click then finds it under way."""
    before = len(simulator.sessions())
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        desk.choose(visitor.name, AVA)
        async with visitor.watching():
            visitor.report("start")
            desk.start(visitor.name, AVA)
            await visitor.until_phase(Phase.CONNECTING)
    assert len(simulator.sessions()) == before + 1


async def test_end_while_creating_leaves_none(simulator: SimulatorProcess) -> None:
    """The create under way is awaited, so that what it made can be ended."""
    before = len(simulator.sessions())
    simulator.ask_mood(call="create", delay=0.5)
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            desk.end(visitor.name)
            await visitor.until_phase(Phase.IDLE)
    (session,) = simulator.sessions()[before:]
    assert session["endedBy"] == "end"
    assert visitor.phases == ["idle", "ending", "idle"]


async def test_a_visitor_who_leaves_takes_the_session_along(simulator: SimulatorProcess) -> None:
    """With the last stage gone for the grace, the session ends."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
        await at_the_simulator(ended(simulator, session_id))
        await at_the_simulator(lambda: not desk.active())


async def test_a_visitor_who_did_nothing_is_forgotten(simulator: SimulatorProcess) -> None:
    """Nothing is kept of a page that was opened and closed."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        before = desk.remembered
        async with visitor.watching():
            assert desk.remembered == before + 1
        await at_the_simulator(lambda: desk.remembered == before)


async def test_a_visitor_who_comes_back_finds_the_session(simulator: SimulatorProcess) -> None:
    """A connection that drops for less than the grace ends nothing."""
    async with open_desk(simulator, grace=30) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
        async with visitor.watching():
            await visitor.until(lambda view: view.state.phase is Phase.READY)
            assert simulator.session(session_id)["state"] == "live"


async def test_a_visitor_who_was_never_seen(simulator: SimulatorProcess) -> None:
    """A session that no stage ever asked for ends by itself, and the page is told why."""
    async with open_desk(simulator) as desk:
        desk.start("nobody", AVA)
        await at_the_simulator(lambda: desk.view("nobody").state.phase is Phase.ERROR)
        assert desk.view("nobody").state.problem == NO_STAGE
    assert simulator.sessions()[-1]["endedBy"] == "end"


async def test_closing_the_desk_ends_every_session(simulator: SimulatorProcess) -> None:
    """Also one whose create is still under way; nothing can be started afterwards."""
    before = len(simulator.sessions())
    async with open_desk(simulator) as desk:
        ready, starting = Visitor(desk, "ready"), Visitor(desk, "starting")
        async with ready.watching(), starting.watching():
            await ready.start()
            simulator.ask_mood(call="create", delay=0.4)
            desk.start(starting.name, AVA)
            await desk.close()
            with pytest.raises(Refused, match="stopping"):
                desk.start("late", AVA)
    assert [s["endedBy"] for s in simulator.sessions()[before:]] == ["end", "end"]


async def test_turns_are_handed_over_one_at_a_time(simulator: SimulatorProcess) -> None:
    """The next is sent when the stage has heard the end of the one before."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            one, two = desk.say(visitor.name, " One. "), desk.say(visitor.name, "Two.")
            await visitor.until_turn(one, TurnState.SENT)
            assert await visitor.until_turn(two, TurnState.QUEUED)
            visitor.report("speakingStart")
            visitor.report("speakingEnd")
            await visitor.until_turn(two, TurnState.SENT)
            heard = [turn["text"] for turn in simulator.session(session_id)["turns"]]
    assert heard[1:] == ["One.", "Two."]


async def test_interrupt_works_while_a_say_is_under_way(simulator: SimulatorProcess) -> None:
    """It does not wait for the say, drops the queue, and silences what arrives after it."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call="say-text", delay=1.0)
            slow, next_one = desk.say(visitor.name, "Slow."), desk.say(visitor.name, "Next.")
            await visitor.until_turn(slow, TurnState.SENDING)
            desk.interrupt(visitor.name)
            assert await visitor.until_turn(next_one, TurnState.INTERRUPTED)
            assert await visitor.until_turn(slow, TurnState.INTERRUPTED)
            assert visitor.view.state.interrupts == 1
            await visitor.until(lambda view: view.state.interrupts == 2)
            session = simulator.session(session_id)
    assert [t["outcome"] for t in session["turns"] if t["text"] == "Slow."] == ["interrupted"]
    assert not [t for t in session["turns"] if t["text"] == "Next."]


async def test_say_after_an_interrupt_is_said(simulator: SimulatorProcess) -> None:
    """A turn queued while interrupt is under way is sent behind it, not dropped with the rest."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call="interrupt", delay=0.4)
            desk.interrupt(visitor.name)
            turn = desk.say(visitor.name, "Afterwards.")
            await visitor.until_turn(turn, TurnState.SENT)
            session = simulator.session(session_id)
    assert session["interrupts"] == 1
    assert [t["outcome"] for t in session["turns"] if t["text"] == "Afterwards."] == [None]


async def test_a_turn_without_sound_ends_in_time(simulator: SimulatorProcess) -> None:
    """No stage will hear it: the time it can take decides, and the turn says why."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            turn = await visitor.until_turn(desk.say(visitor.name, "🙂"), TurnState.SPOKEN)
    assert turn.reason
    assert turn.reason.endswith(".")


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


@pytest.mark.parametrize("status", [400, 401, 403, 429, 500, 502, 503, 504])
async def test_every_status_on_say_fails_that_turn_alone(
    simulator: SimulatorProcess, status: int
) -> None:
    """The turn carries the sentence, the session lives, and the next turn is said."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            simulator.ask_mood(call="say-text", status=status, body="", times=None)
            turn = await visitor.until_turn(desk.say(visitor.name, "One."), TurnState.FAILED)
            simulator.clear_moods()
            assert turn.reason == visitor.view.state.problem
            assert await visitor.until_turn(desk.say(visitor.name, "Two."), TurnState.SENT)
            assert visitor.view.state.problem is None


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


BODIES = ["<html>Gateway</html>", "", "[]", '{"success": false}', '{"success": "maybe"}']


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("call", ["create", "init-client", "say-text", "interrupt"])
async def test_every_answer_of_another_shape_is_a_sentence(
    simulator: SimulatorProcess, call: str, body: str
) -> None:
    """On every call that a click leads to; the visitor's next click works."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            if call in ("create", "init-client"):
                simulator.ask_mood(call=call, status=200, body=body)
                desk.start(visitor.name, AVA)
            else:
                await visitor.start()
                simulator.ask_mood(call=call, status=200, body=body)
                desk.say(visitor.name, "Hello.")
                if call == "interrupt":
                    desk.interrupt(visitor.name)
            view = await visitor.until(lambda view: view.state.problem)
            assert call in (view.state.problem or "")
            if view.state.phase is not Phase.READY:
                await visitor.until_phase(Phase.ERROR)
                await visitor.start()
            simulator.clear_moods()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 429, 500, 502, 503, 504])
async def test_every_status_on_init_client_ends_the_session(
    simulator: SimulatorProcess, status: int
) -> None:
    """Without a picture there is nothing to pay for: one sentence, and the session is ended."""
    before = len(simulator.sessions())
    simulator.ask_mood(call="init-client", status=status, times=None)
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            view = await visitor.until_phase(Phase.ERROR)
            simulator.clear_moods()
    (session,) = simulator.sessions()[before:]
    assert session["endedBy"] == "end"
    assert "init-client" in (view.state.problem or "")


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
    assert "keep-alive" in (view.state.problem or "")
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


async def test_a_turn_whose_end_is_not_told_ends_in_time(simulator: SimulatorProcess) -> None:
    """Public apps found that speakingEnd can fail to come: the next turn does not wait for it."""
    async with open_desk(simulator, patience=Patience(speech=0.1)) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            turn = desk.say(visitor.name, "Hello.")
            await visitor.until_turn(turn, TurnState.SENT)
            visitor.report("speakingStart")
            await visitor.until_turn(turn, TurnState.SPOKEN)


async def test_a_turn_that_nobody_hears_has_failed(simulator: SimulatorProcess) -> None:
    """Accepted, and no sound in time: it says so."""
    async with open_desk(simulator, patience=Patience(first_sound=0.3)) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            turn = await visitor.until_turn(desk.say(visitor.name, "Hello."), TurnState.FAILED)
    assert turn.reason == "No sound was heard, though the service took the text."


async def test_interrupt_that_fails_says_so(simulator: SimulatorProcess) -> None:
    """The turn goes on, because the avatar does."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            turn = desk.say(visitor.name, "Hello there.")
            await visitor.until_turn(turn, TurnState.SENT)
            simulator.ask_mood(call="interrupt", status=400, times=None)
            desk.interrupt(visitor.name)
            await visitor.until(lambda view: view.state.problem and not view.state.interrupting)
            simulator.clear_moods()
            said = visitor.view.state.said
    assert said
    assert (said.turn_id, said.state) == (turn.turn_id, TurnState.SENT)


async def test_end_that_fails_says_what_may_be_left() -> None:
    """An end that was refused leaves a sentence, and the page can start again."""
    # A simulator of its own: the session stays live there until it misses its keep-alives.
    with running_simulator() as simulator:
        async with open_desk(simulator) as desk:
            visitor = Visitor(desk)
            async with visitor.watching():
                session_id = await visitor.start()
                simulator.ask_mood(call="end", status=400, times=None)
                desk.end(visitor.name)
                view = await visitor.until_phase(Phase.ERROR)
                simulator.clear_moods()
                assert "may still be live" in (view.state.problem or "")
                assert simulator.session(session_id)["state"] == "live"
                await visitor.start()


async def test_bad_text_and_bad_moments_are_refused(simulator: SimulatorProcess) -> None:
    """Nothing is queued: the sentence goes to who asked."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        with pytest.raises(Refused, match="press Start Avatar"):
            desk.say(visitor.name, "Too early.")
        async with visitor.watching():
            await visitor.start()
            with pytest.raises(TextRejected, match="Text is required"):
                desk.say(visitor.name, " \n")
            assert len(visitor.view.state.turns) == 1


async def test_the_stage_of_another_session_is_not_believed(simulator: SimulatorProcess) -> None:
    """News of a session that is not this visitor's changes nothing."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            await visitor.until_phase(Phase.CONNECTING)
            desk.report(visitor.name, "playing", "another-session", None)
            desk.report("another-visitor", "playing", "", None)
            assert visitor.view.state.phase is Phase.CONNECTING
