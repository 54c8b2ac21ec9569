"""How a show is played: walks through the pure function."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from show.model import Cue, Line, Outcome, Pause, Show, Slide, Wait
from show.play import (
    Ask,
    Clear,
    Edit,
    Effect,
    Event,
    Interrupt,
    Jump,
    Move,
    Over,
    Play,
    Remove,
    Say,
    SayNow,
    Step,
    Tick,
    WakeAt,
    begun,
    resumed,
    step,
)


def show_of(*slides: tuple[Cue, ...]) -> Show:
    """A show with these cues on its slides."""
    return Show("", tuple(Slide(cues=cues) for cues in slides))


LINES = show_of((Line("a"), Line("b")), (Line("c"),), (), (Line("d"), Pause(2), Line("e")))


@dataclass
class Walk:
    """A show that is played: what was said, and what came of it."""

    play: Play
    now: float = 100.0
    said: list[str] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)

    def do(self, *events: Event) -> list[str]:
        """The lines that were asked for since the beginning, after these events."""
        for event in events:
            self.play, self.effects = step(self.play, event, self.now)
            self.said += [e.saying.item.text for e in self.effects if isinstance(e, Say)]
        return self.said

    def verbs(self, *verbs: str) -> list[str]:
        """The same for steps by hand."""
        return self.do(*(Step(verb) for verb in verbs))  # type: ignore[arg-type]

    def over(self, outcome: Outcome = "spoken") -> list[str]:
        """What is being said is over."""
        return self.do(Over(self.play.said, outcome))

    @property
    def interrupts(self) -> bool:
        """Whether the last event asked for silence."""
        return any(isinstance(effect, Interrupt) for effect in self.effects)


@pytest.fixture
def walk() -> Walk:
    """`LINES` before their first line."""
    return Walk(begun(LINES))


def test_nothing_is_said_before_the_presenter_asks(walk: Walk) -> None:
    """A show that was loaded is held on its first slide."""
    assert (walk.said, walk.play.goes_on, walk.play.slide) == ([], False, 0)


def test_each_line_follows_the_end_of_the_one_before(walk: Walk) -> None:
    """Never an answered call: only what is over."""
    assert walk.verbs("go") == ["a"]
    assert walk.over() == ["a", "b"]
    assert walk.over() == ["a", "b", "c"]
    assert walk.play.slide == 1


def test_a_slide_without_a_line_waits(walk: Walk) -> None:
    """It is shown until the presenter goes on."""
    walk.verbs("go")
    for _ in range(3):
        walk.over()
    assert (walk.play.slide, walk.play.waits, walk.play.goes_on) == (2, True, False)
    assert walk.verbs("go")[-1] == "d"


def test_a_pause_ends_by_itself(walk: Walk) -> None:
    """After its seconds, and not before."""
    walk.do(Jump(3))
    walk.verbs("go")
    walk.over()
    assert walk.effects == [WakeAt(102.0)]
    assert walk.do(Tick()) == ["d"]
    walk.now = 102.0
    assert walk.do(Tick()) == ["d", "e"]
    walk.over()
    assert walk.play.is_over
    assert not walk.play.goes_on


def test_a_step_by_hand_says_one_line_and_holds(walk: Walk) -> None:
    """The next line waits for the presenter."""
    assert walk.verbs("next") == ["a"]
    assert walk.over() == ["a"]
    assert walk.verbs("go") == ["a", "b"]
    walk.verbs("next")
    assert walk.interrupts
    assert walk.said == ["a", "b", "c"]
    assert walk.over() == ["a", "b", "c"]


def test_next_shows_a_slide_without_a_line(walk: Walk) -> None:
    """And the step after it says the next slide's."""
    walk.verbs("next", "next", "next")
    assert walk.verbs("next") == ["a", "b", "c"]
    assert walk.play.slide == 2
    assert walk.verbs("next")[-1] == "d"
    assert walk.play.slide == 3


def test_next_leaves_a_pause_out(walk: Walk) -> None:
    """Whoever steps has waited for long enough."""
    walk.do(Jump(3))
    assert walk.verbs("next", "next") == ["d", "e"]
    walk.over()
    walk.verbs("next")
    assert walk.play.is_over


