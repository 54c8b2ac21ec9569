"""What is said at the desk, against the simulator over HTTP."""

from __future__ import annotations

import pytest

from avatar_client import ASKED
from sessions.desk import Refused
from sessions.limits import Patience
from sessions.machine import UNBEGUN
from sessions.state import Phase
from sessions.turns import AGAIN, MAYBE_SAID, UNHEARD, TextRejected, TurnState
from tests.support.desk_visitor import AVA, Visitor, open_desk
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.anyio


async def test_turns_are_handed_over_one_at_a_time(simulator: SimulatorProcess) -> None:
    """The next is sent when the stage has heard the end of the one before."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            one, two = desk.say(visitor.name, " One. "), desk.say(visitor.name, "Two.")
            await visitor.until_turn(one, TurnState.SENT)
            assert await visitor.until_turn(two, TurnState.QUEUED)
            visitor.hear()
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
    async with open_desk(simulator, patience=Patience(speech=0.1)) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            turn = await visitor.until_turn(desk.say(visitor.name, "🙂"), TurnState.SPOKEN)
    assert turn.reason
    assert turn.reason.endswith(".")


@pytest.mark.parametrize("status", [400, 401, 403, 500, 502, 504])
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
            assert turn.maybe_said == (status >= 500)
            assert await visitor.until_turn(desk.say(visitor.name, "Two."), TurnState.SENT)
            assert visitor.view.state.problem is None


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
    assert turn.reason == UNHEARD


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
            assert ASKED[call] in (view.state.problem or "")
            if view.state.phase is not Phase.READY:
                await visitor.until_phase(Phase.ERROR)
                await visitor.start()
            simulator.clear_moods()


@pytest.mark.parametrize("retry_after", [None, "1"])
async def test_what_was_not_acted_on_is_said_in_the_end(
    simulator: SimulatorProcess, retry_after: str | None
) -> None:
    """429 says so: the turn waits, says why, and is sent again by itself, before the next one."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            headers = {"Retry-After": retry_after} if retry_after else {}
            simulator.ask_mood(call="say-text", status=429, headers=headers, times=2)
            one, two = desk.say(visitor.name, "One."), desk.say(visitor.name, "Two.")
            waiting = await visitor.until(
                lambda view: (
                    view.state.turns[1].state is TurnState.QUEUED and view.state.turns[1].reason
                )
            )
            assert (waiting.state.turns[1].reason or "").endswith(AGAIN)
            assert waiting.state.problem is None
            assert (await visitor.until_turn(one, TurnState.SENT)).reason is None
            visitor.hear()
            await visitor.until_turn(two, TurnState.SENT)
            heard = [turn["text"] for turn in simulator.session(session_id)["turns"]]
    assert heard[1:] == ["One.", "Two."]


async def test_what_may_have_been_said_is_never_repeated(simulator: SimulatorProcess) -> None:
    """The answer was lost: the turn has failed, and what it says is for the visitor to decide."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call="say-text", reset=True)
            lost = await visitor.until_turn(desk.say(visitor.name, "One."), TurnState.FAILED)
            assert lost.maybe_said
            assert (lost.reason or "").endswith(MAYBE_SAID)
            assert visitor.view.saying == lost  # it can be interrupted
            await visitor.until_turn(desk.say(visitor.name, "Two."), TurnState.SENT)
            heard = [turn["text"] for turn in simulator.session(session_id)["turns"]]
    assert heard[1:] == ["Two."]


async def test_a_turn_that_waits_to_be_sent_again_can_be_interrupted(
    simulator: SimulatorProcess,
) -> None:
    """It is dropped at once, as everything that is queued."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call="say-text", status=429)
            turn = desk.say(visitor.name, "One.")
            await visitor.until(lambda view: view.state.turns[1].reason)
            desk.interrupt(visitor.name)
            await visitor.until_turn(turn, TurnState.INTERRUPTED)
            await visitor.until_turn(desk.say(visitor.name, "Two."), TurnState.SENT)
            heard = [turn["text"] for turn in simulator.session(session_id)["turns"]]
    assert heard[1:] == ["Two."]


async def test_an_interrupt_drops_a_turn_whose_sending_fails_meanwhile(
    simulator: SimulatorProcess,
) -> None:
    """It was not said, and is not sent again behind the interrupt."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            simulator.ask_mood(call="say-text", delay=0.2, status=429)
            simulator.ask_mood(call="interrupt", delay=0.6)
            turn = desk.say(visitor.name, "One.")
            await visitor.until_turn(turn, TurnState.SENDING)
            desk.interrupt(visitor.name)
            turn = await visitor.until_turn(turn, TurnState.INTERRUPTED)
            assert turn.reason == UNBEGUN
            await visitor.until(lambda view: view.state.interrupts == 1)
