"""`python -m simulator --check [BASE_URL]`: make every call of the contract once against a service.

It prints of each answer whether it is as in the contract, and ends every session that it opened.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

import httpx
import numpy as np
from dotenv import dotenv_values

from simulator.exchange import CALLS, CONTRACT, NoAnswer, answer_page, answer_to, unseen, verdict
from simulator.hiding import Hiding
from speech import SAMPLE_RATE, encoded

BASE_PATH = "/v1/avatar-session"
DEADLINE = 30.0
"""Seconds for a whole answer; create starts machines."""
TRIES_TO_END = 3
SOUND = 1.25
"""Seconds, as the page of say-audio says."""
CREATES = tuple(sorted(name for name in CALLS if name.startswith("create")))
LIVE_CALLS = ("init-client", "keep-alive", "say-text-chunk", "say-text", "say-audio", "interrupt")
"""The calls between create and end."""


class NothingToTry(Exception):
    """The check can't be made; the message says what to do."""


def settings() -> dict[str, str]:
    """The settings that are not blank, from the environment or else from `.env`.

    With AVATAR_ENVIRONMENT_ONLY=1 `.env` is left alone. Raises `NothingToTry`.
    """
    file: dict[str, str | None] = {}
    if os.environ.get("AVATAR_ENVIRONMENT_ONLY") != "1":
        try:
            file = dotenv_values(Path(__file__).parent.parent / ".env")
        except (OSError, UnicodeDecodeError):
            raise NothingToTry(".env can't be read: save it as UTF-8 text.") from None
    both = [*file.items(), *os.environ.items()]
    return {name: text for name, value in both if (text := (value or "").strip())}


def check(service: SplitResult, given: Mapping[str, str]) -> None:
    """Check the service with this base URL; `given` is `settings()`.

    Raises `NothingToTry`, and `NoAnswer` where a call brought none.
    """
    local = service.scheme == "http"
    ks = given.get("AVATAR_KS", "a-simulated-ks" if local else "")
    if not ks and "AVATAR_ADMIN_SECRET" in given:
        raise NothingToTry(
            "AVATAR_PARTNER_ID and AVATAR_ADMIN_SECRET alone can't be used here: set AVATAR_KS, or"
            " run `python -m simulator --record` and, with AVATAR_BASE_URL set to what that"
            " prints, `python -m preflight`."
        )
    if not ks:
        raise NothingToTry(
            "There is no Kaltura Session to check the service with: set AVATAR_KS in .env, or give"
            " the base URL that `python -m simulator` prints."
        )
    if not re.fullmatch("[!-~]+", ks):
        raise NothingToTry("AVATAR_KS holds a character that no Kaltura Session has: copy it anew.")
    if service.path != BASE_PATH:
        raise NothingToTry(f"The base URL must end with {BASE_PATH}, with no path before it.")
    times = np.arange(round(SOUND * SAMPLE_RATE)) / SAMPLE_RATE
    tone = (8_000 * np.sin(2 * np.pi * 220 * times)).astype(np.int16)
    values = {
        "ks": ks,
        "text": "Hello.",
        "turnId": str(uuid.uuid4()),
        "audio": encoded(tone).decode("latin-1"),
        "avatarId": given.get("AVATAR_ID", ""),
        "voiceId": given.get("AVATAR_VOICE_ID", ""),
    }
    asyncio.run(_check(f"{service.scheme}://{service.netloc}", values, trust_env=not local))


async def _check(origin: str, values: dict[str, str], *, trust_env: bool) -> None:
    async with httpx.AsyncClient(trust_env=trust_env) as http:
        checking = Check(http, origin, values)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: checking.stop())
        await checking.catalogs()
        calls: tuple[str, ...] = LIVE_CALLS
        for form in CREATES:
            if await checking.session(form, calls):
                calls = ()
    print(unseen(checking.seen))


class Check:
    """The calls to the service at `origin`. `values` fill the places on the pages."""

    def __init__(self, http: httpx.AsyncClient, origin: str, values: dict[str, str]) -> None:
        self.seen: set[str] = set()
        self._http = http
        self._origin = origin
        self._values = values
        self._hiding = Hiding(BASE_PATH)
        self._stopped = False

    def stop(self) -> None:
        """Make no call any more but end. The call under way is awaited: if it is a create, nobody
        else would learn which session it opened."""
        self._stopped = True

    async def catalogs(self) -> None:
        """Take the first face and voice of the catalog, and that face by itself. Raises
        `NothingToTry` without any."""
        for kind, value in (("visual", "avatarId"), ("voice", "voiceId")):
            _, answer = await self._call(f"catalog-{kind}")
            try:
                self._values[value] = answer["objects"][0]["itemId"]
            except (TypeError, LookupError):
                if not self._values[value]:
                    raise NothingToTry(
                        f"The catalog named no {kind}, and AVATAR_ID and AVATAR_VOICE_ID are not"
                        " both set: nothing more can be tried."
                    ) from None
        self._values["itemId"] = self._values["avatarId"]
        for name in ("catalog", "catalog-get"):
            await self._call(name)

    async def session(self, form: str, calls: tuple[str, ...]) -> bool:
        """Open a session with this form of create, make the calls, end it. Return whether it was
        opened."""
        if self._stopped:
            return False
        _, opened = await self._call(form)
        if not {"sessionId", "token"} <= opened.keys():
            return False
        self._values |= {name: str(opened[name]) for name in ("sessionId", "token")}
        try:
            for name in calls:
                if not self._stopped:
                    await self._call(name)
        finally:
            await self._end()
        return True

    async def _end(self) -> None:
        for _ in range(TRIES_TO_END):
            with suppress(NoAnswer):
                if (await self._call("end"))[0] in ("end", "end-404", "end-410"):
                    return
            await asyncio.sleep(1)
        raise NoAnswer("The session could not be ended: it may be live yet.")

    async def _call(self, name: str) -> tuple[str, dict[str, Any]]:
        """Make this call and print what came of it. Return its name as seen, and its JSON."""
        request = request_of(name, self._origin, self._values)
        try:
            answer, body = await answer_to(request, self._http, DEADLINE)
        except NoAnswer as problem:
            live = " A session may be live yet." if name in CREATES else ""
            raise NoAnswer(f"No answer to {name}: {problem}.{live}") from problem
        found, page = self._hiding.page("this service", request, answer, body)
        print(verdict(found, page), flush=True)
        self.seen.add(found)
        content = answer_page(answer, body).get("json")
        return found, content if isinstance(content, dict) else {}


def filled(page: Any, values: Mapping[str, str]) -> Any:
    """The page, or a part of it, with these values in their places."""
    match page:
        case dict():
            return {key: filled(part, values) for key, part in page.items()}
        case list():
            return [filled(part, values) for part in page]
        case str():
            for name, value in values.items():
                page = page.replace(f"<{name}>", value)
    return page


def request_of(name: str, origin: str, values: Mapping[str, str]) -> httpx.Request:
    """The request on this page of the contract, to be sent to `origin`."""
    page = filled(CONTRACT[name].request, values)
    headers = {k: v for k, v in page["headers"].items() if k != "Content-Type"}
    headers["Accept-Encoding"] = "identity"
    body: dict[str, Any] = {"json": page.get("json")}
    if parts := page.get("multipart"):
        file = parts.pop("audio")
        audio = (file["filename"], file["content"].encode("latin-1"), file["type"])
        body = {"data": parts, "files": {"audio": audio}}
    return httpx.Request(page["method"], origin + page["path"], headers=headers, **body)
