"""What can happen to a turn, listed whole."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_client import (
    AvatarError,
    CredentialRefused,
    LimitReached,
    RequestRefused,
    ServiceFailed,
    ServiceUnreachable,
    SessionGone,
)
from sessions import turns
from sessions.limits import Patience
from sessions.state import State
from sessions.turns import (
    AGAIN,
    ENDED,
    MAX_HELD,
    MAX_TEXT,
    MAYBE_SAID,
    MISSED,
    MOVES,
    UNHEARD,
    TextRejected,
    Turn,
    TurnEvent,
    TurnState,
    with_room,
)
from speech import Recording

Q, SENDING, SENT, SPEAKING, SPOKEN, INTERRUPTED, FAILED = TurnState
SEND, ACCEPT, START, END, PAUSE, OVERDUE, INTERRUPT, FAIL, RETRY, LOSE = TurnEvent

TABLE = {
    Q: {SEND: SENDING, INTERRUPT: INTERRUPTED, FAIL: FAILED},
    SENDING: {
        ACCEPT: SENT,
        START: SPEAKING,
        INTERRUPT: INTERRUPTED,
        FAIL: FAILED,
        RETRY: Q,
        LOSE: FAILED,
    },
    SENT: {ACCEPT: SENT, START: SPEAKING, OVERDUE: SPOKEN, INTERRUPT: INTERRUPTED, FAIL: FAILED},
    SPEAKING: {
        ACCEPT: SPEAKING,
        END: SPOKEN,
        PAUSE: SENT,
        OVERDUE: SPOKEN,
        INTERRUPT: INTERRUPTED,
        FAIL: FAILED,
        RETRY: Q,
    },
    SPOKEN: {},
    INTERRUPTED: {},
    FAILED: {},
}


@pytest.mark.parametrize("state", TurnState)
@pytest.mark.parametrize("event", TurnEvent)
def test_every_state_and_event(state: TurnState, event: TurnEvent) -> None:
    """Each pair moves as listed, and changes nothing where nothing is listed."""
    assert Turn("Hi", state=state).after(event).state is TABLE[state].get(event, state)


def test_the_table_lists_no_more() -> None:
    """No move exists that this list does not have."""
    assert len(MOVES) == sum(len(moves) for moves in TABLE.values())


@pytest.mark.parametrize("events", [(ACCEPT, START, END), (START, ACCEPT, END)])
def test_a_warning_holds_to_the_end(events: tuple[TurnEvent, ...]) -> None:
    """Whether the sound or the answer that brings it is there first."""
    turn = Turn("Hi").after(SEND)
    for event in events:
        turn = turn.after(event, "A warning." if event is ACCEPT else None)
    assert (turn.state, turn.reason) == (SPOKEN, "A warning.")


@given(st.lists(st.sampled_from(TurnEvent)))
def test_an_ended_turn_never_changes(events: list[TurnEvent]) -> None:
    """Whatever comes in whatever order, the first end stays the end."""
    turn, end = Turn("Hi"), None
    for event in events:
        turn = turn.after(event)
        if end is None and turn.state in ENDED:
            end = turn.state
        assert end is None or turn.state is end


@given(st.text())
def test_a_checked_text_is_trimmed_and_has_no_controls(text: str) -> None:
    """Any text is either said without control characters, or rejected: nothing else happens."""
    with suppress(TextRejected):
        said = turns.checked(text)
        assert said == said.strip() != ""
        assert all(c in "\n\t" or ord(c) > 0x9F or 0x20 <= ord(c) < 0x7F for c in said)


@pytest.mark.parametrize("text", ["", "  \n\t ", "\x00\x07", "\u2003"])
def test_nothing_to_say_is_rejected(text: str) -> None:
    """Blank is blank, whatever it is made of."""
    with pytest.raises(TextRejected, match="Text is required"):
        turns.checked(text)


def test_too_long_says_how_long() -> None:
    """The sentence has both numbers and what to do."""
    with pytest.raises(TextRejected, match=r"100,000 characters.*at most 5,000.*Shorten"):
        turns.checked("a" * 100_000)
    assert len(turns.checked("a" * MAX_TEXT)) == MAX_TEXT


def test_one_turn_at_the_service() -> None:
    """The queue is ours: the oldest that was not sent is next, and only one is at the service."""
    second = Turn("Two")
    first = Turn("One").after(SEND)
    state = State(turns=(first, second))
    assert (state.said, state.queued) == (first, second)


def failed(kind: type[AvatarError], **facts: Any) -> AvatarError:
    """A say-text that failed so."""
    return kind("say-text", **facts)


CERTAINLY_NOT = [
    failed(ServiceUnreachable, sent="no"),
    failed(LimitReached, status=429, sent="yes"),
    failed(LimitReached, status=429, sent="yes", retry_after=3.0),
    failed(ServiceFailed, status=503, sent="yes"),
]
MAYBE = [
    failed(ServiceUnreachable, sent="maybe"),
    failed(ServiceFailed, status=200, sent="yes"),
    failed(ServiceFailed, sent="yes"),
    failed(ServiceFailed, status=302, sent="yes"),
    *(failed(ServiceFailed, status=status, sent="yes") for status in (500, 502, 504)),
]
REFUSED = [
    failed(RequestRefused, sent="no"),
    failed(RequestRefused, status=400, sent="yes"),
    failed(CredentialRefused, status=401, sent="yes"),
    failed(SessionGone, status=410, sent="yes"),
    failed(ServiceFailed, status=501, sent="yes"),
]


@pytest.mark.parametrize("error", CERTAINLY_NOT, ids=str)
def test_what_was_certainly_not_acted_on_is_sent_again(error: AvatarError) -> None:
    """For 30 s from the first try; then it has failed, and the reason says how often."""
    event, reason, pause = turns.after_failed_send(error, 1, 0.1)
    assert (event, pause) == (RETRY, error.retry_after or 0.5)
    assert reason.endswith(AGAIN)
    event, reason, pause = turns.after_failed_send(error, 7, 29.0)
    assert (event, pause) == (FAIL, None)
    assert reason.endswith("after 7 tries.")
    assert turns.after_failed_send(error, 1, 31.0)[1].endswith("after 1 try.")


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [(ServiceFailed, 503, (RETRY, 0.5)), (LimitReached, 429, (FAIL, None))],
)
def test_whose_retry_after_is_obeyed(
    kind: type[AvatarError], status: int, expected: tuple[TurnEvent, float | None]
) -> None:
    """Of a text's 503 none: its second answer decides. Of a 429 any, even one that gives up."""
    error = failed(kind, status=status, sent="yes", retry_after=60.0)
    event, _, pause = turns.after_failed_send(error, 1, 0.1)
    assert (event, pause) == expected


