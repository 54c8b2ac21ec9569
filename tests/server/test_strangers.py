"""Strangers: none comes into another visitor's page, or into the operator's, by any way."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin

from server.visitors import COOKIE, HERE_HEADER, VISITOR_HEADER, new_cookie
from tests.support.app_process import STREAMLIT, App, running_app
from tests.support.bare_page import bare_page, cookie_from
from tests.support.simulator_process import SimulatorProcess, eventually

PASSWORD = "let me in"
SESSIONS = "sessions"


@pytest.fixture(scope="module")
def live(simulator: SimulatorProcess) -> dict[str, str]:
    """The settings of an app that starts no simulator of its own; its ledger is read at once."""
    return {
        "AVATAR_KS": "a-test",
        "AVATAR_BASE_URL": simulator.base_url,
        "AVATAR_LEDGER_URL": "memory:",
    }


@pytest.fixture(scope="module")
def app(live: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """With a password for the operator, and an audit log in the app's folder."""
    log = str(tmp_path_factory.mktemp("audit") / "audit.jsonl")
    with running_app(AVATAR_OPERATOR_PASSWORD=PASSWORD, AVATAR_AUDIT_LOG=log, **live) as running:
        yield running


def audited(app: App) -> list[dict[str, Any]]:
    """The lines of the audit log."""
    lines = Path(app.settings["AVATAR_AUDIT_LOG"]).read_text().splitlines()
    return [json.loads(line) for line in lines]


def stage_is_shown(app: App, channel: str, cookie: str) -> bool:
    """Whether that cookie and that channel show a view."""
    headers = {"Cookie": cookie} if cookie else {}
    url = f"{app.url.replace('http', 'ws')}/{channel}"
    with connect(url, origin=Origin(app.url), additional_headers=headers) as line:
        with suppress(ConnectionClosed):
            return "phase" in json.loads(line.recv(timeout=10))
        return line.close_code != 1008


def upload(app: App, page_id: str, cookie: str) -> int:
    """The status of a file for that page."""
    with httpx.Client(headers={"Cookie": cookie}) as http:
        token = http.get(f"{app.url}/_stcore/health").cookies["_streamlit_xsrf"]
        return http.put(
            f"{app.url}/_stcore/upload_file/{page_id}/a-file",
            files={"a-file": b"RIFF"},
            headers={"X-Xsrftoken": token, "Cookie": f"{cookie}; _streamlit_xsrf={token}"},
        ).status_code


def test_nobody_comes_into_anothers_page(app: App) -> None:
    """Not by the id that Streamlit gives it, the nonce, a cookie of their own making, or a header;
    neither while it is open nor while its visitor is away. Its visitor comes back to it."""
    ours, theirs = cookie_from(app.url), cookie_from(app.url)
    strangers = ["", theirs, f"{COOKIE}={new_cookie()}", f"{COOKIE}={'x' * 43}"]
    with bare_page(app.url, ours) as page:
        page.run(SESSIONS)
        page.press(SESSIONS, "Open", **{"Operator's password": PASSWORD})
        assert "Nothing is live" in page.words
        for cookie in strangers:
            known = {VISITOR_HEADER: last_operator(app), HERE_HEADER: "1"}
            with bare_page(app.url, cookie, page.page_id, **known) as other:
                assert other.page_id != page.page_id
                other.run(SESSIONS)
                assert "Nothing is live" not in other.words
                assert other.channel != page.channel
            assert not stage_is_shown(app, page.channel, cookie)
            assert upload(app, page.page_id, cookie) == 403
        page.run(SESSIONS)
        assert "Nothing is live" in page.words
        assert stage_is_shown(app, page.channel, ours)
        assert upload(app, page.page_id, ours) == 204
    for cookie in strangers:
        with bare_page(app.url, cookie, page.page_id) as other:
            assert other.page_id != page.page_id
    with bare_page(app.url, ours, page.page_id) as back:
        assert back.page_id == page.page_id
    refused = {line["outcome"] for line in audited(app) if line["event"] == "refusal"}
    assert {"page", "nonce", "upload"} <= refused


def last_operator(app: App) -> str:
    """The visitor who gave the right password last."""
    return [str(line["visitor"]) for line in audited(app) if line["outcome"] == "opened"][-1]


def test_a_page_outlives_a_restart(app: App) -> None:
    """Its cookie is good at the next server of this folder; the draft is the browser's."""
    cookie = cookie_from(app.url)
    app.stop()
    app.start()
    app.until_it_answers()
    with bare_page(app.url, cookie) as page:
        assert "Status: **idle**" in page.words
        assert "cookie" not in page.words


def test_passwords_are_guessed_slowly(app: App) -> None:
    """Each is on record, most are not looked at, and no new visitor helps; in the end the right one
    opens all the same."""
    before = len(audited(app))
    answers = list[str]()
    for guess in range(15):
        with bare_page(app.url, cookie_from(app.url)) as page:
            page.run(SESSIONS)
            page.press(SESSIONS, "Open", **{"Operator's password": f"guess {guess}"})
            assert "Nothing is live" not in page.words
            answers.append(page.words)
    # Not always the last one: a slow machine may have waited long enough by then.
    assert any("Too many wrong passwords were given" in words for words in answers)
    outcomes = [(line["event"], line["outcome"]) for line in audited(app)[before:]]
    assert 10 <= outcomes.count(("operator", "wrong password")) < 15
    assert ("refusal", "operator") in outcomes

    def opens() -> bool:
        with bare_page(app.url, cookie_from(app.url)) as page:
            page.run(SESSIONS)
            page.press(SESSIONS, "Open", **{"Operator's password": PASSWORD})
            return "Nothing is live" in page.words

    assert eventually(opens, within=30)


def addresses() -> list[str]:
    """Those of this machine that others can reach."""
    found = [a for each in psutil.net_if_addrs().values() for a in each]
    known = [a.address for a in found if a.family == socket.AF_INET]
    return [address for address in known if not address.startswith("127.")]


def test_the_operators_page_is_for_this_machine(live: dict[str, str]) -> None:
    """A server for a network, without a password: whatever the headers say, who does not sit at it
    sees no list; nor does who comes by a proxy on it, which is a peer of this machine."""
    command = (*STREAMLIT, "--server.address", "0.0.0.0")
    with running_app(command, **live) as app, ExitStack() as pages:
        local = f"http://localhost:{app.port}"

        def list_is_shown(url: str, **how: str) -> bool:
            page = pages.enter_context(bare_page(url, cookie_from(app.url), **how))
            page.run(SESSIONS)
            assert ("needs a password" in page.words) is not ("Nothing is live" in page.words)
            return "Nothing is live" in page.words

        assert list_is_shown(app.url)
        assert list_is_shown(local, at="127.0.0.1")
        for address in addresses():
            assert not list_is_shown(local, at=address)
            assert not list_is_shown(f"http://127.0.0.1:{app.port}", at=address)
            assert not list_is_shown(f"http://{address}:{app.port}")
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Server", "Via"):
            assert not list_is_shown(local, at="127.0.0.1", **{header: "127.0.0.1"})
        for address in addresses():
            told = {HERE_HEADER: "1", "X-Forwarded-For": "127.0.0.1"}
            assert not list_is_shown(local, at=address, **told)
