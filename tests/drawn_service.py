"""The avatar service as a transport: it answers when, and how, a test decides."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Literal

import httpx

BASE_URL = "http://127.0.0.1:9/v1/avatar-session"

Way = Literal["good", "gone", "unsent", "broken", "late", "garbage", "limit"] | int
"""How a call is answered: as it should; with 410, because the session is over; not at all, because
nothing could be sent, the connection broke or it took too long; with no JSON; with 429; with
another status."""

CERTAIN: frozenset[Way] = frozenset({"unsent", "limit", "gone", 400, 401, 403})
"""The service has not acted on a call that is answered so."""


@dataclass(slots=True, eq=False)
class Waiting:
    """A call that the service has not answered yet."""

    request: httpx.Request
    answer: asyncio.Future[httpx.Response]

    @property
    def name(self) -> str:
        """The call's name."""
        last = self.request.url.path.rpartition("/")[2]
        return "create" if last == "avatar-session" else last

    @property
    def session_id(self) -> str:
        """Whose it is."""
        return self.request.url.path.split("/")[-2]

    @property
    def body(self) -> dict[str, object]:
        """What was sent."""
        sent: dict[str, object] = json.loads(self.request.content)
        return sent


@dataclass(slots=True)
class DrawnService(httpx.AsyncBaseTransport):
    """`live` sessions, all the `texts` said, the ids of sessions whose end was `confirmed`.

    `uncertain` counts creates after whose answer nobody but the service knows what they made.
    """

    waiting: list[Waiting] = field(default_factory=list)
    live: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)
    uncertain: int = 0
    created: int = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The call waits until it is answered; one that is cancelled may still be acted on."""
        call = Waiting(request, asyncio.get_running_loop().create_future())
        self.waiting.append(call)
        return await call.answer

    def decide(self, call: Waiting, way: Way, *, acts: bool) -> None:
        """Answer `call`; `acts` says whether the service did it, where the way leaves that open."""
        self.waiting.remove(call)
        is_for_a_session = call.name != "create"
        if way == "gone" and not is_for_a_session:
            way = 503
        if is_for_a_session and call.session_id not in self.live and way == "good":
            way = "gone"
        if way == "good" or (acts and way not in CERTAIN and not self._is_plain_failure(call, way)):
            made = self._act(call)
        else:
            made = ""
        if way == "gone":
            self.live.discard(call.session_id)
        if call.name == "end" and way in ("good", "gone"):
            self.confirmed.append(call.session_id)
        self._note_uncertain(call, way)
        if not call.answer.done():
            outcome = self._outcome(way, made)
            if isinstance(outcome, Exception):
                call.answer.set_exception(outcome)
            else:
                call.answer.set_result(outcome)
