"""One visitor's show while it is played: carries out the effects of `play.step`, and reports back.

It runs on the desk's event loop, and nothing in it waits for a page.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from avatar_client import CatalogItem
from sessions.catalog import id_of
from sessions.desk import Desk, Refused, View
from sessions.state import LIVE, Choices
from sessions.turns import ENDED, TextRejected, Turn, TurnState
from sessions.visit import SHOWN_AFTER
from show import play
from show.editing import with_line
from show.films import OFF, Films, FilmSeen
from show.model import Line, Outcome, Show, ShowRejected, TranscriptLine
from show.play import Item, Play, Saying
from show.words import Clock, Words

Layout = Literal["avatar", "beside", "corner", "voice"]
"""What of the avatar and the slide fills the stage: the avatar alone, both, the slide with the
avatar in its corner, the slide alone."""

LAYOUTS: tuple[Layout, ...] = ("avatar", "beside", "corner", "voice")

Backdrop = Literal["room", "color", "picture", "blur"]
"""What is behind the avatar: its own room, or something instead of a green ground."""

BACKDROPS: tuple[Backdrop, ...] = ("room", "color", "picture", "blur")

LARGEST_PICTURE = 5 * 2**20
"""Bytes of a picture for the backdrop. Only browsers decode it."""

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
"""How a PNG, a JPEG and a WebP begin."""

OUTCOMES: dict[TurnState, Outcome] = {
    TurnState.SPOKEN: "spoken",
    TurnState.INTERRUPTED: "interrupted",
    TurnState.FAILED: "failed",
}

MOST_MEASURED = 100
"""Of the lines that come next, so many are measured ahead."""

MOST_LINES = 2_000
"""Lines of a transcript: the oldest are dropped."""


@dataclass(frozen=True, slots=True)
class Look:
    """How the stage looks. `value` is the backdrop's colour."""

    layout: Layout = "beside"
    backdrop: Backdrop = "room"
    value: str = "#101418"
    captions: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What is being said, and how far it has come.

    `turn`: as the session has it; None before it has. `words`: with their times in seconds from the
    first sound on; `estimated`: not by the voice that speaks.
    """

    saying: Saying
    turn: Turn | None = None
    words: Words = field(default_factory=Words)
    estimated: bool = True


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the presenter's pages and the stage show.

    `deck` is another number for each show, and for each edit of it. `began`: when the show did, in
    seconds on the loop's clock; None before its first line. `notice`: why it does not go on, a
    sentence for the presenter. `windows`: how many stage windows are open; `blocked`: the browser
    lets one make no sound; `media`: names and values of its connection. `picture`: a file for the
    backdrop; `pictures`: how many there were. `film`: the recording.
    """

    deck: int
    show: Show
    play: Play
    look: Look = Look()  # frozen
    said: Said | None = None
    transcript: tuple[TranscriptLine, ...] = ()
    began: float | None = None
    notice: str | None = None
    windows: int = 0
    blocked: bool = False
    media: tuple[tuple[str, str], ...] = ()
    picture: bytes = field(default=b"", repr=False)
    pictures: int = 0
    film: FilmSeen = OFF
    session: View = field(default_factory=View)


