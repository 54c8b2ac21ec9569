"""The avatar service as a transport: it answers when, and how, a test decides."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Literal

import httpx

from speech import Recording, SayAs, sentences

BASE_URL = "http://127.0.0.1:9/v1/avatar-session"

Way = Literal["good", "gone", "unsent", "limit", "broken", "late", "garbage"] | int
"""How a call is answered: as it should; with 410, because the session is over; not at all, because
nothing could be sent; with 429; not at all, because the connection broke or it took too long; with
what is no JSON; with another status."""

UNCERTAIN: frozenset[Way] = frozenset({"broken", "late", "garbage", 500, 502, 504})
"""The service may have acted on a call that is answered so. Not with 503: that says that it was not
handled."""


@dataclass(slots=True, eq=False)
class Call:
    """A call that the service has not answered yet."""

    request: httpx.Request
    answer: asyncio.Future[httpx.Response]

    @property
    def name(self) -> str:
        """As the client calls it."""
        last = self.request.url.path.rpartition("/")[2]
        return "create" if last == "avatar-session" else last

    @property
    def session_id(self) -> str:
        """Whose it is."""
        return self.request.url.path.split("/")[-2]

    @property
    def text(self) -> str:
        """What is to be said; in say-audio, of a recording of `DrawnVoice`."""
        if self.name == "say-text":
            return str(json.loads(self.request.content)["text"])
        (text,) = re.findall(rb"mp3 of (.*?)\r\n", self.request.content, re.DOTALL)
        return str(text.decode())


class DrawnVoice:
    """Speaks each sentence for `SECONDS`, without a thread."""

    SECONDS = 2.0

    def warm_up(self) -> None:
        """It is always ready."""

    async def recordings(
        self,
        text: str,
        speed: float,
        say_as: SayAs | None = None,
    ) -> AsyncGenerator[Recording]:
        """A recording for each sentence."""
        for sentence in sentences(say_as.spoken(text) if say_as else text):
            yield Recording(f"mp3 of {sentence}".encode(), self.SECONDS / speed, sentence)

    def close(self) -> None:
        """There is nothing to close."""


@dataclass(slots=True)
class DrawnService(httpx.AsyncBaseTransport):
    """`live` sessions, all that was `said` in which, the ids of those whose end was `confirmed`.

    `uncertain` counts the creates of which only the service knows what they made; `complaints` what
    was asked of it that never should be.
    """

    waiting: list[Call] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    said: list[tuple[str, str]] = field(default_factory=list)
    confirmed: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    uncertain: int = 0
    created: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The call waits to be answered; one that is cancelled meanwhile may still be acted on."""
        await request.aread()
        call = Call(request, asyncio.get_running_loop().create_future())
        if call.name == "end" and call.session_id in self.confirmed:
            self.complaints.append(f"{call.session_id} is ended again")
        self.waiting.append(call)
        return await call.answer

    def decide(self, call: Call, way: Way, *, acts: bool) -> None:
        """Answer `call`; `acts` tells whether the service did it, where `way` leaves that open."""
        self.waiting.remove(call)
        is_create = call.name == "create"
        if is_create and way == "gone":
            way = "limit"
        if way == "good" and not is_create and call.session_id not in self.live:
            way = "gone"
        if way in (401, 404) and call.name == "end":
            way = "gone"  # of end, a 404 is documented to say just that, and a 401 is taken for it
        if is_create and (way in UNCERTAIN or call.answer.cancelled()):
            self.uncertain += 1
        if way == "good" or (way in UNCERTAIN and acts):
            self._act(call)
        if way == "gone":
            self.live.discard(call.session_id)
        # An end that its caller has given up by now is confirmed to nobody.
        if call.name == "end" and way in ("good", "gone") and not call.answer.done():
            self.confirmed.add(call.session_id)
        if not call.answer.done():
            self._answer(call, way)

    def _act(self, call: Call) -> None:
        if call.name == "create":
            self.created += 1
            self.live.add(f"session-{self.created}")
        elif call.session_id in self.live:
            if call.name == "end":
                self.live.remove(call.session_id)
            if call.name in ("say-text", "say-audio"):
                self.said.append((call.session_id, call.text))

    def _answer(self, call: Call, way: Way) -> None:
        match way:
            case "good":
                good = {
                    "success": True,
                    "sessionId": f"session-{self.created}",
                    "token": "a-token",
                    "whepUrl": f"http://127.0.0.1:9/whep/{call.session_id}",
                }
                call.answer.set_result(httpx.Response(200, json=good))
            case "gone":
                call.answer.set_result(httpx.Response(410))
            case "limit":
                call.answer.set_result(httpx.Response(429, headers={"Retry-After": "2"}))
            case "unsent":
                call.answer.set_exception(httpx.ConnectError("no route"))
            case "broken":
                call.answer.set_exception(httpx.ReadError("reset"))
            case "late":
                call.answer.set_exception(httpx.ReadTimeout("late"))
            case "garbage":
                call.answer.set_result(httpx.Response(200, text="<html>"))
            case status:
                call.answer.set_result(httpx.Response(status))
