"""What is printed one way and said another: by the service, and by the server voice."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from sessions.parts import LONG
from sessions.turns import MAX_TEXT, TextRejected
from speech.say_as import from_lines
from tests.support.drawn_visitor import Ready

TABLE, _ = from_lines("SQL = sequel\nACME = A company that makes everything")


@pytest.fixture
def ready() -> Iterator[Ready]:
    """A visitor with a table of their own."""
    ready = Ready()
    ready.loop.do(lambda: ready.desk.keep_say_as("ada", TABLE))
    yield ready
    ready.leave()


def test_the_service_is_sent_what_is_said(ready: Ready) -> None:
    """The page shows what is printed."""
    turn, sent = ready.say("SQL at ACME.")
    assert sent == "sequel at A company that makes everything."
    assert turn.text == "SQL at ACME."
    assert turn.longest > 4.0 + 2 * len(turn.text.split()) / 2.2


def test_a_text_is_cut_by_what_is_said(ready: Ready) -> None:
    """It is longer than it is printed, and each part of it is as long as any other text's."""
    text = "ACME has ACME. " * 10
    assert len(text) <= LONG
    ready.ask(lambda visitor: ready.desk.say(visitor, text))
    sent = []
    while ready.service.waiting:
        sent.append(json.loads(ready.service.waiting[0].request.content)["text"])
        ready.answer()
    assert "".join(sent).strip() == TABLE.spoken(text).strip()
    assert len(sent) > 1
    assert max(map(len, sent)) <= LONG


def test_the_server_voice_says_it_too(ready: Ready) -> None:
    """Once, from what is printed, also where the service refuses a text."""
    ready.ask(lambda visitor: ready.desk.say(visitor, "SQL."))
    ready.decide(ready.service.waiting[0], 501)
    assert ready.service.waiting[0].text == "sequel."


def test_a_text_that_is_too_long_as_it_is_said(ready: Ready) -> None:
    """A table makes no text of any length."""
    with pytest.raises(TextRejected, match="With its pronunciations this text has 31,999"):
        ready.loop.do(lambda: ready.desk.say("ada", "ACME " * (MAX_TEXT // 5)))
