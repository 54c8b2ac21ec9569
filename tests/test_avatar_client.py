"""The client's decisions as tables, its wire form through both doors, and its bad days."""

from __future__ import annotations

import asyncio
import doctest
import email
import inspect
import json
import math
import pickle
import re
import socket
import struct
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError
from typing import Any

import httpx
import pytest

import avatar_client
from avatar_client import (
    DEFAULT_BASE_URL,
    Api,
    AsyncAvatarClient,
    AvatarClient,
    AvatarError,
    CatalogItem,
    CredentialRefused,
    LimitReached,
    Media,
    RequestRefused,
    Said,
    ServiceFailed,
    ServiceUnreachable,
    Session,
    SessionGone,
    TurnServer,
    checked_base_url,
    checked_ks,
    fit_to_show,
    judge,
    next_try,
    unanswered,
)

BASE_URL = "http://127.0.0.1:8600/v1/avatar-session"
SESSION = Session("session-1", "a.token")
API = Api("a-ks", BASE_URL)
CALLS = {
    call.name: call
    for call in (
        API.create("ava"),
        API.catalog("Visual"),
        API.init_client(SESSION),
        API.say_text(SESSION, "Hello!"),
        API.say_audio(SESSION, b"mp3", duration=1.0),
        API.interrupt(SESSION),
        API.keep_alive(SESSION),
        API.end(SESSION),
    )
}
HARMLESS = {"catalog", "interrupt", "keep-alive", "end"}
OK: dict[str, object] = {"success": True}
OPENED = OK | {"sessionId": "session-1", "token": "a.token"}
MEDIA = OK | {"whepUrl": "https://media.example/whep/1", "turn": None}
ANSWERS: dict[str, dict[str, object]] = dict.fromkeys(CALLS, OK) | {
    "create": OPENED,
    "init-client": MEDIA,
    "catalog": {"objects": []},
}

each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


class Service:
    """Stands where the network would: answers in turn, the last one for ever, and remembers."""

    def __init__(self, *answers: httpx.Response | Exception | object) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.pauses: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer `request`."""
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        return httpx.Response(200, json=answer)


Ask = Callable[..., Any]


def ask_blocking(service: Service, verb: str, *args: Any, **kwargs: Any) -> Any:
    """What a method of `AvatarClient` returns."""
    transport = httpx.MockTransport(service)
    with AvatarClient("a-ks", BASE_URL, transport=transport, sleep=service.pauses.append) as client:
        return getattr(client, verb)(*args, **kwargs)


def ask_awaitable(service: Service, verb: str, *args: Any, **kwargs: Any) -> Any:
    """What a method of `AsyncAvatarClient` returns."""

    async def pause(seconds: float) -> None:
        service.pauses.append(seconds)

    async def ask() -> Any:
        transport = httpx.MockTransport(service)
        async with AsyncAvatarClient("a-ks", BASE_URL, transport=transport, sleep=pause) as client:
            return await getattr(client, verb)(*args, **kwargs)

    return asyncio.run(ask())


@pytest.fixture(params=[ask_blocking, ask_awaitable], ids=["AvatarClient", "AsyncAvatarClient"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Call a method of either door against a `Service`."""
    door: Ask = request.param
    return door


def answer(status: int, body: object = None, **headers: str) -> httpx.Response:
    """An answer with a text, or with JSON, as its body."""
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=names, content=content)


def raised(call: avatar_client.Call[Any], response: httpx.Response) -> AvatarError:
    """The error that an answer means."""
    outcome = judge(call, response)
    assert isinstance(outcome, AvatarError)
    return outcome


# The wire, through both doors

