"""The simulator as a child of the app: restarted when it dies, gone when the app is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import psutil
import pytest

from server.simulator_process import SimulatorChild
from tests.support.app_process import running_app
from tests.support.simulator_process import eventually


def answers(base_url: str) -> bool:
    """Whether a simulator is there."""
    try:
        return httpx.get(base_url.replace("/v1/avatar-session", "/simulator/sessions")).is_success
    except httpx.TransportError:
        return False


def simulators_of(pid: int) -> set[int]:
    """The simulators that the process `pid` has started."""
    found = (p.info | {"pid": p.pid} for p in psutil.process_iter(["ppid", "cmdline"]))
    return {p["pid"] for p in found if p["ppid"] == pid and "simulator" in (p["cmdline"] or ())}


@pytest.mark.anyio
async def test_it_is_told_nothing_of_the_apps_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as the operator's password."""
    monkeypatch.setenv("AVATAR_OPERATOR_PASSWORD", "canary")
    before = simulators_of(os.getpid())
    simulator = SimulatorChild()
    await simulator.start()
    (pid,) = simulators_of(os.getpid()) - before
    environment = psutil.Process(pid).environ()
    await simulator.stop()
    assert "PATH" in environment
    assert not [name for name in environment if name.startswith("AVATAR_")]


@pytest.mark.anyio
async def test_it_is_started_again_on_the_same_port() -> None:
    """Its base URL is good again after a crash."""
    before = simulators_of(os.getpid())
    simulator = SimulatorChild()
    base_url = await simulator.start()
    try:
        (pid,) = simulators_of(os.getpid()) - before
        os.kill(pid, signal.SIGKILL)
        await asyncio.to_thread(eventually, lambda: simulators_of(os.getpid()) - before - {pid})
        await asyncio.to_thread(eventually, lambda: answers(base_url), 20)
        assert simulator.base_url == base_url
    finally:
        await simulator.stop()
        await simulator.stop()
    assert not answers(base_url)


@pytest.mark.anyio
async def test_one_that_does_not_stop_is_killed() -> None:
    """And has gone when `stop` returns."""
    before = simulators_of(os.getpid())
    simulator = SimulatorChild()
    await simulator.start()
    (pid,) = simulators_of(os.getpid()) - before
    os.kill(pid, signal.SIGSTOP)
    await simulator.stop()
    assert not psutil.pid_exists(pid)


@pytest.mark.anyio
async def test_it_is_stopped_while_it_starts_again() -> None:
    """No process is left, wherever the restart was."""
    before = simulators_of(os.getpid())
    simulator = SimulatorChild()
    base_url = await simulator.start()
    (pid,) = simulators_of(os.getpid()) - before
    os.kill(pid, signal.SIGKILL)
    await asyncio.to_thread(eventually, lambda: simulators_of(os.getpid()) - before - {pid})
    await simulator.stop()
    assert simulators_of(os.getpid()) == before
    assert not answers(base_url)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_it_goes_with_the_app(how: signal.Signals) -> None:
    """However the app ends, its child ends too."""
    with running_app() as app:
        (child,) = simulators_of(app.process.pid)
        app.process.send_signal(how)
        app.process.wait(timeout=20)
        eventually(lambda: not psutil.pid_exists(child))
        assert "Traceback" not in app.printed()


def test_a_port_that_is_taken() -> None:
    """One sentence, no traceback, and an exit code that says so."""
    with socket.socket() as first:
        first.bind(("127.0.0.1", 0))
        first.listen()
        port = str(first.getsockname()[1])
        second = subprocess.run(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", port],
            cwd=Path(__file__).parent.parent.parent,
            capture_output=True,
            text=True,
            timeout=30,
        )
    printed = second.stdout + second.stderr
    assert second.returncode
    assert port in printed
    assert "Traceback" not in printed
