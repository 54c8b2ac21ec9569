"""A KS and a token stay where they are: canaries are planted and all that comes out is searched."""

from __future__ import annotations

import asyncio
import base64
import copy
import html
import json
import logging
import pickle
import threading
import traceback
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from avatar_client import (
    AsyncAvatarClient,
    AvatarClient,
    AvatarError,
    Media,
    Secret,
    ServiceUnreachable,
    Session,
    TurnServer,
    fit_to_show,
)
from tests.support.client_doors import BASE_URL, CALLS, Service, Verb, awaitable, calls_of

# Long ones as they come, and short ones that look like words.
CANARIES = ["djJ8MTIzNHxDQU5BUlktS1M/c2VjcmV0+w==", "canary.in-a_mine", "Canary7"]

Escaping = Callable[[str], str]
ESCAPINGS: dict[str, Escaping] = {
    "plain": lambda s: s,
    "quoted": lambda s: urllib.parse.quote(s, safe=""),
    "quoted twice": lambda s: urllib.parse.quote(urllib.parse.quote(s, safe=""), safe=""),
    "percent": lambda s: "".join(f"%{ord(c):02x}" for c in s),
    "base64": lambda s: base64.b64encode(s.encode()).decode(),
    "base64 with its scheme": lambda s: base64.b64encode(f"KS {s}".encode()).decode(),
    "base64 after one byte": lambda s: base64.b64encode(f"x{s}".encode()).decode(),
    "base64 for urls": lambda s: base64.urlsafe_b64encode(s.encode()).decode().rstrip("="),
    "base64 in a URL": lambda s: urllib.parse.quote(base64.b64encode(s.encode()), safe=""),
    "hex": lambda s: s.encode().hex(),
    "HEX": lambda s: s.encode().hex().upper(),
    "json": json.dumps,
    "\\u": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "\\x": lambda s: "".join(f"\\x{ord(c):02x}" for c in s),
    "entities": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "hex entities": lambda s: "".join(f"&#x{ord(c):x};" for c in s),
    "html": lambda s: html.escape(s).replace("a", "<b>a</b>"),
    "two lines": lambda s: f"{s[: len(s) // 2]}\n{s[len(s) // 2 :]}",
}
SHOWN: list[Escaping] = [
    lambda escaped: escaped,
    lambda escaped: json.dumps({"success": False, "error": f"Invalid: {escaped}, sorry."}),
    lambda escaped: json.dumps({"message": [escaped], "detail": [{"loc": [escaped], "msg": "a"}]}),
    lambda escaped: f"<p>Invalid header <code>{escaped}</code></p>",
    lambda escaped: f"{'words ' * 32}{escaped}",  # cut in two by the limit of the line
    lambda escaped: f"{'<br>' * 2490}{escaped}",  # and by the limit of what is read
]

each_canary = pytest.mark.parametrize("canary", CANARIES)
each_escaping = pytest.mark.parametrize("escape", ESCAPINGS.values(), ids=ESCAPINGS)


def leaks(canary: str, text: str) -> list[str]:
    """The escapings of `canary`, or of most of it, that are in `text`."""
    most = canary[:14]
    return [name for name, escape in ESCAPINGS.items() if escape(most).strip('"=') in text]


def failure(make: Callable[[], object]) -> BaseException:
    """The error that `make` raises, fresh: not raised while another one is being handled."""
    with pytest.raises((AvatarError, ValueError)) as caught:
        make()
    return caught.value


def all_there_is_of(error: BaseException) -> str:
    """What a log, a crash reporter or a curious reader can get out of an error.

    The frames of the tests know the canary, so only those of the client and below are searched.
    """
    assert error.__cause__ is None
    assert error.__context__ is None
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [f"{f.line} {f.locals}" for f in report.stack if "/tests/" not in f.filename]
    return "\n".join(
        [str(error), repr(error), repr(vars(error)), repr(pickle.dumps(error)), *frames]
    )


@each_canary
@each_escaping
@pytest.mark.parametrize("wrap", SHOWN)
def test_answer_that_repeats_the_credential(canary: str, wrap: Escaping, escape: Escaping) -> None:
    """In no usual spelling does a service's answer carry a credential into an error."""
    calls = calls_of(Session("session-1", canary))
    for status in (200, 400, 401, 503):
        service = Service(httpx.Response(status, content=wrap(escape(canary)).encode()))
        for error in awaitable(service, calls["create"], calls["say-text"], ks=canary):
            assert isinstance(error, AvatarError)
            assert not leaks(canary, f"{error} {vars(error)}")


@each_canary
@each_escaping
def test_remark_that_repeats_the_credential(canary: str, escape: Escaping) -> None:
    """A warning and a catalog's words go to people, so they carry no credential either."""
    words = escape(canary)
    item = {"itemId": "1", "attributes": {"visual": {"name": words, "description": words}}}
    service = Service({"success": True, "warning": words, "objects": [item]})
    calls = calls_of(Session("session-1", canary))
    for value in awaitable(service, calls["say-text"], calls["catalog"], ks=canary):
        assert not isinstance(value, AvatarError)
        assert not leaks(canary, repr(value))


