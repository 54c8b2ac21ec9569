"""Replies that nobody would think of, on every call: a value of ours, or an error of ours."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_client import Api, AsyncAvatarClient, AvatarError, Call, Session, judge
from tests.support.canaries import leaks

KS, TOKEN = "CanaryKs7f3a9Zq2LmX8", "CanaryToken4b1c8Wy6RtP0"
SESSION = Session("a-session", TOKEN)
API = Api(KS, "http://127.0.0.1:8600/v1/avatar-session")


def every_call(door: Any) -> tuple[Any, ...]:
    """All calls of the API, made at `Api` or sent by a client: their methods are the same."""
    return (
        door.create("ava"),
        door.catalog("Visual"),
        door.catalog("Voice"),
        door.init_client(SESSION),
        door.say_text(SESSION, "Hello!"),
        door.say_audio(SESSION, b"mp3", duration=1.0),
        door.interrupt(SESSION),
        door.keep_alive(SESSION),
        door.end(SESSION),
    )


NAMES = [
    *("success", "error", "sessionId", "token", "whepUrl", "turn", "url", "username", "credential"),
    *("warning", "objects", "itemId", "imageUrl", "attributes", "visual", "voice", "name"),
]
texts = st.text() | st.sampled_from(
    [KS, TOKEN, f"Bearer {TOKEN}", "https://media.example/whep/1", "javascript:alert(1)", "a-name"]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=12,
)
bodies = st.binary() | texts.map(str.encode) | values.map(lambda value: json.dumps(value).encode())
statuses = st.sampled_from([200, 201, 204, 400, 401, 403, 404, 410, 429, 500, 502, 503]) | (
    st.integers(200, 599)
)
headers = st.dictionaries(
    st.sampled_from(["Retry-After", "Content-Type", "Date", "X-Any"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)
    | st.sampled_from(["0", "1e9", "-1", "Wed, 21 Oct 2015 07:28:00 GMT", "text/html"]),
)


@pytest.mark.parametrize("call", every_call(API), ids=lambda call: call.name)
@given(status=statuses, body=bodies, headers=headers)
def test_any_reply(call: Call[object], status: int, body: bytes, headers: dict[str, str]) -> None:
    """The documented value, or one sentence that shows no credential and says what to do."""
    outcome = judge(call, httpx.Response(status, content=body, headers=headers))
    shown = repr(outcome).encode()
    if isinstance(outcome, AvatarError):
        assert outcome.sent == "yes"
        shown += str(outcome).encode()
        assert str(outcome).startswith(f"{call.name} was answered with HTTP {status}")
        assert (outcome.retry_after or 0) >= 0
    else:
        assert 200 <= status < 300 or (call.gone_is_done and status in (404, 410))
    assert not leaks(KS, [shown]) + leaks(TOKEN, [shown])


@given(status=statuses, body=bodies, headers=headers)
def test_any_reply_to_a_session(status: int, body: bytes, headers: dict[str, str]) -> None:
    """Through the door that the app uses, for every call in turn: nothing but `AvatarError`."""

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=body, headers=headers)

    async def at_once(_: float) -> None:
        return

    async def ask_everything() -> None:
        transport = httpx.MockTransport(answer)
        async with AsyncAvatarClient(
            KS, API.base_url, transport=transport, sleep=at_once
        ) as client:
            for ask in every_call(client):
                try:
                    await ask
                except AvatarError as error:
                    assert str(error)  # noqa: PT017  # the sentence is made when it is asked for

    asyncio.run(ask_everything())
