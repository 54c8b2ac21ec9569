"""The presenter's WebSockets: a `DeskMessage` or an `AudienceMessage` down for each scene, and from
the desk, or a phone that has its place, a `Command` up.

Between them come beats, as on the stage's. `python -m components.typings` writes the same types for
JavaScript (`js/protocol.d.ts`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, NotRequired, TypedDict, cast, final

from components.line import Beat as Beat  # its type is written for JavaScript
from sessions.state import Phase
from sessions.turns import checked
from show import play
from show.captions import captions
from show.filming import FilmState
from show.model import AskedBy, Line, Pause
from show.run import BACKDROPS, LAYOUTS, Backdrop, Layout, Look, Said, Scene
from speech import Word

Verb = Literal[
    "start", "say", "interrupt", "end",
    "next", "back", "again", "skip", "go", "hold", "silence", "jump",
    "ask", "sayNow", "edit", "move", "remove", "clear", "look", "film", "stopFilm",
]  # fmt: skip
Kind = Literal["line", "pause", "wait", "recording"]

MOST_QUEUED = 60
"""Items of the queue in a message: what comes after them is far off."""

_LONGEST_ID = 60


class WordMessage(TypedDict):
    """A word, heard from `at` to `until`, in seconds from the first sound of its line on."""

    at: float
    until: float
    text: str


class PartMessage(TypedDict):
    """A part of a caption's line, shown from `at` on, with the blank before it."""

    at: float
    text: str


class CaptionMessage(TypedDict):
    """One or two lines, each in parts, from `begin` to `end`; the times are as a word's."""

    begin: float
    end: float
    lines: list[list[PartMessage]]


class HeardMessage(TypedDict):
    """What the audience hears: its captions in order, and the seconds `since` its first sound; null
    before that."""

    captions: list[CaptionMessage]
    since: float | None


class SaidMessage(TypedDict):
    """What is being said. `since`: seconds since its first sound; null before that.

    `estimated`: the words' times are not those of the voice that speaks.
    """

    text: str
    by: AskedBy
    words: list[WordMessage]
    length: float
    estimated: bool
    since: float | None


class ItemMessage(TypedDict):
    """One thing that comes next. `written`: its text with its blanks, for an edit. `seconds`: how
    long it takes, 0 for a wait."""

    itemId: str
    slide: int
    kind: Kind
    text: str
    written: str
    by: AskedBy
    seconds: float


class LookMessage(TypedDict):
    """How the stage looks."""

    layout: Layout
    backdrop: Backdrop
    value: str
    captions: bool


class FigureMessage(TypedDict):
    """A turn's way, in seconds from its request on; null: not yet, or never."""

    number: int
    accepted: float | None
    heard: float | None


class MediaFigure(TypedDict):
    """One figure of the stage page's connection, for people."""

    label: str
    value: str


class DeskMessage(TypedDict):
    """The whole scene, for the presenter.

    `deck` is another one when the slides must be fetched again. `notice`: why the show does not go
    on, `problem`: what is wrong with the session, `refusal`: why the last command came to nothing.
    `elapsed`: seconds since the first line, null before it; `left`: seconds of all that comes next;
    `planned`: of the whole show. `coming`: the next items, of `comingCount`. `windows`: stage
    windows that are open; `blocked`: one may make no sound before a click on it. `film`: the
    recording.
    """

    deck: int
    name: str
    slide: int
    slides: int
    phase: Phase
    problem: str | None
    goesOn: bool
    waits: bool
    pauses: float | None
    stopped: bool
    over: bool
    notice: str | None
    refusal: str | None
    refusals: int
    said: SaidMessage | None
    coming: list[ItemMessage]
    comingCount: int
    elapsed: float | None
    left: float
    planned: float
    look: LookMessage
    windows: int
    blocked: bool
    film: FilmState
    filmProblem: str | None
    figure: FigureMessage | None
    media: list[MediaFigure]
    endsIn: float | None
    billed: bool
    server: str


class AudienceMessage(TypedDict):
    """What the audience sees of a scene. `trouble`: something is wrong, and the desk says what.
    `filmed`: it is recorded, by this page or another one; `part`: the number of what this page is
    to record, or 0. `pictures`: another number for each picture of the backdrop.
    """

    deck: int
    slide: int
    said: HeardMessage | None
    look: LookMessage
    trouble: bool
    filmed: bool
    part: int
    pictures: int