@pytest.mark.parametrize("error", MAYBE, ids=str)
def test_what_may_have_been_said_is_not_repeated(error: AvatarError) -> None:
    """It has failed, and says so: only the visitor can ask for it again."""
    event, reason, pause = turns.after_failed_send(error, 1, 0.1)
    assert (event, pause) == (LOSE, None)
    assert reason.endswith(MAYBE_SAID)
    turn = Turn("Hi", state=SENDING).after(event, reason)
    assert (turn.state, turn.maybe_said) == (FAILED, True)


@pytest.mark.parametrize("error", REFUSED, ids=str)
def test_what_was_refused_has_failed(error: AvatarError) -> None:
    """It was certainly not said, and would be refused again."""
    event, reason, pause = turns.after_failed_send(error, 1, 0.1)
    assert (event, reason, pause) == (FAIL, str(error), None)
    assert not Turn("Hi", state=SENDING).after(event, reason).maybe_said


def test_of_a_sound_a_503_leaves_open_whether_it_was_said() -> None:
    """A service was seen to refuse text so, and never sound: then it may be a proxy's."""
    error = failed(ServiceFailed, status=503, sent="yes")
    assert turns.after_failed_send(error, 1, 0.1, kind="audio")[0] is LOSE


@pytest.mark.parametrize(
    ("error", "busy", "refused"),
    [
        (failed(SessionGone, status=404, sent="yes"), 0, True),  # and the session lives
        (failed(RequestRefused, status=405, sent="yes"), 0, True),
        (failed(ServiceFailed, status=501, sent="yes"), 0, True),
        (failed(ServiceFailed, status=503, sent="yes"), 1, False),
        (failed(ServiceFailed, status=503, sent="yes"), 2, True),
        *((error, 2, False) for error in MAYBE + CERTAINLY_NOT[:-1]),
        *((error, 2, False) for error in REFUSED[:-1]),
    ],
    ids=str,
)
def test_when_a_service_takes_no_text(error: AvatarError, busy: int, refused: bool) -> None:
    """What certainly was not acted on and would be refused again; a 503 the second time only."""
    assert turns.takes_no_text(error, busy) is refused