def test_back_says_the_line_before(walk: Walk) -> None:
    """While a line is being said, and after it."""
    walk.verbs("next", "next")
    assert walk.verbs("back") == ["a", "b", "a"]
    walk.over()
    assert walk.verbs("back") == ["a", "b", "a", "a"]


def test_again_says_the_same_line(walk: Walk) -> None:
    """Also after its end."""
    walk.verbs("next", "again")
    walk.over()
    assert walk.verbs("again") == ["a", "a", "a"]


def test_skip_leaves_a_line_out_and_goes_on(walk: Walk) -> None:
    """What is being said, or what is next."""
    walk.verbs("go")
    assert walk.verbs("skip") == ["a", "b"]
    walk.verbs("silence", "skip")
    assert walk.verbs("go") == ["a", "b", "c"]


def test_silence_keeps_the_very_line(walk: Walk) -> None:
    """It is said from its beginning when the show goes on."""
    walk.verbs("go")
    walk.verbs("silence")
    assert walk.interrupts
    assert walk.over("interrupted") == ["a"]
    assert walk.verbs("go") == ["a", "a"]


def test_hold_lets_a_line_end(walk: Walk) -> None:
    """And nothing follows it."""
    walk.verbs("go", "hold")
    assert not walk.interrupts
    assert walk.over() == ["a"]


def test_a_line_that_failed_stops_the_show(walk: Walk) -> None:
    """It comes next again: the presenter decides."""
    walk.verbs("go")
    assert walk.over("failed") == ["a"]
    assert (walk.play.stopped, walk.play.goes_on) == (True, False)
    assert walk.verbs("go") == ["a", "a"]
    assert not walk.play.stopped


def test_a_question_now_and_back_to_the_very_line(walk: Walk) -> None:
    """The line that it cut short is said again, and the show goes on."""
    walk.verbs("go")
    walk.over()
    assert walk.do(Ask(Line("q"), now=True)) == ["a", "b", "q"]
    assert walk.interrupts
    assert walk.over() == ["a", "b", "q", "b"]
    assert walk.over() == ["a", "b", "q", "b", "c"]


def test_a_question_is_answered_between_two_lines(walk: Walk) -> None:
    """Those that were added first come first, and none is said twice."""
    walk.verbs("go")
    walk.do(Ask(Line("q")), Ask(Line("r")))
    for _ in range(3):
        walk.over()
    assert walk.said == ["a", "q", "r", "b"]
    walk.over()
    assert walk.verbs("back")[-1] == "b"
    assert walk.verbs("back")[-1] == "a"


def test_a_question_while_held_starts_nothing_else(walk: Walk) -> None:
    """The show stays where it is."""
    walk.do(Ask(Line("q"), now=True))
    assert walk.over() == ["q"]
    assert walk.verbs("go") == ["q", "a"]


def test_again_says_a_question_again(walk: Walk) -> None:
    """Though it is said once by itself."""
    walk.do(Ask(Line("q"), now=True))
    assert walk.verbs("again") == ["q", "q"]
    assert walk.over() == ["q", "q"]


def test_the_queue_is_edited(walk: Walk) -> None:
    """Edit, move, remove, clear, and say now."""
    walk.do(Ask(Line("q")), Ask(Line("r")))
    q, r, a, b = (item.item_id for item in walk.play.coming[:4])
    walk.do(Edit(q, "Q"), Move(r, -1), Remove(a))
    assert [item.text for item in walk.play.coming[:3]] == ["r", "Q", "b"]
    assert walk.do(SayNow(b)) == ["b"]
    assert [item.text for item in walk.play.coming[:2]] == ["r", "Q"]
    walk.do(Clear())
    assert [item.text for item in walk.play.coming[:1]] == ["c"]


def test_a_pause_can_not_be_edited_into_a_line(walk: Walk) -> None:
    """Its place stays a pause's."""
    pause = next(i for i in walk.play.items if isinstance(i.cue, Pause))
    walk.do(Edit(pause.item_id, "x"), SayNow(pause.item_id))
    assert pause in walk.play.items
    assert walk.said == []


def test_a_jump_holds_before_the_first_line(walk: Walk) -> None:
    """A slide that is not there changes nothing."""
    walk.verbs("go")
    assert walk.do(Jump(3)) == ["a"]
    assert walk.interrupts
    assert walk.over() == ["a"]
    assert walk.play.slide == 3
    walk.do(Jump(4), Jump(-1))
    assert walk.play.slide == 3


