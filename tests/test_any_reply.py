"""Replies that nobody would think of, on every call: a value of ours, or an error of ours."""

from __future__ import annotations

import json

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_client import AvatarError, Session
from tests.support.canaries import leaks
from tests.support.client_doors import Service, awaitable, calls_of

KS, TOKEN = "CanaryKs7f3a9Zq2LmX8", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJDYW5hcnkifQ.Q2FuYXJ5"
CALLS = calls_of(Session("a-session", TOKEN))
NAMES = [
    *("success", "error", "sessionId", "token", "whepUrl", "turn", "url", "username", "credential"),
    *("warning", "objects", "itemId", "imageUrl", "attributes", "visual", "voice", "name"),
    *("message", "detail", "loc", "msg", "code", "objectType"),
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


@pytest.mark.parametrize("name", CALLS)
@given(status=statuses, body=bodies, headers=headers)
def test_any_reply(name: str, status: int, body: bytes, headers: dict[str, str]) -> None:
    """The documented value, or one sentence that shows no credential and says what to do."""
    service = Service(httpx.Response(status, content=body, headers=headers))
    (outcome,) = awaitable(service, CALLS[name], ks=KS)
    shown = repr(outcome)
    if isinstance(outcome, AvatarError):
        assert (outcome.call, outcome.status, outcome.sent) == (name, status, "yes")
        shown += f"{outcome} {outcome.details}"
        assert (outcome.retry_after or 0) >= 0
    else:
        assert 200 <= status < 300 or (name == "end" and status in (404, 410))
    assert not leaks(KS, [shown.encode()]) + leaks(TOKEN, [shown.encode()])
