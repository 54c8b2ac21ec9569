"""Which form of create the client sends next, and with which KS: found out once, never twice."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable, Sequence
from operator import methodcaller
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatar_client import (
    DOCUMENTED,
    FORMS,
    LIVE,
    AsyncAvatarClient,
    AvatarClient,
    AvatarError,
    CredentialRefused,
    Dialect,
    Form,
    KsSource,
    LimitReached,
    RequestRefused,
    ServiceFailed,
    ServiceUnreachable,
    Session,
    ks_expires_at,
)
from server.kaltura_session import AdminKs
from tests.test_avatar_client import BASE_URL, OK, OPENED, SESSION, Service, answer

Ask = Callable[..., list[Any]]
Verb = Callable[[Any], Any]

CREATE = methodcaller("create", "ava")
REFUSALS = (400, 404, 405, 410, 415, 422)
AUTO = FORMS["auto"]


def ask_blocking(
    service: Service, *calls: Verb, ks: str | KsSource = "a-ks", dialect: Dialect = "auto"
) -> list[Any]:
    """What came of `calls` of one `AvatarClient`, one after the other."""
    outcomes = []
    transport = httpx.MockTransport(service)
    with AvatarClient(
        ks, BASE_URL, dialect=dialect, transport=transport, sleep=lambda _: None
    ) as client:
        for call in calls:
            try:
                outcomes.append(call(client))
            except AvatarError as error:
                outcomes.append(error)
    return outcomes


def ask_awaitable(
    service: Service, *calls: Verb, ks: str | KsSource = "a-ks", dialect: Dialect = "auto"
) -> list[Any]:
    """What came of `calls` of one `AsyncAvatarClient`, one after the other."""

    async def at_once(_: float) -> None:
        return

    async def ask() -> list[Any]:
        outcomes = []
        transport = httpx.MockTransport(service)
        async with AsyncAvatarClient(
            ks, BASE_URL, dialect=dialect, transport=transport, sleep=at_once
        ) as client:
            for call in calls:
                try:
                    outcomes.append(await call(client))
                except AvatarError as error:
                    outcomes.append(error)
        return outcomes

    return asyncio.run(ask())


@pytest.fixture(params=[ask_blocking, ask_awaitable], ids=["AvatarClient", "AsyncAvatarClient"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Calls of either door to a `Service`."""
    door: Ask = request.param
    return door


def form_of(request: httpx.Request) -> Form:
    """How a create was put."""
    (face,) = json.loads(request.content)["visualConfig"]
    return Form(request.url.path.removeprefix("/v1/avatar-session"), face)


def forms_of(service: Service) -> list[Form]:
    """How each create was put."""
    return [form_of(request) for request in service.requests]