def test_what_is_over_late_changes_nothing(walk: Walk) -> None:
    """The end of a line that was stepped over says nothing of the present one."""
    walk.verbs("go")
    number = walk.play.said
    walk.verbs("next")
    walk.do(Over(number, "interrupted"), Over(number, "spoken"))
    assert walk.said == ["a", "b"]
    assert walk.play.saying


def test_a_wait_waits() -> None:
    """Go and Next both go on."""
    walk = Walk(begun(show_of((Line("a"), Wait(), Line("b")))))
    walk.verbs("go")
    walk.over()
    assert walk.play.waits
    assert walk.verbs("next") == ["a", "b"]


def test_a_restart_holds_before_what_was_cut_short(walk: Walk) -> None:
    """A question comes again, too."""
    walk.verbs("go")
    walk.over()
    walk.do(Ask(Line("q"), now=True))
    again = Walk(resumed(walk.play))
    assert again.play.saying is None
    assert math.isinf(again.play.until)
    assert again.verbs("go") == ["q"]
    assert again.over() == ["q", "b"]


CUES = st.one_of(
    st.builds(Line, st.sampled_from("abcd")),
    st.builds(Pause, st.just(1.0)),
    st.builds(Wait),
)
SHOWS = st.lists(st.lists(CUES, max_size=3).map(tuple), min_size=1, max_size=4).map(
    lambda slides: show_of(*slides)
)
EVENTS = st.one_of(
    st.sampled_from([Step(v) for v in ("next", "back", "again", "skip", "go", "hold", "silence")]),
    st.builds(Jump, st.integers(0, 4)),
    st.builds(Ask, st.builds(Line, st.just("q")), now=st.booleans()),
    st.builds(SayNow, st.sampled_from(["0.0", "1.0", "added-1"])),
    st.builds(Move, st.sampled_from(["0.1", "added-1"]), st.integers(-2, 2)),
    st.builds(Remove, st.sampled_from(["0.0", "1.1", "added-2"])),
    st.just(Clear()),
    st.sampled_from(["spoken", "interrupted", "failed", "tick"]),
)


@given(SHOWS, st.lists(EVENTS, max_size=30))
def test_any_walk_keeps_its_footing(show: Show, events: list[Event | str]) -> None:
    """Whatever is asked: at most one thing is said, and it was silenced before the next one; the
    queue and the slide stay inside the show."""
    walk = Walk(begun(show))
    for event in events:
        saying = walk.play.saying
        match event:
            case "tick":
                walk.now += 1
                walk.do(Tick())
            case str():
                walk.over(event)  # type: ignore[arg-type]
            case _:
                walk.do(event)
        is_over = isinstance(event, str) and event != "tick"
        if saying and walk.play.saying != saying:
            assert walk.interrupts or is_over
        says = [e for e in walk.effects if isinstance(e, Say)]
        assert len(says) <= 1
        assert not says or walk.play.saying == says[0].saying
        assert 0 <= walk.play.after <= len(walk.play.items)
        assert 0 <= walk.play.slide < walk.play.slides


@given(SHOWS, st.lists(st.sampled_from(["question", "silence", "hold", "failed"]), max_size=6))
def test_every_line_is_spoken_once_in_order(show: Show, troubles: list[str]) -> None:
    """However often the show is stopped and goes on again."""
    walk, spoken = Walk(begun(show)), list[str]()
    for _ in range(200):
        if walk.play.is_over:
            break
        if walk.play.saying is None and math.isinf(walk.play.until):
            walk.verbs("go")
        elif walk.play.saying is None:
            walk.now = walk.play.until
            walk.do(Tick())
        elif troubles and (trouble := troubles.pop()) != "hold":
            if trouble == "question":
                walk.do(Ask(Line("q"), now=True))
            elif trouble == "failed":
                walk.over("failed")
            else:
                walk.verbs("silence")
        else:
            spoken.append(walk.play.saying.item.text)
            walk.over()
    lines = [cue.text for slide in show.slides for cue in slide.cues if isinstance(cue, Line)]
    assert [text for text in spoken if text != "q"] == lines