@pytest.mark.parametrize(
    ("status", "words", "asks"),
    [
        (404, turns.SESSION_NOT_FOUND, False),
        (404, "Cannot POST", True),
        (404, None, True),
        (410, "Session ended", False),
    ],
)
def test_which_404_may_be_of_the_call(status: int, words: str | None, asks: bool) -> None:
    """One with the documented words is about the session."""
    error = failed(SessionGone, status=status, error=words, sent="yes")
    assert turns.is_about_the_call(error) is asks


def test_recordings_are_kept_as_long_as_there_is_room() -> None:
    """The sound of the oldest that have ended goes first, and no more of it than has to; what waits
    keeps its own."""
    third = Recording(bytes(MAX_HELD // 3), 2.0, "me.mp3")
    spoken, failed, waiting = (
        Turn("me.mp3", recording=third, state=state)
        for state in (TurnState.SPOKEN, TurnState.FAILED, TurnState.QUEUED)
    )
    assert waiting.kind == "audio"
    fit = (waiting, spoken, failed)
    assert with_room(fit) == fit
    sounds = [bool(t.recording and t.recording.audio) for t in with_room((*fit, waiting))]
    assert sounds == [True, False, True, True]


def test_the_name_of_a_recording_is_one_line() -> None:
    """Whatever a browser calls it."""
    assert turns.checked_name(Recording(b"", 1.0, " a\x00b\n c")) == "a b c"
    assert turns.checked_name(Recording(b"", 1.0, "\t")) == "Recording"
    assert len(turns.checked_name(Recording(b"", 1.0, "a" * 999))) == turns.MAX_NAME


def test_pauses_grow() -> None:
    """From half a second to 8 s, as long as 30 s are not over."""
    pauses: list[float] = []
    since = 0.0
    while (pause := turns.pause_before_next(len(pauses) + 1, since, None)) is not None:
        pauses.append(pause)
        since += pause
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]


@given(st.integers(1, 1000), st.floats(0, 100), st.none() | st.floats(0, 1000))
def test_a_pause_is_never_too_short_nor_too_long(
    tries: int, since: float, retry_after: float | None
) -> None:
    """Retry-After is obeyed, and nothing is sent later than 30 s after the first try."""
    pause = turns.pause_before_next(tries, since, retry_after)
    if pause is None:
        assert since + max(8.0, retry_after or 0.0) > 30
    else:
        assert pause >= max(0.5, retry_after or 0.0)
        assert since + pause <= 30


PATIENCE = Patience(first_sound=10.0, after_return=2.5)
LONG = Turn("Hi").longest


@pytest.mark.parametrize(
    ("state", "reason", "missed", "back_at", "deadline", "event", "said"),
    [
        # Accepted, and the stage is there: a sound has to come.
        (SENT, None, False, None, 10.0, FAIL, UNHEARD),
        # The service said that it has no sound.
        (SENT, "No sound.", False, None, LONG, OVERDUE, "No sound."),
        # Its end can fail to be told.
        (SPEAKING, None, False, None, LONG, OVERDUE, None),
        # The stage has gone: nobody can hear it.
        (SENT, None, True, None, LONG, OVERDUE, MISSED),
        (SPEAKING, None, True, None, LONG, OVERDUE, None),
        # One is there again, and hears nothing.
        (SENT, None, True, 1.0, 3.5, OVERDUE, MISSED),
        (SPEAKING, None, True, 1.0, 3.5, OVERDUE, None),
        (SPEAKING, None, True, 100.0, LONG, OVERDUE, None),
    ],
)
def test_how_long_a_turn_is_waited_for(
    state: TurnState,
    reason: str | None,
    missed: bool,
    back_at: float | None,
    deadline: float,
    event: TurnEvent,
    said: str | None,
) -> None:
    """Until when news of it is waited for, and what it means that none came."""
    turn = Turn("Hi", state=state, reason=reason)
    decision = turns.give_up(turn, 0.0, missed=missed, back_at=back_at, patience=PATIENCE)
    assert decision == (deadline, event, said)


def test_a_recording_may_begin_with_a_silence() -> None:
    """Its first sound can come as late as its end; no sound by then is told as of a text."""
    turn = Turn("me.mp3", state=SENT, recording=Recording(b"an mp3", 60.0, "me.mp3"))
    decision = turns.give_up(turn, 5.0, missed=False, back_at=None, patience=PATIENCE)
    assert decision == (75.0, FAIL, UNHEARD)