CATALOG = {
    "objects": [
        {
            "itemId": "ava",
            "imageUrl": "https://cdn.example/a-long-path-to-a-picture/0123456789abcdef.png",
            "attributes": {"visual": {"name": "Ava"}},
        },
        {"itemId": "leo", "imageUrl": "/etc/passwd"},
    ],
    "totalCount": 2,
}
VOICES = {
    "objects": [
        {
            "itemId": "eself-7",
            "attributes": {
                "voice": {"name": "Warm", "description": "Calm.", "language": "English"}
            },
        }
    ]
}
TURN = {"url": "turn.example", "username": "user", "credential": "secret"}
WIRE: list[tuple[str, tuple[Any, ...], dict[str, Any], str, object, object, object]] = [
    # method, arguments, options, path, body sent, answer, value
    (
        "create", ("ava",), {}, "/v1/avatar-session/create",
        {"visualConfig": {"id": "ava"}},
        OPENED, SESSION,
    ),
    (
        "create", ("ava",), {"voice_id": "eself-7", "speed": 1.1},
        "/v1/avatar-session/create",
        {"visualConfig": {"id": "ava"}, "voiceConfig": {"id": "eself-7", "speed": 1.1}},
        OPENED, SESSION,
    ),
    (
        "init_client", (SESSION,), {}, "/v1/avatar-session/session-1/init-client", {},
        MEDIA, Media("https://media.example/whep/1", None),
    ),
    (
        "init_client", (SESSION,), {}, "/v1/avatar-session/session-1/init-client", {},
        MEDIA | {"turn": {"url": "", "username": "", "credential": ""}},
        Media("https://media.example/whep/1", None),
    ),
    (
        "init_client", (SESSION,), {}, "/v1/avatar-session/session-1/init-client", {},
        MEDIA | {"whepUrl": "http://127.0.0.1:1/whep/1?token=x", "turn": TURN},
        Media("http://127.0.0.1:1/whep/1?token=x", TurnServer("turn.example", "user", "secret")),
    ),
    (
        "say_text", (SESSION, " Hello\x00,\r\nyou \ud800"), {"turn_id": "turn-1"},
        "/v1/avatar-session/session-1/say-text",
        {"text": " Hello,\nyou ", "turnId": "turn-1", "isFinal": True},
        OK, Said("turn-1", None),
    ),
    (
        "say_text", (SESSION, "שלום 👋🏽"), {"turn_id": "turn-1", "is_final": False},
        "/v1/avatar-session/session-1/say-text",
        {"text": "שלום 👋🏽", "turnId": "turn-1", "isFinal": False},
        OK | {"warning": "No sound for this text."}, Said("turn-1", "No sound for this text."),
    ),
    ("interrupt", (SESSION,), {}, "/v1/avatar-session/session-1/interrupt", {}, OK, None),
    ("keep_alive", (SESSION,), {}, "/v1/avatar-session/session-1/keep-alive", {}, OK, None),
    ("end", (SESSION,), {}, "/v1/avatar-session/session-1/end", {}, OK, None),
    (
        "catalog", ("Visual",), {}, "/v1/catalog-item/list",
        {"filter": {"typeEqual": "Visual"}, "pager": {"offset": 0, "limit": 100}},
        CATALOG,
        (CatalogItem("ava", "Ava", CATALOG["objects"][0]["imageUrl"]), CatalogItem("leo", "leo")),  # type: ignore[index]
    ),
    (
        "catalog", ("Voice",), {"offset": 100, "limit": 5}, "/v1/catalog-item/list",
        {"filter": {"typeEqual": "Voice"}, "pager": {"offset": 100, "limit": 5}},
        VOICES, (CatalogItem("eself-7", "Warm", None, "Calm.", "English"),),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("verb", "args", "options", "path", "sent", "back", "value"), WIRE)
def test_wire(
    ask: Ask,
    verb: str,
    args: tuple[Any, ...],
    options: dict[str, Any],
    path: str,
    sent: object,
    back: object,
    value: object,
) -> None:
    """A call is a POST in the documented form, and its answer becomes a typed value."""
    service = Service(back)
    assert ask(service, verb, *args, **options) == value
    [request] = service.requests
    assert (request.method, str(request.url)) == ("POST", f"http://127.0.0.1:8600{path}")
    credential = "KS a-ks" if verb in ("create", "catalog") else "Bearer a.token"
    assert request.headers["Authorization"] == credential
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.content) == sent


def test_say_audio_on_the_wire(ask: Ask) -> None:
    """say-audio is a form with the turn's id, its seconds and the file."""
    service = Service(OK)
    said = ask(service, "say_audio", SESSION, b"\x00\xffmp3", duration=1.25, turn_id="turn-1")
    assert said == Said("turn-1", None)
    [request] = service.requests
    assert request.url.path == "/v1/avatar-session/session-1/say-audio"
    head = f"Content-Type: {request.headers['Content-Type']}\n\n".encode()
    form = {
        str(part.get_param("name", header="Content-Disposition")): part
        for part in email.message_from_bytes(head + request.content).walk()
        if not part.is_multipart()
    }
    assert {name: part.get_payload(decode=True) for name, part in form.items()} == {
        "turnId": b"turn-1",
        "duration": b"1.250",
        "audio": b"\x00\xffmp3",
    }
    assert form["audio"].get_content_type() == "audio/mpeg"
    assert form["audio"].get_filename()


def test_turn_id_is_made(ask: Ask) -> None:
    """A turn that is not named gets a random UUID, which the reply tells."""
    for verb, args, options in (
        ("say_text", ("Hello!",), {}),
        ("say_audio", (b"mp3",), {"duration": 1.0}),
    ):
        assert uuid.UUID(ask(Service(OK), verb, SESSION, *args, **options).turn_id).version == 4


def test_session_id_is_quoted() -> None:
    """Whatever a session id may contain stays one part of the path."""
    request = API.end(Session("a:b=@c", "a.token")).request
    assert request.url.raw_path == b"/v1/avatar-session/a%3Ab%3D%40c/end"


