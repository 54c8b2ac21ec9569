"""Which form of create the client sends next, and with which KS: found out once, never twice."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Sequence
from operator import methodcaller

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_client import (
    DOCUMENTED,
    LIVE,
    AsyncAvatarClient,
    AvatarError,
    CredentialRefused,
    Dialect,
    KsSource,
    LimitReached,
    RequestRefused,
    ServiceFailed,
    ServiceUnreachable,
    Session,
    ks_expires_at,
)
from server.kaltura_session import AdminKs
from tests.support.client_doors import (
    BASE_URL,
    CALLS,
    OK,
    OPENED,
    SESSION,
    Ask,
    Service,
    awaitable,
    each_door,
)

CREATE = CALLS["create"]
REFUSALS = (400, 404, 405, 410, 415, 422, 501)


def forms_of(service: Service) -> list[tuple[str, str]]:
    """How each create was put."""
    faces = [next(iter(json.loads(sent.content)["visualConfig"])) for sent in service.requests]
    paths = [sent.url.path.removeprefix("/v1/avatar-session") for sent in service.requests]
    return list(zip(paths, faces, strict=True))


def refused(status: int, words: str = "No") -> httpx.Response:
    """An answer that opened nothing."""
    return httpx.Response(status, json={"error": words})


# Forms


@each_door
@pytest.mark.parametrize("status", REFUSALS)
def test_form_is_found_once_and_remembered(ask: Ask, status: int) -> None:
    """The live form goes first, the documented one after an answer that opened nothing; from then
    on there is one request each, and a refusal is about what was asked for."""
    service = Service(refused(status), OPENED, refused(400, "Unknown avatar"), OPENED)
    opened, wrong, again = ask(service, CREATE, CREATE, CREATE)
    assert (opened, wrong.error, again) == (SESSION, "Unknown avatar", SESSION)
    assert forms_of(service) == [LIVE, DOCUMENTED, DOCUMENTED, DOCUMENTED]


def test_creates_at_the_same_time_open_one_session_each() -> None:
    """Each finds the form for itself, while none of them is answered yet."""
    all_asked = asyncio.Barrier(3)
    service = Service(*[refused(404)] * 3, OPENED)

    async def answered_together(request: httpx.Request) -> httpx.Response:
        await all_asked.wait()
        return service(request)

    async def ask() -> list[Session]:
        transport = httpx.MockTransport(answered_together)
        async with AsyncAvatarClient("a-ks", BASE_URL, transport=transport) as client:
            return await asyncio.gather(*(client.create("ava") for _ in range(3)))

    assert asyncio.run(ask()) == [SESSION] * 3
    assert forms_of(service) == [*[LIVE] * 3, *[DOCUMENTED] * 3]


@pytest.mark.parametrize(("dialect", "form"), [("documented", DOCUMENTED), ("live", LIVE)])
def test_dialect_that_is_set_is_the_only_one(dialect: Dialect, form: tuple[str, str]) -> None:
    """With AVATAR_API_DIALECT given, no other form is tried."""
    service = Service(refused(404))
    (error,) = awaitable(service, CREATE, dialect=dialect)
    assert (type(error), error.status) == (RequestRefused, 404)
    assert forms_of(service) == [form]


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        *((refused(status), CredentialRefused) for status in (401, 403)),
        (refused(429), LimitReached),
        *((refused(status), RequestRefused) for status in (402, 409)),
        *((refused(status), ServiceFailed) for status in (200, 201, 301, 500, 502, 503, 504)),
        (httpx.ReadTimeout(""), ServiceUnreachable),
        (httpx.ReadError(""), ServiceUnreachable),
        ({"success": False}, ServiceFailed),
    ],
)
@pytest.mark.parametrize("before", [0, 1])
def test_other_form_is_never_tried_after(
    outcome: object, kind: type[AvatarError], before: int
) -> None:
    """What may have opened a session, or was understood, is told, and no other form is sent; also
    where it comes only at the second form."""
    service = Service(*[refused(404)] * before, outcome)
    (error,) = awaitable(service, CREATE)
    assert type(error) is kind
    assert forms_of(service) == [LIVE, DOCUMENTED][: before + 1]


@pytest.mark.parametrize(
    ("statuses", "told"),
    [((400, 404), 0), ((400, 422), 0), ((404, 404), 0), ((405, 501), 0), ((404, 400), 1)],
)
def test_error_when_both_forms_are_refused(statuses: Sequence[int], told: int) -> None:
    """The first one, or the first that is no unknown path: a wrong face reads as it is."""
    service = Service(*(refused(status, f"Word {n}") for n, status in enumerate(statuses)))
    (error,) = awaitable(service, CREATE)
    assert (error.status, error.error) == (statuses[told], f"Word {told}")
    assert forms_of(service) == [LIVE, DOCUMENTED]


# KS


class Renewable(KsSource):
    """Its KS are numbered."""

    remedy = "Ask the one who numbers them."
    secrets = ("what-they-are-made-from",)
    number = 1

    def __init__(self) -> None:
        super().__init__("unused")

    def current(self) -> str:
        """The latest."""
        return f"ks-{self.number}"

    def renew(self, refused: str) -> bool:
        """One more."""
        assert refused == self.current()
        self.number += 1
        return True


@each_door
@pytest.mark.parametrize("name", ["create", "catalog"])
@pytest.mark.parametrize("again", [OPENED | {"objects": []}, refused(401)])
def test_ks_is_renewed_once(ask: Ask, name: str, again: object) -> None:
    """The same is sent with another KS; a second refusal is told, with its source's advice."""
    exception = {"objectType": "KalturaAPIException", "message": "Not what-they-are-made-from"}
    for refusal in (refused(401), exception):
        service = Service(refusal, again)
        (outcome,) = ask(service, CALLS[name], ks=Renewable())
        sent = [request.headers["Authorization"] for request in service.requests]
        assert sent == ["KS ks-1", "KS ks-2"]
        if isinstance(again, httpx.Response):
            assert type(outcome) is CredentialRefused
            assert str(outcome).endswith(Renewable.remedy)
        else:
            assert not isinstance(outcome, AvatarError)


