"""How long a line takes: by our own voice, else by its letters."""

from __future__ import annotations

import pytest

from sessions.server_voice import NO_SOUND, NoVoice, ServerVoice
from show.model import Line, Pause, Show, Wait
from show.play import Item, Recorded
from show.words import LETTERS_A_SECOND, Clock, estimated
from speech import Recording, SayAs, Word
from tests.support.spelled_voice import SpelledVoice

pytestmark = pytest.mark.anyio

SHOW = Show("", (), blanks={"customer": "Acme"})
LINE = Item("0.0", 0, Line("Hello {{customer}}."))


class NoTimer:
    """A voice that can't be had."""

    async def timed(
        self, text: str, speed: float, say_as: SayAs | None = None
    ) -> tuple[tuple[Word, ...], float]:
        """See `show.words.Timer`."""
        raise NoVoice(NO_SOUND)


def test_an_estimate_is_as_long_as_its_letters() -> None:
    """Its words follow each other without a gap."""
    words = estimated("Good morning")
    assert words.length == pytest.approx(11 / LETTERS_A_SECOND)
    assert [w.text for w in words.words] == ["Good", "morning"]
    assert words.words[0].until == words.words[1].at
    assert estimated("").words == ()


async def test_a_line_is_measured_once() -> None:
    """By the voice that would say it, with its blanks filled."""
    voice = ServerVoice(SpelledVoice)
    clock = Clock(voice)
    assert not clock.is_measured(SHOW, LINE, 1.0)
    before = clock.words(SHOW, LINE, 1.0)
    await clock.measure(SHOW, LINE, 1.0)
    after = clock.words(SHOW, LINE, 1.0)
    assert clock.is_measured(SHOW, LINE, 1.0)
    assert not clock.is_measured(SHOW, LINE, 1.5), "another speed is another time"
    assert after != before
    assert [word.text for word in after.words] == ["Hello", "Acme."]
    assert 0 < after.words[0].until <= after.words[1].at <= after.words[1].until <= after.length
    voice.close()


async def test_without_a_voice_the_estimate_holds() -> None:
    """And it is not tried again."""
    clock = Clock(NoTimer())
    await clock.measure(SHOW, LINE, 1.0)
    assert clock.is_measured(SHOW, LINE, 1.0)
    assert clock.words(SHOW, LINE, 1.0) == estimated("Hello Acme.")


def test_what_is_no_line_has_a_length_too() -> None:
    """A wait takes none: nobody knows."""
    clock = Clock(NoTimer())
    lengths = [
        clock.length(SHOW, Item("x", 0, cue), 1.0)
        for cue in (Pause(2.5), Wait(), Recorded(Recording(b"", 4.0, "me")))
    ]
    assert lengths == [2.5, 0.0, 4.0]