def test_every_call_has_timeouts() -> None:
    """Every call waits 5 s for a connection and 15 s for an answer; create waits 30 s for it."""
    for name, call in CALLS.items():
        answer_within = 30.0 if name == "create" else 15.0
        assert call.request.extensions["timeout"] == {
            "connect": 5.0,
            "read": answer_within,
            "write": answer_within,
            "pool": answer_within,
        }


def test_doors_are_twins() -> None:
    """Both doors have every call of the core, with its options and its documentation."""
    verbs = [name for name, _ in inspect.getmembers(Api, inspect.isfunction) if name[0] != "_"]
    assert len(verbs) == len(CALLS)
    for verb in verbs:
        core = getattr(Api, verb)
        for door in (AvatarClient, AsyncAvatarClient):
            method = getattr(door, verb)
            assert (inspect.signature(method), method.__doc__) == (
                inspect.signature(core),
                core.__doc__,
            )
    assert list(inspect.signature(AvatarClient).parameters) == list(
        inspect.signature(AsyncAvatarClient).parameters
    )


# What an answer means

STATUSES: list[tuple[int, type[AvatarError], str, str]] = [
    # status, error, whose fault, the service's words
    (301, ServiceFailed, "theirs", "Moved"),
    (400, RequestRefused, "ours", "Text is required"),
    (401, CredentialRefused, "ours", "Invalid Kaltura Session"),
    (401, CredentialRefused, "ours", "Invalid or expired token"),
    (403, CredentialRefused, "ours", "Kaltura Session not authorized"),
    (404, SessionGone, "ours", "Session not found"),
    (405, RequestRefused, "ours", "Method not allowed"),
    (410, SessionGone, "ours", "Session ended"),
    (413, RequestRefused, "ours", "The audio is too long"),
    (415, RequestRefused, "ours", "audio/flac is not supported"),
    (422, RequestRefused, "ours", "turnId must be a string"),
    (429, LimitReached, "limit", "Too many sessions"),
    (500, ServiceFailed, "theirs", "Internal error"),
    (502, ServiceFailed, "theirs", "Bad gateway"),
    (503, ServiceFailed, "theirs", "Service temporarily unavailable"),
    (504, ServiceFailed, "theirs", "Upstream timed out"),
]
FORMS: dict[str, Callable[[str], object]] = {
    "the documented object": lambda words: {"success": False, "error": words},
    "a JSON string": lambda words: json.dumps(words),
    "plain text": lambda words: words,
}


@each_call
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(("status", "kind", "fault", "words"), STATUSES)
def test_statuses(
    call: avatar_client.Call[Any],
    status: int,
    kind: type[AvatarError],
    fault: str,
    words: str,
    form: Callable[[str], object],
) -> None:
    """Every status on every call says whose fault it is, with the service's words."""
    outcome = judge(call, answer(status, form(words), Retry_After="7"))
    if status in (404, 410) and call.name == "end":
        assert outcome is None
        return
    if status in (404, 410) and call.name in ("create", "catalog"):
        kind = RequestRefused
    assert type(outcome) is kind
    assert isinstance(outcome, AvatarError)
    assert (outcome.call, outcome.status, outcome.error) == (call.name, status, words)
    assert (outcome.fault, outcome.sent, outcome.retry_after) == (fault, "yes", 7.0)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", None),
        ("{}", None),
        ('{"error": {"code": 7}}', None),
        ("<html><head><title>502 Bad Gateway</title></head></html>", "an HTML page"),
        ("\n<!doctype html><p>Sorry", "an HTML page"),
        ("<Error><Code>Denied</Code></Error>", "Denied"),
        ("\xff\xfe\x00", None),
    ],
)
def test_other_words(body: str, words: str | None) -> None:
    """A failure without words of its own is told by its status, and a web page as what it is."""
    error = raised(CALLS["create"], httpx.Response(502, content=body.encode("latin-1")))
    assert (type(error), error.status) == (ServiceFailed, 502)
    assert error.error == words or (words is None and not re.search(r"\w", error.error or ""))


MISSHAPEN = [
    "",
    "<!DOCTYPE html><html><title>Sign in</title></html>",
    "OK",
    "null",
    "true",
    "[]",
    "{}",
    '"success"',
    '{"success": false}',
    '{"success": false, "error": "No room"}',
    '{"success": "true"}',
    '{"success": null}',
    '{"success": 1}',
    '{"success": true',
    '{"success": true, "sessionId": 7, "token": {}, "whepUrl": [], "objects": {}}',
    "[" * 100_000,
    "1" * 5000,
    "\ud800".encode("utf-16", "surrogatepass").decode("latin-1"),
]


