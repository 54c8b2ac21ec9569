"""The server stops, in every way there is: what it had is ended, by it or by its next start."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import streamlit
from playwright.sync_api import expect
from websockets.sync.client import connect

from tests.journeys.leftovers.service import Service
from tests.support.app_process import MAKE, STREAMLIT, UVICORN, App, running_app
from tests.support.simulator_process import eventually, running_simulator
from tests.support.visitor_page import VisitorPage


@contextmanager
def hanging(app: App) -> Iterator[None]:
    """Everything a client can leave a server waiting for."""
    scripts = Path(streamlit.__file__).with_name("static").glob("static/js/*.js")
    largest = max(scripts, key=lambda script: script.stat().st_size)
    requests = (
        b"",
        b"GET /health HTTP/1.1\r\nHost: a-",
        b"POST /health HTTP/1.1\r\nHost: a-test\r\nContent-Length: 100\r\n\r\nhalf of",
        f"GET /static/js/{largest.name} HTTP/1.1\r\nHost: a-test\r\n\r\n".encode(),
    )
    with ExitStack() as stack:
        stack.enter_context(connect(f"ws://127.0.0.1:{app.port}/_stcore/stream"))
        for request in requests:
            line = stack.enter_context(socket.socket())
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            line.connect(("127.0.0.1", app.port))
            line.sendall(request)
        assert line.recv(15) == b"HTTP/1.1 200 OK"  # and takes nothing more
        yield


@pytest.mark.parametrize(
    ("command", "how"),
    [
        pytest.param(MAKE, signal.SIGINT, id="make-2"),
        pytest.param(STREAMLIT, signal.SIGTERM, id="streamlit-15"),
        pytest.param(UVICORN, signal.SIGTERM, id="uvicorn-15"),
        pytest.param(MAKE, signal.SIGTERM, id="make-15", marks=pytest.mark.soak),
        pytest.param(STREAMLIT, signal.SIGINT, id="streamlit-2", marks=pytest.mark.soak),
        pytest.param(UVICORN, signal.SIGINT, id="uvicorn-2", marks=pytest.mark.soak),
    ],
)
def test_it_is_told_to_stop(
    service: Service, visitor: VisitorPage, command: tuple[str, ...], how: signal.Signals
) -> None:
    """It ends what is live before it goes, whatever it is still connected to."""
    live = {"AVATAR_KS": "a-test", "AVATAR_BASE_URL": service.simulator.base_url}
    with running_app(command, **live) as app:
        visitor.open(app.url).start.click()
        visitor.until_live()
        with hanging(app):
            app.stop(how)
        assert service.the_session()["endedBy"] == "end"
        assert "Traceback" not in app.printed()


@pytest.mark.soak  # tests/journeys/test_troubles_browser.py sees the same in `make test`
def test_sigkill_and_restart(service: Service, visitor: VisitorPage) -> None:
    """The next start ends what is left within 5 s, and the open page works again by itself."""
    with running_app(AVATAR_KS="a-test", AVATAR_BASE_URL=service.simulator.base_url) as app:
        visitor.open(app.url).start.click()
        visitor.until_live()
        app.kill()
        assert service.live()
        app.start()
        app.until_it_answers()
        service.until_nothing_is_live(within=5)
        visitor.until_phase("idle", within=40)
        visitor.start.click()
        visitor.until_live()
        visitor.end.click()
        visitor.until_phase("idle")
        assert "Traceback" not in app.printed()


def test_sigkill_in_the_middle_of_create(visitor: VisitorPage) -> None:
    """Nobody knows the session that came of it: the operator is told that there may be one."""
    with (
        running_simulator("--idle-timeout", "2") as simulator,
        running_app(AVATAR_KS="a-test", AVATAR_BASE_URL=simulator.base_url) as app,
    ):
        simulator.ask_mood(call="create", delay=1.0)
        visitor.open(app.url).start.click()
        eventually(lambda: not simulator.moods())
        app.kill()
        app.start()
        eventually(simulator.sessions)
        app.until_it_answers()
        visitor.page.goto(f"{app.url}/sessions")
        unknown = visitor.page.get_by_text("The answer to create was lost")
        refresh = visitor.page.get_by_role("button", name="Refresh")
        refresh.click()
        expect(unknown).to_be_visible()
        visitor.page.get_by_role("button", name="Forget").click()
        expect(unknown).to_have_count(0)
        eventually(lambda: [s["endedBy"] for s in simulator.sessions()] == ["timeout"])
