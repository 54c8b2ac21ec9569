"""The records of sessions: who may do what to them, and how long they are kept."""

from __future__ import annotations

import pytest

from simulator.dialects import EVERY
from simulator.sessions import ENDED_KEPT, TOKEN_LIFE, Refusal, Session, Sessions


def opened(sessions: Sessions, now: float = 0.0) -> Session:
    """One more live session."""
    return sessions.create("avatar", None, 1.0, now)


def test_a_token_expires() -> None:
    """It opens its session for a day, and then no longer."""
    sessions = Sessions(1, EVERY)
    session = opened(sessions, now=100.0)
    assert sessions.find(session.session_id, session.token, 100.0 + TOKEN_LIFE - 1) is session
    with pytest.raises(Refusal, match="Invalid or expired token"):
        sessions.find(session.session_id, session.token, 100.0 + TOKEN_LIFE)


def test_secrets_stay_out_of_a_repr() -> None:
    """Neither the token nor the address of the stream is in what a log may print."""
    session = opened(Sessions(1, EVERY))
    assert session.token not in repr(session)
    assert session.whep_key not in repr(session)


def test_ended_sessions_are_forgotten_in_the_end() -> None:
    """The newest ones stay on record and answer 410, older ones are gone and answer 404."""
    sessions = Sessions(1, EVERY)
    ended = []
    for _ in range(ENDED_KEPT + 1):
        ended.append(opened(sessions))
        sessions.end(ended[-1], "end", 1.0)
    assert len(list(sessions)) == ENDED_KEPT
    for session, status in ((ended[0], 404), (ended[1], 410), (ended[-1], 410)):
        with pytest.raises(Refusal) as refused:
            sessions.find(session.session_id, session.token, 2.0)
        assert refused.value.status == status
