"""A turn in several parts: what goes out when, and what becomes of it when a part fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sessions.desk import Refused
from sessions.machine import AHEAD, LATE, UNBEGUN
from sessions.parts import LONG, chunks
from sessions.service import TEXT_REFUSED_FOR
from sessions.state import Phase
from sessions.turns import CUT, ENDED, MAX_HELD, MAYBE_SAID, Turn, TurnState
from speech import Recording
from tests.support.drawn_service import DrawnVoice, Way
from tests.support.drawn_visitor import Ready

SENTENCES = [f"This is sentence number {n}, and it says something of its own." for n in range(8)]
LONG_TEXT = " ".join(SENTENCES)
SHORT = "One. Two. Three."


@pytest.fixture
def ready() -> Iterator[Ready]:
    """One whose welcome has been heard."""
    ready = Ready()
    yield ready
    ready.leave()


def say(ready: Ready, text: str) -> None:
    """Ask for a text."""
    ready.ask(lambda visitor: ready.desk.say(visitor, text))


def last(ready: Ready) -> Turn:
    """The turn that was asked for last."""
    return ready.state.turns[-1]


def said(ready: Ready) -> list[str]:
    """All that the service has said since the welcome."""
    return [text for _, text in ready.service.said][1:]


def refuse_text(ready: Ready) -> None:
    """The service does not know the call that waits."""
    ready.decide(ready.service.waiting[0], 501)


@given(st.text(st.sampled_from("aB1 .!?,\n。"), max_size=1000).map(str.strip))
@example(" ".join(["word"] * 900))
@example("字" * 4999)
@example("😀 " * 2400 + "😀")
@example("word" * 120 + " " * 700 + "word" * 120)
def test_chunks_are_the_text(text: str) -> None:
    """None of it is lost, none of them is blank or too long for one call, however a service counts,
    and a short text is one."""
    found = chunks(text)
    assert "".join(found) == text
    assert all(chunk.strip() for chunk in found) or not text
    assert len(found) == 1 or len(text) > LONG
    assert all(len(chunk.strip().encode("utf-16-le")) // 2 <= 1_000 for chunk in found)


def test_a_long_text_goes_out_sentence_by_sentence(ready: Ready) -> None:
    """One turn: its first sentence by itself, then what fits; each behind the one before."""
    say(ready, LONG_TEXT)
    sent = []
    while ready.service.waiting:
        (call,) = ready.service.waiting
        sent.append(json.loads(call.request.content))
        ready.answer()
    assert sent[0]["text"] == SENTENCES[0] + " "
    assert "".join(chunk["text"] for chunk in sent) == LONG_TEXT
    assert {chunk["turnId"] for chunk in sent} == {last(ready).turn_id}
    assert [chunk["isFinal"] for chunk in sent] == [False] * (len(sent) - 1) + [True]
    assert len(sent) > 2
    assert max(len(chunk["text"]) for chunk in sent) <= LONG


def test_an_interrupt_between_two_parts(ready: Ready) -> None:
    """Nothing more of the turn is sent, and the next one is."""
    say(ready, LONG_TEXT)
    ready.answer()
    ready.ask(ready.desk.interrupt)
    text, interrupt = ready.service.waiting
    ready.decide(text, "good")
    assert ready.calls == ["interrupt"]
    ready.decide(interrupt, "good")
    ready.answer()
    assert last(ready).state is TurnState.INTERRUPTED
    assert len(said(ready)) == 2
    say(ready, "Next.")
    ready.answer()
    assert said(ready)[2:] == ["Next."]


@pytest.mark.parametrize("way", ["unsent", "limit", 503])
def test_a_part_that_was_not_acted_on_is_sent_again(ready: Ready, way: Way) -> None:
    """It alone, and nothing behind it meanwhile; the turn has begun and goes on."""
    say(ready, LONG_TEXT)
    ready.answer()
    ready.hear("speakingStart")
    ready.decide(ready.service.waiting[0], way)
    assert last(ready).state is TurnState.SPEAKING
    assert ready.calls == []
    ready.loop.advance(3.0)
    while ready.calls == ["say-text"]:
        ready.answer()
    assert "".join(said(ready)) == LONG_TEXT
    assert last(ready).state is TurnState.SPEAKING


@pytest.mark.parametrize("way", ["broken", "garbage", 500, 400])
@pytest.mark.parametrize("heard", [True, False])
def test_a_part_that_fails_cuts_the_turn(ready: Ready, way: Way, heard: bool) -> None:
    """Nothing is repeated, what was taken is heard out, and then the turn has failed."""
    say(ready, LONG_TEXT)
    ready.answer()
    if heard:
        ready.hear("speakingStart")
    ready.decide(ready.service.waiting[0], way)
    say(ready, "Next.")
    assert ready.calls == []
    assert ready.state.turns[-2].state not in ENDED
    if not heard:
        ready.hear("speakingStart")
    ready.loop.advance(3.0)
    ready.answer()  # a keep-alive, perhaps
    ready.hear("speakingEnd")
    cut = ready.state.turns[-2]
    assert cut.state is TurnState.FAILED
    assert (cut.reason or "").endswith(CUT)
    assert "say-text" in ready.calls


def test_a_silence_between_two_parts_is_not_the_end(ready: Ready) -> None:
    """The first sentence is heard out before the next has been taken."""
    say(ready, LONG_TEXT)
    ready.answer()
    ready.hear("speakingStart", "speakingEnd")
    assert last(ready).state is TurnState.SENT
    while ready.calls == ["say-text"]:
        ready.answer()
    ready.hear("speakingStart")
    ready.loop.advance(5.0)
    ready.hear("speakingEnd")
    assert last(ready).state is TurnState.SPOKEN


def test_a_sentence_that_is_over_before_its_answer_is_not_all(ready: Ready) -> None:
    """The answer to the first part is late: what is left is said all the same."""
    say(ready, LONG_TEXT)
    ready.hear("speakingStart", "speakingEnd")
    while ready.calls == ["say-text"]:
        ready.answer()
    assert "".join(said(ready)) == LONG_TEXT
    ready.loop.advance(5.0)
    assert last(ready).state is TurnState.SPOKEN


def test_a_sentence_that_is_over_before_a_503_is_not_said_again(ready: Ready) -> None:
    """The answer came from a proxy that had lost the service's; the rest is said."""
    say(ready, LONG_TEXT)
    ready.hear("speakingStart", "speakingEnd")
    ready.decide(ready.service.waiting[0], 503)
    while ready.calls == ["say-text"]:
        ready.answer()
    ready.loop.advance(1.0)
    assert "".join(said(ready)) == LONG_TEXT.removeprefix(f"{SENTENCES[0]} ")