class OneForm(Service):
    """Opens a session where create is put as `form`; `refusal` is its status for another path, and
    for another field."""

    def __init__(self, form: Form, refusal: tuple[int, int] = (404, 400)) -> None:
        super().__init__(None)
        self._form = form
        self._refusal = refusal
        self.opened = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer `request`."""
        self.requests.append(request)
        form = form_of(request)
        if form == self._form:
            self.opened += 1
            return httpx.Response(200, json=OPENED)
        path_is_right = form.path == self._form.path
        return httpx.Response(self._refusal[path_is_right], json={"error": "No"})


# Forms


def test_forms_are_the_known_ones() -> None:
    """Two are documented or seen, and auto tries every mix of their paths and fields once."""
    assert FORMS["documented"] == (DOCUMENTED,) == (("", "avatarId"),)
    assert FORMS["live"] == (LIVE,) == (("/create", "id"),)
    assert len(set(AUTO)) == len(AUTO) == 4


@pytest.mark.parametrize("form", AUTO, ids=str)
@pytest.mark.parametrize("field_refusal", REFUSALS)
@pytest.mark.parametrize("path_refusal", REFUSALS)
def test_form_is_found_once_and_remembered(
    form: Form, path_refusal: int, field_refusal: int
) -> None:
    """Whatever one form the service takes: the first create opens one session, by one request
    that was not refused, and from the second on there is one request each."""
    service = OneForm(form, (path_refusal, field_refusal))
    outcomes = ask_blocking(service, CREATE, CREATE, CREATE)
    assert outcomes == [SESSION] * 3
    assert service.opened == 3
    found = AUTO.index(form)
    assert forms_of(service) == [*AUTO[: found + 1], form, form]


@pytest.mark.parametrize("form", AUTO, ids=str)
def test_both_doors_find_it(ask: Ask, form: Form) -> None:
    """`AvatarClient` and `AsyncAvatarClient` decide alike."""
    service = OneForm(form)
    assert ask(service, CREATE) == [SESSION]
    assert service.opened == 1


def test_creates_at_the_same_time_open_one_session_each() -> None:
    """Each finds the form for itself, while none of them is answered yet."""
    service = OneForm(DOCUMENTED)
    all_asked = asyncio.Barrier(3)

    async def answered_together(request: httpx.Request) -> httpx.Response:
        await all_asked.wait()
        return service(request)

    async def ask() -> list[Session]:
        transport = httpx.MockTransport(answered_together)
        async with AsyncAvatarClient("a-ks", BASE_URL, transport=transport) as client:
            return await asyncio.gather(*(client.create("ava") for _ in range(3)))

    assert asyncio.run(ask()) == [SESSION] * 3
    assert (service.opened, len(service.requests)) == (3, 6)


@pytest.mark.parametrize(("dialect", "form"), [("documented", DOCUMENTED), ("live", LIVE)])
def test_dialect_that_is_set_is_the_only_one(ask: Ask, dialect: Dialect, form: Form) -> None:
    """With AVATAR_API_DIALECT given, no other form is tried."""
    service = Service(answer(404, {"error": "No such path"}))
    (error,) = ask(service, CREATE, dialect=dialect)
    assert (type(error), error.status) == (RequestRefused, 404)
    assert forms_of(service) == [form]


@pytest.mark.parametrize(
    ("outcome", "kind", "requests"),
    [
        (answer(401), CredentialRefused, 1),
        (answer(403), CredentialRefused, 1),
        (answer(429), LimitReached, 1),
        (answer(429, Retry_After="1"), LimitReached, 2),
        (answer(402), RequestRefused, 1),
        (answer(409), RequestRefused, 1),
        (answer(301), ServiceFailed, 1),
        (answer(200, "<html>"), ServiceFailed, 1),
        (answer(200, {"success": False}), ServiceFailed, 1),
        (answer(201), ServiceFailed, 1),
        *((answer(status), ServiceFailed, 1) for status in (500, 502, 503, 504)),
        (httpx.ReadTimeout(""), ServiceUnreachable, 1),
        (httpx.ReadError(""), ServiceUnreachable, 1),
        (httpx.ConnectError(""), ServiceUnreachable, 3),
    ],
)
@pytest.mark.parametrize("before", [0, 1])
def test_other_form_is_never_tried_after(
    ask: Ask, outcome: object, kind: type[AvatarError], requests: int, before: int
) -> None:
    """What may have opened a session, or was understood, is told, and no other form is sent; also
    where it comes only at the second form."""
    service = Service(*[answer(404)] * before, outcome)
    (error,) = ask(service, CREATE)
    assert type(error) is kind
    assert forms_of(service) == [*AUTO[:before], *[AUTO[before]] * requests]


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ((400, 404, 404, 404), 0),
        ((400, 400, 422, 415), 0),
        ((404, 404, 404, 404), 0),
        ((405, 404, 410, 501), 0),
        ((404, 400, 404, 400), 1),
        ((404, 404, 422, 404), 2),
    ],
)
def test_error_when_every_form_is_refused(ask: Ask, statuses: Sequence[int], told: int) -> None:
    """The first one, or the first that is no unknown path: a wrong face reads as it is."""
    service = Service(
        *(answer(status, {"error": f"Word {n}"}) for n, status in enumerate(statuses))
    )
    (error,) = ask(service, CREATE)
    assert (error.status, error.error) == (statuses[told], f"Word {told}")
    assert forms_of(service) == [*AUTO]


def test_refusal_after_a_success_is_about_the_request(ask: Ask) -> None:
    """Once a form has worked, a wrong face costs one request."""
    service = Service(answer(404), OPENED, answer(400, {"error": "Unknown avatar"}), OPENED)
    _, refused, opened = ask(service, CREATE, CREATE, CREATE)
    assert (refused.error, opened) == ("Unknown avatar", SESSION)
    assert forms_of(service) == [*AUTO[:2], AUTO[1], AUTO[1]]


def test_forms_differ_in_path_and_face_alone(ask: Ask) -> None:
    """The voice goes along in each; a clone, which must have no modelId, gets none."""
    service = Service(answer(400))
    ask(service, methodcaller("create", "ava", voice_id="eself-7", speed=1.5))
    assert [json.loads(request.content) for request in service.requests] == [
        {"visualConfig": {form.face: "ava"}, "voiceConfig": {"id": "eself-7", "speed": 1.5}}
        for form in AUTO
    ]


# KS


class Renewable:
    """A `KsSource` whose KS are numbered."""

    remedy = "Ask the one who numbers them."
    expires_at: float | None = None
    number = 1
    refused: str | None = None

    def current(self) -> str:
        """The latest."""
        return f"ks-{self.number}"

    def renew(self, refused: str) -> bool:
        """One more."""
        self.refused = refused
        self.number += 1
        return True


@pytest.mark.parametrize(
    ("call", "good"), [(CREATE, OPENED), (methodcaller("catalog", "Visual"), {"objects": []})]
)
def test_ks_is_renewed_once_on_401(ask: Ask, call: Verb, good: object) -> None:
    """The same is sent with another KS, once; a second 401 is told, with its source's advice."""
    source = Renewable()
    service = Service(httpx.Response(401), good, httpx.Response(401))
    first, second = ask(service, call, call, ks=source)
    assert not isinstance(first, AvatarError)
    assert isinstance(second, CredentialRefused)
    assert str(second).endswith(f"HTTP 401. {source.remedy}")
    sent = [request.headers["Authorization"] for request in service.requests]
    assert sent == ["KS ks-1", "KS ks-2", "KS ks-2", "KS ks-3"]
    assert source.refused == "ks-2"


