"""What a run of show needs of a session: a picture that moves, times, whoever follows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sessions.desk import View
from sessions.machine import MOVES
from sessions.state import Choices, Phase
from sessions.turns import TurnState
from speech import SayAs
from tests.support.drawn_visitor import Ready


@pytest.fixture
def visitor() -> Iterator[Ready]:
    """A visitor whose avatar is there."""
    visitor = Ready()
    yield visitor
    visitor.leave()


def test_a_say_waits_for_a_picture_that_moves(visitor: Ready) -> None:
    """To another stage: what is said before that has its picture is not heard."""
    with visitor.desk.watch("ada") as other:
        visitor.loop.do(other.take)
        visitor.loop.do(lambda: visitor.desk.say("ada", "Hello."))
        assert visitor.calls == []
        session_id = visitor.state.session_id or ""
        visitor.loop.do(lambda: other.saw("resumed", session_id))  # type: ignore[arg-type]
        assert visitor.calls == ["say-text"]


def test_a_picture_that_does_not_come_is_waited_for_no_longer(visitor: Ready) -> None:
    """The service says it all the same."""
    with visitor.desk.watch("ada") as other:
        visitor.loop.do(other.take)
        visitor.loop.do(lambda: visitor.desk.say("ada", "Hello."))
        visitor.loop.advance(MOVES - 0.1)
        assert "say-text" not in visitor.calls
        visitor.loop.advance(0.2)
        assert "say-text" in visitor.calls


def test_a_turn_has_its_times(visitor: Ready) -> None:
    """When it was asked for, taken, heard, and over."""
    visitor.loop.do(lambda: visitor.desk.say("ada", "Hello."))
    asked = visitor.loop.time()
    visitor.loop.advance(0.5)
    visitor.answer()
    visitor.loop.advance(0.5)
    visitor.hear("speakingStart")
    visitor.loop.advance(2.0)
    visitor.hear("speakingEnd")
    turn = visitor.state.turns[-1]
    assert turn.state is TurnState.SPOKEN
    times = (turn.asked_at, turn.taken_at, turn.began_at, turn.ended_at)
    assert times == pytest.approx((asked, asked + 0.5, asked + 1.0, asked + 3.0))


def test_a_turn_that_is_sent_again_begins_anew(visitor: Ready) -> None:
    """Its first try was not taken."""
    visitor.loop.do(lambda: visitor.desk.say("ada", "Hello."))
    (call,) = visitor.service.waiting
    visitor.decide(call, "limit")
    assert (visitor.state.turns[-1].state, visitor.state.turns[-1].taken_at) == ("queued", None)
    visitor.loop.advance(2.1)
    visitor.answer()
    assert visitor.state.turns[-1].taken_at == pytest.approx(visitor.loop.time())


def test_a_follower_is_told_each_view(visitor: Ready) -> None:
    """Until it follows no longer."""
    seen: list[View] = []
    leave = visitor.loop.do(lambda: visitor.desk.follow("ada", seen.append))
    visitor.loop.do(lambda: visitor.desk.say("ada", "Hello."))
    assert seen[-1] == visitor.desk.view("ada")
    leave()
    leave()
    count = len(seen)
    visitor.answer()
    assert len(seen) == count


def test_a_visitor_who_is_followed_is_not_forgotten() -> None:
    """A show goes on while no page is open."""
    visitor = Ready()
    leave = visitor.loop.do(lambda: visitor.desk.follow("ada", lambda _: None))
    visitor.ask(visitor.desk.end)
    visitor.answer()
    visitor.loop.do(lambda: visitor.watching.__exit__(None, None, None))
    visitor.loop.advance(200)
    assert visitor.desk.choices("ada") == Choices("an-avatar")
    visitor.loop.do(leave)
    visitor.loop.advance(200)
    assert visitor.desk.choices("ada") is None
    visitor.loop.leave_all()


def test_a_start_without_a_welcome(visitor: Ready) -> None:
    """The first thing that is said is the show's."""
    visitor.ask(visitor.desk.end)
    visitor.answer()
    visitor.loop.do(lambda: visitor.desk.start("ada", welcome=""))
    visitor.answer()
    visitor.answer()
    visitor.hear("playing")
    assert visitor.state.phase is Phase.READY
    assert visitor.state.turns == ()


def test_a_text_has_a_table_of_its_own(visitor: Ready) -> None:
    """It counts before the visitor's."""
    visitor.loop.do(lambda: visitor.desk.keep_say_as("ada", SayAs({"a": "one", "b": "two"})))
    visitor.loop.do(lambda: visitor.desk.say("ada", "a b", say_as=SayAs({"a": "uno"})))
    (call,) = visitor.service.waiting
    assert call.text == "uno two"
