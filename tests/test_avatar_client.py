"""What the client sends, what an answer means to it, what it says of that, and its bad days."""

from __future__ import annotations

import asyncio
import doctest
import gzip
import inspect
import json
import logging
import math
import pickle
import re
import socket
import struct
import subprocess
import sys
import threading
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import FrozenInstanceError
from itertools import takewhile
from operator import methodcaller
from typing import Any

import httpx
import pytest

import avatar_client
from avatar_client import (
    ANSWER_LIMIT,
    CATALOG_LIMIT,
    DEFAULT_BASE_URL,
    HARMLESS,
    SAYS,
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
)
from tests.support.client_doors import (
    CALLS,
    OK,
    OPENED,
    SESSION,
    Ask,
    Service,
    Verb,
    awaitable,
    blocking,
    each_door,
)
from tests.support.simulator_process import eventually

MEDIA = OK | {"whepUrl": "https://media.example/whep/1", "turn": None}
TURN = {"url": "turn.example", "username": "user", "credential": "secret"}
ANSWERS: dict[str, dict[str, object]] = dict.fromkeys(CALLS, OK) | {
    "create": OPENED,
    "init-client": MEDIA,
    "catalog": {"objects": []},
}

each_call = pytest.mark.parametrize("name", CALLS)


def answer(status: int, body: object = None, **headers: str) -> httpx.Response:
    """An answer with bytes, a text or JSON as its body."""
    text = body if isinstance(body, str) else json.dumps(body)
    content = body if isinstance(body, bytes) else text.encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, headers=names, content=content)


def outcome_of(name: str, came: object) -> Any:
    """What the client makes of this answer to that call, again and again."""
    (outcome,) = awaitable(Service(came), CALLS[name])
    return outcome


# What is sent. Each call's request is pinned in simulator/contract, see tests/simulator.


@pytest.mark.parametrize(
    ("options", "voice"),
    [
        ({}, None),
        ({"speed": 1.0}, None),
        ({"speed": 1.1}, {"speed": 1.1}),
        ({"voice_id": "warm"}, {"id": "warm"}),
        ({"voice_id": "eself-7", "speed": 1.0}, {"id": "eself-7", "speed": 1.0}),
    ],
)
def test_voice_config_is_sent_where_it_says_something(
    options: dict[str, Any], voice: dict[str, object] | None
) -> None:
    """Nobody was seen to send one without an id, so the voice's own speed is not worth one."""
    service = Service(OPENED)
    awaitable(service, methodcaller("create", "ava", **options))
    sent = json.loads(service.requests[0].content)
    assert (sent["visualConfig"], sent.get("voiceConfig")) == ({"id": "ava"}, voice)


@pytest.mark.parametrize(
    ("text", "options", "sent"),
    [
        (" Hello\x00,\r\nyou \ud800", {}, "Hello,\nyou"),
        (" Hello ", {"turn_id": "1"}, " Hello "),
        ("שלום 👋🏽", {}, "שלום 👋🏽"),
        ("<b>&amp;</b> " * 7692 + "100k", {}, "<b>&amp;</b> " * 7692 + "100k"),
    ],
)
def test_text_is_sent_as_it_is(text: str, options: dict[str, Any], sent: str) -> None:
    """Whole, with its markup, without control characters; only a chunk keeps its outer blanks."""
    service = Service(OK)
    awaitable(service, methodcaller("say_text", SESSION, text, **options))
    assert json.loads(service.requests[0].content)["text"] == sent


def test_turn_id_is_made() -> None:
    """A turn that is not named gets a random UUID, which the reply tells."""
    for name in SAYS:
        assert uuid.UUID(outcome_of(name, OK).turn_id).version == 4


def test_session_id_is_quoted() -> None:
    """Whatever a session id may contain stays one part of the path."""
    service = Service(OK)
    awaitable(service, methodcaller("end", Session("a:b=@c", "a.token")))
    assert service.requests[0].url.raw_path == b"/v1/avatar-session/a%3Ab%3D%40c/end"