def test_a_silence_behind_the_last_part_is_the_end(ready: Ready) -> None:
    """Even if it comes at once, after a moment in which another sound could come."""
    say(ready, LONG_TEXT)
    while ready.calls == ["say-text"]:
        ready.answer()
    ready.hear("speakingStart", "speakingEnd")
    assert last(ready).state is TurnState.SENT
    ready.loop.advance(5.0)
    assert last(ready).state is TurnState.SPOKEN


@pytest.mark.parametrize("ways", [(404,), (405,), (501,), (503, 503)], ids=str)
def test_a_text_that_is_refused_is_spoken_by_our_server_voice(
    ready: Ready, ways: tuple[int, ...]
) -> None:
    """The same turn, once, through say-audio; later ones go that way at once."""
    say(ready, "One.")
    for way in ways:
        assert ready.calls == ["say-text"]
        ready.decide(ready.service.waiting[0], way)
        if ready.calls == ["keep-alive"]:
            ready.answer()
        if not ready.calls:
            ready.loop.advance(0.5)
    (call,) = ready.service.waiting
    assert call.name == "say-audio"
    assert last(ready).turn_id.encode() in call.request.content
    assert f"{DrawnVoice.SECONDS:.3f}".encode() in call.request.content
    assert ready.state.server_voice
    ready.answer()
    assert last(ready).state is TurnState.SENT
    ready.hear("speakingStart")
    ready.loop.advance(DrawnVoice.SECONDS)
    ready.hear("speakingEnd")
    assert last(ready).state is TurnState.SPOKEN
    say(ready, "Two.")
    assert ready.calls == ["say-audio"]
    ready.answer()
    assert said(ready) == ["One.", "Two."]


def test_a_session_that_is_gone_is_not_taken_for_a_call_that_is(ready: Ready) -> None:
    """A 404 alone does not say which of them it is: the keep-alive does."""
    say(ready, "One.")
    ready.decide(ready.service.waiting[0], 404)
    assert ready.calls == ["keep-alive"]
    ready.decide(ready.service.waiting[0], "gone")
    assert not ready.state.server_voice
    assert last(ready).state is TurnState.FAILED
    assert ready.state.phase is not Phase.READY