@each_call
@pytest.mark.parametrize("body", MISSHAPEN)
def test_answers_of_another_shape(call: avatar_client.Call[Any], body: str) -> None:
    """A 200 that is not the documented answer is the service's failure, never a success."""
    response = httpx.Response(200, content=body.encode())
    if '"success": true,' in body and call.name not in ("create", "init-client", "catalog"):
        assert not isinstance(judge(call, response), AvatarError)
        return
    error = raised(call, response)
    assert type(error) is ServiceFailed
    assert (error.status, error.sent) == (200, "yes")
    assert "Check AVATAR_BASE_URL" in str(error)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("create", {"sessionId": None}),
        ("create", {"sessionId": ""}),
        ("create", {"sessionId": "../../admin"}),
        ("create", {"sessionId": ".."}),
        ("create", {"sessionId": "a/b"}),
        ("create", {"sessionId": "a?b"}),
        ("create", {"sessionId": "a b"}),
        ("create", {"sessionId": "a\n"}),
        ("create", {"sessionId": "é"}),
        ("create", {"sessionId": "x" * 201}),
        ("create", {"token": None}),
        ("create", {"token": "two\r\nlines"}),
        ("create", {"token": "é"}),
        ("create", {"token": "\ud800"}),
        ("create", {"token": ["a.token"]}),
        ("init-client", {"whepUrl": None}),
        ("init-client", {"whepUrl": "whep/1"}),
        ("init-client", {"whepUrl": "javascript:alert(1)"}),
        ("init-client", {"whepUrl": "http://media.example/whep/1"}),
        ("init-client", {"whepUrl": "https://"}),
        ("init-client", {"whepUrl": "https://[::1"}),
        ("init-client", {"turn": []}),
        ("init-client", {"turn": "turn.example"}),
        ("init-client", {"turn": {"url": ["turn.example"]}}),
        ("init-client", {"turn": TURN | {"username": 7}}),
        ("catalog", {"objects": None}),
        ("catalog", {"objects": [None]}),
        ("catalog", {"objects": [{}]}),
        ("catalog", {"objects": [{"itemId": 7}]}),
    ],
)
def test_fields_of_another_shape(name: str, change: dict[str, object]) -> None:
    """One field that is missing or that can't be used makes the whole answer a failure."""
    body = json.dumps(ANSWERS[name] | change).encode()
    error = raised(CALLS[name], httpx.Response(200, content=body))
    assert type(error) is ServiceFailed
    assert error.error


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "1e9"}, None),
        ({"Retry-After": "9" * 5000}, None),
        ({"Retry-After": "Wed, 04 Nov 2026 12:00:30 GMT"}, None),
        (
            {
                "Retry-After": "Wed, 04 Nov 2026 12:00:30 GMT",
                "Date": "Wed, 04 Nov 2026 12:00:00 GMT",
            },
            30.0,
        ),
        (
            {
                "Retry-After": "Wed, 04 Nov 2026 12:00:00 GMT",
                "Date": "Wed, 04 Nov 2026 12:00:30 GMT",
            },
            0.0,
        ),
        ({"Retry-After": "Wed, 04 Nov 2026 12:00:30 GMT", "Date": "04 Nov 2026 12:00"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    """Retry-After is read as seconds or as a date, and nonsense as no request to wait."""
    assert raised(CALLS["create"], httpx.Response(429, headers=headers)).retry_after == seconds


@pytest.mark.parametrize(
    ("problem", "kind", "sent", "words"),
    [
        (httpx.ConnectError("[Errno 111] no"), ServiceUnreachable, "no", "[Errno 111] no"),
        (httpx.ConnectError("bad certificate"), ServiceUnreachable, "no", "bad certificate"),
        (httpx.ConnectTimeout(""), ServiceUnreachable, "no", "no connection in time"),
        (httpx.PoolTimeout(""), ServiceUnreachable, "no", "no connection in time"),
        (httpx.ProxyError("407 Required"), ServiceUnreachable, "no", "407 Required"),
        (httpx.ReadTimeout(""), ServiceUnreachable, "maybe", "no answer in time"),
        (httpx.WriteTimeout(""), ServiceUnreachable, "maybe", "no answer in time"),
        (httpx.ReadError(""), ServiceUnreachable, "maybe", "the connection broke"),
        (httpx.WriteError(""), ServiceUnreachable, "maybe", "the connection broke"),
        (httpx.RemoteProtocolError("x"), ServiceUnreachable, "maybe", "the connection broke"),
        (httpx.LocalProtocolError("x"), ServiceUnreachable, "maybe", "the connection broke"),
        (OSError("x"), ServiceUnreachable, "maybe", "the connection broke"),
        (httpx.DecodingError("x"), ServiceFailed, "yes", "it is not encoded as it says"),
    ],
)  # fmt: skip
def test_no_answer(problem: Exception, kind: type[AvatarError], sent: str, words: str) -> None:
    """Without an answer, the error says whether the request may have been sent."""
    error = unanswered(CALLS["say-text"], problem)
    assert (type(error), error.sent, error.error) == (kind, sent, words)


# When a call is tried again

REFUSED = ServiceUnreachable("a call", sent="no")
BROKEN = ServiceUnreachable("a call", sent="maybe")


def failed(status: int, retry_after: float | None = None) -> AvatarError:
    """The service answered with `status`."""
    return ServiceFailed("a call", status=status, retry_after=retry_after, sent="yes")


def limited(retry_after: float | None = None) -> AvatarError:
    """The service answered with 429."""
    return LimitReached("a call", status=429, retry_after=retry_after, sent="yes")


Pauses = list[float]
RETRIES: list[tuple[AvatarError, Pauses, Pauses]] = [
    # outcome of every try; pauses before the next tries of a harmless call; of any other
    (REFUSED, [0.25, 1.0], [0.25, 1.0]),
    (BROKEN, [0.25, 1.0], []),
    (failed(500), [0.25, 1.0], []),
    (failed(502), [0.25, 1.0], []),
    (failed(503), [0.25, 1.0], []),
    (failed(504), [0.25, 1.0], []),
    (failed(503, 0.0), [0.25, 1.0], []),
    (failed(503, 4.0), [4.0, 4.0], []),
    (failed(503, 10.0), [10.0, 10.0], []),
    (failed(503, 10.1), [], []),
    (limited(), [0.25, 1.0], []),
    (limited(4.0), [4.0, 4.0], [4.0]),
    (limited(11.0), [], []),
    (failed(501), [], []),
    (failed(301), [], []),
    (failed(200), [], []),
    (ServiceFailed("a call", sent="yes"), [], []),
    (RequestRefused("a call", status=400, sent="yes"), [], []),
    (CredentialRefused("a call", status=401, sent="yes"), [], []),
    (SessionGone("a call", status=404, sent="yes"), [], []),
]


@each_call
@pytest.mark.parametrize(("error", "harmless", "other"), RETRIES)
def test_next_try(
    call: avatar_client.Call[Any], error: AvatarError, harmless: Pauses, other: Pauses
) -> None:
    """A call is repeated only where that can't act twice, three times at most, and not for long."""
    expected = harmless if call.name in HARMLESS else other
    pauses = [next_try(call, attempt, error) for attempt in (1, 2, 3)]
    assert pauses == (expected + [None] * 3)[:3]


@pytest.mark.parametrize(("error", "harmless", "other"), RETRIES)
def test_next_try_is_the_callers(error: AvatarError, harmless: Pauses, other: Pauses) -> None:
    """A turn that the caller repeats is sent once, whatever came of it."""
    text = API.say_text(SESSION, "Hello!", once=True)
    audio = API.say_audio(SESSION, b"mp3", duration=1.0, once=True)
    assert [next_try(call, 1, error) for call in (text, audio)] == [None, None]


def test_retries_are_sent_and_stop_at_success(ask: Ask) -> None:
    """A door tries again after each pause, with the same request, until an answer is good."""
    service = Service(answer(503, "busy"), httpx.ReadTimeout(""), OK)
    ask(service, "keep_alive", SESSION)
    assert service.pauses == [0.25, 1.0]
    assert len({request.content for request in service.requests}) == 1


def test_retries_give_up(ask: Ask) -> None:
    """After the third try the last error is raised."""
    service = Service(answer(503), answer(503), answer(504))
    with pytest.raises(ServiceFailed, match="HTTP 504"):
        ask(service, "interrupt", SESSION)
    assert len(service.requests) == 3


def test_what_may_have_been_sent_is_not_sent_again(ask: Ask) -> None:
    """A turn is sent once when its answer is lost, and again when it never left."""
    lost = Service(httpx.ReadTimeout(""), OK)
    with pytest.raises(ServiceUnreachable):
        ask(lost, "say_text", SESSION, "Hello!")
    assert len(lost.requests) == 1
    unsent = Service(httpx.ConnectError("refused"), OK)
    assert ask(unsent, "say_audio", SESSION, b"mp3", duration=1.0, turn_id="1") == Said("1", None)
    first, second = unsent.requests
    assert first.content == second.content


# What is refused before it is sent


@pytest.mark.parametrize(
    ("verb", "args", "options", "words"),
    [
        ("say_text", (SESSION, ""), {}, "Text is required"),
        ("say_text", (SESSION, " \t\r\n\x00\u2003"), {}, "Text is required"),
        ("say_text", (SESSION, "Hello!"), {"turn_id": " "}, "turn_id"),
        ("say_text", (SESSION, "Hello!"), {"turn_id": "a\r\nb"}, "turn_id"),
        ("say_audio", (SESSION, b""), {"duration": 1.0}, "Audio is required"),
        ("say_audio", (SESSION, b"mp3"), {"duration": 0.0}, "duration"),
        ("say_audio", (SESSION, b"mp3"), {"duration": math.nan}, "duration"),
        ("say_audio", (SESSION, b"mp3"), {"duration": math.inf}, "duration"),
        ("say_audio", (SESSION, b"mp3"), {"duration": 1.0, "turn_id": "\ud800"}, "turn_id"),
        ("say_audio", (SESSION, b"mp3"), {"duration": 1.0, "content_type": "\n"}, "content_type"),
        ("create", ("",), {}, "avatar_id"),
        ("create", ("\ud800",), {}, "avatar_id"),
        ("create", ("ava",), {"voice_id": " "}, "voice_id"),
        ("create", ("ava",), {"speed": -1.0}, "speed"),
        ("create", ("ava",), {"speed": math.nan}, "speed"),
    ],
)  # fmt: skip
def test_refused_before_sent(
    ask: Ask, verb: str, args: tuple[Any, ...], options: dict[str, Any], words: str
) -> None:
    """What the service could only refuse is not sent, and the error says what is wrong."""
    service = Service(OK)
    with pytest.raises(RequestRefused, match=words) as caught:
        ask(service, verb, *args, **options)
    assert (caught.value.sent, caught.value.status, caught.value.fault) == ("no", None, "ours")
    assert not service.requests


def test_long_text_is_sent_whole(ask: Ask) -> None:
    """A text of 100,000 characters, with markup, goes to the service as it is."""
    text = "<b>&amp;</b> " * 7692 + "100k"
    service = Service(OK)
    ask(service, "say_text", SESSION, text)
    assert json.loads(service.requests[0].content)["text"] == text


@pytest.mark.parametrize("ks", ["", "two\nlines", "two words", "ends\n", "é", "\ud800", "\x7f"])
def test_ks_that_cannot_be_sent(ks: str) -> None:
    """A KS that no header can carry is told by its setting's name, and is not shown."""
    with pytest.raises(ValueError, match=r"^AVATAR_KS ") as caught:
        AvatarClient(ks, BASE_URL)
    assert not ks or ks not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        DEFAULT_BASE_URL,
        "https://example.com",
        "http://localhost:8600/v1/avatar-session",
        "http://127.0.0.1:8600",
        "http://127.1.2.3/v1",
        "http://[::1]:8600/v1",
    ],
)
def test_base_url_that_is_good(url: str) -> None:
    """https anywhere and http on this machine are good, and a last slash does not matter."""
    assert checked_base_url(url + "/") == checked_base_url(url) == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "not a web address"),
        ("avatar", "not a web address"),
        ("api.avatar.us.kaltura.ai/v1", "not a web address"),
        ("ftp://example.com", "not a web address"),
        ("file:///etc/passwd", "not a web address"),
        ("https://", "not a web address"),
        ("https:///v1", "not a web address"),
        ("https://[::1", "not a web address"),
        ("https://example.com:port", "not a web address"),
        ("https://example.com:99999", "not a web address"),
        ("https://" + "a" * 64 + ".com", "not a web address"),
        ("https://example.com/\n", "not a web address"),
        ("http://example.com", "plain http to another machine"),
        ("http://192.168.0.1", "plain http to another machine"),
        ("http://127.0.0.1.example.com", "plain http to another machine"),
        ("http://localhost.example.com", "plain http to another machine"),
        ("http://0.0.0.0:8600", "plain http to another machine"),
        ("https://user:hidden@example.com", "a user name or a password"),
        ("http://localhost@example.com", "a user name or a password"),
        ("https://example.com/v1?key=hidden", "a query or a fragment"),
        ("https://example.com/v1#top", "a query or a fragment"),
    ],
)
def test_base_url_that_is_refused(url: str, words: str) -> None:
    """An address that a credential must not go to is one sentence with the setting's name."""
    with pytest.raises(ValueError, match=rf"^AVATAR_BASE_URL .*{words}.*: .*\.$") as caught:
        AvatarClient("a-ks", url)
    assert "hidden" not in str(caught.value)


