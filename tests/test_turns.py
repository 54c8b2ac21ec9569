"""What can happen to a turn, listed whole."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions import turns
from sessions.turns import (
    ENDED,
    MAX_TEXT,
    MOVES,
    TextRejected,
    Turn,
    TurnEvent,
    TurnState,
)

Q, SENDING, SENT, SPEAKING, SPOKEN, INTERRUPTED, FAILED = TurnState
SEND, ACCEPT, START, END, OVERDUE, INTERRUPT, FAIL = TurnEvent

TABLE = {
    Q: {SEND: SENDING, INTERRUPT: INTERRUPTED, FAIL: FAILED},
    SENDING: {ACCEPT: SENT, START: SPEAKING, INTERRUPT: INTERRUPTED, FAIL: FAILED},
    SENT: {START: SPEAKING, OVERDUE: SPOKEN, INTERRUPT: INTERRUPTED, FAIL: FAILED},
    SPEAKING: {END: SPOKEN, OVERDUE: SPOKEN, INTERRUPT: INTERRUPTED, FAIL: FAILED},
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


@given(st.lists(st.sampled_from(TurnEvent)))
def test_an_ended_turn_never_changes(events: list[TurnEvent]) -> None:
    """Whatever comes in whatever order, the first end stays the end."""
    turn, end = Turn("Hi"), None
    for event in events:
        turn = turn.after(event)
        if end is None and turn.has_ended:
            end = turn.state
        assert end is None or turn.state is end
    assert turn.has_ended == (turn.state in ENDED)


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
    first, second = Turn("One"), Turn("Two")
    queue = turns.after((first, second), first.turn_id, SEND)
    assert turns.at_the_service(queue) == queue[0]
    assert turns.next_queued(queue) == second


def test_interrupt_ends_the_current_turn_and_the_queue() -> None:
    """Every turn in the states named is interrupted, and says why; the others stay."""
    spoken = Turn("Done", state=SPOKEN)
    after = turns.all_after((spoken, Turn("Next")), {Q}, INTERRUPT, "Interrupted.")
    assert [t.state for t in after] == [SPOKEN, INTERRUPTED]
    assert after[1].reason == "Interrupted."