def test_ks_is_renewed_in_any_form_but_once_a_create(ask: Ask) -> None:
    """A 401 of the second form is answered with a new KS in that form; there is no second one."""
    service = Service(answer(404), answer(401), answer(400), answer(401))
    (error,) = ask(service, CREATE, ks=Renewable())
    assert error.status == 401
    assert [
        (form_of(request), request.headers["Authorization"]) for request in service.requests
    ] == [(AUTO[0], "KS ks-1"), (AUTO[1], "KS ks-1"), (AUTO[1], "KS ks-2"), (AUTO[2], "KS ks-2")]


def test_no_401_renews_what_cannot_be_renewed(ask: Ask) -> None:
    """A KS that was given stays what it is, and a token's 401 is not about the KS."""
    service = Service(answer(401))
    assert len(ask(service, CREATE)) == len(service.requests) == 1
    source = Renewable()
    ask(service, methodcaller("keep_alive", SESSION), methodcaller("end", SESSION), ks=source)
    assert source.number == 1


def test_minted_ks_goes_through_the_door(ask: Ask) -> None:
    """With `AdminKs` a 401 is answered by a KS that differs, and what to do names its settings."""
    service = Service(answer(401))
    (error,) = ask(service, CREATE, ks=AdminKs("1234567", "a-secret"))
    first, second = (request.headers["Authorization"] for request in service.requests)
    assert first != second
    assert first.startswith("KS djJ8MTIzNDU2N3")  # v2|1234567|
    assert "AVATAR_PARTNER_ID" in str(error)
    assert "AVATAR_ADMIN_SECRET" in str(error)


def version_1(expires_at: float) -> str:
    """A KS as KalturaApiClient 23.10.0 makes it by generateSession."""
    fields = f"1234567;1234567;{expires_at:.0f};2;4711;someone@example.com;disableentitlement"
    return base64.b64encode(f"{'0123456789abcdef0123' * 2}|{fields}".encode()).decode()


@pytest.mark.parametrize(
    ("name", "call"), [("create", CREATE), ("catalog", methodcaller("catalog", "Voice"))]
)
def test_expired_ks_is_told_before_it_is_sent(ask: Ask, name: str, call: Verb) -> None:
    """A KS of version 1 says when it expires: then nothing is sent, and the sentence says when."""
    service = Service(OK)
    expired = version_1(1_700_000_000)
    (error,) = ask(service, call, ks=expired)
    assert (type(error), error.sent, error.status) == (CredentialRefused, "no", None)
    assert str(error) == (
        f"{name} could not be sent (by the clock of this machine the KS expired on 2023-11-14 at"
        " 22:13 UTC). Check AVATAR_KS: it is wrong or has expired, and a new one is needed."
    )
    assert not service.requests
    assert ask(service, methodcaller("end", SESSION), ks=expired) == [None]


def test_ks_that_may_be_good_is_sent(ask: Ask) -> None:
    """One that has time left, and one that only its maker can read."""
    for ks in (version_1(time.time() + 60), "djJ8MTIzfA==", "simulator"):
        assert ask(Service(OPENED), CREATE, ks=ks) == [SESSION]


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
    assert AvatarClient(ks, BASE_URL).ks_expires_at == expires_at


@given(st.text())
def test_any_ks_is_read_or_not(ks: str) -> None:
    """No text makes reading fail."""
    assert ks_expires_at(ks) is None
