"""The server voice, and a long text in chunks, as the simulator hears them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from avatar_client import Dialect
from sessions.server_voice import ServerVoice
from sessions.state import Phase
from sessions.turns import CUT, TurnState
from speech import load_engine
from tests.support.desk_visitor import Visitor, at_the_simulator, open_desk
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.anyio

LONG_TEXT = " ".join(
    f"Here is sentence number {n}, of some thirty words or less." for n in range(9)
)


@pytest.fixture(scope="module")
def voice() -> Callable[[], ServerVoice]:
    """Makes a server voice whose engine, which takes a second to load, is loaded once."""
    engine = load_engine()
    return lambda: ServerVoice(lambda: engine)


async def test_a_text_that_is_refused_is_heard(
    simulator: SimulatorProcess, voice: Callable[[], ServerVoice]
) -> None:
    """Answered with 503 for ever, as the live service was seen to: said once, by say-audio."""
    async with open_desk(simulator, voice=voice()) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call="say-text", status=503, times=None)
            turn = desk.say(visitor.name, "Hello there.")
            await visitor.until_turn(turn, TurnState.SENT)
            simulator.clear_moods()
            assert visitor.view.state.server_voice
            visitor.report("speakingStart")

            def heard() -> bool:
                return bool(simulator.session(session_id)["turns"][-1]["outcome"] == "spoken")

            await at_the_simulator(heard)
            visitor.report("speakingEnd")
            await visitor.until_turn(turn, TurnState.SPOKEN)
            said = simulator.session(session_id)["turns"][1:]
    assert [(t["turnId"], t["kind"]) for t in said] == [(turn.turn_id, "audio")]
    assert 0.4 < said[0]["endedAt"] - said[0]["startedAt"] < 3.0


async def test_a_503_that_asks_for_a_long_wait_is_not_waited_for(
    simulator: SimulatorProcess, voice: Callable[[], ServerVoice]
) -> None:
    """The text is sent once more at once, and after a second 503 it goes through say-audio."""
    async with open_desk(simulator, voice=voice()) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            headers = {"Retry-After": "60"}
            simulator.ask_mood(call="say-text", status=503, headers=headers, times=2)
            turn = desk.say(visitor.name, "Hello there.")
            await visitor.until_turn(turn, TurnState.SENT)
            assert not simulator.moods()
            assert visitor.view.state.server_voice
            said = simulator.session(session_id)["turns"][1:]
    assert [(t["turnId"], t["kind"]) for t in said] == [(turn.turn_id, "audio")]


async def test_what_a_service_refuses_is_learnt_once(
    simulator: SimulatorProcess, voice: Callable[[], ServerVoice]
) -> None:
    """The sessions that follow ask for no text, from their welcome on."""
    async with open_desk(simulator, voice=voice()) as desk:
        visitor = Visitor(desk)
        simulator.ask_mood(call="say-text", status=501, times=2)
        async with visitor.watching():
            await visitor.start()
            desk.end(visitor.name)
            await visitor.until_phase(Phase.IDLE)
            session_id = await visitor.start()
            assert len(simulator.moods()) == 1
            simulator.clear_moods()
            (welcome,) = simulator.session(session_id)["turns"]
    assert welcome["kind"] == "audio"


@pytest.mark.parametrize("dialect", ["live", "documented"])
async def test_the_live_dialect_is_asked_for_no_text(
    simulator: SimulatorProcess, voice: Callable[[], ServerVoice], dialect: Dialect
) -> None:
    """Its welcome is the server voice's; the documented one takes the text."""
    async with open_desk(simulator, voice=voice(), dialect=dialect) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            (welcome,) = simulator.session(session_id)["turns"]
    assert welcome["kind"] == ("audio" if dialect == "live" else "text")


async def test_a_text_that_has_no_sound_in_our_server_voice(
    simulator: SimulatorProcess, voice: Callable[[], ServerVoice]
) -> None:
    """It has failed, and says so: silence is not sent in its place."""
    async with open_desk(simulator, voice=voice()) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call="say-text", status=501)
            turn = await visitor.until_turn(desk.say(visitor.name, "🙂"), TurnState.FAILED)
            assert "no sound" in (turn.reason or "")
            assert CUT not in (turn.reason or "")
            assert len(simulator.session(session_id)["turns"]) == 1


async def test_a_long_text_is_one_turn(simulator: SimulatorProcess) -> None:
    """In however many chunks it goes out."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            turn = desk.say(visitor.name, LONG_TEXT)

            def whole() -> bool:
                said = simulator.session(session_id)["turns"][1:]
                return [(t["turnId"], t["text"]) for t in said] == [(turn.turn_id, LONG_TEXT)]

            await at_the_simulator(whole)
