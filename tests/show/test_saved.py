"""Where a show stands outlives the server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from show.model import Cue, Line, Pause, Show, Slide, TranscriptLine, Wait
from show.play import Ask, Edit, Jump, Move, Over, Recorded, Step, begun, step
from show.run import Look, Scene
from show.saved import from_json, to_json
from speech import Recording, Word

CUES: tuple[tuple[Cue, ...], ...] = ((Line("a"), Pause(2.5), Wait()), (), (Line("b"),))
SHOW = Show("", tuple(Slide(cues=cues) for cues in CUES))
LINE = TranscriptLine("a", "interrupted", "show", 0, 1.0, 2.0, (Word(0.0, 0.5, "a"),), True, "Cut.")


def scene() -> Scene:
    """A show in the middle: a question was asked, a line moved, another one is being said."""
    play = begun(SHOW)
    for event in (Step("go"), Over(1, "spoken"), Jump(2), Ask(Line("q")), Move("2.0", -1)):
        play, _ = step(play, event, 10.0)
    play, _ = step(play, Edit("2.0", "B"), 10.0)
    play, _ = step(play, Step("next"), 10.0)
    return Scene(7, SHOW, play, Look("corner", "color", "#00ff00", False), None, (LINE,), 100.0)


def test_a_scene_comes_back_held_before_its_line() -> None:
    """All that was asked for is there, and the clock has gone on."""
    before = scene()
    after = from_json(to_json(before, age=20.0), SHOW, now=50.0)
    assert before.play.saying
    assert after.play.saying is None
    assert not after.play.goes_on
    assert after.play.coming[0] == before.play.saying.item
    assert [i.text for i in after.play.items] == [i.text for i in before.play.items]
    assert (after.look, after.transcript, after.began) == (before.look, (LINE,), 30.0)
    assert after.play.said == before.play.said


def test_a_show_that_has_not_begun() -> None:
    """Has no clock."""
    begins = Scene(1, SHOW, begun(SHOW))
    assert from_json(to_json(begins, age=None), SHOW, now=5.0).began is None


def test_a_recording_is_not_kept() -> None:
    """The places of the others are right without it."""
    play, _ = step(begun(SHOW), Ask(Recorded(Recording(b"mp3", 2.0, "me"))), 0.0)
    after = from_json(to_json(Scene(1, SHOW, play), age=None), SHOW, now=5.0)
    assert [item.item_id for item in after.play.items] == ["0.0", "0.1", "0.2", "1.0", "2.0"]
    assert after.play.after == 0


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b'"text"',
        to_json(replace(scene(), look=Look()), age=1.0).replace(b'"layout"', b'"lay"'),
        to_json(scene(), age=1.0).replace(b'"after":', b'"after":9'),
        to_json(scene(), age=1.0).replace(b'"slide":2', b'"slide":3'),
    ],
)
def test_what_is_broken_is_no_scene(broken: bytes) -> None:
    """It is refused, and never half taken."""
    with pytest.raises(ValueError, match=r".+"):
        from_json(broken, SHOW, now=0.0)


def test_a_scene_of_another_show_is_refused() -> None:
    """Though it may have as many slides: a server can be killed between the two."""
    other = replace(SHOW, source="# Other")
    with pytest.raises(ValueError, match="of another show"):
        from_json(to_json(scene(), age=1.0), other, now=0.0)