@final
class Reported(TypedDict):
    """What the stage's page tells: whether the browser lets it make no sound; since how many
    seconds it records, or why it can't; what it has measured.
    """

    blocked: NotRequired[bool]
    filming: NotRequired[float]
    failed: NotRequired[str]
    media: NotRequired[list[MediaFigure]]


@final
class Command(TypedDict):
    """What the presenter asks for. `at`: when, by the clock of the beats.

    `text`: of say, ask (`now`, or before what comes next) and edit. `itemId`: of sayNow, remove,
    edit and move (`by` so many places). `slide`: of jump. The rest is of look; what is missing
    stays as it is.
    """

    verb: Verb
    at: NotRequired[float]
    text: NotRequired[str]
    now: NotRequired[bool]
    itemId: NotRequired[str]
    by: NotRequired[int]
    slide: NotRequired[int]
    layout: NotRequired[Layout]
    backdrop: NotRequired[Backdrop]
    value: NotRequired[str]
    captions: NotRequired[bool]


@dataclass(frozen=True, slots=True)
class Relook:
    """Change the look."""

    changes: Mapping[str, Any]

    def after(self, look: Look) -> Look:
        """`look` with the changes."""
        return replace(look, **self.changes)


OtherVerb = Literal["start", "end", "film", "stopFilm"]
Wanted = play.Event | Relook | OtherVerb


def desk_message(
    scene: Scene,
    *,
    now: float,
    length: Callable[[play.Item], float],
    planned: float,
    refusal: tuple[str | None, int] = (None, 0),
    billed: bool = False,
    server: str = "",
) -> DeskMessage:
    """`scene` for the presenter. `now`: seconds on the loop's clock; `length`: seconds an item
    takes; `planned`: all as they are written; `refusal`: the last one, and how many there were."""
    showing, state = scene.play, scene.session.state
    coming = showing.coming
    return {
        "deck": scene.deck,
        "name": scene.show.name,
        "slide": showing.slide,
        "slides": showing.slides,
        "phase": state.phase,
        "problem": state.problem or state.notice,
        "goesOn": showing.goes_on,
        "waits": showing.waits,
        "pauses": None if showing.until == float("inf") else max(0.0, showing.until - now),
        "stopped": showing.stopped,
        "over": showing.is_over,
        "notice": scene.notice,
        "refusal": refusal[0],
        "refusals": refusal[1],
        "said": _said(scene, now),
        "coming": [_item(item, scene, length) for item in coming[:MOST_QUEUED]],
        "comingCount": len(coming),
        "elapsed": None if scene.began is None else now - scene.began,
        "left": _left(scene, now, length),
        "planned": planned,
        "look": _look(scene.look),
        "windows": scene.windows,
        "blocked": scene.blocked,
        "film": scene.film.state,
        "filmProblem": scene.film.problem,
        "figure": _figure(scene),
        "media": [{"label": label, "value": value} for label, value in scene.media],
        "endsIn": None if state.ends_at is None else max(0.0, state.ends_at - now),
        "billed": billed,
        "server": server,
    }


def audience_message(scene: Scene, *, now: float, page: str = "") -> AudienceMessage:
    """`scene` for the stage's page of this name: no note, no text that has not been asked for, no
    message."""
    state = scene.session.state
    is_wrong = state.trouble is not None or state.phase is Phase.ERROR or scene.play.stopped
    return {
        "deck": scene.deck,
        "slide": scene.play.slide,
        "said": _heard(scene, now),
        "look": _look(scene.look),
        "trouble": is_wrong,
        "filmed": scene.film.part > 0,
        "part": scene.film.part if scene.film.page == page else 0,
        "pictures": scene.pictures,
    }


def _being_said(scene: Scene) -> Said | None:
    """None as soon as it is silenced, before the service has answered."""
    said, saying = scene.said, scene.play.saying
    return said if said and saying and said.saying.number == saying.number else None


def _since(said: Said | None, now: float) -> float | None:
    began = said.turn.began_at if said and said.turn else None
    return None if began is None else now - began


def _said(scene: Scene, now: float) -> SaidMessage | None:
    if (said := _being_said(scene)) is None:
        return None
    return {
        "text": scene.show.filled(said.saying.item.text),
        "by": said.saying.item.by,
        "words": [{"at": w.at, "until": w.until, "text": w.text} for w in said.words.words],
        "length": said.words.length,
        "estimated": said.estimated,
        "since": _since(said, now),
    }


