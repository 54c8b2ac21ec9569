"""A show that is played before a drawn service: what is said, and what is written down of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from sessions.turns import TurnState
from sessions.visit import SHOWN_AFTER
from show.model import Cue, Line, Pause, Show, Slide
from show.play import Ask, Jump, Recorded, Step
from show.run import Look, Run, Scene
from show.words import Clock
from speech import Recording, SayAs, Word
from tests.support.drawn_visitor import Ready


class EvenTimer:
    """Each word takes half a second."""

    async def timed(
        self, text: str, speed: float, say_as: SayAs | None = None
    ) -> tuple[tuple[Word, ...], float]:
        """See `show.words.Timer`."""
        words = text.split()
        times = [Word(at / 2, at / 2 + 0.5, word) for at, word in enumerate(words)]
        return tuple(times), len(words) / 2


class Hall:
    """A visitor whose avatar is there, and the visitor's show."""

    def __init__(self, *slides: tuple[Cue, ...]) -> None:
        self.visitor = Ready()
        show = Show(
            "",
            tuple(Slide(cues=cues) for cues in slides),
            blanks={"customer": "Acme"},
            say_as=SayAs({"SQL": "sequel"}),
        )
        self.run = self.visitor.loop.do(
            lambda: Run(show, self.visitor.desk, "ada", Clock(EvenTimer()))
        )

    def step(self, *verbs: str) -> None:
        """Steps by hand."""
        for verb in verbs:
            self.visitor.loop.do(partial(self.run.happened, Step(verb)))  # type: ignore[arg-type]

    def ask(self, text: str, *, now: bool = True) -> None:
        """The presenter's own line."""
        self.visitor.loop.do(lambda: self.run.happened(Ask(Line(text), now=now)))

    def spoken(self) -> str:
        """What the service gets next; it is heard to its end."""
        text = self.sent()
        self.visitor.hear("speakingStart", "speakingEnd")
        return text

    def sent(self) -> str:
        """What the service gets next, and takes."""
        (call,) = [c for c in self.visitor.service.waiting if c.name.startswith("say")]
        text = call.text
        self.visitor.answer()
        return text

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Of the transcript."""
        return [(line.text, line.outcome) for line in self.run.scene.transcript]


@pytest.fixture
def hall() -> Iterator[Hall]:
    """Two slides with three lines."""
    hall = Hall((Line("Good morning {{customer}}."), Line("This is SQL.")), (Line("Good night."),))
    yield hall
    hall.visitor.leave()


def test_a_show_is_spoken_line_by_line(hall: Hall) -> None:
    """With its blanks filled, and as its table says; each after the end of the one before."""
    hall.step("go")
    assert [hall.spoken() for _ in range(3)] == [
        "Good morning Acme.",
        "This is sequel.",
        "Good night.",
    ]
    assert hall.run.scene.play.is_over
    assert hall.outcomes == [
        ("Good morning Acme.", "spoken"),
        ("This is SQL.", "spoken"),
        ("Good night.", "spoken"),
    ]


def test_an_answered_call_is_not_the_end(hall: Hall) -> None:
    """The next line waits for the silence."""
    hall.step("go")
    hall.sent()
    assert hall.visitor.calls == []
    hall.visitor.hear("speakingStart")
    assert hall.visitor.calls == []
    assert hall.run.scene.said
    assert hall.run.scene.said.turn
    assert hall.run.scene.said.turn.state is TurnState.SPEAKING


def test_a_step_silences_and_says_the_next_line(hall: Hall) -> None:
    """The interrupt is sent first; what was cut is written down as such."""
    hall.step("go")
    hall.sent()
    hall.visitor.hear("speakingStart")
    hall.step("next")
    assert hall.visitor.calls == ["interrupt"]
    hall.visitor.answer()
    assert hall.spoken() == "This is sequel."
    assert hall.outcomes == [("Good morning Acme.", "interrupted"), ("This is SQL.", "spoken")]
    assert hall.visitor.calls == []


def test_a_question_and_back_to_the_very_line(hall: Hall) -> None:
    """The show goes on by itself after it."""
    hall.step("go")
    hall.sent()
    hall.visitor.hear("speakingStart")
    hall.ask("We do.")
    hall.visitor.answer()
    assert [hall.spoken() for _ in range(3)] == ["We do.", "Good morning Acme.", "This is sequel."]
    assert [line.by for line in hall.run.scene.transcript] == ["show", "presenter", "show", "show"]


def test_how_much_was_heard(hall: Hall) -> None:
    """The words that had begun when the sound was cut."""
    hall.step("go")
    hall.sent()
    hall.visitor.hear("speakingStart")
    hall.visitor.loop.advance(1.2)
    hall.step("silence")
    hall.visitor.answer()
    (line,) = hall.run.scene.transcript
    assert [word.text for word in line.heard] == ["Good", "morning", "Acme."]
    assert line.ended is not None
    assert line.began is not None
    assert line.ended - line.began == pytest.approx(1.2)


def test_a_line_that_is_refused_is_told(hall: Hall) -> None:
    """Without an avatar nothing is said, and the line comes next again."""
    hall.visitor.ask(hall.visitor.desk.end)
    hall.visitor.answer()
    hall.step("go")
    assert hall.run.scene.notice == (
        "There is no avatar to say this yet: press Start Avatar first."
    )
    assert hall.run.scene.play.stopped
    assert hall.run.scene.play.coming[0].text.startswith("Good morning")


def test_a_line_that_failed_says_why(hall: Hall) -> None:
    """And holds the show."""
    hall.step("go")
    (call,) = hall.visitor.service.waiting
    hall.visitor.decide(call, 400)
    assert hall.outcomes == [("Good morning Acme.", "failed")]
    assert hall.run.scene.notice
    assert not hall.run.scene.play.goes_on


def test_an_interrupt_from_elsewhere_holds(hall: Hall) -> None:
    """The avatar's own page, or its key."""
    hall.step("go")
    hall.sent()
    hall.visitor.hear("speakingStart")
    hall.visitor.ask(hall.visitor.desk.interrupt)
    hall.visitor.answer()
    assert not hall.run.scene.play.goes_on
    assert hall.run.scene.play.coming[0].text.startswith("Good morning")