def test_doors_are_twins() -> None:
    """Both have every call, with its options and its documentation, and are opened alike."""
    for name in (name.replace("-", "_") for name in CALLS):
        one, other = getattr(AvatarClient, name), getattr(AsyncAvatarClient, name)
        assert one.__doc__ == other.__doc__
        assert inspect.signature(one) == inspect.signature(other)
    assert inspect.signature(AvatarClient) == inspect.signature(AsyncAvatarClient)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (methodcaller("say_text", SESSION, ""), "Text is required"),
        (methodcaller("say_text", SESSION, " \t\r\n\x00\u2003"), "Text is required"),
        (methodcaller("say_text", SESSION, "Hello!", turn_id=" "), "turn_id"),
        (methodcaller("say_text", SESSION, "Hello!", turn_id="a\r\nb"), "turn_id"),
        (methodcaller("say_audio", SESSION, b"", duration=1.0), "Audio is required"),
        (methodcaller("say_audio", SESSION, b"mp3", duration=0.0), "duration"),
        (methodcaller("say_audio", SESSION, b"mp3", duration=math.nan), "duration"),
        (methodcaller("say_audio", SESSION, b"mp3", duration=math.inf), "duration"),
        (methodcaller("say_audio", SESSION, b"mp3", duration=1.0, turn_id="\ud800"), "turn_id"),
        (methodcaller("say_audio", SESSION, b"mp3", duration=1.0, content_type="\n"), "content_ty"),
        (methodcaller("create", ""), "avatar_id"),
        (methodcaller("create", "\ud800"), "avatar_id"),
        (methodcaller("create", "ava", voice_id=" "), "voice_id"),
        (methodcaller("create", "ava", speed=-1.0), "speed"),
        (methodcaller("create", "ava", speed=math.nan), "speed"),
    ],
)
def test_refused_before_sent(call: Verb, words: str) -> None:
    """What the service could only refuse is not sent, and the error says what is wrong."""
    service = Service(OK)
    (error,) = awaitable(service, call)
    assert (type(error), error.sent, error.status) == (RequestRefused, "no", None)
    assert str(error).startswith(f"Nothing was sent: {words}")
    assert not service.requests


# What an answer means

STATUSES: list[tuple[int, type[AvatarError], str]] = [
    (301, ServiceFailed, "theirs"),
    *((status, RequestRefused, "ours") for status in (400, 405, 413, 415, 422)),
    *((status, CredentialRefused, "ours") for status in (401, 403)),
    *((status, SessionGone, "ours") for status in (404, 410)),
    (429, LimitReached, "limit"),
    *((status, ServiceFailed, "theirs") for status in (500, 502, 503, 504)),
]


@each_call
@pytest.mark.parametrize(("status", "kind", "fault"), STATUSES)
def test_statuses(name: str, status: int, kind: type[AvatarError], fault: str) -> None:
    """Every status on every call says whose fault it is, with the service's words."""
    words = "Session 68b5a1f3 of 12:05 not found"
    error = outcome_of(name, answer(status, {"success": False, "error": words}, Retry_After="7"))
    if status in (404, 410) and name == "end":
        assert error is None
        return
    if status in (404, 410) and name in ("create", "catalog"):
        kind = RequestRefused
    assert (type(error), error.fault) == (kind, fault)
    assert (error.call, error.status, error.error) == (name, status, words)
    assert (error.sent, error.retry_after) == ("yes", 7.0)
    assert error.details == f"{name}: HTTP {status} ({words})"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": "Text is required"}, "Text is required"),
        ({"message": "No room"}, "No room"),
        ({"detail": "Not found"}, "Not found"),
        ({"detail": [{"loc": ["body", "text"], "msg": "too long"}]}, "body.text: too long"),
        ({"message": ["a is 1", "b is 2"], "error": "Bad Request"}, "a is 1; b is 2"),
        ({"error": {"code": 7, "message": "Inner"}}, "Inner"),
        ({"error": {"code": 7}}, None),
        ("plain text", "plain text"),
        ('"a JSON text"', "a JSON text"),
        ("", None),
        ("{}", None),
        ("<html><head><title>502 Bad Gateway</title></head></html>", "an HTML page"),
        ("\n<!doctype html><p>Sorry", "an HTML page"),
        ("<Error><Code>Denied</Code></Error>", "Denied"),
    ],
)
def test_words_of_a_failure(body: object, words: str | None) -> None:
    """They are read in each form that services were seen to send; a web page is told as one."""
    assert outcome_of("say-text", answer(502, body)).error == words


EXCEPTION = {"code": "INVALID_KS", "message": "Invalid KS", "objectType": "KalturaAPIException"}