class Run:
    """The show of one visitor. `kept` is called with each scene that is to outlive the server.

    `films`: its recordings.
    """

    def __init__(
        self,
        show: Show,
        desk: Desk,
        visitor: str,
        clock: Clock,
        *,
        start: Scene | None = None,
        kept: Callable[[Scene], None] = lambda _: None,
    ) -> None:
        self._desk = desk
        self._visitor = visitor
        self._clock = clock
        self._kept = kept
        self._loop = asyncio.get_running_loop()
        self._news: set[asyncio.Event] = set()
        self._alarm: asyncio.TimerHandle | None = None
        self._turns: dict[str, Saying] = {}
        self._planned = 0.0
        self._planned_of: tuple[Show, float, int] | None = None
        self._timing: asyncio.Task[None] | None = None
        self.films = Films(lambda: self.scene, lambda film: self._set(film=film))
        self._writing = asyncio.Lock()
        self.unwatched_since = self._loop.time()
        self._tasks: set[asyncio.Task[None]] = set()
        self.scene = start or Scene(1, show, play.begun(show))
        self._set(session=desk.view(visitor))
        self._unfollow = desk.follow(visitor, self._on_view)
        self._time_next()

    def close(self) -> None:
        """Follow the session no longer. Idempotent."""
        self._unfollow()
        if self._alarm:
            self._alarm.cancel()
        if self._timing:
            self._timing.cancel()
        for task in self._tasks:
            task.cancel()
        self.films.close()

    # What the presenter does.

    def load(self, show: Show) -> None:
        """Play another show from its beginning, or this one after an edit. A recording ends."""
        self.films.stop()
        self.happened(play.Step("silence"))
        self._turns.clear()
        self._set(
            deck=self.scene.deck + 1,
            show=show,
            play=replace(play.begun(show), said=self.scene.play.said),
            said=None,
            transcript=(),
            began=None,
            notice=None,
        )
        self._time_next()

    def happened(self, event: play.Event) -> None:
        """Take the next step, and carry out its effects."""
        if isinstance(event, play.Edit):
            self._begin(self._write(event))
        after, effects = play.step(self.scene.play, event, self._loop.time())
        notice = self.scene.notice if after.stopped else None
        self._set(play=after, notice=notice)
        self.films.shows()
        for effect in effects:
            self._carry_out(effect)
        self._time_next()

    def ask(self, recording: play.Recorded) -> None:
        """Say the presenter's recording now. For another thread."""
        self._loop.call_soon_threadsafe(self.happened, play.Ask(recording, now=True))

    def look(self, look: Look) -> None:
        """Have the stage look so from now on."""
        self._set(look=look)

    def use_picture(self, picture: bytes) -> None:
        """Have this picture as the backdrop. For another thread. Raises `ShowRejected`."""
        if len(picture) > LARGEST_PICTURE or not picture.startswith(PICTURES):
            raise ShowRejected(
                f"This is no picture for the backdrop: choose a PNG, JPEG or WebP of at most"
                f" {LARGEST_PICTURE >> 20} MB."
            )
        look = replace(self.scene.look, backdrop="picture")
        changes = {"picture": picture, "pictures": self.scene.pictures + 1, "look": look}
        self._loop.call_soon_threadsafe(lambda: self._set(**changes))

    def start(self) -> None:
        """Start the avatar that the show names, else the one that is chosen, without a welcome.

        Raises `Refused`, see `Desk.start`.
        """
        self._desk.start(self._visitor, self._choices(), welcome="")

    def end(self) -> None:
        """End the session; the show is held."""
        self.happened(play.Step("silence"))
        self._desk.end(self._visitor)

    def window(self, change: int) -> None:
        """A stage window was opened (1) or closed (-1)."""
        windows = max(0, self.scene.windows + change)
        self._set(windows=windows, blocked=self.scene.blocked and windows > 0, media=())

    def block(self, blocked: bool) -> None:
        """The browser lets the stage's page make no sound before a click on it, or now it does."""
        self._set(blocked=blocked)

    def measured(self, media: tuple[tuple[str, str], ...]) -> None:
        """The stage's page has measured its connection."""
        self._set(media=media)

    async def _write(self, edit: play.Edit) -> None:
        """Put the text into the show's source, if it is a line of that."""
        async with self._writing:
            show, items = self.scene.show, self.scene.play.items
            item = next((i for i in items if i.item_id == edit.item_id and i.by == "show"), None)
            if item is None or not isinstance(item.cue, Line):
                return
            slide, cue = map(int, item.item_id.split("."))
            try:
                written = await asyncio.to_thread(with_line, show, slide, cue, edit.text)
            except ShowRejected as problem:  # it is said so all the same
                self._set(notice=f"It is not in the file: {problem}")
                return
            if self.scene.show is show:  # and no other one was opened
                self._set(show=written)

    def _begin(self, doing: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # What the pages see.

    @contextmanager
    def watched(self) -> Iterator[AsyncIterator[Scene]]:
        """The present scene, and then the newest one after each change, `SHOWN_AFTER` later."""
        news = asyncio.Event()
        news.set()
        self._news.add(news)

        async def scenes() -> AsyncIterator[Scene]:
            while True:
                await news.wait()
                await asyncio.sleep(SHOWN_AFTER)
                news.clear()
                yield self.scene

        try:
            yield scenes()
        finally:
            self._news.discard(news)
            self.unwatched_since = self._loop.time()

    def tell(self) -> None:
        """Show the present scene once more."""
        self._set()

    def tell_soon(self) -> None:
        """`tell`, for another thread."""
        self._loop.call_soon_threadsafe(self.tell)

    @property
    def started_at(self) -> datetime:
        """When the show began, by the clock on the wall; now, if it has not."""
        age = 0.0 if self.scene.began is None else self._loop.time() - self.scene.began
        return datetime.now().astimezone() - timedelta(seconds=age)

    @property
    def is_watched(self) -> bool:
        """Whether a page shows it."""
        return bool(self._news)

    def length(self, item: Item) -> float:
        """Seconds that `item` takes: measured, else estimated."""
        return self._clock.length(self.scene.show, item, self._speed())

    @property
    def planned(self) -> float:
        """Seconds that the whole show takes as it is written."""
        show = self.scene.show
        now = (show, self._speed(), self._clock.changes)
        if now != self._planned_of:  # each message asks, and it takes 1 ms for 200 lines
            self._planned_of, items = now, play.begun(show).items
            self._planned = sum(map(self.length, items))
        return self._planned

    # Inside.

    def _set(self, **changes: object) -> None:
        self.scene = replace(self.scene, **changes)  # type: ignore[arg-type]
        for news in self._news:
            news.set()
        self._kept(self.scene)

    def _choices(self) -> Choices | None:
        show, catalog = self.scene.show, self._desk.catalog
        chosen = self._desk.choices(self._visitor)
        avatar = _named(show.avatar, catalog.visuals)
        voice = _named(show.voice, catalog.voices)
        if not avatar and not chosen:
            return None
        speed = chosen.speed if chosen else 1.0
        if avatar:
            return Choices(avatar, voice or None, speed)
        assert chosen
        return Choices(chosen.avatar_id, voice or chosen.voice_id, speed)

    def _carry_out(self, effect: play.Effect) -> None:
        match effect:
            case play.Say(saying):
                self._say(saying)
            case play.Interrupt():
                with suppress(Refused):
                    self._desk.interrupt(self._visitor)
            case play.WakeAt(time):
                if self._alarm:
                    self._alarm.cancel()
                if not math.isinf(time):
                    self._alarm = self._loop.call_at(time, self.happened, play.Tick())

    def _say(self, saying: Saying) -> None:
        show, item = self.scene.show, saying.item
        if self.scene.began is None:
            self._set(began=self._loop.time())
        try:
            if isinstance(item.cue, play.Recorded):
                turn = self._desk.say_recording(self._visitor, item.cue.recording)
            else:
                text = show.filled(item.text)
                turn = self._desk.say(self._visitor, text, say_as=show.say_as)
        except (Refused, TextRejected) as problem:
            self.happened(play.Over(saying.number, "failed"))
            self._set(notice=str(problem))
            return
        self._turns[turn.turn_id] = saying
        words = self._clock.words(show, item, self._speed())
        estimated = not self.scene.session.state.server_voice
        self._set(said=Said(saying, turn, words, estimated))

    def _on_view(self, view: View) -> None:
        before = self.scene.session.state.phase
        self._set(session=view)
        if view.state.phase is not before:  # what was told of the one before is no news
            self._set(notice=None, play=replace(self.scene.play, stopped=False))
        for turn in view.state.turns:
            saying = self._turns.get(turn.turn_id)
            if saying is None:
                continue
            said = self.scene.said
            if said and said.turn and said.turn.turn_id == turn.turn_id and said.turn != turn:
                self._set(said=replace(said, turn=turn))
            if turn.state in ENDED:
                del self._turns[turn.turn_id]
                self._over(saying, turn)

    def _over(self, saying: Saying, turn: Turn) -> None:
        item, outcome = saying.item, OUTCOMES[turn.state]
        began = self.scene.began or 0.0
        words = self._clock.words(self.scene.show, item, self._speed())
        line = TranscriptLine(
            turn.text,
            outcome,
            item.by,
            item.slide,
            None if turn.began_at is None else turn.began_at - began,
            None if turn.ended_at is None or turn.began_at is None else turn.ended_at - began,
            words.words if turn.kind == "text" else (),
            not self.scene.session.state.server_voice,
            turn.reason,
        )
        self._set(transcript=(*self.scene.transcript, line)[-MOST_LINES:])
        if self.scene.said and self.scene.said.saying.number == saying.number:
            self._set(said=None)
        self.happened(play.Over(saying.number, outcome))
        if outcome == "failed" and turn.reason:
            self._set(notice=turn.reason)

    def _time_next(self) -> None:
        """Measure what is being said and what comes next, one line at a time."""
        if self._timing is None or self._timing.done():
            self._timing = self._loop.create_task(self._measure())

    async def _measure(self) -> None:
        """The words of the lines that come, the nearest first. Each is made in the voice's thread,
        so it costs a line's worth of a processor once."""
        while (item := self._unmeasured()) is not None:
            await self._clock.measure(self.scene.show, item, self._speed())
            said = self.scene.said
            if said and said.saying.item.item_id == item.item_id:
                words = self._clock.words(self.scene.show, item, self._speed())
                self._set(said=replace(said, words=words))
            else:
                self._set()  # the time that is left

    def _unmeasured(self) -> Item | None:
        saying = self.scene.play.saying
        items = (*((saying.item,) if saying else ()), *self.scene.play.coming)
        show = self.scene.show
        lines = [item for item in items if isinstance(item.cue, Line)]
        # Leave the processor to what is heard.
        soon, speed = lines[: 2 if saying else MOST_MEASURED], self._speed()
        return next((i for i in soon if not self._clock.is_measured(show, i, speed)), None)

    def _speed(self) -> float:
        choices = self._desk.choices(self._visitor)
        return choices.speed if choices else 1.0


def _named(wanted: str, items: tuple[CatalogItem, ...]) -> str:
    """The id of what a show wants; else `wanted`, which may be an id beyond what was read."""
    return id_of(wanted, items) or wanted


def is_live(scene: Scene) -> bool:
    """Whether a session may be paid for."""
    return scene.session.state.phase in LIVE