# Sentences and values

SENTENCES = [
    (
        RequestRefused("say-text", error="Text is required"),
        "say-text could not be sent (Text is required). Correct that and try again.",
    ),
    (
        RequestRefused("create", status=404, sent="yes"),
        "create was answered with HTTP 404. Check AVATAR_BASE_URL and AVATAR_API_DIALECT: no such"
        " call is known there.",
    ),
    (
        RequestRefused("catalog", status=404, sent="yes"),
        "catalog was answered with HTTP 404. Check AVATAR_BASE_URL: that address does not know this"
        " call.",
    ),
    (
        CredentialRefused("create", status=401, error="Invalid Kaltura Session", sent="yes"),
        "create was answered with HTTP 401 (Invalid Kaltura Session). Check AVATAR_KS: it is wrong"
        " or has expired, and a new one is needed.",
    ),
    (
        CredentialRefused("create", status=403, sent="yes"),
        "create was answered with HTTP 403. Check AVATAR_KS: this call needs the KS of an admin.",
    ),
    (
        CredentialRefused("end", status=401, sent="yes"),
        "end was answered with HTTP 401. Start a new session: the token of this one is wrong or has"
        " expired.",
    ),
    (
        SessionGone("interrupt", status=410, error="Session ended", sent="yes"),
        "interrupt was answered with HTTP 410 (Session ended). Start a new session: this one is no"
        " longer there.",
    ),
    (
        LimitReached("create", status=429, retry_after=6.2, sent="yes"),
        "create was answered with HTTP 429. Wait 7 s and try again, or end another session first.",
    ),
    (
        ServiceFailed("say-text", status=503, sent="yes"),
        "say-text was answered with HTTP 503. Wait a little and try again; if it goes on, it is for"
        " Kaltura to fix.",
    ),
    (
        ServiceFailed("create", status=302, sent="yes"),
        "create was answered with HTTP 302. Set AVATAR_BASE_URL to the final address: a redirect"
        " would take the KS along.",
    ),
    (
        ServiceFailed("create", status=200, error="an HTML page", sent="yes"),
        "create was answered with HTTP 200 (an HTML page). Check AVATAR_BASE_URL: the avatar"
        " service is documented to answer otherwise.",
    ),
    (
        ServiceUnreachable("create", error="Connection refused", sent="no"),
        "create could not be sent (Connection refused). Check the network and AVATAR_BASE_URL, then"
        " try again.",
    ),
    (
        ServiceUnreachable("say-text", error="no answer in time", sent="maybe"),
        "say-text got no answer (no answer in time). Check the network; the service may have acted"
        " on it, so repeat it with care.",
    ),
]


