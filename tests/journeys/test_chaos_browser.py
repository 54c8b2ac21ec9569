"""A person goes on typing and clicking while two in three WebSockets to the app go wrong."""

from __future__ import annotations

import json
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error

from tests.support.app_process import running_app
from tests.support.chaos_proxy import OF_CONNECTIONS, SEED, Chaos, bad_network
from tests.support.simulator_process import eventually, running_simulator
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

TURNS = 25

PATIENCE = 8.0
"""Seconds for which the person waits for a page or a turn before they reload, or go on."""


@pytest.mark.soak
def test_chaos_in_a_browser(visitor: VisitorPage, tmp_path: Path) -> None:
    """What is clicked once is said once at most, ends once, and is called spoken only if it was;
    when the page is closed, no session is left."""
    print(f"SEED={SEED}")
    chaos, audit = Chaos(share=2 / 3, faults=OF_CONNECTIONS), tmp_path / "audit.log"
    texts = [f"Number {n}." for n in range(TURNS)]
    with (
        running_simulator("--max-sessions", "20") as simulator,
        running_app(
            AVATAR_KS="a-test",
            AVATAR_BASE_URL=simulator.base_url,
            AVATAR_GRACE_SECONDS="3",
            AVATAR_AUDIT_LOG=str(audit),
            AVATAR_AUDIT_TEXT="1",
            STREAMLIT_SERVER_WEBSOCKET_PING_INTERVAL="2",
        ) as app,
        bad_network(app.port, chaos) as url,
    ):
        for n, text in enumerate(texts):
            if n % 5 == 0:  # else two connections that happen to be fair last to the end
                visitor.page.goto("about:blank")
            clicked(visitor, url, text)
            with suppress(AssertionError):  # the click was lost with its connection
                eventually(lambda: text in said_of(audit), within=PATIENCE)  # noqa: B023
        visitor.page.close()
        eventually(lambda: all(s["endedBy"] for s in simulator.sessions()), within=30)
        sessions, ended = simulator.sessions(), said_of(audit)
        assert "Traceback" not in app.printed()
    print(f"{len(sessions)} sessions, {len(ended)} turns, connections: {dict(chaos.met)}")
    assert {session["endedBy"] for session in sessions} == {"end"}
    said = {turn["turnId"]: turn for session in sessions for turn in session["turns"]}
    heard = Counter(turn["text"] for turn in said.values())
    assert all(heard[text] <= 1 for text in texts), heard
    assert chaos.met.keys() > {"fair"}
    lines = [line for lines in ended.values() for line in lines]
    assert max(Counter(line["turn"] for line in lines).values()) == 1
    spoken = [line["turn"] for line in lines if line["outcome"] == "spoken"]
    assert all(said[turn]["outcome"] == "spoken" for turn in spoken)
    assert len(spoken) > TURNS / 3


def clicked(visitor: VisitorPage, url: str, text: str) -> None:
    """One click on Make Avatar Speak, as soon as there is an avatar: the person reloads the page
    where it does not come, and starts another session where none is live."""
    deadline = time.monotonic() + 60
    page = visitor.page
    while True:
        assert time.monotonic() < deadline, "No avatar within 60 s"
        with suppress(Error, AssertionError):
            if page.url == "about:blank" or not visitor.text.is_visible():
                page.goto(url, timeout=1000 * PATIENCE)
            visitor.text.wait_for(timeout=1000 * PATIENCE)
            if visitor.start.is_enabled():
                visitor.start.click(timeout=1000 * PATIENCE)
            visitor.until_phase("ready", within=PATIENCE)
            visitor.text.fill(text, timeout=1000 * PATIENCE)
            visitor.speak.click(timeout=1000 * PATIENCE)
            return
        page.goto("about:blank")


def said_of(audit: Path) -> dict[str, list[dict[str, Any]]]:
    """The audit log's lines of turns that have ended, by their texts."""
    found: dict[str, list[dict[str, Any]]] = {}
    for line in map(json.loads, audit.read_text().splitlines()):
        if line["event"] == "say":
            found.setdefault(line["text"], []).append(line)
    return found