@each_call
@pytest.mark.parametrize("status", [200, 404, 500])
@pytest.mark.parametrize(
    "body",
    [
        EXCEPTION,
        {"code": "SERVICE_FORBIDDEN", "message": "Invalid KS"}
        | {"objectType": "KalturaAPIException"},
        {"error": EXCEPTION},
        {"result": EXCEPTION, "message": "Invalid KS"},
        {"code": "KS_EXPIRED", "detail": "Invalid KS"},
        "<xml><objectType>KalturaAPIException</objectType><message>Invalid KS</message></xml>",
    ],
    ids=["plain", "another code", "in error", "in result", "code alone", "xml"],
)
def test_kaltura_exception(name: str, status: int, body: object) -> None:
    """An exception of Kaltura's other API is about the KS, whatever its status; the reason is kept,
    and the base URL is not blamed."""
    error = outcome_of(name, answer(status, body))
    if name == "end" and status == 404:
        assert error is None
        return
    assert (type(error), error.status) == (CredentialRefused, status)
    assert "Invalid KS" in str(error)
    assert "AVATAR_BASE_URL" not in str(error)


@pytest.mark.parametrize("name", ["create", "catalog"])
@pytest.mark.parametrize("status", [200, 400, 403, 404, 422, 500])
@pytest.mark.parametrize(
    "body",
    [
        {"error": "Invalid Kaltura Session"},
        {"message": "The KS has expired"},
        {"detail": [{"loc": ["header"], "msg": "ok"}], "message": ["expired KS", "again"]},
        {"detail": {"message": "missing ks"}},
    ],
)
def test_words_about_the_ks(name: str, status: int, body: object) -> None:
    """So are words that say it, where the KS was sent, in each shape of an error."""
    error = outcome_of(name, answer(status, body))
    assert (type(error), error.status) == (CredentialRefused, status)
    assert "AVATAR_KS" in str(error)
    assert "AVATAR_BASE_URL" not in str(error)


def test_a_text_about_the_ks_is_no_exception() -> None:
    """What the service repeats of a visitor's words, or takes with a remark, says nothing of it."""
    words = "Invalid KS, KalturaAPIException"
    assert type(outcome_of("say-text", answer(400, {"error": words}))) is RequestRefused
    taken = outcome_of("say-text", OK | {"warning": words, "code": "INVALID_KS"})
    assert taken.warning == words


MISSHAPEN = [
    "", "<!DOCTYPE html><html><title>Sign in</title></html>", "OK", "null", "true", "[]", "{}",
    '"success"', '{"success": false}', '{"success": false, "error": "No room"}',
    '{"success": "true"}', '{"success": null}', '{"success": 1}', '{"success": true',
    '{"success": true, "sessionId": 7, "token": {}, "whepUrl": [], "objects": {}}',
    "[" * 100_000, "1" * 5000, "\ud800".encode("utf-16", "surrogatepass").decode("latin-1"),
]  # fmt: skip


@each_call
@pytest.mark.parametrize("body", MISSHAPEN)
def test_answers_of_another_shape(name: str, body: str) -> None:
    """A 200 that is not the documented answer is the service's failure, never a success."""
    error = outcome_of(name, answer(200, body))
    if '"success": true,' in body and name not in ("create", "init-client", "catalog"):
        assert not isinstance(error, AvatarError)
        return
    assert (type(error), error.status, error.sent) == (ServiceFailed, 200, "yes")


@pytest.mark.parametrize(
    ("name", "field", "values"),
    [
        ("create", "sessionId", [None, "", "../../admin", "..", "a/b", "a?b", "a b", "a\n", "é"]),
        ("create", "sessionId", ["x" * 201, 7]),
        ("create", "token", [None, "two\r\nlines", "é", "\ud800", ["a.token"]]),
        ("init-client", "whepUrl", [None, "whep/1", "javascript:alert(1)", "https://"]),
        ("init-client", "whepUrl", ["http://media.example/whep/1", "https://[::1"]),
        ("init-client", "turn", [[], "turn.example", {"url": ["a"]}, TURN | {"username": 7}]),
        ("catalog", "objects", [None, [None], [{}], [{"itemId": 7}]]),
    ],
)
def test_fields_of_another_shape(name: str, field: str, values: list[object]) -> None:
    """One field that is missing or that can't be used makes the whole answer a failure."""
    for value in values:
        error = outcome_of(name, answer(200, ANSWERS[name] | {field: value}))
        assert type(error) is ServiceFailed
        assert error.error


