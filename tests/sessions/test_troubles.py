"""What is wrong with a session: which words are shown of it, from when, and how it ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from avatar_client import ServiceFailed
from sessions import events
from sessions.life import Life
from sessions.limits import Limits, Patience
from sessions.machine import AT_START, NOTICED, WELCOME, begun, step
from sessions.state import DirectAvatar, Phase, Sight, State
from sessions.troubles import SLOW, UNSEEN, WORDS, Trouble
from sessions.turns import Turn, TurnState

AVATAR = DirectAvatar("s", "http://127.0.0.1:9/whep", None)
ATTACHED: list[events.Event] = [events.Opened(), events.Attached("s", AVATAR)]
PLAYING = events.Saw(Sight.PLAYING)


def after(*happened: events.Event, watched: bool = True) -> Life:
    """A session to which this happened, all of it at 0 s."""
    life = begun(Limits(), Patience(), 0.0, watched=watched)
    for event in happened:
        life, _ = step(life, event, 0.0)
    return life


def ready(*happened: events.Event) -> Life:
    """One that is seen, and whose welcome the service has taken."""
    life = after(*ATTACHED, PLAYING)
    for event in (events.Sent(life.shown.turns[0].turn_id), *happened):
        life, _ = step(life, event, 0.0)
    return life


def at(life: Life, now: float) -> State:
    """What is shown then."""
    while life.wakes_at <= now:
        life, _ = step(life, events.Tick(), life.wakes_at)
    return life.shown


def test_every_trouble_has_words() -> None:
    """A few for the status line; a sentence that ends, for the page."""
    assert set(WORDS) == set(Trouble)
    for words in WORDS.values():
        assert len(words.status) < 30
        assert words.sentence.endswith(".")


@pytest.mark.parametrize(
    ("sight", "trouble"),
    [
        (Sight.REFUSED, Trouble.REFUSED),
        (Sight.TAKEN, Trouble.TAKEN),
        (Sight.FAILED, Trouble.MISSING),
        (Sight.STALLED, Trouble.STALLED),
    ],
)
def test_the_picture(sight: Sight, trouble: Trouble) -> None:
    """Told in the stage's words until it is back, and never as "ready"; unseen for 60 s it ends."""
    life = ready(events.Saw(sight, "No picture."))
    shown = life.shown
    assert (shown.phase, shown.word, shown.trouble) == (Phase.READY, "reconnecting", trouble)
    assert (shown.notice or "").startswith("No picture.")
    assert trouble in UNSEEN
    assert (shown.limit, shown.ends_at) == ("unseen", 60.0)
    back, _ = step(life, events.Saw(Sight.RESUMED), 5.0)
    assert (back.shown.word, back.shown.trouble, back.shown.notice) == ("ready", None, None)
    assert back.shown.limit != "unseen"
    stays, _ = step(life, events.Stay(), 30.0)
    assert stays.shown.ends_at == 90.0
    life, _ = step(replace(life, alive=None), events.Tick(), 60.0)
    assert life.shown.phase is Phase.ENDING
    life, _ = step(life, events.Ended(), 60.5)
    assert life.shown.phase is Phase.ERROR
    assert "nobody saw the avatar for 60 s" in (life.shown.problem or "")


def test_a_picture_of_which_nothing_is_told() -> None:
    """It counts as unseen from the start."""
    assert after(*ATTACHED).shown.ends_at == 60.0


def test_a_slow_service() -> None:
    """Told after some seconds, and since when it is waited for."""
    life = after()
    assert at(life, SLOW - 0.1).trouble is None
    assert (at(life, SLOW).trouble, at(life, SLOW).since) == (Trouble.SLOW, 0.0)
    life = after(*ATTACHED, PLAYING)  # the welcome is being sent
    assert at(life, SLOW - 0.1).trouble is None
    assert at(life, SLOW).trouble is Trouble.SLOW
    turn_id = life.shown.turns[0].turn_id
    assert life.shown.turns[0].text == WELCOME
    life, _ = step(life, events.Sent(turn_id), SLOW + 1)
    assert life.shown.trouble is None


def test_a_service_that_does_not_answer() -> None:
    """What went wrong, what happens next, and since when; gone with the next good answer."""
    life, _ = step(ready(), events.Tick(), 10.0)
    failed = events.KeptAlive(ServiceFailed("keep-alive", status=503, sent="yes"))
    life, _ = step(life, failed, 10.5)
    assert (life.shown.trouble, life.shown.since) == (Trouble.SILENT, 0.0)
    assert "It is asked again by itself; after 60 s" in (life.shown.notice or "")
    life, _ = step(life, events.KeptAlive(), 20.5)
    assert (life.shown.trouble, life.shown.notice) == (None, None)


def test_no_stage() -> None:
    """A start tells of it sooner than a session whose page is perhaps being loaded again."""
    life = after(watched=False)
    assert at(life, AT_START - 0.1).trouble is None
    assert at(life, AT_START).trouble is Trouble.NO_STAGE
    life = after(*ATTACHED, PLAYING, events.Watched(False))
    assert at(life, NOTICED - 0.1).trouble is None
    assert at(life, NOTICED).trouble is Trouble.NO_STAGE


def test_a_wait_that_the_service_asks_for() -> None:
    """It is told with the failure."""
    life = after(events.End(problem="It is full.", wait=9.0), events.Ended())
    assert (life.shown.phase, life.shown.again_at) == (Phase.ERROR, 9.0)


def test_a_browser_without_sound_output() -> None:
    """A turn that the service took has been said, though nothing was heard of it."""
    life = after(*ATTACHED, PLAYING, events.Saw(Sight.DEAF, "No sound output."))
    assert life.shown.remark == "No sound output."
    turn: Turn = life.shown.turns[0]
    life, _ = step(life, events.Sent(turn.turn_id), 0.1)
    turn = at(replace(life, alive=replace(life.alive, calling=True)), 40.0).turns[0]  # type: ignore[type-var]
    assert turn.state is TurnState.SPOKEN
    assert "no sound output" in (turn.reason or "")
