"""Canaries in place of our secrets: all that leaves the server process is searched for them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Response, WebSocket, expect

from server.kaltura_session import minted
from tests.support.app_process import ROOT, free_port, running_app
from tests.support.canaries import CANARIES, MADE, PARTNER_ID, going_live, leaks
from tests.support.redis_server import RedisServer, running_redis
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

JWT = re.compile(rb"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")

EVERYTHING_IS_LOGGED = """
import logging
logging.basicConfig(level=logging.DEBUG)
for name in ("httpx", "httpcore", "redis", "websockets"):
    logging.getLogger(name).setLevel(logging.DEBUG)
"""


class Wiretap:
    """Everything that comes to a page or goes from it."""

    def __init__(self, page: VisitorPage) -> None:
        self.heard: list[bytes] = []
        self._responses: list[Response] = []
        page.page.on("response", lambda response: self._responses.append(response))
        page.page.on("websocket", self._listen)
        page.page.on("console", lambda message: self.heard.append(message.text.encode()))
        self._page = page.page

    def _listen(self, socket: WebSocket) -> None:
        self.heard.append(socket.url.encode())
        for event in ("framesent", "framereceived"):
            socket.on(event, lambda frame: self.heard.append(_bytes(frame)))

    def all(self) -> Iterator[bytes]:
        """Frames, console, bodies, headers, addresses, the document and every kind of storage."""
        yield from self.heard
        for response in self._responses:
            yield response.url.encode()
            yield repr(response.all_headers()).encode()
            yield repr(response.request.all_headers()).encode()
            yield (response.request.post_data or "").encode()
            # Chromium keeps no body of a redirect, nor of the DELETE that outlives its page.
            kept = not 300 <= response.status < 400 and response.request.method != "DELETE"
            if kept and response.status != 204:
                yield response.body()
        yield self._page.content().encode()
        yield repr(self._page.context.storage_state(indexed_db=True)).encode()
        yield str(self._page.evaluate("JSON.stringify({...sessionStorage})")).encode()


def _bytes(frame: bytes | str) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def files_in(folder: Path) -> list[bytes]:
    """All that was written there."""
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("way", "how"), [("sdk", "given"), ("direct", "made")])
def test_no_secret_leaves_the_server(
    simulator: SimulatorProcess,
    visitor: VisitorPage,
    tmp_path: Path,
    way: str,
    how: Literal["given", "made"],
) -> None:
    """Not when all goes well and not in an error; in the direct way no token reaches the browser.

    The `sdk` way goes with a KS that is given and an SQLite ledger, the `direct` way with a KS that
    is made and a Redis that has a password and dies in the end.
    """
    secrets = [*CANARIES.values(), MADE, RedisServer.password]
    made = minted(PARTNER_ID, CANARIES["AVATAR_ADMIN_SECRET"], expires_at=1_800_000_000)
    ks = CANARIES["AVATAR_KS"] if how == "given" else made
    refusals = 1 if how == "given" else 2  # one that is made is renewed once
    (tmp_path / "sitecustomize.py").write_text(EVERYTHING_IS_LOGGED)
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis()) if way == "direct" else None
        app = stack.enter_context(
            running_app(
                **going_live(how),
                AVATAR_BASE_URL=simulator.base_url,
                AVATAR_DISPLAY=way,
                AVATAR_LEDGER_URL=redis.url if redis else "",
                AVATAR_AUDIT_LOG=str(tmp_path / "audit.log"),
                AVATAR_AUDIT_TEXT="1",
                STREAMLIT_LOGGER_LEVEL="debug",
                PYTHONPATH=str(tmp_path),
            )
        )
        tap = Wiretap(visitor)
        visitor.open(app.url)
        echo = {"X-Credential": ks}
        simulator.ask_mood(
            call="create", status=401, body=f"Invalid KS {ks}.", headers=echo, times=refusals
        )
        visitor.start.click()
        visitor.until_phase("error")
        simulator.ask_mood(call="say-text", status=500, body=f"KS {ks}")
        visitor.start.click()
        visitor.until_turn("I am your avatar assistant", "failed")
        visitor.say("Hello.")
        visitor.until_turn("Hello.", "spoken")
        ledger = [redis.texts().encode()] if redis else files_in(app.folder / "talking-avatar")
        visitor.end.click()
        visitor.until_phase("idle")
        if redis:
            redis.stop()
            visitor.start.click()
            expect(visitor.alerts).to_contain_text("AVATAR_LEDGER_URL")
        browsers = list(tap.all())
        logged = files_in(app.folder) + files_in(tmp_path)
        logs = [app.printed().encode(), *files_in(tmp_path)]
    assert any(b"I am your avatar assistant" in piece for piece in browsers)
    assert any(b"DEBUG:asyncio" in piece for piece in logged)
    assert any(b"duration" in piece for piece in logged)
    for secret in secrets:
        found = leaks(secret, [*browsers, *ledger, *logged])
        assert not found, "\n".join(found)
    (token,) = {token.decode() for piece in ledger for token in JWT.findall(piece)}
    found = leaks(token, browsers)
    assert bool(found) == (way == "sdk"), "\n".join(found)
    found = leaks(token, logs)
    assert not found, "\n".join(found)


def test_an_exception_in_the_page_stays_on_the_server(visitor: VisitorPage, tmp_path: Path) -> None:
    """With our configuration the browser learns that something went wrong, and nothing else."""
    canary = CANARIES["AVATAR_KS"]
    shutil.copytree(ROOT / ".streamlit", tmp_path / ".streamlit")
    (tmp_path / "page.py").write_text(f"raise RuntimeError({canary!r})")
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "page.py", f"--server.port={port}"],
            cwd=tmp_path,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        eventually(lambda: b"URL:" in (tmp_path / "log").read_bytes(), within=30)
        tap = Wiretap(visitor)
        visitor.page.goto(f"http://127.0.0.1:{port}")
        expect(visitor.alerts).to_be_visible()
        everything = list(tap.all())
    finally:
        process.terminate()
        process.wait()
    found = [leak for word in (canary, "RuntimeError") for leak in leaks(word, everything)]
    assert not found, "\n".join(found)
    assert leaks(canary, [(tmp_path / "log").read_bytes()])
