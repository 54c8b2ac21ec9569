"""How a show is played: one pure function of its state, what happened, and the time.

`step` decides; `run.py` carries out its effects, and tells it what came of them. A step by hand
(next, back, again, jump) says one line and holds the show; `Go` plays on, and then each line
follows the end of the one before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from show.model import AskedBy, Cue, Line, Outcome, Pause, Show, Wait
from speech import Recording


@dataclass(frozen=True, slots=True)
class Recorded:
    """The presenter's own recording, to be said like a line."""

    recording: Recording


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be played on `slide`. `item_id` stays the same while it is edited or moved.

    An item of the presenter is said once; those of the show can be played again.
    """

    item_id: str
    slide: int
    cue: Cue | Recorded
    by: AskedBy = "show"

    @property
    def is_said(self) -> bool:
        """Whether it is a line, or a recording."""
        return isinstance(self.cue, Line | Recorded)

    @property
    def text(self) -> str:
        """The line, or the name of the recording; nothing for a pause."""
        match self.cue:
            case Line(text):
                return text
            case Recorded(recording):
                return recording.name
        return ""


@dataclass(frozen=True, slots=True)
class Saying:
    """What is being said. `number` is another one each time, also for the same item."""

    number: int
    item: Item


@dataclass(frozen=True, slots=True)
class Play:
    """Where a show stands.

    `after`: the index in `items` of what comes next. `slide`: the one that is shown. `goes_on`: the
    next item follows by itself. `until`: when a pause ends, in seconds on the caller's clock;
    `waits`: the show has come to a wait. `said`: how many times something was said or tried, the
    number of the last `Saying`. `added`: how many items the presenter has added.
    `stopped`: a line failed or the avatar was not ready, and nothing goes on by itself.
    """

    slides: int
    items: tuple[Item, ...]
    after: int = 0
    slide: int = 0
    goes_on: bool = False
    saying: Saying | None = None
    until: float = math.inf
    waits: bool = False
    stopped: bool = False
    said: int = 0
    added: int = 0

    @property
    def is_over(self) -> bool:
        """Everything was played."""
        return self.saying is None and self.after >= len(self.items) and math.isinf(self.until)

    @property
    def coming(self) -> tuple[Item, ...]:
        """What comes next, in order."""
        return self.items[self.after :]


class Event:
    """Something that the presenter asks for, or that has happened."""

    __slots__ = ()


class Effect:
    """Something that is now to be done."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Step(Event):
    """A step by hand. `next` and `back` go from line to line, and to a slide without one; `again`
    says the last line once more; `skip` leaves out the line that is being said, or is next, and
    holds nothing. `silence` stops what is said, and the show, at this very line."""

    verb: Literal["next", "back", "again", "skip", "go", "hold", "silence"]


@dataclass(frozen=True, slots=True)
class Jump(Event):
    """Show this slide, and hold before its first line."""

    slide: int


@dataclass(frozen=True, slots=True)
class Ask(Event):
    """Say a line of the presenter's: `now`, and then the line that it cut short again; else before
    what comes next."""

    cue: Line | Recorded
    now: bool = False


@dataclass(frozen=True, slots=True)
class SayNow(Event):
    """Say this item of the queue at once, as with `Ask`."""

    item_id: str


@dataclass(frozen=True, slots=True)
class Edit(Event):
    """Say `text` for this item of the queue."""

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Move(Event):
    """Say this item so many places later, or earlier if `by` is negative."""

    item_id: str
    by: int


@dataclass(frozen=True, slots=True)
class Remove(Event):
    """Say this item of the queue not at all."""

    item_id: str


@dataclass(frozen=True, slots=True)
class Clear(Event):
    """Say nothing of what the presenter has added and was not said."""


@dataclass(frozen=True, slots=True)
class Over(Event):
    """The sound of this `Saying` is over, or it failed. An older one changes nothing."""

    number: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Tick(Event):
    """The time that `WakeAt` named has come."""


@dataclass(frozen=True, slots=True)
class Say(Effect):
    """Have this said; answer with `Over`."""

    saying: Saying


@dataclass(frozen=True, slots=True)
class Interrupt(Effect):
    """Stop what is being said."""


@dataclass(frozen=True, slots=True)
class WakeAt(Effect):
    """Answer with `Tick` at this time; infinity means never."""

    time: float


