"""The simulator as a program: how it starts, and how it goes."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.simulator_caller import create
from tests.support.simulator_process import ROOT, eventually, running_simulator


def run(*flags: str) -> subprocess.CompletedProcess[str]:
    """A start that is expected to fail."""
    return subprocess.run(
        [sys.executable, "-m", "simulator", *flags],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


def test_a_taken_port_is_one_sentence() -> None:
    """Exit code 2, one line that says what to do, no traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run("--port", str(port))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert str(port) in done.stderr
    assert "another port" in done.stderr


@pytest.mark.parametrize(
    "flags",
    [
        ("--port", "70000"),
        ("--port", "web"),
        ("--max-sessions", "0"),
        ("--idle-timeout", "nan"),
        ("--idle-timeout", "-1"),
        ("--host", "no such host"),
        ("--dialect", "klingon"),
        ("--record", "http://example.com"),
        ("--record", "https://user@example.com/v1"),
        ("--record", "https://example.com:99999"),
    ],
)
def test_a_flag_that_makes_no_sense(flags: tuple[str, str]) -> None:
    """Exit code 2 and a message, no traceback."""
    done = run(*flags)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert flags[1] in done.stderr


def test_calls_that_are_cut_off() -> None:
    """By the caller's end, or by ours: no traceback is printed."""
    with running_simulator(stderr=subprocess.PIPE) as simulator, ThreadPoolExecutor(1) as calling:
        with socket.create_connection(("127.0.0.1", simulator.port)) as line:
            line.sendall(b"POST /v1/avatar-session HTTP/1.1\r\nHost: a-test\r\n")
            line.sendall(b"Content-Length: 100\r\n\r\n{")
        simulator.ask_mood(call="create", delay=30)
        call = calling.submit(create, simulator)
        eventually(lambda: not simulator.moods())
        assert simulator.process.stdin
        simulator.process.stdin.close()
        assert simulator.process.wait(timeout=10) == 0
        assert call.result().status_code == 503
        assert simulator.process.stderr
        with simulator.process.stderr as printed:
            assert "Traceback" not in printed.read()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, None])
def test_it_goes_when_told_to(number: signal.Signals | None) -> None:
    """SIGTERM, Ctrl+C and, with --exit-with-parent, a closed standard input end it with exit code 0
    and nothing printed, with a session live."""
    with running_simulator(stderr=subprocess.PIPE) as simulator:
        create(simulator).raise_for_status()
        assert simulator.process.stdin
        if number:
            simulator.process.send_signal(number)
        else:
            simulator.process.stdin.close()
        assert simulator.process.wait(timeout=10) == 0
        assert simulator.process.stderr
        with simulator.process.stderr as printed:
            assert printed.read() == ""