def test_ks_is_renewed_in_the_form_it_was_refused_in() -> None:
    """Not in the first one again."""
    service = Service(refused(404), refused(401), OPENED)
    assert awaitable(service, CREATE, ks=Renewable()) == [SESSION]
    assert forms_of(service) == [LIVE, DOCUMENTED, DOCUMENTED]


def test_what_renews_no_ks() -> None:
    """A KS that was given stays what it is, a 403 means another kind of KS, and a token's 401 is
    not about the KS."""
    for name, status, ks in (
        ("create", 401, "a-ks"),
        ("create", 403, Renewable()),
        ("keep-alive", 401, Renewable()),
    ):
        service = Service(refused(status))
        (error,) = awaitable(service, CALLS[name], ks=ks)
        assert (type(error), len(service.requests)) == (CredentialRefused, 1)


def test_minted_ks_goes_through_the_door() -> None:
    """With `AdminKs` a 401 is answered by a KS that differs, and what to do names its settings; no
    error shows what it is made from."""
    service = Service(refused(401, "Not a-secret"))
    (error,) = awaitable(service, CREATE, ks=AdminKs("1234567", "a-secret"))
    first, second = (request.headers["Authorization"] for request in service.requests)
    assert first != second
    assert first.startswith("KS djJ8MTIzNDU2N3")  # v2|1234567|
    assert error.error == "Not …"
    assert "AVATAR_PARTNER_ID" in str(error)
    assert "AVATAR_ADMIN_SECRET" in str(error)


def version_1(expires_at: float) -> str:
    """A KS as KalturaApiClient 23.10.0 makes it by generateSession."""
    fields = f"1234567;1234567;{expires_at:.0f};2;4711;someone@example.com;disableentitlement"
    return base64.b64encode(f"{'0123456789abcdef0123' * 2}|{fields}".encode()).decode()


@pytest.mark.parametrize("name", ["create", "catalog"])
def test_expired_ks_is_told_before_it_is_sent(name: str) -> None:
    """A KS of version 1 says when it expires: then nothing is sent, and the sentence says when."""
    service = Service(OK)
    expired = version_1(1_700_000_000)
    error, ended = awaitable(service, CALLS[name], methodcaller("end", SESSION), ks=expired)
    assert (type(error), error.sent, error.status) == (CredentialRefused, "no", None)
    assert str(error) == (
        "Nothing was sent: by the clock of this machine the KS expired on 2023-11-14 at 22:13 UTC."
        " Set AVATAR_KS to a new one: this one is wrong or has expired."
    )
    assert (ended, len(service.requests)) == (None, 1)


def test_ks_that_may_be_good_is_sent() -> None:
    """One that has time left, and one that only its maker can read."""
    for ks in (version_1(time.time() + 60), "djJ8MTIzfA==", "simulator"):
        assert awaitable(Service(OPENED), CREATE, ks=ks) == [SESSION]


OF_THE_PACKAGE = (
    "MzdmZmMxNGE5ZTJhMDMzMTIwMzBhNTg1NmJiY2M4NDE3M2I4ZjA4ZXwxMjM0NTY3OzEyMzQ1Njc7MTgwMDA4NjQwMDsy"
    "OzQ3MTE7c29tZW9uZUBleGFtcGxlLmNvbTtkaXNhYmxlZW50aXRsZW1lbnQ="
)
"""Made by KalturaApiClient 23.10.0's generateSession."""


@pytest.mark.parametrize(
    ("ks", "expires_at"),
    [
        (OF_THE_PACKAGE, 1_800_086_400.0),
        (OF_THE_PACKAGE.rstrip("="), 1_800_086_400.0),
        (version_1(1_700_000_000), 1_700_000_000.0),
        (base64.urlsafe_b64encode(b"v2|1234567|\xff\xfe").decode(), None),
        (base64.b64encode(b"not-a-signature|1;1;1700000000;2;3;;").decode(), None),
        ("simulator", None),
    ],
)
def test_when_a_ks_expires(ks: str, expires_at: float | None) -> None:
    """Version 1 says it, with and without its padding; others are not read."""
    assert ks_expires_at(ks) == expires_at
    assert KsSource(ks).expires_at == expires_at


@given(st.text())
def test_any_ks_is_read_or_not(ks: str) -> None:
    """No text makes reading fail."""
    assert ks_expires_at(ks) is None