@pytest.mark.parametrize(("error", "sentence"), SENTENCES)
def test_sentences(error: AvatarError, sentence: str) -> None:
    """An error says what was tried, what came back and what to do, also after a pickle."""
    assert str(error) == sentence
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again), str(again)) == (type(error), vars(error), sentence)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Text is required", "Text is required"),
        ("  two\n\tlines\x00\u202e ", "two lines"),
        ("", None),
        ("\u200b", None),
        ("<b>bold</b><br>words", "bold words"),
        ("voiceConfig.speed is not '0.5'", "voiceConfig.speed is not '0.5'"),
        ("Session 3f2a7c1e-aaaa-4bbb-8ccc-123456789abc not found", "Session … not found"),
        ("Leo v2 (4K) — calm, HDVideo, O'Neil 😀", "Leo v2 (4K) — calm, HDVideo, O'Neil 😀"),
        ("नमस्ते, réponse", "नमस्ते, réponse"),
        ("הסשן לא נמצא", "הסשן לא נמצא"),
        ("会话不存在。", "会话不存在。"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln", "…"),
        ("word " * 100, ("word " * 100)[:199] + "…"),
        # Letter by letter this would take years with a pattern that can match in more than one way.
        ("落ち着いた女性の声です。企業研修や接客、製品紹介" * 10 + "Q&A", "…"),
        ("Ab-" * 300 + "#", "…"),
        ("<" * 100_000, None),
    ],
)  # fmt: skip
def test_fit_to_show(text: str, line: str | None) -> None:
    """What the service says is shown as one short line of plain words."""
    shown = fit_to_show(text, "a-ks")
    assert shown == line or (line is None and shown == "…")