@pytest.mark.parametrize(
    ("name", "came", "value"),
    [
        ("init-client", MEDIA, Media("https://media.example/whep/1", None)),
        (
            "init-client",
            MEDIA | {"turn": {"url": "", "username": "", "credential": ""}},
            Media("https://media.example/whep/1", None),
        ),
        (
            "init-client",
            MEDIA | {"whepUrl": "http://127.0.0.1:1/w?token=x", "turn": {"url": "turn.example"}},
            Media("http://127.0.0.1:1/w?token=x", TurnServer("turn.example", "", "")),
        ),
        (
            "catalog",
            {
                "objects": [
                    {},
                    {"itemId": 7},
                    {"itemId": "ava", "attributes": [], "imageUrl": 7},
                    {"itemId": "leo", "imageUrl": "/etc/passwd"},
                    {"itemId": "one", "attributes": {"visual": {"name": "Presenter #1, R&D"}}},
                ]
            },
            (
                CatalogItem("ava", "ava"),
                CatalogItem("leo", "leo"),
                CatalogItem("one", "Presenter #1, R&D"),
            ),
        ),
    ],
)  # fmt: skip
def test_what_may_be_left_out(name: str, came: object, value: object) -> None:
    """A relay, its password, and in a catalog all but the id: one odd item costs no other."""
    assert outcome_of(name, came) == value


def test_warning_is_told() -> None:
    """The service's own remark on a turn that it took."""
    said = outcome_of("say-text", OK | {"warning": "No sound for this text."})
    assert said == Said(said.turn_id, "No sound for this text.")


