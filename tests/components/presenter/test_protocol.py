"""What goes down to the presenter and to the audience, and what may come up."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from components.presenter.protocol import Relook, audience_message, desk_message, parse
from sessions.state import Phase, State
from sessions.troubles import Trouble
from sessions.turns import MAX_TEXT, TextRejected, Turn, TurnState
from sessions.visit import View
from show import play
from show.model import Cue, Line, Pause, Show, Slide, TranscriptLine
from show.run import Look, Said, Scene
from show.words import Words
from speech import Word

CUES: tuple[tuple[Cue, ...], ...] = ((Line("Hello {{customer}}."), Pause(2)), (Line("Bye."),))
SHOW = Show(
    "",
    tuple(Slide("A title", cues, ("A private note.",)) for cues in CUES),
    "A show",
    blanks={"customer": "Acme"},
)


def scene(**changes: object) -> Scene:
    """A show whose first line is being said since three seconds."""
    playing, _ = play.step(play.begun(SHOW), play.Step("go"), 0.0)
    assert playing.saying
    turn = Turn("Hello Acme.", state=TurnState.SPEAKING, asked_at=9.0, taken_at=9.2, began_at=10.0)
    words = Words((Word(0.0, 0.4, "Hello"), Word(0.4, 0.9, "Acme.")), 0.9)
    said = Said(playing.saying, turn, words, estimated=True)
    made = Scene(3, SHOW, playing, said=said, began=8.0, session=View(State(Phase.READY)))
    return replace(made, **changes)  # type: ignore[arg-type]


def seconds(item: play.Item) -> float:
    """Each line takes four seconds."""
    return 2.0 if isinstance(item.cue, Pause) else 4.0


def test_the_desk_is_told_everything() -> None:
    """In the seconds of the moment, so that no clocks are compared."""
    told = desk_message(scene(), now=13.0, length=seconds, planned=10.0)
    assert told["said"] == {
        "text": "Hello Acme.",
        "by": "show",
        "words": [
            {"at": 0.0, "until": 0.4, "text": "Hello"},
            {"at": 0.4, "until": 0.9, "text": "Acme."},
        ],
        "length": 0.9,
        "estimated": True,
        "since": 3.0,
    }
    assert [item["text"] for item in told["coming"]] == ["", "Bye."]
    assert [item["written"] for item in told["coming"]] == ["", "Bye."]
    assert (told["elapsed"], told["left"], told["planned"]) == (5.0, 7.0, 10.0)
    assert told["figure"] == {"number": 1, "accepted": pytest.approx(0.2), "heard": 1.0}
    assert json.loads(json.dumps(told)) == told


def test_the_audience_is_told_nothing_private() -> None:
    """No note, no line that comes, no sentence about what is wrong."""
    line = TranscriptLine("A secret that was said.", "failed", reason="The KS has expired.")
    troubled = View(State(Phase.READY, trouble=Trouble.STALLED, problem="A problem."))
    shown = scene(session=troubled, transcript=(line,), notice="A notice.")
    told = audience_message(shown, now=13.0)
    assert set(told) == {
        *("deck", "slide", "said", "look", "trouble", "filmed", "part", "pictures"),
    }
    text = json.dumps(told)
    for private in ("note", "Bye", "secret", "KS", "problem", "notice"):
        assert private not in text
    assert told["trouble"]


def test_the_audience_is_told_the_captions_of_what_it_hears() -> None:
    """Cut into lines already; each word with its time, so that none is shown before it is heard."""
    told = audience_message(scene(), now=13.0)
    lines = [[{"at": 0.0, "text": "Hello"}, {"at": 0.4, "text": " Acme."}]]
    caption = {"begin": 0.0, "end": pytest.approx(2.4), "lines": lines}
    assert told["said"] == {"captions": [caption], "since": 3.0}


def test_a_line_that_is_not_said_any_more_is_not_shown() -> None:
    """A step by hand has silenced it."""
    stepped, _ = play.step(scene().play, play.Step("silence"), 0.0)
    assert audience_message(scene(play=stepped), now=13.0)["said"] is None


@pytest.mark.parametrize(
    ("came", "wanted"),
    [
        ({"verb": "next"}, play.Step("next")),
        ({"verb": "interrupt"}, play.Step("silence")),
        ({"verb": "start"}, "start"),
        ({"verb": "end"}, "end"),
        ({"verb": "say", "text": " Hi. "}, play.Ask(Line("Hi."), now=True)),
        ({"verb": "ask", "text": "Hi."}, play.Ask(Line("Hi."))),
        ({"verb": "jump", "slide": 3}, play.Jump(3)),
        ({"verb": "sayNow", "itemId": "0.1"}, play.SayNow("0.1")),
        ({"verb": "remove", "itemId": "0.1"}, play.Remove("0.1")),
        ({"verb": "edit", "itemId": "0.1", "text": "x"}, play.Edit("0.1", "x")),
        ({"verb": "move", "itemId": "0.1", "by": -1}, play.Move("0.1", -1)),
        ({"verb": "clear"}, play.Clear()),
        ({"verb": "look", "layout": "corner", "x": 1}, Relook({"layout": "corner"})),
    ],
)
def test_a_command_is_an_event(came: dict[str, object], wanted: object) -> None:
    """With the time at which it was asked for, if it has one."""
    assert parse(json.dumps(came)) == (wanted, None)
    assert parse(json.dumps({**came, "at": 7})) == (wanted, 7.0)


@pytest.mark.parametrize(
    "came",
    [
        "",
        "[]",
        "1",
        "[" * 100_000,
        '{"verb": "shout"}',
        '{"verb": ["next"]}',
        '{"verb": "jump", "slide": "1"}',
        '{"verb": "edit", "itemId": "", "text": "x"}',
        '{"verb": "edit", "itemId": "%s", "text": "x"}' % ("x" * 61),
        '{"verb": "ask"}',
    ],
)
def test_anything_else_is_passed_over(came: str) -> None:
    """It comes from no page of ours."""
    assert parse(came) is None


@pytest.mark.parametrize("text", ["", "  ", "x" * (MAX_TEXT + 1)])
def test_a_text_that_can_not_be_said_is_refused(text: str) -> None:
    """With the sentence of any say."""
    with pytest.raises(TextRejected):
        parse(json.dumps({"verb": "ask", "text": text}))


@pytest.mark.parametrize(
    "bad",
    [
        {"layout": "upside down"},
        {"backdrop": ["blur"]},
        {"value": "red"},
        {"value": "#12345g"},
        {"captions": 1},
        {"layout": {}},
    ],
)
def test_a_look_takes_what_it_knows(bad: dict[str, object]) -> None:
    """The rest stays as it is."""
    came = parse(json.dumps({"verb": "look", **bad}))
    assert came
    assert isinstance(came[0], Relook)
    assert came[0].after(Look("corner")) == Look("corner")
