"""A turn that has ended is said once more, as another turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sessions.desk import NOT_KEPT, NOT_READY, Refused
from sessions.turns import MAX_HELD, TurnState
from speech import Recording
from tests.support.drawn_visitor import Ready


@pytest.fixture
def ready() -> Iterator[Ready]:
    """One whose welcome has been heard."""
    ready = Ready()
    yield ready
    ready.leave()


def test_a_text_is_said_again_as_another_turn(ready: Ready) -> None:
    """With an id and an outcome of its own; the first one stays what it was."""
    said, sent = ready.say("Hello.")
    ready.ask(lambda visitor: ready.desk.say_again(visitor, said.turn_id))
    ready.answer()
    _, first, again = ready.state.turns
    assert (first.text, first.state) == ("Hello.", TurnState.SPOKEN)
    assert (again.text, again.state) == (sent, TurnState.SENT)
    assert again.turn_id != first.turn_id


def test_a_recording_is_said_again_while_its_sound_is_kept(ready: Ready) -> None:
    """Whether it was heard or may have been; without its sound that is told."""
    large = Recording(b"mp3 of me\r\n" + bytes(MAX_HELD - 100), 1.0, "Mine")
    first = ready.loop.do(lambda: ready.desk.say_recording("ada", large))
    (call,) = ready.service.waiting
    ready.decide(call, "broken")
    assert ready.state.turns[-1].state is TurnState.FAILED
    again = ready.loop.do(lambda: ready.desk.say_again("ada", first.turn_id))
    assert again.recording == large
    with pytest.raises(Refused, match=NOT_KEPT[:20]):
        ready.ask(lambda visitor: ready.desk.say_again(visitor, first.turn_id))
    ready.answer()


def test_what_cannot_be_said_again(ready: Ready) -> None:
    """A turn of another session, and any turn without an avatar, is a sentence on the stage."""
    with pytest.raises(Refused, match=NOT_KEPT[:20]):
        ready.ask(lambda visitor: ready.desk.say_again(visitor, "another"))
    assert ready.desk.view("ada").refusal == NOT_KEPT
    said, _ = ready.say("Hello.")
    ready.ask(ready.desk.end)
    ready.answer()
    with pytest.raises(Refused, match=NOT_READY[:20]):
        ready.ask(lambda visitor: ready.desk.say_again(visitor, said.turn_id))
