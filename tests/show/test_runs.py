"""Shows that are opened, kept, and found again by the next server."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from sessions.desk import Desk
from show.files import samples
from show.markdown import parse
from show.model import Show
from show.play import Edit, Jump, Step
from show.runs import Runs
from show.store import MemoryStore, Part
from tests.show.test_run import EvenTimer
from tests.support.desk_visitor import open_desk
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.anyio

OTHER = parse("# One\n\n<!-- First. -->\n\n---\n\n# Two\n\n<!-- Second. -->\n", name="other")


def sample() -> Show:
    """What a visitor has who brought nothing."""
    return next(iter(samples().values()))


def runs_of(desk: Desk, store: MemoryStore) -> Runs:
    """The runs of a server."""
    return Runs(desk, EvenTimer(), store, sample)


async def until(seen: Callable[[], bool]) -> None:
    """Wait until it is so."""
    async with asyncio.timeout(10):
        while not seen():  # noqa: ASYNC110  # nobody tells of a store
            await asyncio.sleep(0.02)


async def test_a_show_is_found_again(simulator: SimulatorProcess) -> None:
    """By the next server, with its place, and held."""
    store = MemoryStore()
    async with open_desk(simulator) as desk:
        runs = runs_of(desk, store)
        run = await runs.of("ada")
        assert await runs.of("ada") is run
        assert run.scene.show.name == sample().name
        await asyncio.to_thread(runs.replace, "ada", OTHER)
        run.happened(Jump(1))
        await runs.close()
    async with open_desk(simulator) as desk:
        runs = runs_of(desk, store)
        scene = (await runs.of("ada")).scene
        assert (scene.show.source, scene.play.slide) == (OTHER.source, 1)
        assert (await runs.of("bob")).scene.show.name == sample().name
        await runs.close()


async def test_a_change_is_kept_without_a_close(simulator: SimulatorProcess) -> None:
    """A server may be killed at any time."""
    store = MemoryStore()
    async with open_desk(simulator) as desk:
        runs = runs_of(desk, store)
        run = await runs.of("ada")
        run.happened(Jump(2))
        kept: dict[Part, bytes | None] = {}

        async def look() -> None:
            while not kept.get("scene"):
                kept["scene"] = await store.kept("ada", "scene")
                await asyncio.sleep(0.02)

        await asyncio.wait_for(look(), 10)
        assert b'"slide":2' in (kept["scene"] or b"")
        await runs.close()


@pytest.mark.parametrize(("part", "left"), [("show", sample()), ("scene", OTHER)])
async def test_what_is_broken_is_left_out(
    simulator: SimulatorProcess, part: Part, left: Show
) -> None:
    """A visitor is never locked out of a desk: there is the sample in the place of a broken show,
    and its begin in that of a broken place."""
    store = MemoryStore()
    async with open_desk(simulator) as desk:
        runs = runs_of(desk, store)
        await asyncio.to_thread(runs.replace, "ada", OTHER)
        await runs.close()
        await store.keep("ada", part, b"\xff\x00broken")
        runs = runs_of(desk, store)
        scene = (await runs.of("ada")).scene
        assert (scene.show.source, scene.play.slide) == (left.source, 0)
        await runs.close()


async def test_a_step_without_an_avatar_is_told(simulator: SimulatorProcess) -> None:
    """The times are measured meanwhile, so that the desk can tell what is left."""
    async with open_desk(simulator) as desk:
        runs = runs_of(desk, MemoryStore())
        run = await runs.of("ada")
        run.happened(Step("next"))
        assert run.scene.notice
        lines = [item for item in run.scene.play.items if item.text]
        await until(lambda: all(run.length(item) * 2 % 1 == 0 for item in lines))
        await runs.close()


async def test_an_edit_in_the_queue_is_in_the_file(simulator: SimulatorProcess) -> None:
    """With its blanks, and nothing else of the source is changed; so it is after a restart."""
    store = MemoryStore()
    show = parse("---\nname: Ada\n---\n\n<!-- Hi {{name}}. -->\n", name="edited")
    async with open_desk(simulator) as desk:
        runs = runs_of(desk, store)
        await asyncio.to_thread(runs.replace, "ada", show)
        run = await runs.of("ada")
        run.happened(Edit("0.0", "Hello {{name}}."))
        assert run.scene.play.coming[0].text == "Hello {{name}}."
        await until(lambda: "Hello {{name}}" in run.scene.show.source)
        assert run.scene.show.source == show.source.replace("Hi", "Hello")
        run.happened(Edit("0.0", "A --> B"))
        await until(lambda: bool(run.scene.notice))
        assert run.scene.play.coming[0].text == "A --> B", "it is said so all the same"
        await runs.close()
    async with open_desk(simulator) as desk:
        runs = runs_of(desk, store)
        assert "Hello {{name}}" in (await runs.of("ada")).scene.show.source
        await runs.close()
