"""The parts that live as long as the process, opened and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from avatar_client import AsyncAvatarClient
from server.settings import Settings, read_settings
from server.simulator_process import SimulatorChild, SimulatorFailed
from sessions.audit import open_audit_log
from sessions.desk import Desk
from sessions.janitor import Janitor
from sessions.ledger import SharedLedger, ledger_at, state_folder
from sessions.limits import Limits
from sessions.server_voice import ServerVoice
from sessions.service import end_entry
from sessions.state import Display
from show.files import samples
from show.model import Show
from show.remotes import Remotes
from show.runs import Runs
from show.store import store_beside
from speech import EngineFailed, load_engine
from speech.engines import OURS

NOT_STARTED = "This page was started without its server part: start app.py, as README.md says."


class Services:
    """Settings, audit log, ledger, simulator, client, janitor, server voice, desk, shows.

    `shared_key` reads the key that all servers of the ledger share, if there are several. Until
    `open` has succeeded, `desk` is None, `problem` is a sentence that says why, and `client`,
    `janitor`, `voice`, `runs` and `remotes` are not set. `rehearsal`: the same at a simulator, once
    `rehearse` has opened it.
    """

    client: AsyncAvatarClient
    janitor: Janitor
    voice: ServerVoice
    runs: Runs
    remotes: Remotes

    def __init__(self) -> None:
        self.settings = Settings()
        self.desk: Desk | None = None
        self.problem: str | None = NOT_STARTED
        self.shared_key: Callable[[], Awaitable[bytes]] | None = None
        self.rehearsal: Services | None = None
        self._opened = AsyncExitStack()
        self._rehearsing = asyncio.Lock()

    async def open(self, settings: Settings | None = None) -> None:
        """Open everything, by default with `read_settings`.

        An error that the operator can correct is not raised: it becomes the `problem`.
        """
        try:
            chosen = settings or read_settings()
            async with AsyncExitStack() as stack:
                open_audit_log(chosen.audit_log, chosen.audit_text)
                stack.callback(open_audit_log, "", False)
                await self._open_at(chosen, stack)
                self._opened = stack.pop_all()
        except (ValueError, SimulatorFailed, EngineFailed) as error:
            self.problem = str(error)

    async def open_beside(self, settings: Settings) -> None:
        """Open all but the audit log, of which a process has one. Raises what `open` makes its
        `problem`."""
        async with AsyncExitStack() as stack:
            await self._open_at(settings, stack)
            self._opened = stack.pop_all()

    def begin_to_rehearse(self) -> Future[Services]:
        """`rehearse`, for another thread."""
        return asyncio.run_coroutine_threadsafe(self.rehearse(), self._loop)

    async def rehearse(self) -> Services:
        """The same at a simulator of its own, where nothing is paid for; opened once.

        Raises `SimulatorFailed`.
        """
        if self.settings.simulated:
            return self
        async with self._rehearsing:
            if self.rehearsal is None:
                rehearsal = Services()
                settings = replace(
                    self.settings,
                    ks="",
                    partner_id="",
                    admin_secret="",
                    dialect="auto",
                    avatar_id="",
                    voice_id="",
                    ledger_url="memory:",
                )
                await rehearsal.open_beside(settings)
                self._opened.push_async_callback(rehearsal.close)
                self.rehearsal = rehearsal
            return self.rehearsal

    async def close(self) -> None:
        """End every session, then close the rest. Idempotent."""
        await self._opened.aclose()

    async def _open_at(self, chosen: Settings, stack: AsyncExitStack) -> None:
        self._loop = asyncio.get_running_loop()
        ledger_url = chosen.ledger_url or ("memory:" if chosen.simulated else "")
        ledger = ledger_at(ledger_url)
        stack.push_async_callback(ledger.aclose)
        load_voice = partial(load_engine, chosen.speech_engine)
        if chosen.speech_engine != OURS:  # what is no voice is told now, not at the first text
            voice_of_others = await asyncio.to_thread(load_voice)
            load_voice = partial(lambda: voice_of_others)
        self.shared_key = ledger.shared_key if isinstance(ledger, SharedLedger) else None
        if chosen.simulated:
            simulator = SimulatorChild(chosen.speech_engine, max_sessions=chosen.max_sessions)
            stack.push_async_callback(simulator.stop)
            chosen = replace(chosen, base_url=await simulator.start())
        client = await stack.enter_async_context(
            AsyncAvatarClient(chosen.credential, chosen.base_url, dialect=chosen.dialect)
        )
        janitor = await stack.enter_async_context(Janitor(ledger, partial(end_entry, client)))
        voice = ServerVoice(load_voice)
        desk = Desk(
            client,
            janitor,
            voice=voice,
            welcome=chosen.welcome,
            say_as=chosen.say_as or None,
            display=Display(chosen.display, chosen.sdk_url),
            limits=Limits(
                grace=chosen.grace_seconds,
                max_seconds=60 * chosen.max_minutes,
                idle_seconds=60 * chosen.idle_minutes,
                max_sessions=chosen.max_sessions,
            ),
        )
        stack.push_async_callback(desk.close)  # and the voice with it
        runs = Runs(desk, voice, store_beside(ledger_url, state_folder()), sample)
        stack.push_async_callback(runs.close)
        self.runs, self.remotes = runs, Remotes()
        self.settings, self.client, self.janitor, self.voice = chosen, client, janitor, voice
        self.desk, self.problem = desk, None


def sample() -> Show:
    """The show of a visitor who has brought none."""
    return samples()["meet-your-presenter"]


services = Services()
"""The services of this process: `app.py` opens them, and the pages use them."""
