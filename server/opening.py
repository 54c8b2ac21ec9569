"""What the app and the terminal's preflight stand on, from the settings to the own voice."""

from __future__ import annotations

import os
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from avatar_client import AsyncAvatarClient
from server import settings
from server.simulator_process import EmbeddedSimulator
from sessions.audit import open_audit_log
from sessions.janitor import Janitor
from sessions.ledger import ledger_at
from sessions.own_voice import OwnVoice
from sessions.service import end_entry
from speech import load_engine

HERE = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Opened:
    """All of it. The settings' base URL is the simulator's where there are no credentials."""

    settings: settings.Settings
    client: AsyncAvatarClient
    janitor: Janitor
    voice: OwnVoice


def read_settings() -> settings.Settings:
    """From the environment, `.env`, then Streamlit's secrets. Raises `SettingRejected`.

    With AVATAR_ENVIRONMENT_ONLY=1 in the environment, from there alone: the tests' apps must not go
    live because whoever tests does.
    """
    if os.environ.get("AVATAR_ENVIRONMENT_ONLY") == "1":
        return settings.read(os.environ)
    secrets = settings.secrets_file(HERE / ".streamlit", Path.home() / ".streamlit")
    return settings.read(os.environ, settings.dotenv_file(HERE / ".env"), secrets)


async def open_service(stack: AsyncExitStack) -> Opened:
    """Open it, for as long as `stack` is; the audit log, too.

    Raises `SettingRejected`, `SimulatorFailed` and `ValueError`, each with its sentence.
    """
    chosen = read_settings()
    open_audit_log(chosen.audit_log, chosen.audit_text)
    ledger = ledger_at(chosen.ledger_url or ("memory:" if chosen.simulated else ""))
    stack.push_async_callback(ledger.aclose)
    if chosen.simulated:
        simulator = EmbeddedSimulator(chosen.speech_engine, max_sessions=chosen.max_sessions)
        stack.push_async_callback(simulator.stop)
        chosen = replace(chosen, base_url=await simulator.start())
    client = await stack.enter_async_context(
        AsyncAvatarClient(chosen.credential, chosen.base_url, dialect=chosen.dialect)
    )
    janitor = await stack.enter_async_context(Janitor(ledger, partial(end_entry, client)))
    voice = OwnVoice(partial(load_engine, chosen.speech_engine))
    stack.callback(voice.close)
    return Opened(chosen, client, janitor, voice)