def _heard(scene: Scene, now: float) -> HeardMessage | None:
    if (said := _being_said(scene)) is None:
        return None
    return {"captions": _captions(said.words.words), "since": _since(said, now)}


@lru_cache(16)  # the longest line takes 40 ms, and a scene brings a message many times
def _captions(words: tuple[Word, ...]) -> list[CaptionMessage]:
    return [
        {
            "begin": caption.begin,
            "end": caption.end,
            "lines": [[{"at": p.at, "text": p.text} for p in line] for line in caption.parts],
        }
        for caption in captions(words)
    ]


def _item(item: play.Item, scene: Scene, length: Callable[[play.Item], float]) -> ItemMessage:
    return {
        "itemId": item.item_id,
        "slide": item.slide,
        "kind": _kind(item),
        "text": scene.show.filled(item.text),
        "written": item.text,
        "by": item.by,
        "seconds": round(length(item), 2),
    }


def _kind(item: play.Item) -> Kind:
    match item.cue:
        case Line():
            return "line"
        case Pause():
            return "pause"
        case play.Recorded():
            return "recording"
    return "wait"


def _left(scene: Scene, now: float, length: Callable[[play.Item], float]) -> float:
    """Of what is being said, and of all that comes next."""
    left = sum(map(length, scene.play.coming))
    if scene.play.saying:
        since = _since(_being_said(scene), now) or 0.0
        left += max(0.0, length(scene.play.saying.item) - since)
    return left


def _figure(scene: Scene) -> FigureMessage | None:
    said = scene.said
    if said is None or said.turn is None:
        return None
    turn = said.turn
    return {
        "number": said.saying.number,
        "accepted": None if turn.taken_at is None else turn.taken_at - turn.asked_at,
        "heard": None if turn.began_at is None else turn.began_at - turn.asked_at,
    }


def _look(look: Look) -> LookMessage:
    return {
        "layout": look.layout,
        "backdrop": look.backdrop,
        "value": look.value,
        "captions": look.captions,
    }


def parse(text: str) -> tuple[Wanted, float | None] | None:
    """What a command of our page asks for, and when that was; None for anything else.

    Raises `TextRejected` for a text that can't be said.
    """
    try:
        came = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(came, dict) or (wanted := _wanted(came)) is None:
        return None
    at = came.get("at")
    return wanted, float(at) if isinstance(at, int | float) else None


def _wanted(came: Mapping[str, Any]) -> Wanted | None:
    match came:
        case {"verb": "next" | "back" | "again" | "skip" | "go" | "hold" | "silence" as verb}:
            return play.Step(verb)
        case {"verb": "interrupt"}:
            return play.Step("silence")
        case {"verb": "start" | "end" | "film" | "stopFilm" as verb}:
            return cast("OtherVerb", verb)
        case {"verb": "say", "text": str(text)}:
            return play.Ask(Line(checked(text)), now=True)
        case {"verb": "ask", "text": str(text)}:
            return play.Ask(Line(checked(text)), now=came.get("now") is True)
        case {"verb": "jump", "slide": int(slide)}:
            return play.Jump(slide)
        case {"verb": "clear"}:
            return play.Clear()
        case {"verb": "look"}:
            return Relook(_changes(came))
        case {"itemId": str(item)} if 0 < len(item) <= _LONGEST_ID:
            return _about_item(item, came)
    return None


def _about_item(item: str, came: Mapping[str, Any]) -> Wanted | None:
    match came:
        case {"verb": "sayNow"}:
            return play.SayNow(item)
        case {"verb": "remove"}:
            return play.Remove(item)
        case {"verb": "edit", "text": str(text)}:
            return play.Edit(item, checked(text))
        case {"verb": "move", "by": int(by)}:
            return play.Move(item, by)
    return None


def _changes(came: Mapping[str, Any]) -> dict[str, Any]:
    value = came.get("value")
    is_good = {
        "layout": came.get("layout") in LAYOUTS,
        "backdrop": came.get("backdrop") in BACKDROPS,
        "value": isinstance(value, str) and re.fullmatch("#[0-9a-f]{6}", value) is not None,
        "captions": isinstance(came.get("captions"), bool),
    }
    return {name: came[name] for name, good in is_good.items() if good}