def begun(show: Show) -> Play:
    """The show before its first line, held. A slide without a cue waits for the presenter."""
    items = [
        Item(f"{place}.{number}", place, cue)
        for place, slide in enumerate(show.slides)
        for number, cue in enumerate(slide.cues or (Wait(),))
    ]
    return Play(len(show.slides), tuple(items))


def resumed(play: Play) -> Play:
    """The show after the server was started again: held, before the line that was cut short."""
    return _Step(play, 0.0).restart()


def step(play: Play, event: Event, now: float) -> tuple[Play, list[Effect]]:
    """The show after `event` at `now` (seconds), and the effects to carry out."""
    return _Step(play, now).take(event)


@dataclass(slots=True)
class _Step:
    play: Play
    now: float
    effects: list[Effect] = field(default_factory=list)

    def take(self, event: Event) -> tuple[Play, list[Effect]]:
        before = self.play.until
        match event:
            case Step(verb):
                getattr(self, f"_{verb}")()
            case Jump(slide) if 0 <= slide < self.play.slides:
                self._jump(slide)
            case Ask(cue, now):
                self._ask(cue, now=now)
            case SayNow(item_id):
                self._say_now(item_id)
            case Edit(item_id, text):
                self._edit(item_id, text)
            case Move(item_id, by):
                self._move(item_id, by)
            case Remove(item_id):
                self._without(lambda item: item.item_id == item_id)
            case Clear():
                self._without(lambda item: item.by == "presenter")
            case Over(number, outcome) if self.play.saying and self.play.saying.number == number:
                self._over(outcome)
            case Tick() if self.play.until <= self.now:
                self._set(until=math.inf)
                self._go_on()
        if self.play.until != before:
            self.effects.append(WakeAt(self.play.until))
        return self.play, self.effects

    def restart(self) -> Play:
        self._cut()
        self._set(goes_on=False, until=math.inf)
        return self.play

    def _set(self, **changes: object) -> None:
        self.play = replace(self.play, **changes)  # type: ignore[arg-type]

    # Steps by hand.

    def _next(self) -> None:
        self._stop_by_hand()
        self._to(next(self._stops(self.play.after), None))

    def _back(self) -> None:
        here = self._here
        self._stop_by_hand()
        before = [place for place in self._stops(0) if place < here]
        self._to(before[-1] if before else next(self._stops(0), None))

    def _again(self) -> None:
        here, saying = self._here, self.play.saying
        self._stop_by_hand()
        if saying and saying.item.by == "presenter":
            self._say(saying.item)
            return
        said = [p for p in range(min(here + 1, len(self.play.items))) if self.play.items[p].is_said]
        if said:
            self._to(said[-1])

    def _skip(self) -> None:
        if self.play.saying is None and math.isinf(self.play.until) and not self.play.waits:
            skipped = next((p for p in self._places if self.play.items[p].is_said), None)
            if skipped is not None:
                self._set(after=skipped + 1)
            return
        self._stop(again=False)
        self._go_on()

    def _go(self) -> None:
        self._set(goes_on=True, waits=False, stopped=False)
        if self.play.saying is None and math.isinf(self.play.until):
            self._go_on()

    def _hold(self) -> None:
        """What is being said is said to its end; a pause ends here."""
        self._set(goes_on=False, until=math.inf)

    def _silence(self) -> None:
        self._stop(again=True)
        self._set(goes_on=False)

    def _jump(self, slide: int) -> None:
        self._stop_by_hand()
        items = self.play.items
        first = next((p for p, item in enumerate(items) if item.slide >= slide), len(items))
        self._set(after=first, slide=slide)

    # The queue.

    def _ask(self, cue: Line | Recorded, *, now: bool) -> None:
        added = self.play.added + 1
        self._set(added=added)
        item = Item(f"added-{added}", self.play.slide, cue, "presenter")
        if now:
            self._stop(again=True)
            self._say(item)
        else:
            self._insert(item)

    def _say_now(self, item_id: str) -> None:
        item = next((i for i in self.play.coming if i.item_id == item_id and i.is_said), None)
        if item is None:
            return
        self._without(lambda other: other.item_id == item_id)
        self._stop(again=True)
        item, items, place = replace(item, slide=self.play.slide), self.play.items, self.play.after
        self._set(items=(*items[:place], item, *items[place:]))
        self._play(place)

    def _insert(self, item: Item) -> None:
        """Put it before what comes next, after what was added before."""
        items, place = self.play.items, self.play.after
        while place < len(items) and items[place].by == "presenter":
            place += 1
        self._set(items=(*items[:place], item, *items[place:]))

    def _edit(self, item_id: str, text: str) -> None:
        def edited(item: Item) -> Item:
            is_it = item.item_id == item_id and isinstance(item.cue, Line)
            return replace(item, cue=Line(text)) if is_it else item

        self._set(items=tuple(map(edited, self.play.items)))

    def _move(self, item_id: str, by: int) -> None:
        coming = list(self.play.coming)
        place = next((p for p, item in enumerate(coming) if item.item_id == item_id), None)
        if place is None:
            return
        item = coming.pop(place)
        to = max(0, min(len(coming), place + by))
        neighbour = coming[min(to, len(coming) - 1)] if coming else item
        coming.insert(to, replace(item, slide=neighbour.slide))
        self._set(items=(*self.play.items[: self.play.after], *coming))

    def _without(self, is_unwanted: Callable[[Item], bool]) -> None:
        kept = (item for item in self.play.coming if not is_unwanted(item))
        self._set(items=(*self.play.items[: self.play.after], *kept))

    # What goes on by itself.

    def _over(self, outcome: Outcome) -> None:
        saying = self.play.saying
        assert saying
        if outcome == "spoken":
            self._set(saying=None)
            self._go_on()
            return
        # Interrupted from elsewhere, or failed: the presenter decides.
        self._cut()
        self._set(goes_on=False, stopped=outcome == "failed")

    def _go_on(self) -> None:
        """Play what comes next, if the show goes on by itself and nothing is being said."""
        while self.play.goes_on and self.play.saying is None and math.isinf(self.play.until):
            if self.play.after >= len(self.play.items):
                self._set(goes_on=False)
                return
            self._play(self.play.after)

    def _play(self, place: int) -> None:
        item = self.play.items[place]
        self._set(slide=item.slide, after=place + 1, waits=False, stopped=False)
        match item.cue:
            case Pause(seconds):
                self._set(until=self.now + seconds)
            case Wait():
                self._set(goes_on=False, waits=True)
            case _:
                if item.by == "presenter":  # it is said once
                    items = self.play.items
                    self._set(items=(*items[:place], *items[place + 1 :]), after=place)
                self._say(item)

    def _to(self, place: int | None) -> None:
        """Play this item by hand."""
        if place is None:
            self._set(after=len(self.play.items), waits=False)
            return
        item = self.play.items[place]
        if item.is_said:
            self._play(place)
        else:  # a slide on which nothing is said
            self._set(slide=item.slide, after=place + 1, waits=isinstance(item.cue, Wait))

    def _say(self, item: Item) -> None:
        said = self.play.said + 1
        saying = Saying(said, item)
        self._set(saying=saying, said=said, slide=item.slide, stopped=False)
        self.effects.append(Say(saying))

    def _stop_by_hand(self) -> None:
        """The presenter goes somewhere else, and holds there."""
        self._stop(again=False)
        self._set(goes_on=False)

    def _stop(self, *, again: bool) -> None:
        """Stop a pause, or what is being said. `again`: a line of the show comes next once more."""
        if self.play.saying:
            self.effects.append(Interrupt())
            if again:
                self._cut()
        self._set(saying=None, until=math.inf, waits=False)

    def _cut(self) -> None:
        """Nothing is being said; the item that was comes next once more."""
        saying = self.play.saying
        if saying is None:
            return
        if saying.item.by == "presenter":
            place, items = self.play.after, self.play.items
            self._set(items=(*items[:place], saying.item, *items[place:]))
        else:
            self._set(after=self._place_of(saying.item))
        self._set(saying=None)

    # Places.

    @property
    def _places(self) -> range:
        return range(self.play.after, len(self.play.items))

    @property
    def _here(self) -> int:
        """The place of what is being said, or was played last."""
        return self.play.after - 1

    def _place_of(self, item: Item) -> int:
        places = enumerate(self.play.items)
        return next((p for p, i in places if i.item_id == item.item_id), self.play.after)

    def _stops(self, start: int) -> Iterator[int]:
        """The places that a step by hand stops at: each line, and each slide without one."""
        items = self.play.items
        with_lines = {item.slide for item in items if item.is_said}
        for place in range(start, len(items)):
            item = items[place]
            is_first = place == 0 or items[place - 1].slide != item.slide
            if item.is_said or (is_first and item.slide not in with_lines):
                yield place