def test_the_pages_are_told_after_the_service(hall: Hall) -> None:
    """No page's message is made before a step's request is sent, and its changes are one."""
    loop, seen = hall.visitor.loop, list[Scene]()

    async def watch() -> None:
        with hall.run.watched() as scenes:
            async for scene in scenes:
                seen.append(scene)

    watching = loop.do(lambda: loop.create_task(watch()))
    loop.advance(2 * SHOWN_AFTER)
    seen.clear()
    hall.step("next")
    assert hall.visitor.calls == ["say-text"]
    assert seen == []
    loop.advance(2 * SHOWN_AFTER)
    assert [scene.said and scene.said.words.length for scene in seen] == [1.5]  # as measured
    watching.cancel()


def test_a_pause_passes() -> None:
    """By the loop's clock."""
    hall = Hall((Line("One."), Pause(3), Line("Two.")))
    hall.step("go")
    hall.spoken()
    assert hall.visitor.calls == []
    hall.visitor.loop.advance(3.1)
    assert hall.spoken() == "Two."
    hall.visitor.leave()


def test_times_are_measured_ahead(hall: Hall) -> None:
    """By our own voice, for what comes next."""
    assert hall.run.planned > 0.0
    assert [hall.run.length(item) for item in hall.run.scene.play.items] == [1.5, 1.5, 1.0]
    assert hall.run.planned == 4.0
    hall.visitor.loop.do(lambda: hall.run.load(Show("", (Slide(cues=(Line("Bye."),)),))))
    assert 0.0 < hall.run.planned < 1.0


def test_a_recording_is_said(hall: Hall) -> None:
    """In its turn, and with its own length."""
    item = Recorded(Recording(b"mp3 of hello", 2.5, "My voice"))
    hall.visitor.loop.do(lambda: hall.run.happened(Ask(item, now=True)))
    assert hall.visitor.calls == ["say-audio"]
    hall.visitor.answer()
    hall.visitor.hear("speakingStart")
    hall.visitor.loop.advance(2.5)
    hall.visitor.hear("speakingEnd")
    assert hall.outcomes == [("My voice", "spoken")]


def test_another_show_begins_anew(hall: Hall) -> None:
    """What was being said is silenced, and is of no show any more."""
    hall.step("go")
    hall.sent()
    hall.visitor.hear("speakingStart")
    other = Show("", (Slide(cues=(Line("Other."),)),))
    hall.visitor.loop.do(lambda: hall.run.load(other))
    assert hall.visitor.calls == ["interrupt"]
    hall.visitor.answer()
    assert hall.outcomes == []
    assert hall.run.scene.deck == 2
    hall.step("go")
    assert hall.spoken() == "Other."


def test_the_look_and_a_jump_are_shown(hall: Hall) -> None:
    """At once."""
    hall.visitor.loop.do(lambda: hall.run.look(Look("corner")))
    hall.visitor.loop.do(lambda: hall.run.happened(Jump(1)))
    assert (hall.run.scene.look.layout, hall.run.scene.play.slide) == ("corner", 1)