@each_canary
@each_escaping
def test_nothing_but_the_credential_is_taken_out(canary: str, escape: Escaping) -> None:
    """What stands before and after it is shown."""
    shown = fit_to_show(f"Avatar 68b5a1f3, KS: {escape(canary)}: not good", canary) or ""
    assert shown.startswith("Avatar 68b5a1f3, KS: ")
    assert "…" in shown
    assert shown.endswith(": not good")


@pytest.mark.parametrize(
    "canary",
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl", "a-token/that_is-no+jwt"],
)
def test_token_of_a_failed_create(canary: str) -> None:
    """A create that fails halfway does not show the token that it got."""
    for body in (
        {"success": True, "token": canary},
        {"success": True, "sessionId": canary + "/", "token": canary},
        {"success": True, "sessionId": "1", "token": canary + "\n"},
        {"success": False, "error": f"No room for {canary}", "token": canary},
        *([[canary], canary] if canary.startswith("eyJ") else []),
    ):
        (error,) = awaitable(Service(httpx.Response(200, json=body)), CALLS["create"])
        assert isinstance(error, AvatarError)
        assert not leaks(canary, f"{error} {vars(error)}")


@each_canary
def test_values_that_hold_a_credential(canary: str) -> None:
    """Nothing that holds a credential shows it, by itself, as a dict, or inside something else; and
    nothing of it can be pickled by mistake."""
    session = Session("session-1", canary)
    media = Media("https://example.com/whep", TurnServer("turn.example", "user", canary))
    door = AsyncAvatarClient(canary, BASE_URL)
    with AvatarClient(canary, BASE_URL) as client:
        holders: list[object] = [
            Secret(canary), session, media, client, vars(client), door, vars(door),
            asdict(session), asdict(media), copy.deepcopy(session),
        ]  # fmt: skip
        for holder in holders:
            assert not leaks(canary, f"{holder!r} {[holder]}")
        for holder in (session, media, client, door):
            with pytest.raises(TypeError, match="not pickled"):
                pickle.dumps(holder)
    again = copy.deepcopy(session)
    assert (again, f"{again.token}", json.dumps(again.token)) == (session, canary, f'"{canary}"')


@pytest.mark.parametrize("ks", ["canary\nKS", "canary KS", "canary-é", "canary\x00"])
def test_ks_that_is_refused(ks: str) -> None:
    """A credential that can't be sent is refused without being shown."""
    for make in (lambda: AsyncAvatarClient(ks), lambda: Session("session-1", ks)):
        error = failure(make)
        assert "canary" not in f"{error} {error!r}"


class Echo(BaseHTTPRequestHandler):
    """Answers with the credential in the reason, in a header, in a cookie and in the body."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer 503, and for end a redirect to an address that has the credential in it."""
        self.rfile.read(int(self.headers["Content-Length"]))
        credential = self.headers["Authorization"]
        body = json.dumps({"error": credential}).encode()
        self.send_response(302 if self.path.endswith("/end") else 503, credential)
        self.send_header("X-Echo", credential)
        self.send_header("Set-Cookie", f"ks={credential}")
        self.send_header("Location", f"/?ks={credential.split()[1]}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: pytest's output is not the place."""


@pytest.fixture
def echo() -> Iterator[str]:
    """The base URL of a service that repeats the credential wherever it can."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@each_canary
def test_over_a_real_network(canary: str, echo: str, caplog: pytest.LogCaptureFixture) -> None:
    """With everything logged, over a real connection, no error, frame or log has the credential."""
    caplog.set_level(logging.DEBUG)

    async def ask(call: Verb) -> None:
        async with AsyncAvatarClient(canary, echo, pauses=()) as client:
            await call(client)

    with AvatarClient(canary, echo, pauses=()) as client:
        for call in calls_of(Session("session-1", canary)).values():
            for attempt in (
                lambda call=call: call(client),
                lambda call=call: asyncio.run(ask(call)),
            ):
                assert not leaks(canary, all_there_is_of(failure(attempt)))
    assert "httpcore" in {record.name.split(".")[0] for record in caplog.records}
    assert not leaks(canary, caplog.text)
    assert not leaks(canary, repr([vars(record) for record in caplog.records]))


@each_canary
@pytest.mark.parametrize(
    "problem",
    [httpx.LocalProtocolError, httpx.RemoteProtocolError, httpx.ReadTimeout, httpx.ConnectError],
)
def test_error_of_the_library_below(canary: str, problem: type[httpx.TransportError]) -> None:
    """What httpx says and holds, the headers with it, does not come along with our error."""
    transport = httpx.MockTransport(Service(problem(f"Illegal header value b'KS {canary}'")))
    with AvatarClient(canary, BASE_URL, pauses=(), transport=transport) as client:
        error = failure(lambda: client.create("ava"))
    assert type(error) is ServiceUnreachable
    assert not leaks(canary, all_there_is_of(error))