AT = "Wed, 04 Nov 2026 12:00:00 GMT"
LATER = "Wed, 04 Nov 2026 12:00:30 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry_After": "7"}, 7.0),
        ({"Retry_After": "0.5"}, 0.5),
        *(({"Retry_After": nonsense}, None) for nonsense in ("soon", "-1", "1e9", "9" * 5000)),
        ({"Retry_After": LATER}, None),
        ({"Retry_After": LATER, "Date": AT}, 30.0),
        ({"Retry_After": AT, "Date": LATER}, 0.0),
        ({"Retry_After": LATER, "Date": "04 Nov 2026 12:00"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    """Retry-After is read as seconds or as a date, and nonsense as no request to wait."""
    assert outcome_of("say-text", answer(429, **headers)).retry_after == seconds


@pytest.mark.parametrize(
    ("problem", "sent", "words"),
    [
        (httpx.ConnectError("[Errno 111] no"), "no", "[Errno 111] no"),
        (httpx.ConnectTimeout(""), "no", "no connection in time"),
        (httpx.PoolTimeout(""), "no", "no connection in time"),
        (httpx.ProxyError("407 Required"), "no", "407 Required"),
        (httpx.ReadTimeout(""), "maybe", "not in time"),
        (httpx.WriteTimeout(""), "maybe", "not in time"),
        (TimeoutError(), "maybe", "not in time"),
        (httpx.ReadError(""), "maybe", "the connection broke"),
        (httpx.WriteError(""), "maybe", "the connection broke"),
        (httpx.RemoteProtocolError("x"), "maybe", "the connection broke"),
        (httpx.LocalProtocolError("x"), "maybe", "the connection broke"),
        (OSError("x"), "maybe", "the connection broke"),
    ],
)
def test_no_answer(problem: Exception, sent: str, words: str) -> None:
    """Without an answer, the error says whether the request may have been sent."""
    error = outcome_of("say-text", problem)
    assert (type(error), error.sent, error.error) == (ServiceUnreachable, sent, words)


# What is sent again


@each_door
@each_call
@pytest.mark.parametrize(
    ("came", "harmless", "other", "say"),
    [
        # what comes each time; how often a harmless call is sent, create or init-client, a say
        (httpx.ConnectError(""), 3, 3, 1),
        (httpx.ReadError(""), 3, 1, 1),
        *((answer(status), 3, 1, 1) for status in (429, 500, 502, 503, 504)),
        (answer(503, Retry_After="4"), 1, 1, 1),
        *((answer(status), 1, 1, 1) for status in (200, 301, 401, 403, 409)),
    ],
)
def test_what_is_sent_again(
    ask: Ask, name: str, came: object, harmless: int, other: int, say: int
) -> None:
    """Only what can't act twice, three times at most; and never a say."""
    service = Service(came)
    (error,) = ask(service, CALLS[name])
    assert isinstance(error, AvatarError)
    tries = harmless if name in HARMLESS else say if name in SAYS else other
    assert len(service.requests) == tries


@each_door
def test_a_good_answer_ends_the_tries(ask: Ask) -> None:
    """The same request is sent until then."""
    service = Service(answer(503, "busy"), httpx.ReadError(""), OK)
    assert ask(service, CALLS["keep-alive"]) == [None]
    assert len({(str(request.url), request.content) for request in service.requests}) == 1


# The settings


@pytest.mark.parametrize("ks", ["", "two\nlines", "two words", "ends\n", "é", "\ud800", "\x7f"])
def test_ks_that_cannot_be_sent(ks: str) -> None:
    """A KS that no header can carry is told by its setting's name, and is not shown."""
    with pytest.raises(ValueError, match=r"^AVATAR_KS ") as caught:
        AvatarClient(ks)
    assert not ks or ks not in str(caught.value)
    assert checked_ks("djJ8MTIzfA==") == "djJ8MTIzfA=="


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
    ("words", "urls"),
    [
        ("not a web address", ["", "avatar", "api.avatar.us.kaltura.ai/v1", "ftp://example.com"]),
        ("not a web address", ["file:///etc/passwd", "https://", "https:///v1", "https://[::1"]),
        ("not a web address", ["https://example.com:port", "https://example.com:99999"]),
        ("not a web address", ["https://" + "a" * 64 + ".com", "https://example.com/\n"]),
        ("plain http to another machine", ["http://example.com", "http://192.168.0.1"]),
        ("plain http to another machine", ["http://127.0.0.1.example.com", "http://0.0.0.0:8600"]),
        ("plain http to another machine", ["http://localhost.example.com"]),
        ("a user name or a password", ["https://user:hidden@a.example", "http://localhost@a.exam"]),
        ("a query or a fragment", ["https://a.example/v1?key=hidden", "https://a.example/v1#top"]),
    ],
)
def test_base_url_that_is_refused(words: str, urls: list[str]) -> None:
    """An address that a credential must not go to is one sentence with the setting's name."""
    for url in urls:
        with pytest.raises(ValueError, match=rf"^AVATAR_BASE_URL .*{words}.*: .*\.$") as caught:
            AvatarClient("a-ks", url)
        assert "hidden" not in str(caught.value)


# Sentences and values


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (
            RequestRefused("say-text", error="Text is required"),
            "Nothing was sent: Text is required.",
        ),
        (
            RequestRefused("create", status=404, error="Avatar 68b5 not found", sent="yes"),
            "The avatar service refused to start a session (Avatar 68b5 not found). Check the"
            " avatar, then AVATAR_BASE_URL and AVATAR_API_DIALECT.",
        ),
        (
            RequestRefused("catalog", status=404, sent="yes"),
            "The avatar service refused to list its avatars and voices. Check AVATAR_BASE_URL: that"
            " address does not offer this.",
        ),
        (
            RequestRefused("say-audio", status=413, sent="yes"),
            "The avatar service refused to play the sound. Use another recording.",
        ),
        (
            CredentialRefused("create", status=401, error="Invalid Kaltura Session", sent="yes"),
            "The avatar service does not accept the KS (Invalid Kaltura Session). Set AVATAR_KS to"
            " a new one: this one is wrong or has expired.",
        ),
        (
            CredentialRefused("create", status=403, sent="yes"),
            "The avatar service does not let this KS start a session. Set AVATAR_KS to the KS of an"
            " admin.",
        ),
        (
            CredentialRefused("end", status=401, sent="yes"),
            "The avatar service does not accept this session's token. Start a new session: the"
            " token is wrong or has expired.",
        ),
        (
            SessionGone("interrupt", status=410, error="Session ended", sent="yes"),
            "The session is no longer there: the avatar service has ended it (Session ended). Start"
            " a new session.",
        ),
        (
            LimitReached("create", status=429, retry_after=6.2, sent="yes"),
            "The avatar service has no room for one more session of this account. Wait 7 s and try"
            " again, or end another session first: an account may have only so many at a time, five"
            " by one source.",
        ),
        (
            LimitReached("say-text", status=429, sent="yes"),
            "The avatar service was asked too often. Wait a little and try again.",
        ),
        (
            ServiceFailed("say-text", status=503, error="busy", sent="yes"),
            "The avatar service failed when it was asked to say the text (busy). Wait a little and"
            " try again; if it goes on, tell Kaltura.",
        ),
        (
            ServiceFailed("create", status=302, sent="yes"),
            "The avatar service sent us elsewhere when it was asked to start a session. Set"
            " AVATAR_BASE_URL to its final address: no KS follows a redirect.",
        ),
        (
            ServiceFailed("create", status=200, error="an HTML page", sent="yes"),
            "The avatar service was asked to start a session, and its answer makes no sense (an"
            " HTML page). Check AVATAR_BASE_URL; if it is right, tell Kaltura.",
        ),
        (
            ServiceUnreachable("create", error="Connection refused", sent="no"),
            "The avatar service could not be reached (Connection refused). Check the network and"
            " AVATAR_BASE_URL, then try again.",
        ),
        (
            ServiceUnreachable("say-text", error="within 15 s", sent="maybe"),
            "The avatar service gave no answer when it was asked to say the text (within 15 s)."
            " Check the network.",
        ),
        (
            ServiceUnreachable("keep-alive", sent="maybe"),
            "The avatar service gave no answer when it was asked to keep the session open. Check"
            " the network, then try again.",
        ),
    ],
)
def test_sentences(error: AvatarError, sentence: str) -> None:
    """An error says what happened and what to do, in no words of the wire, also after a pickle."""
    assert str(error) == sentence
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), vars(again), str(again)) == (type(error), vars(error), sentence)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  two\n\tlines\x00\u202e ", "two lines"),
        ("", None),
        ("\u200b", None),
        ("<b>bold</b><br>words", "bold words"),
        ("a token: eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln", "a token: …"),
        ("word " * 100, ("word " * 100)[:199] + "…"),
        ("<" * 100_000, "<" * 199 + "…"),
        *(
            (whole, whole)
            for whole in (
                "Avatar 68b5a1f3c2d94e0017a4e6c1 not found",
                "Session 3f2a7c1e-aaaa-4bbb-8ccc-123456789abc, voice EXAVITQu4vr4xnSDxMaL",
                "from 2026-11-04T12:00:30.123+00:00",
                "Leo v2 (4K) — R&D #1, me@work 100% 😀",
                "speed must be < 2 and > 0.5",
                "הסשן לא נמצא",
            )
        ),
    ],
)
def test_fit_to_show(text: str, line: str | None) -> None:
    """What the service says is shown as one short line: ids, times and names are whole in it."""
    assert fit_to_show(text, "a-ks") == line


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