def test_a_catalog_with_odd_items() -> None:
    """One without an id can't be chosen; of another, what is not of its shape is left out.

    A name is shown with the signs that names have, but not where it repeats a credential.
    """
    names = {
        "one": "Presenter #1, R&D",
        "two": "me@work 100%",
        "three": f"{'a1B2' * 8} {'%2B' * 9} Ava",
    }
    named = [{"itemId": i, "attributes": {"visual": {"name": name}}} for i, name in names.items()]
    odd = [{}, {"itemId": 7}, {"itemId": "ava", "attributes": [], "imageUrl": 7}]
    answer = httpx.Response(200, json={"objects": [*odd, *named]})
    assert judge(API.catalog("Visual"), answer) == (
        CatalogItem("ava", "ava", None),
        CatalogItem("one", "Presenter #1, R&D", None),
        CatalogItem("two", "me@work 100%", None),
        CatalogItem("three", "… … Ava", None),
    )


def test_values_are_frozen() -> None:
    """A reply can't be changed."""
    with pytest.raises(FrozenInstanceError):
        SESSION.session_id = "another"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("session_id", "token"), [("../x", "t"), ("", "t"), ("x", ""), ("x", "\n")]
)
def test_session_that_cannot_be(session_id: str, token: str) -> None:
    """A session from elsewhere, such as a ledger, is checked as one from the service."""
    with pytest.raises(ValueError, match=r"^The session "):
        Session(session_id, token)


