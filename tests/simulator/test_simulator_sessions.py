"""The simulator without a network: records of sessions, sentences, the clock and its tracks."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.media import PACKET, PICTURE, SAMPLE_RATE, Clock, PictureTrack, SoundTrack
from simulator.sessions import ENDED_KEPT, TOKEN_LIFE, Refusal, Session, Sessions
from simulator.speaker import whole_sentences


def opened(sessions: Sessions, now: float = 0.0) -> Session:
    """One more live session."""
    return sessions.create("good", "avatar", None, 1.0, now)


def test_a_token_expires() -> None:
    """It opens its session for a day, and then no longer."""
    sessions = Sessions(limit=1)
    session = opened(sessions, now=100.0)
    assert sessions.find(session.session_id, session.token, 100.0 + TOKEN_LIFE - 1) is session
    with pytest.raises(Refusal, match="Invalid or expired token"):
        sessions.find(session.session_id, session.token, 100.0 + TOKEN_LIFE)


def test_secrets_stay_out_of_a_repr() -> None:
    """Neither the token nor the address of the stream is in what a log may print."""
    session = opened(Sessions(limit=1))
    assert session.token not in repr(session)
    assert session.whep_key not in repr(session)


def test_ended_sessions_are_forgotten_in_the_end() -> None:
    """The newest ones stay on record and answer 410, older ones are gone and answer 404."""
    sessions = Sessions(limit=1)
    ended = []
    for _ in range(ENDED_KEPT + 1):
        ended.append(opened(sessions))
        sessions.end(ended[-1], "end", 1.0)
    assert len(list(sessions)) == ENDED_KEPT
    for session, status in ((ended[0], 404), (ended[1], 410), (ended[-1], 410)):
        with pytest.raises(Refusal) as refused:
            sessions.find(session.session_id, session.token, 2.0)
        assert refused.value.status == status


@pytest.mark.parametrize(
    ("heard", "final", "ready", "rest"),
    [
        ("Hello", False, "", "Hello"),
        ("Hello. ", False, "Hello. ", ""),
        ("Hello.", False, "", "Hello."),
        ("It is 3.5 or", False, "", "It is 3.5 or"),
        ('"Hi!" she said. And', False, '"Hi!" she said. ', "And"),
        ("One. Two? Three", False, "One. Two? ", "Three"),
        ("One. Two? Three", True, "One. Two? Three", ""),
        ("", True, "", ""),
    ],
)
def test_chunks_are_cut_at_sentences(heard: str, final: bool, ready: str, rest: str) -> None:
    """A sentence that is there is spoken at once, a broken-off one waits for its rest."""
    assert whole_sentences(heard, final=final) == (ready, rest)


class Metronome:
    """A source that notes which positions it was asked for."""

    def __init__(self) -> None:
        self.sounds: list[int] = []
        self.pictures: list[int] = []

    def sound(self, position: int) -> NDArray[np.int16] | None:
        """Silence."""
        self.sounds.append(position)
        return None

    def picture(self, position: int) -> NDArray[np.uint8]:
        """A grey picture."""
        self.pictures.append(position)
        return np.full((768, 512), 128, np.uint8)


def test_a_late_sender_moves_the_clock() -> None:
    """After a stall sound goes on where it was, without a burst; pictures skip what was missed."""
    now = 0.0
    clock, source = Clock(lambda: now), Metronome()

    async def stall() -> None:
        nonlocal now
        sound, picture = SoundTrack(clock, source), PictureTrack(clock, source)
        await sound.recv()
        await picture.recv()
        now = 1.0
        await picture.recv()
        packet = await sound.recv()
        assert packet.pts == PACKET
        assert clock.position == PACKET
        now += PACKET / SAMPLE_RATE
        await sound.recv()

    asyncio.run(stall())
    assert source.sounds == [0, PACKET, 2 * PACKET]
    assert source.pictures == [0, SAMPLE_RATE // PICTURE * PICTURE]