def test_documentation_is_true() -> None:
    """The examples are, and the tree at the top of the file names every error once."""
    assert doctest.testmod(avatar_client).failed == 0
    drawn = re.findall(r"^ {4,6}([A-Z]\w+) ", avatar_client.__doc__ or "", re.MULTILINE)
    assert drawn == [AvatarError.__name__, *(c.__name__ for c in AvatarError.__subclasses__())]


def test_import_changes_no_setting_of_another_library() -> None:
    """The levels of their loggers are their users' to set."""
    script = (
        "import logging, httpx, avatar_client; "
        "print({logging.getLogger(n).level for n in ('httpx', 'httpcore', 'asyncio')})"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == f"{{{logging.NOTSET}}}"


# A real network


CHUNKED = b"200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
FLOODS = {
    "1xx for ever": (b"100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"),
    "a chunk of one byte": (CHUNKED, b"1\r\n \r\n"),
    "headers for ever": (b"200 OK\r\n", b"X-Any: " + b"a" * 100 + b"\r\n"),
    "trailers for ever": (CHUNKED + b"0\r\n", b"X-Any: " + b"a" * 100 + b"\r\n"),
    "a chunk's name for ever": (CHUNKED + b"1;", b"a" * 100),
}
"""Answers that never end: what comes first, and then for ever."""


class Mood:
    """A port on this machine that meets each request in one bad way.

    `requests`: how many came, on `connections`; one that is only kept ready counts as none.
    """

    def __init__(self, *moods: bytes | str) -> None:
        self._moods = list(moods)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._closing = threading.Event()
        self.connections = self.requests = 0
        self.base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._meet, args=(connection,), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            if lines.peek(1):
                self.connections += 1
            while head := b"".join(takewhile(lambda line: line != b"\r\n", lines)):
                # Read to its end: closing on unread bytes would reset the connection.
                length = re.search(rb"(?i)content-length: (\d+)", head)
                lines.read(int(length[1]) if length else 0)
                self.requests += 1
                mood = self._moods.pop(0) if len(self._moods) > 1 else self._moods[0]
                if mood == "reset":
                    linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                elif mood == "silence":
                    self._closing.wait()
                elif mood in ("drip a head", "drip a body"):
                    self._drip(connection, mood)
                elif mood in FLOODS:
                    self._flood(connection, *FLOODS[mood])
                elif isinstance(mood, bytes):
                    connection.sendall(mood)
                if not (isinstance(mood, bytes) and mood.startswith(KEPT_ALIVE)):
                    return

    def _drip(self, connection: socket.socket, mood: str) -> None:
        body = mood == "drip a body"
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"Content-Length: 9999\r\n\r\n" * body)
        while not self._closing.wait(0.02):
            try:
                connection.sendall(b" " if body else b"X-Drip: 1\r\n")
            except OSError:
                return

    def _flood(self, connection: socket.socket, first: bytes, again: bytes) -> None:
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 " + first)
            while not self._closing.is_set():
                connection.sendall(again * 1000)

    def close(self) -> None:
        """Hang up on everyone."""
        self._closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


