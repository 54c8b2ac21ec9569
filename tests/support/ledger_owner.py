"""A server with live sessions, to be killed: `python -m tests.support.ledger_owner URL STATE`.

It prints one JSON line when its entries are written. It has two children, as an app may: one that
was forked, and one with a program of its own. Both go when its standard input closes.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from avatar_client import Session
from sessions.janitor import Janitor
from sessions.ledger import Entry, Ledger, LedgerUnreachable, ledger_at

TOKEN = "canary-of-the-token"

VISIT = {"visitor": "a-visitor", "avatar_id": "ava", "base_url": "https://service.example/v1/x"}
"""What is known of a session before it is created."""

T = TypeVar("T")


async def until(look: Callable[[], Awaitable[T]], within: float = 10.0) -> T:
    """What `look` returns as soon as that is true; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while True:
        try:
            seen: T | None = await look()
        except LedgerUnreachable:
            seen = None
        if seen:
            return seen
        assert time.monotonic() < deadline, f"Not within {within} s; last seen: {seen!r}"
        await asyncio.sleep(0.01)


def ledger_on(url: str, state: Path) -> Ledger:
    """The ledger at `url` on the machine whose state folder is `state`."""
    if url.startswith("redis"):
        from sessions.ledger_redis import RedisLedger  # takes its time

        return RedisLedger(url, state, patience=1.0)
    return ledger_at(url)


def have_children() -> list[int]:
    """Their process ids."""
    cat = subprocess.Popen(["cat"], stdout=subprocess.DEVNULL)
    forked = os.fork()
    if forked == 0:
        os.read(0, 1)
        os._exit(0)
    return [cat.pid, forked]


async def hold(ledger: Ledger) -> None:
    """One session that lives, one whose create is under way, and one that may live."""

    async def ended(entry: Entry) -> None:
        raise AssertionError("It ends nothing by itself.")

    async with Janitor(ledger, ended, beat=0.05) as janitor:
        live = await janitor.open(**VISIT)
        starting = await janitor.open(**VISIT)
        lost = await janitor.open(**VISIT)
        live = janitor.created(live, Session("left-over", TOKEN))
        janitor.lost(lost)

        async def written() -> bool:
            entries = (await ledger.read()).entries
            return live in entries and any(entry.unknown for entry in entries)

        await until(written)
        children = have_children()
        ids = {"starting": starting.entry_id, "lost": lost.entry_id}
        print(json.dumps(ids | {"owner": janitor.owner, "children": children}), flush=True)
        await asyncio.Event().wait()


class Owner:
    """The process, from outside: what its line says, and the end of it."""

    def __init__(self, process: subprocess.Popen[str], line: dict[str, Any]) -> None:
        self.starting: str = line["starting"]
        self.lost: str = line["lost"]
        self.owner: str = line["owner"]
        self.children: list[int] = line["children"]
        self._process = process

    def kill(self) -> None:
        """SIGKILL, or what there is of that kind; its children live on."""
        self._process.kill()
        self._process.wait()


@contextmanager
def running_owner(url: str, state: Path) -> Iterator[Owner]:
    """Such a server; gone afterwards, with its children."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.ledger_owner", url, str(state)],
        cwd=Path(__file__).parent.parent.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield Owner(process, json.loads(process.stdout.readline()))
        finally:
            process.kill()


async def main(url: str, state: str) -> None:
    """Until it is killed."""
    await hold(ledger_on(url, Path(state)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
