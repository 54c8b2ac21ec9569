"""The audit log: what is in it, who can read it, and what is never in it."""

from __future__ import annotations

import json
import logging
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sessions import audit
from sessions.custody import CUT_SHORT
from sessions.desk import Refused
from sessions.limits import Limits
from sessions.state import Phase
from sessions.turns import TurnState
from tests.support.desk_visitor import AVA, Visitor, at_the_simulator, has_come, open_desk
from tests.support.simulator_process import SimulatorProcess


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    """Where the log is written; it is off afterwards."""
    yield tmp_path / "audit.log"
    audit.open_audit_log("", with_text=False)


def lines(path: Path) -> list[dict[str, Any]]:
    """The log, a line each."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.anyio
async def test_a_session_leaves_its_lines(simulator: SimulatorProcess, path: Path) -> None:
    """Each start, say, interrupt and end, with whose it was, what came of it, and how long."""
    audit.open_audit_log(str(path), with_text=False)
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call="say-text", status=400)
            turn = await visitor.until_turn(desk.say(visitor.name, "Secret."), TurnState.FAILED)
            desk.interrupt(visitor.name)
            await visitor.until(lambda view: view.state.interrupts == 1)
            desk.end(visitor.name)
            view = await visitor.until_phase(Phase.IDLE)
    written = lines(path)
    assert [(line["event"], line["outcome"]) for line in written] == [
        ("start", "created"),
        ("say", "spoken"),
        ("say", "failed"),
        ("interrupt", "done"),
        ("end", "ended"),
    ]
    turns = [view.state.turns[0].turn_id, turn.turn_id]
    assert [line["turn"] for line in written] == [None, *turns, None, None]
    reason = (turn.reason or "").replace("(Bad Request)", "(RequestRefused 400)")
    assert written[2]["reason"] == reason
    for line in written:
        assert (line["visitor"], line["session"]) == (visitor.name, session_id)
        assert 0 <= line["duration"] < 60
        assert (datetime.now(UTC) - datetime.fromisoformat(line["time"])).total_seconds() < 60
        assert "text" not in line


@pytest.mark.anyio
async def test_what_failed_and_what_was_limited_leaves_a_line(
    simulator: SimulatorProcess, path: Path
) -> None:
    """A start that made nothing, and a session that was idle, with their sentences."""
    audit.open_audit_log(str(path), with_text=False)
    limits = Limits(grace=0.2, idle_seconds=0.2)
    async with open_desk(simulator, limits=limits) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            simulator.ask_mood(call="create", status=401)
            desk.start(visitor.name, AVA)
            problem = (await visitor.until_phase(Phase.ERROR)).state.problem
            desk.start(visitor.name, AVA)
            notice = (await visitor.until(lambda view: view.state.notice)).state.notice
    assert [(line["event"], line["outcome"], line["reason"]) for line in lines(path)] == [
        ("start", "failed", problem),
        ("start", "created", None),
        ("limit", "idle", notice),
        ("end", "ended", notice),
    ]


@pytest.mark.anyio
@pytest.mark.parametrize("with_text", [False, True])
async def test_the_service_can_t_bring_the_text_in(
    simulator: SimulatorProcess, path: Path, with_text: bool
) -> None:
    """It may repeat it in what it says of it: only the kind and the status are there then."""
    audit.open_audit_log(str(path), with_text)
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            body = '{"success": false, "error": "bad words in Open Sesame"}'
            simulator.ask_mood(call="say-text", status=410, body=body)
            desk.say(visitor.name, "Open Sesame")
            desk.say(visitor.name, "Next.")
            await visitor.until_phase(Phase.ERROR)
    *_, first, next_one, end = lines(path)
    for line in (first, next_one, end):
        assert ("Sesame" in line["reason"]) == with_text
        assert ("SessionGone 410" in line["reason"]) != with_text


@pytest.mark.anyio
async def test_a_start_that_is_cut_off_leaves_a_line(
    simulator: SimulatorProcess, path: Path
) -> None:
    """The server stopped before create was answered."""
    audit.open_audit_log(str(path), with_text=False)
    async with open_desk(simulator, closing=0.1) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            simulator.ask_mood(call="create", delay=1.0, status=503)
            desk.start(visitor.name, AVA)
            await at_the_simulator(has_come(simulator))
            await desk.close()
    (line,) = lines(path)
    assert (line["event"], line["outcome"], line["reason"]) == ("start", "unknown", CUT_SHORT)


@pytest.mark.parametrize("with_text", [False, True])
def test_the_text_is_there_only_if_asked_for(path: Path, with_text: bool) -> None:
    """What was said is the visitor's."""
    audit.open_audit_log(str(path), with_text)
    audit.note("say", "a-visitor", outcome="spoken", text="שלום")
    (line,) = lines(path)
    assert line.get("text") == ("שלום" if with_text else None)


@pytest.mark.anyio
async def test_a_click_on_a_full_server_leaves_one_line(
    simulator: SimulatorProcess, path: Path
) -> None:
    """The stage asks for the start, and where nothing came of that, the page."""
    audit.open_audit_log(str(path), with_text=False)
    async with open_desk(simulator, limits=Limits(max_sessions=0)) as desk:
        visitor = Visitor(desk)
        desk.choose(visitor.name, AVA)
        async with visitor.watching():
            visitor.report("start")
            with pytest.raises(Refused):
                desk.start(visitor.name, AVA)
    assert [(line["event"], line["outcome"]) for line in lines(path)] == [("limit", "sessions")]


def test_the_file_is_its_owner_s(path: Path) -> None:
    """Nobody else can read it from now on, and what was in it stays."""
    path.touch(mode=0o644)
    for _ in range(2):
        audit.open_audit_log(str(path), with_text=False)
        audit.note("end", "a-visitor", outcome="ended")
    assert len(lines(path)) == 2
    if sys.platform != "win32":  # which knows no such bits
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_can_go_to_standard_error(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON lines, too."""
    audit.open_audit_log("-", with_text=False)
    audit.note("end", "a-visitor", outcome="ended")
    assert json.loads(capsys.readouterr().err)["outcome"] == "ended"


def test_it_is_off_unless_asked_for(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the general log either, whatever its level."""
    audit.open_audit_log("", with_text=True)
    with caplog.at_level(logging.DEBUG):
        audit.note("end", "a-visitor", outcome="ended")
    assert (caplog.text, capsys.readouterr().err) == ("", "")


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    """It names the setting, and says what to do."""
    with pytest.raises(ValueError, match=r"AVATAR_AUDIT_LOG names a file .*name one"):
        audit.open_audit_log(str(tmp_path), with_text=False)
