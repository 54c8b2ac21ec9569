"""Which page of the stage records, and how long a recording waits for one that has gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from sessions.desk import Refused
from show.films import COMES_BACK, LAST_CHUNK, NO_STAGE, Films, FilmSeen
from show.model import Line, Show, Slide
from show.play import begun
from show.run import Scene
from tests.support.still_loop import StillLoop

SHOW = Show("", (Slide("One", (Line("A."),)),))


class Stages:
    """The windows of a stage, and the recordings of them."""

    def __init__(self) -> None:
        self.loop = StillLoop()
        self.scene = Scene(1, SHOW, begun(SHOW))
        self.seen = FilmSeen()
        self.films = self.loop.do(lambda: Films(lambda: self.scene, self._show))

    def _show(self, seen: FilmSeen) -> None:
        self.seen = seen

    def do(self, verb: Callable[..., object], *given: object) -> None:
        """One of the films' verbs."""
        self.loop.do(partial(verb, *given))

    @property
    def state(self) -> str:
        """Of the recording."""
        return self.seen.state

    @property
    def recorded_by(self) -> tuple[str, int]:
        """The page that is to record, and the number of its part."""
        return self.seen.page, self.seen.part


@pytest.fixture
def stages() -> Iterator[Stages]:
    """Two windows, of which the later one records."""
    stages = Stages()
    stages.do(stages.films.opened, "early")
    stages.do(stages.films.opened, "late")
    stages.do(stages.films.start)
    stages.do(stages.films.begins, "late", 0.1)
    assert (stages.state, stages.recorded_by) == ("on", ("late", 1))
    yield stages
    stages.do(stages.films.close)
    stages.loop.leave_all()


def test_without_a_stage_nothing_is_recorded() -> None:
    """And the presenter is told what to do."""
    stages = Stages()
    stages.do(stages.films.start)
    assert stages.seen == FilmSeen("failed", NO_STAGE)
    stages.loop.leave_all()


def test_another_window_records_nothing(stages: Stages) -> None:
    """Neither one that was open before, nor one that opens, nor by what it tells."""
    stages.do(stages.films.opened, "third")
    stages.do(stages.films.begins, "third", 5.0)
    stages.do(stages.films.fails, "early", "No sound.")
    assert (stages.state, stages.recorded_by) == ("on", ("late", 1))
    film = stages.films.film
    assert film
    assert stages.films.film_of(1, "late") is film
    for part, page in ((1, "early"), (2, "late"), (0, "")):
        assert stages.films.film_of(part, page) is None


def test_a_reloaded_window_goes_on(stages: Stages) -> None:
    """Its new page records the next part; chunks of the part before it still come."""
    stages.do(stages.films.gone, "late")
    stages.loop.advance(COMES_BACK - 1)
    stages.do(stages.films.opened, "reloaded")
    assert (stages.state, stages.recorded_by) == ("on", ("reloaded", 2))
    stages.loop.advance(COMES_BACK)
    assert stages.state == "on"
    assert stages.films.film_of(1, "late") is stages.films.film_of(2, "reloaded") is not None
    stages.do(stages.films.gone, "early")
    assert stages.recorded_by == ("reloaded", 2)


def test_a_window_that_is_reloaded_before_it_is_seen_to_go(stages: Stages) -> None:
    """A proxy may tell of its end late: the newest page goes on."""
    stages.do(stages.films.opened, "reloaded")
    stages.do(stages.films.gone, "late")
    assert (stages.state, stages.recorded_by) == ("on", ("reloaded", 2))


def test_a_lost_line_changes_nothing(stages: Stages) -> None:
    """The page records on, and says so when it is back, before or after its old line is closed."""
    stages.do(stages.films.gone, "late")
    stages.do(stages.films.gone, "early")
    stages.loop.advance(COMES_BACK - 1)
    stages.do(stages.films.opened, "late")
    stages.do(stages.films.opened, "late")
    stages.do(stages.films.gone, "late")
    stages.loop.advance(COMES_BACK + 1)
    assert (stages.state, stages.recorded_by) == ("on", ("late", 1))


def test_a_window_that_does_not_come_back_ends_it(stages: Stages) -> None:
    """After `COMES_BACK`, if no other one is open, which would go on; what has come is saved."""
    stages.do(stages.films.gone, "late")
    stages.loop.advance(COMES_BACK + 0.1)
    assert (stages.state, stages.recorded_by) == ("on", ("early", 2))
    stages.do(stages.films.gone, "early")
    stages.loop.advance(COMES_BACK + 0.1)
    stages.loop.advance(0.1)
    assert (stages.state, stages.recorded_by) == ("failed", ("", 0)), "nothing has come"
    stages.do(stages.films.opened, "new")
    assert stages.recorded_by == ("", 0)


def test_the_last_chunk_is_waited_for(stages: Stages) -> None:
    """But not for ever; and no other recording begins meanwhile, which would delete this one."""
    stages.do(stages.films.start)
    assert (stages.state, stages.recorded_by) == ("on", ("late", 1)), "it goes on"
    stages.do(stages.films.stop)
    assert (stages.state, stages.recorded_by) == ("saving", ("", 0))
    stages.loop.advance(LAST_CHUNK - 1)
    with pytest.raises(Refused, match="still being saved"):
        stages.do(stages.films.start)
    assert stages.state == "saving"
    stages.loop.advance(1.1)
    stages.loop.advance(0.1)
    assert stages.state == "failed", "nothing has come"
    stages.do(stages.films.start)
    assert (stages.state, stages.recorded_by) == ("asked", ("late", 2))


def test_a_page_that_fails_ends_it(stages: Stages) -> None:
    """And the sentence is shown."""
    stages.do(stages.films.fails, "late", "The browser has stopped recording.")
    assert stages.seen == FilmSeen("failed", "The browser has stopped recording.")
