"""What can happen to a phase, listed whole."""

from __future__ import annotations

import pytest

from sessions.state import LIVE, PHASES, Phase, PhaseEvent, State

IDLE, CREATING, CONNECTING, READY, ENDING, ERROR = Phase
START, CREATED, PLAYING, END, ENDED, FAIL = PhaseEvent

TABLE = {
    IDLE: {START: CREATING},
    CREATING: {CREATED: CONNECTING, END: ENDING},
    CONNECTING: {PLAYING: READY, END: ENDING},
    READY: {END: ENDING},
    ENDING: {ENDED: IDLE, FAIL: ERROR},
    ERROR: {START: CREATING},
}


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("event", PhaseEvent)
def test_every_phase_and_event(phase: Phase, event: PhaseEvent) -> None:
    """Each pair moves as listed, and changes nothing where nothing is listed."""
    assert State(phase=phase).after(event).phase is TABLE[phase].get(event, phase)


def test_the_table_lists_no_more() -> None:
    """No move exists that this list does not have."""
    assert len(PHASES) == sum(len(moves) for moves in TABLE.values())


def test_only_an_end_leads_out_of_what_is_paid_for() -> None:
    """Where a session may exist, idle and error are reached through ending alone."""
    for phase in LIVE - {ENDING}:
        assert set(TABLE[phase].values()) <= LIVE
