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
from typing import Any

import httpx
import pytest

import avatar_client
from avatar_client import (
    Answer,
    Api,
    AsyncAvatarClient,
    AvatarClient,
    AvatarError,
    Call,
    Media,
    Secret,
    Session,
    TurnServer,
    judge,
)

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
    "base32": lambda s: base64.b32encode(s.encode()).decode(),
    "base85": lambda s: base64.b85encode(s.encode()).decode(),
    "hex": lambda s: s.encode().hex(),
    "HEX": lambda s: s.encode().hex().upper(),
    "json": json.dumps,
    "\\u": lambda s: "".join(f"\\u{ord(c):04x}" for c in s),
    "\\x": lambda s: "".join(f"\\x{ord(c):02x}" for c in s),
    "octal": lambda s: "".join(f"\\{ord(c):03o}" for c in s),
    "entities": lambda s: "".join(f"&#{ord(c)};" for c in s),
    "hex entities": lambda s: "".join(f"&#x{ord(c):x};" for c in s),
    "html": lambda s: html.escape(s.replace("a", "<b>a</b>")),
    "repr": lambda s: repr(s.encode()),
}
SHOWN: list[Escaping] = [
    lambda escaped: escaped,
    lambda escaped: json.dumps({"success": False, "error": f"Invalid: {escaped}, sorry."}),
    lambda escaped: f"<p>Invalid header <code>{escaped}</code></p>",
    lambda escaped: f"{'words ' * 32}{escaped}",  # cut in two by the limit of the line
]

NOWHERE = httpx.MockTransport(lambda _: httpx.Response(404))

each_canary = pytest.mark.parametrize("canary", CANARIES)


def leaks(canary: str, text: str) -> list[str]:
    """The escapings of `canary` that are in `text`."""
    return [name for name, escape in ESCAPINGS.items() if escape(canary) in text]


def all_there_is_of(error: BaseException) -> str:
    """What a log, a crash reporter or a curious reader can get out of an error.

    The frames of this file know the canary, so only those of the client and below are searched.
    """
    assert error.__cause__ is None
    assert error.__context__ is None
    report = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [
        f"{frame.line} {frame.locals}" for frame in report.stack if frame.filename != __file__
    ]
    return "\n".join(
        [str(error), repr(error), repr(vars(error)), repr(pickle.dumps(error)), *frames]
    )


def failure(make: Callable[[], object]) -> BaseException:
    """The error that `make` raises, fresh: not raised while another one is being handled."""
    with pytest.raises((AvatarError, ValueError)) as caught:
        make()
    return caught.value


@each_canary
@pytest.mark.parametrize("wrap", SHOWN)
@pytest.mark.parametrize("escape", ESCAPINGS.values(), ids=ESCAPINGS)
def test_answer_that_repeats_the_credential(canary: str, wrap: Escaping, escape: Escaping) -> None:
    """In no escaping does a service's answer carry a credential into an error."""
    api, session = Api(canary, "https://example.com"), Session("session-1", canary)
    body = wrap(escape(canary)).encode()
    calls: tuple[Call[Any], ...] = (
        api.create("ava"),
        api.catalog("Voice"),
        api.say_text(session, "Hello!"),
    )
    for call in calls:
        for status in (200, 302, 400, 401, 404, 429, 503):
            outcome = judge(call, httpx.Response(status, content=body))
            assert isinstance(outcome, AvatarError)
            assert not leaks(canary, f"{outcome} {vars(outcome)}")


@each_canary
@pytest.mark.parametrize("escape", ESCAPINGS.values(), ids=ESCAPINGS)
def test_remark_that_repeats_the_credential(canary: str, escape: Escaping) -> None:
    """A warning and a catalog's words go to people, so they carry no credential either."""
    api, session = Api(canary, "https://example.com"), Session("session-1", canary)
    words = escape(canary)
    warned = httpx.Response(200, json={"success": True, "warning": words})
    about = {"name": words, "description": words, "language": words}
    item = {"itemId": "1", "attributes": {"voice": about}}
    listed = httpx.Response(200, json={"objects": [item]})
    for outcome in (
        judge(api.say_text(session, "Hello!"), warned),
        judge(api.catalog("Voice"), listed),
    ):
        assert not isinstance(outcome, AvatarError)
        assert not leaks(canary, repr(outcome))


