"""`python -m simulator --check`, against the simulator as if that were the live service."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from simulator.exchange import CALLS
from tests.support.simulator_process import ROOT, SimulatorProcess, eventually

KS = "djJ8NDcxMXxLUy1jYW5hcnk"
# It needs nothing but what `make run` has installed.
COMMAND = """
import runpy, sys
sys.modules["pytest"] = None
runpy.run_module("simulator", run_name="__main__")
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """A check that has ended: what it told of each answer, its last line, and its errors."""

    code: int
    told: dict[str, str]
    last: str
    errors: str


def started(*base_url: str, **settings: str) -> subprocess.Popen[str]:
    """The command with these settings and no other."""
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "--check", *base_url],
        cwd=ROOT,
        env={"PATH": os.defpath, "AVATAR_ENVIRONMENT_ONLY": "1", **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(command: subprocess.Popen[str]) -> Checked:
    """What came of it."""
    printed, errors = command.communicate(timeout=60)
    assert "Traceback" not in errors
    assert KS not in printed + errors
    lines = printed.splitlines()
    told = dict(line.split(": ", 1) for line in lines if not line.startswith("Not seen"))
    return Checked(command.returncode, told, lines[-1] if lines else "", errors)


def checked(*base_url: str, **settings: str) -> Checked:
    """One check, from its start to its end."""
    return ended(started(*base_url, **settings))


@pytest.fixture(autouse=True)
def ends(simulator: SimulatorProcess) -> Iterator[None]:
    """Whatever happens, every session has been ended, and by a call: each of them is paid for."""
    sessions = simulator.created_from_now()
    yield
    simulator.clear_moods()
    assert {session["endedBy"] for session in sessions()} <= {"end"}


def test_every_call_is_made_once(simulator: SimulatorProcess) -> None:
    """With the credential and the base URL of the settings; of each it says how it was answered."""
    sessions = simulator.created_from_now()
    found = checked(AVATAR_KS=KS, AVATAR_BASE_URL=simulator.base_url)
    assert (found.code, found.errors) == (0, "")
    assert found.told.keys() == CALLS
    # The simulator has no TURN server unless it is given one.
    assert found.told.pop("init-client").startswith('answer.json.turn.url is ""')
    assert set(found.told.values()) == {"as in the contract"}
    assert found.last == "Not seen: nothing."
    assert len(sessions()) == sum(name.startswith("create") for name in CALLS)


@pytest.mark.parametrize(
    ("moods", "told"),
    [
        ([{"call": "keep-alive", "reset": True}], "No answer to keep-alive: ReadError."),
        ([{"call": "create", "reset": True}], "No answer to create: ReadError. A session may be"),
        (
            [{"call": "interrupt", "reset": True}, {"call": "end", "status": 503, "times": 2}],
            "No answer to interrupt",
        ),
    ],
)
def test_what_was_opened_is_ended_when_a_call_breaks(
    simulator: SimulatorProcess, moods: list[dict[str, object]], told: str
) -> None:
    """A sentence names the call; end is tried more than once."""
    for mood in moods:
        simulator.ask_mood(**mood)
    found = checked(simulator.base_url)
    assert found.code == 1
    assert told in found.errors


def test_what_was_opened_is_ended_when_it_is_stopped(simulator: SimulatorProcess) -> None:
    """A create that is under way is waited for, for nobody else learns which session it opened."""
    sessions = simulator.created_from_now()
    simulator.ask_mood(call="create", delay=1.0)
    command = started(simulator.base_url)
    eventually(lambda: not simulator.moods())
    command.terminate()
    catalogs = {"catalog", "catalog-get", "catalog-visual", "catalog-voice"}
    assert ended(command).told.keys() == catalogs | {"create", "end"}
    assert len(sessions()) == 1


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"AVATAR_KS": " "}, "There is no Kaltura Session"),
        ({"AVATAR_PARTNER_ID": "1", "AVATAR_ADMIN_SECRET": "s"}, "python -m simulator --record"),
        ({"AVATAR_KS": KS, "AVATAR_BASE_URL": KS}, "AVATAR_BASE_URL is no base URL"),
        ({"AVATAR_KS": KS, "AVATAR_BASE_URL": "http://a.example"}, "AVATAR_BASE_URL is no base"),
        ({"AVATAR_KS": KS, "AVATAR_BASE_URL": "https://a.example/v2"}, "must end with /v1/avatar"),
        ({"AVATAR_KS": f"{KS} é"}, "AVATAR_KS holds a character"),
        ({"AVATAR_KS": "invalid", "AVATAR_BASE_URL": "simulator"}, "The catalog named no visual"),
        ({"AVATAR_BASE_URL": "http://127.0.0.1:1/v1/avatar-session"}, "to catalog-visual: Connect"),
    ],
)
def test_where_nothing_can_be_tried(
    simulator: SimulatorProcess, settings: dict[str, str], told: str
) -> None:
    """One sentence that says what to do."""
    if settings.get("AVATAR_BASE_URL") == "simulator":
        settings = settings | {"AVATAR_BASE_URL": simulator.base_url}
    found = checked(**settings)
    assert told in found.errors
    assert found.errors.count("\n") == 1
    assert found.code == 1