KEPT_ALIVE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def kept_alive(body: object) -> bytes:
    """An answer after which the connection could be used again."""
    content = json.dumps(body).encode()
    return KEPT_ALIVE + b"Content-Length: %d\r\n\r\n%b" % (len(content), content)


def packed(body: bytes, encoding: bytes) -> bytes:
    """An answer that says how it is packed."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n"
    return head % (encoding, len(body)) + body


@pytest.fixture
def in_mood() -> Iterator[Callable[..., Mood]]:
    """Opens a `Mood`."""
    opened: list[Mood] = []

    def open_one(*moods: bytes | str) -> Mood:
        opened.append(Mood(*moods))
        return opened[-1]

    yield open_one
    for mood in opened:
        mood.close()


BOMB = gzip.compress(bytes(100_000_000))
BROKE, TOO_LARGE = "the connection broke", "it is larger than 1 MB"
CUT = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{"


@each_door
@pytest.mark.parametrize(
    ("mood", "kind", "words"),
    [
        ("silence", ServiceUnreachable, "within 0.5 s"),
        ("drip a head", ServiceUnreachable, "within 0.5 s"),
        ("drip a body", ServiceUnreachable, "within 0.5 s"),
        ("reset", ServiceUnreachable, BROKE),
        ("hang up", ServiceUnreachable, BROKE),
        (b"SSH-2.0-OpenSSH_9.6\r\n", ServiceUnreachable, BROKE),
        (CUT, ServiceUnreachable, BROKE),
        (b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n", ServiceFailed, None),
        (b"HTTP/1.1 204 No Content\r\n\r\n", ServiceFailed, "an empty answer"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (ANSWER_LIMIT + 1), ServiceFailed, TOO_LARGE),
        (packed(BOMB, b"gzip"), ServiceFailed, TOO_LARGE),
        (packed(b"{}", b"gzip"), ServiceFailed, "it is not packed as it says"),
        (packed(gzip.compress(BOMB), b"gzip, gzip"), ServiceFailed, "it is packed more than once"),
        (packed(b"{}", b"br"), ServiceFailed, "it is packed as nobody asked for"),
        ("1xx for ever", ServiceUnreachable, "within 0.5 s"),
        ("a chunk of one byte", ServiceUnreachable, "within 0.5 s"),
        ("headers for ever", ServiceUnreachable, BROKE),
        ("trailers for ever", ServiceUnreachable, BROKE),
        ("a chunk's name for ever", ServiceUnreachable, BROKE),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes) else None,
)
def test_bad_days(
    ask: Ask,
    in_mood: Callable[..., Mood],
    mood: bytes | str,
    kind: type[AvatarError],
    words: str | None,
) -> None:
    """However an answer goes wrong, it is one error in time, and a turn was sent once."""
    service = in_mood(mood)
    (error,) = ask(
        service.base_url, CALLS["say-text"], timeout=0.5 if words == "within 0.5 s" else 15
    )
    assert (type(error), error.error) == (kind, words)
    assert error.sent == ("maybe" if kind is ServiceUnreachable else "yes")
    assert service.requests == 1


@pytest.mark.parametrize(("encoding", "pack"), [(b"gzip", gzip), (b"deflate", zlib)])
def test_packed_once(in_mood: Callable[..., Mood], encoding: bytes, pack: Any) -> None:
    """An answer may be packed, as a proxy on the way may do."""
    service = in_mood(packed(pack.compress(b'{"success": true}'), encoding))
    assert awaitable(service.base_url, CALLS["interrupt"]) == [None]


def test_catalog_may_be_larger(in_mood: Callable[..., Mood]) -> None:
    """A list has 4 MB, and no more."""
    items = [{"itemId": "x" * 1000} for _ in range(2000)]
    service = in_mood(kept_alive({"objects": items}), kept_alive(" " * CATALOG_LIMIT))
    listed, error = awaitable(service.base_url, CALLS["catalog"], CALLS["catalog"])
    assert len(listed) == len(items)
    assert (type(error), error.error) == (ServiceFailed, "it is larger than 4 MB")


def test_a_large_answer_does_not_stop_the_server(in_mood: Callable[..., Mood]) -> None:
    """A catalog of long texts is read beside everything else: none of it takes the loop as long as
    all of it takes a thread."""
    text = "%41x" * 2500
    item = {"itemId": "a", "attributes": {"visual": {"name": text, "description": text}}}
    service = in_mood(kept_alive({"objects": [item] * 150}))

    async def ask() -> tuple[float, float]:
        loop, stood = asyncio.get_running_loop(), 0.0
        began = loop.time()
        async with AsyncAvatarClient("a-ks", service.base_url) as client:
            listing = asyncio.create_task(client.catalog("Visual"))
            while not listing.done():
                before = loop.time()
                await asyncio.sleep(0.001)
                stood = max(stood, loop.time() - before)
            assert len(listing.result()) == 150
        return stood, loop.time() - began

    stood, all_of_it = asyncio.run(ask())
    assert stood < max(all_of_it / 2, 0.5)


@each_door
def test_doubled_answer_is_nobodys(ask: Ask, in_mood: Callable[..., Mood]) -> None:
    """A second answer is not read as that to the next call: no session goes to another visitor, and
    no text that was refused counts as said."""
    first, second = kept_alive(OPENED), kept_alive(OPENED | {"sessionId": "session-2"})
    refusal = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    service = in_mood(first + first, second, 2 * kept_alive(OK), refusal)
    calls = ("create", "create", "keep-alive", "say-text")
    one, other, _, refused = ask(service.base_url, *(CALLS[name] for name in calls))
    assert (one.session_id, other.session_id) == ("session-1", "session-2")
    assert isinstance(refused, RequestRefused)
    assert (service.requests, service.connections) == (4, 4)


@each_door
def test_no_proxy_for_this_machine(
    ask: Ask, in_mood: Callable[..., Mood], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that the environment names is not asked for a service on this machine, and is for
    any other."""
    service, proxy = in_mood(kept_alive(OK)), in_mood(b"HTTP/1.1 407 Required\r\n\r\n")
    monkeypatch.setenv("ALL_PROXY", proxy.base_url)
    assert ask(service.base_url, CALLS["end"]) == [None]
    (error,) = ask("https://avatar.example/v1", CALLS["say-text"])
    assert (type(error), error.sent, proxy.requests) == (ServiceUnreachable, "no", 1)