def test_one_503_is_no_refusal(ready: Ready) -> None:
    """The text is sent again, as the same turn."""
    say(ready, "One.")
    ready.decide(ready.service.waiting[0], 503)
    ready.loop.advance(0.5)
    ready.answer()
    assert said(ready) == ["One."]
    assert last(ready).state is TurnState.SENT
    assert not ready.state.server_voice


@pytest.mark.parametrize("before", [True, False])
def test_what_is_heard_in_spite_of_a_503_is_not_said_again(ready: Ready, before: bool) -> None:
    """A proxy may have lost the answer alone: then the sound comes, before it or soon after it."""
    say(ready, "One.")
    if before:
        ready.hear("speakingStart")
    ready.decide(ready.service.waiting[0], 503)
    if not before:
        ready.loop.advance(0.3)
        ready.hear("speakingStart")
    ready.loop.advance(5.0)
    assert ready.calls == []
    ready.hear("speakingEnd")
    assert last(ready).state is TurnState.SPOKEN


def test_an_interrupt_in_the_pause_after_a_503(ready: Ready) -> None:
    """It is not sent again, with either voice."""
    say(ready, "One.")
    ready.decide(ready.service.waiting[0], 503)
    ready.ask(ready.desk.interrupt)
    ready.answer()
    ready.loop.advance(5.0)
    assert last(ready).state is TurnState.INTERRUPTED
    assert said(ready) == []


@pytest.mark.parametrize("way", ["unsent", 501])
def test_an_interrupt_drops_what_our_server_voice_has_not_said(ready: Ready, way: Way) -> None:
    """Under way when the refusal comes: nothing goes out behind it."""
    say(ready, "One.")
    ready.ask(ready.desk.interrupt)
    text, interrupt = ready.service.waiting
    ready.decide(text, way)
    assert (last(ready).state, last(ready).reason) == (TurnState.INTERRUPTED, UNBEGUN)
    ready.decide(interrupt, "good")
    assert ready.calls == []
    assert said(ready) == []


def test_our_server_voice_is_one_recording_ahead_at_most(ready: Ready) -> None:
    """The next one goes out shortly before the end of the one before, so no gap is heard."""
    say(ready, SHORT)
    refuse_text(ready)
    ready.answer()
    ready.loop.advance(1.0)
    assert ready.calls == []  # the first has not been heard yet
    ready.hear("speakingStart")
    ready.loop.advance(DrawnVoice.SECONDS - AHEAD - 0.1)
    assert ready.calls == []
    ready.loop.advance(0.2)
    assert [call.text for call in ready.service.waiting] == ["Two. "]
    ready.answer()
    ready.loop.advance(DrawnVoice.SECONDS - 0.2)
    assert ready.calls == []
    ready.loop.advance(0.2)
    assert [call.text for call in ready.service.waiting] == ["Three."]
    ready.answer()
    ready.hear("speakingEnd")
    assert last(ready).state is TurnState.SENT  # two recordings have a seam
    ready.hear("speakingStart")
    ready.loop.advance(AHEAD + DrawnVoice.SECONDS)
    ready.hear("speakingEnd")
    assert last(ready).state is TurnState.SPOKEN
    assert said(ready) == ["One. ", "Two. ", "Three."]


def test_the_rest_of_a_turn_can_be_refused(ready: Ready) -> None:
    """What the service has said stays said, and the server voice goes on from there."""
    say(ready, LONG_TEXT)
    ready.answer()
    ready.hear("speakingStart")
    refuse_text(ready)
    for _ in range(20):
        if "say-audio" in ready.calls:
            ready.answer()
        ready.loop.advance(1.0)
        ready.answer()
    assert "".join(said(ready)) == LONG_TEXT
    ready.hear("speakingEnd")
    ready.loop.advance(LATE)
    assert last(ready).state is TurnState.SPOKEN


@pytest.mark.parametrize("way", ["broken", "late", "garbage", 500, 502, 503, 504])
def test_sound_that_may_have_been_heard_is_never_repeated(ready: Ready, way: Way) -> None:
    """With the server voice, too: the turn says so, and the next one goes out."""
    say(ready, "One.")
    refuse_text(ready)
    ready.decide(ready.service.waiting[0], way)
    assert last(ready).state is TurnState.FAILED
    assert (last(ready).reason or "").endswith(MAYBE_SAID)
    ready.loop.advance(8.0)
    assert ready.calls == []


