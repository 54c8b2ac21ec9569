"""The simulator as a child process: started, restarted if it dies, gone when this process is.

It is a process of its own because one busy script run in the same process slowed the stream from
25 to between 9 and 18 frames a second.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

READY_WITHIN = 30.0
"""Seconds from the start of the child to its ready line; measured: 1 to 2 s, warm."""

_log = logging.getLogger(__name__)


class SimulatorFailed(Exception):
    """The simulator did not start; the message is a sentence for the operator."""


class SimulatorChild:
    """`python -m simulator` on a free port, which it keeps over restarts.

    `engine` and `max_sessions` are its flags. The child exits when its standard input closes, so it
    goes however this process ends.
    """

    def __init__(self, engine: str = "", *, max_sessions: int = 5) -> None:
        self._flags = ("--engine", engine, "--max-sessions", str(max_sessions))
        self.base_url = ""
        self._port = 0
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> str:
        """Start it, and return its base URL once it answers. Raises `SimulatorFailed`."""
        await self._launch()
        self._watch = asyncio.create_task(self._restart_when_it_dies())
        return self.base_url

    async def stop(self) -> None:
        """Stop it, and wait until it has gone. Idempotent."""
        if self._watch:
            # Waited for: it may be starting a process at this moment.
            self._watch.cancel()
            await asyncio.wait([self._watch])
        if self._process and self._process.returncode is None:
            assert self._process.stdin
            self._process.stdin.close()
            try:
                async with asyncio.timeout(5):
                    await self._process.wait()
            except TimeoutError:
                await _kill(self._process)

    async def _launch(self) -> None:
        # Out of the terminal's process group: Ctrl+C must reach only the app, which first ends its
        # sessions at the simulator. Each system ignores the other's way.
        flags = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        command = (sys.executable, "-m", "simulator", "--exit-with-parent")
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                *("--port", str(self._port), *self._flags),
                env=_without_settings(os.environ),
                cwd=Path(__file__).parent.parent,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                start_new_session=True,
                creationflags=flags,
            )
            assert self._process.stdout
            async with asyncio.timeout(READY_WITHIN):
                line = await self._process.stdout.readline()
            self.base_url = json.loads(line)["baseUrl"]
        except (OSError, TimeoutError, ValueError, KeyError):
            if self._process and self._process.returncode is None:
                await _kill(self._process)
            raise SimulatorFailed(
                "The simulator did not start: run `python -m simulator` to see why, or set"
                " AVATAR_KS in .env to use the live service."
            ) from None
        self._port = int(self.base_url.split(":")[2].split("/")[0])

    async def _restart_when_it_dies(self) -> None:
        pause = 0.5
        while self._process:
            code = await self._process.wait()
            _log.warning("The simulator stopped with exit code %s; starting it again.", code)
            try:
                await self._launch()
                pause = 0.5
            except SimulatorFailed as error:
                _log.warning("%s", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 30)


async def _kill(process: asyncio.subprocess.Process) -> None:
    """Kill it, and wait until it has gone: asyncio warns of one that outlives its loop."""
    process.kill()
    await process.wait()


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` without the app's settings: the child must not have its passwords."""
    ours = ("AVATAR_", "STREAMLIT_")
    return {name: value for name, value in environment.items() if not name.startswith(ours)}