class Lent(httpx.MockTransport):
    """A transport that knows whether it was closed."""

    closed = False

    async def aclose(self) -> None:
        """Remember."""
        self.closed = True


@each_call
def test_a_closed_client_says_so(name: str) -> None:
    """Closing twice does no harm, and closes no transport that was lent."""
    lent = Lent(Service(OK))

    async def ask_closed() -> None:
        client = AsyncAvatarClient("a-ks", transport=lent)
        await client.aclose()
        await client.aclose()
        await CALLS[name](client)

    def ask_closed_and_wait() -> None:
        client = AvatarClient("a-ks", transport=lent)
        client.close()
        client.close()
        CALLS[name](client)

    for ask in (ask_closed_and_wait, lambda: asyncio.run(ask_closed())):
        with pytest.raises(RequestRefused, match="this client is closed") as caught:
            ask()
        assert (caught.value.call, caught.value.sent) == (name, "no")
    assert not lent.closed


def test_a_call_that_waits_ends_with_its_client(in_mood: Callable[..., Mood]) -> None:
    """Closed by another thread, or another task, while no answer comes: a sentence of ours."""
    service = in_mood("silence")
    client = AvatarClient("a-ks", service.base_url)
    outcomes: list[AvatarError] = []

    def wait() -> None:
        with pytest.raises(AvatarError) as caught:
            client.say_text(SESSION, "Hello!")
        outcomes.append(caught.value)

    waiting = threading.Thread(target=wait)
    waiting.start()
    eventually(lambda: service.requests)
    client.close()
    waiting.join(10)
    (error,) = outcomes
    assert (type(error), error.sent) == (ServiceUnreachable, "maybe")
    assert "this client is closed" in str(error)


def test_an_own_transport_is_closed() -> None:
    """Its calls end with it."""
    assert blocking("http://127.0.0.1:1", CALLS["end"])[0].sent == "no"
