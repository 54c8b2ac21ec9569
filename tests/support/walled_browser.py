"""A Chromium behind a firewall: no UDP gets out, and TCP by a few doors only.

It runs in a network namespace of its own, of which Linux gives one to root and, where users may
have namespaces, to anybody. A door is a port of 127.0.0.1 inside that leads to a port of 127.0.0.1
outside: a socket belongs to the namespace it was made in, so one that listens inside is handed out
to this process, which accepts and connects (`inside_the_wall.py` hands it). UDP sent to a door
vanishes, as in most firewalls.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.browser import FLAGS, SOUND_ALLOWED, executable

NO_WALL = (
    "The tests of a network without UDP need Linux, util-linux, iproute2 and a network namespace,"
    " and this machine gives none ({}): run them as root, or let users have namespaces (sysctl"
    " kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)."
)

_INSIDE = Path(__file__).with_name("inside_the_wall.py")


class Wall:
    """The doors in it, inside port by inside port. Those in `shut` hang up at once."""

    def __init__(self, doors: Mapping[int, int], meeting: socket.socket) -> None:
        self.shut: set[int] = set()
        self._doors = doors
        self._meeting = meeting
        self._loop = asyncio.new_event_loop()
        self._done = asyncio.Event()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._keep(),))

    def open(self) -> None:
        """Wait for the sockets from inside, in a thread."""
        self._thread.start()

    def close(self) -> None:
        """No door leads anywhere any more."""
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(timeout=10)
        self._loop.close()

    async def _keep(self) -> None:
        meeting = asyncio.create_task(self._meet())
        await self._done.wait()
        meeting.cancel()
        for server in self._servers:
            server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _meet(self) -> None:
        inside, _ = await self._loop.sock_accept(self._meeting)
        with inside:
            inside.setblocking(True)
            _, sockets, _, _ = socket.recv_fds(inside, 1, len(self._doors))
        for (port, leads_to), number in zip(self._doors.items(), sockets, strict=True):
            door = socket.socket(fileno=number)
            through = partial(self._let_through, port, leads_to)
            self._servers.append(await asyncio.start_server(through, sock=door))

    async def _let_through(
        self,
        port: int,
        leads_to: int,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        try:
            if port not in self.shut:
                there = await asyncio.open_connection("127.0.0.1", leads_to)
                await asyncio.gather(_pump(reader, there[1]), _pump(there[0], writer))
        except OSError:
            pass  # one of the two has hung up
        finally:
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()


@contextmanager
def walled_chromium(doors: Mapping[int, int], *flags: str) -> Iterator[tuple[Browser, Wall]]:
    """The browser of this machine behind a wall with these doors: inside port to outside port.

    Fails where this machine gives no network namespace.
    """
    in_the_wall = _namespace()
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as meeting:
        meeting.bind(place := f"{folder}/meeting")
        meeting.listen()
        meeting.setblocking(False)
        said = ",".join(map(str, doors))
        inside = [sys.executable, "-I", str(_INSIDE), place, said, executable()]
        script = Path(folder, "chromium")
        script.write_text(f'#!/bin/sh\nexec {shlex.join([*in_the_wall, *inside])} "$@"\n')
        script.chmod(0o700)
        wall = Wall(doors, meeting)
        wall.open()
        try:
            with sync_playwright() as playwright:
                args = [*FLAGS, SOUND_ALLOWED, *flags]
                browser = playwright.chromium.launch(executable_path=script, args=args)
                yield browser, wall
                browser.close()
        finally:
            wall.close()


def _namespace() -> list[str]:
    """The words before a command that run it in a network of its own. Fails where none do."""
    as_root = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    words = ["unshare", *as_root, "--net"]
    try:
        subprocess.run([*words, "ip", "link"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as failure:
        reason = getattr(failure, "stderr", b"").decode().strip() or failure
        pytest.fail(NO_WALL.format(reason), pytrace=False)
    return words