@pytest.mark.parametrize("way", [400, 404, 501])
def test_a_service_that_takes_neither(ready: Ready, way: Way) -> None:
    """It has failed and says why; nothing goes round in circles, and the session lives."""
    say(ready, "One.")
    refuse_text(ready)
    ready.decide(ready.service.waiting[0], way)
    if ready.calls == ["keep-alive"]:
        ready.answer()
    assert ready.calls == []
    assert last(ready).state is TurnState.FAILED
    assert "play the sound" in (last(ready).reason or "")
    assert ready.state.phase is Phase.READY


def record(ready: Ready, recording: Recording) -> None:
    """Ask for a recording."""
    ready.ask(lambda visitor: ready.desk.say_recording(visitor, recording))


def test_a_recording_is_a_turn_like_any(ready: Ready) -> None:
    """It waits behind a text, is said with its true duration, and can be interrupted."""
    say(ready, "One.")
    record(ready, Recording(b"mp3 of me", 6.5, "me.ogg"))
    ready.answer()
    assert last(ready).state is TurnState.QUEUED
    ready.hear("speakingStart", "speakingEnd")
    (call,) = ready.service.waiting
    assert call.name == "say-audio"
    assert b"6.500" in call.request.content
    ready.answer()
    ready.hear("speakingStart")
    ready.ask(ready.desk.interrupt)
    ready.answer()
    turn = last(ready)
    assert (turn.text, turn.kind, turn.state) == ("me.ogg", "audio", TurnState.INTERRUPTED)
    assert not ready.state.server_voice


def test_who_pauses_in_a_recording_has_not_ended(ready: Ready) -> None:
    """Its length is known: a silence before that is a pause, one that lasts is the end."""
    record(ready, Recording(b"mp3 of me", 10.0, "me.ogg"))
    ready.answer()
    ready.hear("speakingStart")
    ready.loop.advance(3.0)
    ready.hear("speakingEnd")
    say(ready, "Next.")
    assert ready.calls == []
    ready.loop.advance(2.0)
    ready.hear("speakingStart")
    ready.loop.advance(2.0)
    ready.hear("speakingEnd")
    ready.loop.advance(3.0 + LATE - 0.1)
    assert "say-text" not in ready.calls
    ready.loop.advance(0.2)
    assert "say-text" in ready.calls
    assert ready.state.turns[-2].state is TurnState.SPOKEN


def test_a_recording_that_begins_with_a_silence(ready: Ready) -> None:
    """It is waited for, nothing is sent over it, and its silence is no time that is still owed."""
    record(ready, Recording(b"mp3 of me", 30.0, "me.ogg"))
    say(ready, "Next.")
    for _ in range(20):
        ready.answer()  # a keep-alive, perhaps
        ready.loop.advance(1.0)
    ready.hear("speakingStart")
    for _ in range(10):
        ready.answer()
        ready.loop.advance(1.0)
    assert "say-text" not in ready.calls
    ready.hear("speakingEnd")
    assert "say-text" in ready.calls
    assert ready.state.turns[-2].state is TurnState.SPOKEN


def test_a_session_holds_so_many_recordings(ready: Ready) -> None:
    """And lets go of what has been said when it needs the room, the oldest first."""
    half = Recording(b"mp3 of me\r\n" + bytes(MAX_HELD // 2 - 100), 1.0, "half")
    record(ready, half)
    record(ready, half)
    with pytest.raises(Refused, match="say this one when some have been"):
        record(ready, half)
    ready.answer()
    ready.ask(ready.desk.interrupt)
    ready.answer()
    assert [turn.recording for turn in ready.state.turns[1:]] == [half] * 2
    record(ready, half)
    assert [turn.recording for turn in ready.state.turns[1:]] == [
        replace(half, audio=b""),
        *[half] * 2,
    ]


def test_what_survives_an_interrupt_is_silenced_when_it_is_heard(ready: Ready) -> None:
    """At the live service a turn that had not begun may begin after it."""
    say(ready, "One.")
    ready.answer()
    ready.ask(ready.desk.interrupt)
    ready.answer()
    assert last(ready).state is TurnState.INTERRUPTED
    ready.hear("speakingStart")
    assert ready.calls == ["interrupt"]
    ready.answer()
    ready.hear("speakingEnd", "speakingStart")
    assert ready.calls == []


def test_a_refusal_of_texts_is_believed_for_an_hour(ready: Ready) -> None:
    """By the sessions that begin meanwhile; the next one after it asks again."""
    service = ready.desk.service
    assert service.takes_text
    say(ready, "One.")
    refuse_text(ready)
    assert not service.takes_text
    ready.loop.advance(TEXT_REFUSED_FOR + 1)
    assert service.takes_text
