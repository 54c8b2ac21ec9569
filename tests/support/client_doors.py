"""Both doors of the client, and a service behind them that answers as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from operator import methodcaller
from typing import Any

import httpx
import pytest

from avatar_client import AsyncAvatarClient, AvatarClient, AvatarError, Session

BASE_URL = "http://127.0.0.1:8600/v1/avatar-session"
SESSION = Session("session-1", "a.token")
OK: dict[str, object] = {"success": True}
OPENED = OK | {"sessionId": "session-1", "token": "a.token"}

Verb = Callable[[Any], Any]
Ask = Callable[..., list[Any]]


def calls_of(session: Session) -> dict[str, Verb]:
    """Each call of the API by its name, to be made of a client."""
    return {
        "create": methodcaller("create", "ava"),
        "catalog": methodcaller("catalog", "Visual"),
        "init-client": methodcaller("init_client", session),
        "say-text": methodcaller("say_text", session, "Hello!"),
        "say-audio": methodcaller("say_audio", session, b"mp3", duration=1.0),
        "interrupt": methodcaller("interrupt", session),
        "keep-alive": methodcaller("keep_alive", session),
        "end": methodcaller("end", session),
    }


CALLS = calls_of(SESSION)


class Service:
    """Stands where the network would: answers in turn, the last one for ever, and remembers."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer `request`: with a response, with JSON, or not at all."""
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(
                answer.status_code, headers=answer.headers, content=answer.content
            )
        return httpx.Response(200, json=answer)


def _options(service: Callable[[httpx.Request], httpx.Response] | str) -> dict[str, Any]:
    if isinstance(service, str):
        return {"base_url": service}
    return {"base_url": BASE_URL, "transport": httpx.MockTransport(service)}


def blocking(service: Any, *calls: Verb, ks: Any = "a-ks", **options: Any) -> list[Any]:
    """What came of these calls of one `AvatarClient`, one after the other: values and errors.

    `service`: its base URL, or what answers requests in its place.
    """
    outcomes: list[Any] = []
    with AvatarClient(ks, **_options(service), **{"pauses": (0.0, 0.0)} | options) as client:
        for call in calls:
            try:
                outcomes.append(call(client))
            except AvatarError as error:
                outcomes.append(error)
    return outcomes


def awaitable(service: Any, *calls: Verb, ks: Any = "a-ks", **options: Any) -> list[Any]:
    """The same of one `AsyncAvatarClient`."""

    async def ask() -> list[Any]:
        outcomes: list[Any] = []
        chosen = _options(service) | {"pauses": (0.0, 0.0)} | options
        async with AsyncAvatarClient(ks, **chosen) as client:
            for call in calls:
                try:
                    outcomes.append(await call(client))
                except AvatarError as error:
                    outcomes.append(error)
        return outcomes

    return asyncio.run(ask())


each_door = pytest.mark.parametrize("ask", [blocking, awaitable])
