"""What a signal does to a server, and what the end of its lifespan does without one."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator

import pytest

from server.way_out import closing_at_signals


class Closing:
    """What is closed: it takes until `may_end`."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_end = asyncio.Event()
        self.times = 0

    async def __call__(self) -> None:
        """Close."""
        self.times += 1
        self.begun.set()
        await self.may_end.wait()


@pytest.fixture
def told() -> Iterator[list[int]]:
    """Every signal that the server's own handler was given."""
    numbers: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: numbers.append(number))
    yield numbers
    signal.signal(signal.SIGINT, before)


@pytest.mark.anyio
async def test_a_signal_closes_at_once_and_goes_on_to_the_server(told: list[int]) -> None:
    """A second Ctrl+C waits until all is closed; the end of the block closes nothing twice."""
    close = Closing()
    async with asyncio.timeout(10), closing_at_signals(close):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
        await close.begun.wait()
        signal.raise_signal(signal.SIGINT)
        assert told == [signal.SIGINT]
        close.may_end.set()
    signal.raise_signal(signal.SIGINT)
    assert told == [signal.SIGINT] * 2
    assert close.times == 1


def in_another_thread(run: Callable[[], None]) -> None:
    """Run it there, to its end."""
    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_without_signals_the_end_of_the_block_closes() -> None:
    """Where no signal can be handled: Python lets the main thread alone do that."""
    times = []

    async def serve() -> None:
        close = Closing()
        close.may_end.set()
        async with closing_at_signals(close):
            times.append(close.times)
        times.append(close.times)

    in_another_thread(lambda: asyncio.run(serve()))
    assert times == [0, 1]
