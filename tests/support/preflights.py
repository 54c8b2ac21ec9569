"""A preflight in a test: what it tries out, who watches, and what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from avatar_client import Media
from preflight.run import Preflight, Waits
from preflight.sightings import Sight, Sightings, Viewer
from preflight.steps import STEPS, Outcome, Result
from server.services import Services
from tests.support.services import services_at
from tests.support.simulator_process import SimulatorProcess, eventually

SOON = Waits(way=1.0, picture=0.5, sound=0.5, quiet=0.5)


class Saw:
    """A viewer that notes at once what it was told to, whatever there is."""

    name = "a test"
    place = "from this test"

    def __init__(self, *sights: Sight | tuple[Sight, str]) -> None:
        self._sights = [(sight, "") if isinstance(sight, Sight) else sight for sight in sights]

    @asynccontextmanager
    async def watching(self, _: Media, sightings: Sightings) -> AsyncIterator[None]:
        """See `Viewer.watching`."""
        for sight in self._sights:
            sightings.note(*sight)
        yield


VISITOR = "a-visitor"
CONNECTED = (Sight.CONNECTED, "direct")


async def tried(
    base_url: str, viewer: Viewer, *, waits: Waits = SOON, **settings: Any
) -> dict[str, Result]:
    """What came of each step, by its name, at the service at `base_url`."""
    async with services_at(base_url, **settings) as services:
        return await tried_with(services, viewer, waits=waits)


async def tried_with(
    services: Services, viewer: Viewer, *, waits: Waits = SOON
) -> dict[str, Result]:
    """What came of each step, by its name, with these services."""
    results = await Preflight(services, VISITOR, viewer, lambda: None, waits=waits).run()
    return {result.step.name: result for result in results}


def outcomes(results: dict[str, Result]) -> dict[str, str]:
    """The outcomes alone, of what did not pass."""
    return {
        name: str(result.outcome)
        for name, result in results.items()
        if result.outcome is not Outcome.PASSED
    }


def only(name: str) -> dict[str, str]:
    """`name` failed, and what needs it, or needs what needs it, was not tried."""
    lost = {name: "failed"}
    for step in STEPS:
        if lost.keys() & set(step.needs):
            lost.setdefault(step.name, "not tried")
    return lost


def assert_all_ended(simulator: SimulatorProcess) -> None:
    """Nothing is paid for any more."""
    eventually(lambda: all(s["state"] == "ended" for s in simulator.sessions()))


@pytest.fixture(autouse=True)
def no_moods(simulator: SimulatorProcess) -> Iterator[None]:
    """The simulator is left as it was found."""
    yield
    simulator.clear_moods()
