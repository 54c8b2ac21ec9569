"""What comes in another order than it was asked for, or not in time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from sessions.desk import CLOSING
from sessions.machine import LATE
from sessions.state import Choices, Phase
from sessions.turns import TurnState
from tests.support.drawn_service import Way
from tests.support.drawn_visitor import Ready


@pytest.fixture
def ready() -> Iterator[Ready]:
    """One whose welcome has been heard."""
    ready = Ready()
    yield ready
    ready.leave()


@pytest.mark.parametrize("way", ["good", "garbage", "broken"])
@pytest.mark.parametrize("heard", [False, True])
def test_a_text_behind_the_interrupt_is_silenced(ready: Ready, way: Way, heard: bool) -> None:
    """The service may have handled the interrupt first, whichever of them is answered first."""
    ready.ask(lambda visitor: ready.desk.say(visitor, "One."))
    if heard:
        ready.hear("speakingStart")  # the end of something else, perhaps
    ready.ask(ready.desk.interrupt)
    text, interrupt = ready.service.waiting
    assert ready.calls == ["say-text", "interrupt"]
    ready.decide(text, way)
    ready.decide(interrupt, "good")
    assert ready.calls == ["interrupt"]
    ready.answer()
    assert ready.calls == []
    taken = way == "good" or heard
    assert ready.state.turns[-1].state is (TurnState.INTERRUPTED if taken else TurnState.FAILED)
    assert not ready.state.interrupting


def test_a_text_that_was_there_before_the_interrupt_needs_one(ready: Ready) -> None:
    """What had been answered when it went out."""
    ready.ask(lambda visitor: ready.desk.say(visitor, "One."))
    ready.answer()
    ready.ask(ready.desk.interrupt)
    ready.answer()
    assert ready.calls == []
    assert ready.state.turns[-1].state is TurnState.INTERRUPTED


@pytest.mark.parametrize("way", ["unsent", "limit"])
@pytest.mark.parametrize("first", ["say-text", "interrupt"])
def test_what_is_interrupted_is_not_sent_any_more(ready: Ready, way: Way, first: str) -> None:
    """A text that certainly was not said; the next one does not wait for it."""
    ready.ask(lambda visitor: ready.desk.say(visitor, "One."))
    ready.ask(ready.desk.interrupt)
    ready.ask(lambda visitor: ready.desk.say(visitor, "Two."))
    for call in sorted(ready.service.waiting, key=lambda call: call.name != first):
        ready.decide(call, way if call.name == "say-text" else "good")
    assert ready.calls == ["say-text"]
    ready.answer()
    ready.loop.advance(5.0)
    assert [text for _, text in ready.service.said][1:] == ["Two."]


@pytest.mark.parametrize("way", ["good", "late"])
def test_a_say_that_hangs_holds_nothing_up(ready: Ready, way: Way) -> None:
    """Interrupted, it makes room for the next 2 s later, behind one more interrupt: it may have
    been taken meanwhile. What the service makes of it afterwards is silenced."""
    ready.ask(lambda visitor: ready.desk.say(visitor, "One."))
    (hanging,) = ready.service.waiting
    ready.ask(ready.desk.interrupt)
    ready.decide(ready.service.waiting[1], "good")
    assert [turn.state for turn in ready.state.turns[1:]] == [TurnState.INTERRUPTED]
    ready.ask(lambda visitor: ready.desk.say(visitor, "Two."))
    ready.loop.advance(1.9)
    assert ready.calls == ["say-text"]
    ready.loop.advance(0.2)
    assert hanging.answer.cancelled()
    assert ready.calls == ["say-text", "interrupt"]
    ready.decide(hanging, way)
    ready.decide(ready.service.waiting[0], "good")
    assert [call.text for call in ready.service.waiting] == ["Two."]
    ready.answer()
    states = [turn.state for turn in ready.state.turns[1:]]
    assert states == [TurnState.INTERRUPTED, TurnState.SENT]


@pytest.mark.parametrize("calls", [("say-text",), ("say-text", "interrupt", "keep-alive")])
def test_end_waits_for_no_other_call(ready: Ready, calls: tuple[str, ...]) -> None:
    """Whatever hangs, it is asked for at once, and the visitor can start anew."""
    ready.ask(lambda visitor: ready.desk.say(visitor, "One."))
    if "interrupt" in calls:
        ready.ask(ready.desk.interrupt)
        ready.loop.advance(10.0)
    assert ready.calls == [*calls]
    ready.ask(ready.desk.end)
    assert ready.calls == [*calls, "end"]
    ready.decide(ready.service.waiting[-1], "good")
    assert ready.state.phase is Phase.IDLE


def test_an_end_that_hangs_keeps_no_seat(ready: Ready) -> None:
    """After its deadline the visitor can start anew, and the janitor goes on with it."""
    ready.ask(ready.desk.end)
    ready.loop.advance(15.5)
    assert ready.state.problem
    assert ready.desk.health()["activeSessions"] == 0
    ready.ask(ready.desk.start)
    assert ready.state.phase is Phase.CREATING


def test_a_server_stops_whatever_hangs(ready: Ready) -> None:
    """Within the time that it gives its sessions; the janitor has what is left."""
    ready.ask(lambda visitor: ready.desk.say(visitor, "One."))
    watching = ready.desk.watch("another")
    ready.loop.do(watching.__enter__)
    ready.loop.do(lambda: ready.desk.start("another", Choices("an-avatar")))
    ready.ask(ready.desk.interrupt)
    closing = ready.loop.do(lambda: asyncio.ensure_future(ready.desk.close()))
    assert ready.calls == ["say-text", "create", "interrupt", "end"]
    ready.loop.advance(CLOSING + 0.1)
    assert closing.done()
    read = ready.loop.do(lambda: asyncio.ensure_future(ready.desk.janitor.entries()))
    assert [(e.visitor, e.unknown) for e in read.result()] == [("ada", False), ("another", True)]


def test_a_keep_alive_that_hangs_is_told(ready: Ready) -> None:
    """By /health, while the visitor reads a sentence of it."""
    assert ready.desk.health()["service"] == "ok"
    ready.loop.advance(20.5)
    assert ready.desk.health()["service"] == "unreachable"
    assert "within 10 s" in (ready.state.notice or "")


def test_the_last_sentence_is_one(ready: Ready) -> None:
    """Where a session is given up, because no keep-alive got through."""
    while ready.state.phase is not Phase.ERROR:
        for call in list(ready.service.waiting):
            ready.decide(call, "unsent")
        ready.loop.advance(0.5)
    assert (ready.state.problem or "").count("could not be reached") == 1


def test_a_stage_in_trouble_does_not_flood_the_service(ready: Ready) -> None:
    """However often it reports, there is one keep-alive a second at most."""
    ready.loop.advance(2.0)
    for _ in range(3):
        ready.hear("stalled")
        assert ready.calls in (["keep-alive"], [])
        ready.answer()
    assert ready.calls == []
    ready.loop.advance(1.0)
    assert ready.calls == ["keep-alive"]


def test_an_end_that_hangs_does_not_hold_the_list(ready: Ready) -> None:
    """The operator sees after a second what is still there."""
    ready.ask(ready.desk.refresh_entries)
    (entry,) = ready.desk.operator.entries or ()
    ready.loop.do(lambda: ready.desk.end_entry(entry.entry_id))
    assert ready.calls == ["end"]
    before = ready.desk.view("ada").revision
    ready.ask(ready.desk.refresh_entries)
    ready.loop.advance(1.0)
    assert ready.desk.view("ada").revision == before + 1


@pytest.mark.parametrize("way", ["good", "broken"])
def test_a_silence_before_the_interrupt_is_answered(ready: Ready, way: Way) -> None:
    """The service was quicker with the silence than with its answer, which may even be lost."""
    ready.ask(lambda visitor: ready.desk.say(visitor, "One."))
    ready.answer()
    ready.hear("speakingStart")
    ready.ask(ready.desk.interrupt)
    ready.hear("speakingEnd")
    assert ready.state.turns[-1].state is TurnState.INTERRUPTED
    ready.decide(ready.service.waiting[0], way)
    assert ready.state.turns[-1].state is TurnState.INTERRUPTED


def test_the_sound_of_a_lost_turn_is_not_that_of_the_next(ready: Ready) -> None:
    """The answer to the first is lost, and it is said; the second never comes to the service."""
    ready.ask(lambda visitor: ready.desk.say(visitor, "One."))
    ready.decide(ready.service.waiting[0], "broken")
    ready.ask(lambda visitor: ready.desk.say(visitor, "Two."))
    ready.hear("speakingStart", "speakingEnd")
    ready.decide(ready.service.waiting[0], "unsent")
    assert ready.calls == []
    assert ready.state.turns[-1].state is TurnState.QUEUED


@pytest.mark.parametrize("heard", [1, 2])
def test_a_sound_before_the_answer_behind_a_lost_turn(ready: Ready, heard: int) -> None:
    """It is of the one or the other: the turn is not called silent for that, nor waited for long,
    whether the sound has only begun or is over."""
    sound = ("speakingStart", "speakingEnd")
    ready.ask(lambda visitor: ready.desk.say(visitor, "One."))
    ready.decide(ready.service.waiting[0], "broken")
    ready.ask(lambda visitor: ready.desk.say(visitor, "Two."))
    ready.hear(*sound[:heard])
    ready.answer()
    ready.hear(*sound[heard:])
    ready.loop.advance(LATE)
    assert ready.state.turns[-1].state is TurnState.SPOKEN
