"""One click that is told twice is one verb, whichever of the two comes first."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from sessions.clicks import SAME_CLICK, Click
from sessions.desk import FORGET_AFTER, Refused
from sessions.state import Choices, Phase
from tests.support.drawn_visitor import Ready

ORDERS: list[tuple[Click, Click]] = [("page", "stage"), ("stage", "page")]


@pytest.fixture
def ready() -> Iterator[Ready]:
    """One whose welcome has been heard."""
    ready = Ready()
    yield ready
    ready.leave()


def said(ready: Ready) -> list[str]:
    """All that was asked for since the welcome."""
    return [turn.text for turn in ready.state.turns][1:]


@pytest.mark.parametrize("order", ORDERS)
def test_a_text_is_said_once(ready: Ready, order: tuple[Click, Click]) -> None:
    """Both are told of the same turn; the next click of each is another one."""
    for number in range(1, 4):
        first, second = (
            ready.loop.do(partial(ready.desk.say, "ada", "One.", click=by)) for by in order
        )
        assert first == second
        assert said(ready) == ["One."] * number


def test_different_texts_are_different_clicks(ready: Ready) -> None:
    """The page tells of them in the same order, later."""
    for by in ORDERS[1]:
        for text in ("One.", "Two."):
            ready.loop.do(partial(ready.desk.say, "ada", text, click=by))
    assert said(ready) == ["One.", "Two."]


@pytest.mark.parametrize("order", ORDERS)
def test_a_late_interrupt_does_not_silence_the_next_turn(
    ready: Ready, order: tuple[Click, Click]
) -> None:
    """Its first report has done it."""
    first, second = order
    ready.ask(lambda visitor: ready.desk.say(visitor, "One."))
    ready.answer()
    ready.ask(lambda visitor: ready.desk.interrupt(visitor, click=first))
    ready.answer()
    ready.ask(lambda visitor: ready.desk.say(visitor, "Two."))
    ready.answer()
    ready.ask(lambda visitor: ready.desk.interrupt(visitor, click=second))
    assert ready.calls == []
    assert [turn.state for turn in ready.state.turns[1:]] == ["interrupted", "sent"]


@pytest.mark.parametrize("order", ORDERS)
def test_a_late_end_does_not_end_the_next_session(ready: Ready, order: tuple[Click, Click]) -> None:
    """Nor does a late start open another one."""
    first, second = order
    ready.ask(lambda visitor: ready.desk.end(visitor, click=first))
    ready.answer()
    ready.ask(lambda visitor: ready.desk.start(visitor, Choices("an-avatar"), click=first))
    ready.ask(lambda visitor: ready.desk.end(visitor, click=second))
    assert ready.calls == ["create"]
    ready.decide(ready.service.waiting[0], 400)
    assert ready.state.phase is Phase.ERROR
    ready.ask(lambda visitor: ready.desk.start(visitor, Choices("an-avatar"), click=second))
    assert ready.state.phase is Phase.ERROR
    ready.ask(lambda visitor: ready.desk.start(visitor, click=first))
    assert ready.calls == ["create"]
    ready.answer()


def test_a_click_that_only_one_tells_of(ready: Ready) -> None:
    """Where the stage is away, the page alone works, and each of its clicks counts."""
    for _ in range(3):
        ready.ask(lambda visitor: ready.desk.say(visitor, "One.", click="page"))
    assert said(ready) == ["One."] * 3


def test_an_old_click_is_forgotten(ready: Ready) -> None:
    """Its other report was lost; a click of today is none of its."""
    ready.ask(lambda visitor: ready.desk.say(visitor, "One.", click="page"))
    ready.loop.advance(SAME_CLICK)
    ready.ask(lambda visitor: ready.desk.say(visitor, "One.", click="stage"))
    assert said(ready) == ["One."] * 2


@pytest.mark.parametrize("order", ORDERS)
def test_a_refusal_is_told_by_each(ready: Ready, order: tuple[Click, Click]) -> None:
    """Nothing was done, so the second report tries again; the page shows why in its own run."""
    ready.ask(ready.desk.end)
    ready.answer()
    for by in order:
        with pytest.raises(Refused):
            ready.loop.do(partial(ready.desk.say, "ada", "One.", click=by))
    assert ready.desk.view("ada").refusal is None


def test_a_refusal_of_no_page(ready: Ready) -> None:
    """A key or another page has no callback, so the view tells, until the next verb."""
    with pytest.raises(ValueError, match="Text is required"):
        ready.ask(lambda visitor: ready.desk.say(visitor, " "))
    assert "Text is required" in (ready.desk.view("ada").refusal or "")
    with pytest.raises(ValueError, match="Text is required"):
        ready.ask(lambda visitor: ready.desk.say(visitor, " "))
    assert ready.desk.view("ada").refusals == 2
    ready.ask(ready.desk.interrupt)
    assert ready.desk.view("ada").refusal is None


def test_a_verb_of_a_stranger_is_forgotten(ready: Ready) -> None:
    """The desk keeps nothing of a visitor without a stage and without a session."""
    before = len(ready.desk._visits)
    ready.ask(lambda _: ready.desk.interrupt("a-stranger"))
    assert len(ready.desk._visits) == before + 1
    ready.loop.advance(FORGET_AFTER)
    assert len(ready.desk._visits) == before