def test_examples() -> None:
    """The examples in the documentation are true."""
    assert doctest.testmod(avatar_client).failed == 0


def test_error_tree_is_drawn_as_it_is() -> None:
    """The tree at the top of the file names every error once."""
    drawn = re.findall(r"^ {4,6}([A-Z]\w+) ", avatar_client.__doc__ or "", re.MULTILINE)
    assert drawn == [AvatarError.__name__, *(c.__name__ for c in AvatarError.__subclasses__())]


# A real network


class Mood:
    """A port on this machine that meets each request in one bad way."""

    def __init__(self, mood: str | bytes) -> None:
        self._mood = mood
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._kept: list[socket.socket] = []
        self.requests = 0
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            self._meet(connection)

    def _meet(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as lines:
            head = b"".join(iter(lines.readline, b"\r\n"))
            # Read to its end: closing on unread bytes would reset the connection.
            length = re.search(rb"(?i)content-length: (\d+)", head)
            lines.read(int(length[1]) if length else 0)
        self.requests += 1
        if self._mood == "silence":
            self._kept.append(connection)
            return
        if self._mood == "reset":
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        elif isinstance(self._mood, bytes):
            connection.sendall(self._mood)
        connection.close()

    def close(self) -> None:
        """Hang up on everyone."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._kept:
            connection.close()


@pytest.fixture
def mood(request: pytest.FixtureRequest) -> Iterator[Mood]:
    """A `Mood`, by indirect parameter."""
    server = Mood(request.param)
    yield server
    server.close()


def meet_blocking(base_url: str) -> None:
    """Let `AvatarClient` say something there."""
    with AvatarClient("a-ks", base_url, timeout=0.3, sleep=lambda _: None) as client:
        client.say_text(SESSION, "Hello!")


def meet_awaitable(base_url: str) -> None:
    """Let `AsyncAvatarClient` say something there."""

    async def pause(_: float) -> None:
        pass

    async def meet() -> None:
        async with AsyncAvatarClient("a-ks", base_url, timeout=0.3, sleep=pause) as client:
            await client.say_text(SESSION, "Hello!")

    asyncio.run(meet())


meet = pytest.mark.parametrize("meet", [meet_blocking, meet_awaitable])


@meet
@pytest.mark.parametrize(
    ("mood", "kind", "sent"),
    [
        ("silence", ServiceUnreachable, "maybe"),
        ("reset", ServiceUnreachable, "maybe"),
        ("hang up", ServiceUnreachable, "maybe"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", ServiceUnreachable, "maybe"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{", ServiceUnreachable, "maybe"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n{}", ServiceFailed, "yes"),
        (b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n", ServiceFailed, "yes"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", ServiceFailed, "yes"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ServiceFailed, "yes"),
    ],
    indirect=["mood"],
)  # fmt: skip
def test_bad_days(
    meet: Callable[[str], None], mood: Mood, kind: type[AvatarError], sent: str
) -> None:
    """However a connection ends, it is one error of the family, and a turn was sent once."""
    with pytest.raises(kind) as caught:
        meet(mood.base_url)
    assert (caught.value.sent, mood.requests) == (sent, 1)


@meet
def test_nobody_listens(meet: Callable[[str], None]) -> None:
    """Where nobody listens, nothing was sent, and the error says so."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(ServiceUnreachable) as caught:
        meet(f"http://127.0.0.1:{port}")
    assert caught.value.sent == "no"


@meet
@pytest.mark.parametrize(
    "mood", [b'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"success": true}'], indirect=True
)
def test_no_proxy_for_this_machine(
    meet: Callable[[str], None], mood: Mood, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that the environment names is not asked for a service on this machine."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    meet(mood.base_url)
    assert mood.requests == 1


class Lent(httpx.MockTransport):
    """A transport that knows whether it was closed."""

    closed = False

    def close(self) -> None:
        """Remember."""
        self.closed = True

    async def aclose(self) -> None:
        """Remember."""
        self.closed = True


def test_closes_only_what_it_opened(ask: Ask) -> None:
    """A transport that was lent to a client stays open, and closing twice does no harm."""
    lent = Lent(Service(OK))
    client = AvatarClient("a-ks", BASE_URL, transport=lent)
    client.close()
    client.close()

    async def close_twice() -> None:
        client = AsyncAvatarClient("a-ks", BASE_URL, transport=lent)
        await client.aclose()
        await client.aclose()

    asyncio.run(close_twice())
    assert not lent.closed
    own = AvatarClient("a-ks", BASE_URL)
    own.close()
    with pytest.raises(RuntimeError, match="closed"):
        own.keep_alive(SESSION)


def test_checked_ks_is_what_is_sent() -> None:
    """A good KS comes back as it was."""
    assert checked_ks("djJ8MTIzfA==") == "djJ8MTIzfA=="