def test_token_of_a_failed_create() -> None:
    """A create that fails halfway does not show the token that it got."""
    canary = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl"
    call = Api("a-ks", "https://example.com").create("ava")
    for body in (
        {"success": True, "token": canary},
        {"success": True, "sessionId": canary + "/", "token": canary},
        {"success": True, "sessionId": "1", "token": canary + "\n"},
        {"success": False, "error": f"No room for {canary}", "token": canary},
        [canary],
        canary,
    ):
        outcome = judge(call, httpx.Response(200, json=body))
        assert isinstance(outcome, AvatarError)
        assert not leaks(canary, f"{outcome} {vars(outcome)}")


@each_canary
def test_values_that_hold_a_credential(canary: str) -> None:
    """Nothing that holds a credential shows it, by itself, as a dict, or inside something else."""
    api, session = Api(canary, "https://example.com"), Session("session-1", canary)
    media = Media("https://example.com/whep", TurnServer("turn.example", "user", canary))
    client = AvatarClient(canary, "https://example.com", transport=NOWHERE)
    holders: list[object] = [
        Secret(canary), session, media, Answer({"token": canary}, canary),
        api, client, AsyncAvatarClient(canary, "https://example.com"),
        api.create("ava"), vars(api.create("ava").request), api.end(session),
        vars(api), vars(client), asdict(session), asdict(media), copy.deepcopy(session),
    ]  # fmt: skip
    for holder in holders:
        assert not leaks(canary, f"{holder!r} {[holder]}")


@each_canary
def test_no_pickle_holds_a_credential(canary: str) -> None:
    """A value with a credential can't be pickled by mistake, by itself or inside another."""
    turn_server = TurnServer("turn.example", "user", canary)
    for holder in (
        Session("session-1", canary),
        Media("https://example.com/whep", turn_server),
        Api(canary, "https://example.com"),
        AvatarClient(canary, "https://example.com", transport=NOWHERE),
    ):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(holder)


def test_credential_is_the_text_it_is() -> None:
    """Whoever needs a token for its purpose has it: as a text, in JSON, in a copy."""
    session = copy.deepcopy(Session("session-1", "a.token"))
    assert session == Session("session-1", "a.token")
    assert f"{session.token}" == "a.token"
    assert json.dumps({"token": session.token}) == '{"token": "a.token"}'


@pytest.mark.parametrize("ks", ["canary\nKS", "canary KS", "canary-é", "canary\x00"])
def test_ks_that_is_refused(ks: str) -> None:
    """A KS that can't be sent is refused without being shown."""
    error = failure(lambda: Api(ks, "https://example.com"))
    assert "canary" not in f"{error} {error!r}"
    error = failure(lambda: Session("session-1", ks))
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


async def at_once(_: float) -> None:
    """Pause for no time."""


@each_canary
def test_over_a_real_network(canary: str, echo: str, caplog: pytest.LogCaptureFixture) -> None:
    """With everything logged, over a real connection, no error, frame or log has the credential."""
    caplog.set_level(logging.DEBUG)
    session = Session("session-1", canary)

    async def ask(verb: str, *args: object) -> None:
        async with AsyncAvatarClient(canary, echo, sleep=at_once) as client:
            await getattr(client, verb)(*args)

    with AvatarClient(canary, echo, sleep=lambda _: None) as client:
        for verb, args in (
            ("create", ("ava",)),
            ("say_text", (session, "Hello!")),
            ("keep_alive", (session,)),
            ("end", (session,)),
        ):
            for attempt in (
                lambda verb=verb, args=args: getattr(client, verb)(*args),
                lambda verb=verb, args=args: asyncio.run(ask(verb, *args)),
            ):
                assert not leaks(canary, all_there_is_of(failure(attempt)))
    assert not leaks(canary, caplog.text)
    assert not leaks(canary, repr([vars(record) for record in caplog.records]))


@each_canary
@pytest.mark.parametrize(
    "problem",
    [httpx.LocalProtocolError, httpx.RemoteProtocolError, httpx.ReadTimeout, httpx.ConnectError],
)
def test_error_of_the_library_below(canary: str, problem: type[httpx.TransportError]) -> None:
    """What httpx says and holds, the headers with it, does not come along with our error."""

    def fail(request: httpx.Request) -> httpx.Response:
        raise problem(f"Illegal header value b'KS {canary}'", request=request)

    client = AvatarClient(
        canary,
        "https://example.com",
        transport=httpx.MockTransport(fail),
        sleep=lambda _: None,
    )
    error = failure(lambda: client.create("ava"))
    assert type(error) is avatar_client.ServiceUnreachable
    assert not leaks(canary, all_there_is_of(error))
