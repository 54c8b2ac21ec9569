"""Each call of the API as a page to read: the request that leaves, its answer, and who says so.

`python -m tests.wire BASE_URL` makes every one of these calls once.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator
from typing import Any

import httpx

from simulator.exchange import Exchange, answer_page, request_page
from simulator.hiding import Hiding
from simulator.recorder import OURS, name_of, told
from tests.support.recordings import recording

FIXTURES = {path.stem: Exchange.read(path) for path in sorted(OURS.glob("*.json"))}
CREATES = ("create-at-create-id", "create")
OF_A_SESSION: tuple[str, ...] = (
    "init-client",
    "keep-alive",
    "say-text-chunk",
    "say-text",
    "say-audio",
    "interrupt",
    "end",
)
BASE_PATH = "/v1/avatar-session"

Values = dict[str, str]


def filled(page: Any, values: Values) -> Any:
    """The page, or a part of it, with these values where their names are."""
    match page:
        case dict():
            return {key: filled(part, values) for key, part in page.items()}
        case list():
            return [filled(part, values) for part in page]
        case str():
            for name, value in values.items():
                page = page.replace(f"<{name}>", value)
            return page
        case _:
            return page


def request_of(name: str, origin: str, values: Values) -> httpx.Request:
    """The request of this fixture, to be sent to `http://host:port`."""
    page = filled(FIXTURES[name].request, values)
    headers = {k: v for k, v in page["headers"].items() if k != "Content-Type"}
    body: dict[str, Any] = {"json": page.get("json")}
    if parts := page.get("multipart"):
        file = parts["audio"]
        audio = (file["filename"], file["content"].encode("latin-1"), file["type"])
        fields = {name: text for name, text in parts.items() if isinstance(text, str)}
        body = {"data": fields, "files": {"audio": audio}}
    return httpx.Request(page["method"], origin + page["path"], headers=headers, **body)


def play(
    http: httpx.Client, base_url: str, ks: str, *, avatar_id: str = "", voice_id: str = ""
) -> Generator[tuple[str, list[str]]]:
    """Make each call of the fixtures once, and end every session; the name of what was seen, and
    its differences from ours.

    `avatar_id` and `voice_id` are for where the catalog names none. Raises `ValueError` with a
    sentence where there are none at all, and httpx's `HTTPError`.
    """
    origin = base_url.removesuffix(BASE_PATH)
    hiding = Hiding(BASE_PATH)
    # The recording lasts as long as its fixture says.
    audio = recording("mp3", 1.25).decode("latin-1")
    values = {"ks": ks, "text": "Hello.", "turnId": str(uuid.uuid4()), "audio": audio}
    values |= {"avatarId": avatar_id, "voiceId": voice_id}

    def call(name: str) -> tuple[Any, tuple[str, list[str]]]:
        request = request_of(name, origin, values)
        answer = http.send(request)
        page = Exchange("this service", request_page(request), answer_page(answer))
        seen = hiding.hide(page)
        found = name_of(seen, BASE_PATH)
        return page.answer.get("json"), (found, told(seen, found))

    for kind, value in (("visual", "avatarId"), ("voice", "voiceId")):
        answer, seen = call(f"catalog-{kind}")
        yield seen
        try:
            values[value] = answer["objects"][0]["itemId"]
        except (TypeError, LookupError):
            if not values[value]:
                raise ValueError(
                    f"The catalog named no {kind}, and AVATAR_ID and AVATAR_VOICE_ID are not both"
                    " set: nothing more can be tried."
                ) from None
    calls = OF_A_SESSION[:-1]
    for form in CREATES:
        answer, seen = call(form)
        yield seen
        if not isinstance(answer, dict) or not {"sessionId", "token"} <= answer.keys():
            continue
        values |= {name: answer[name] for name in ("sessionId", "token")}
        try:
            for name in calls:
                yield call(name)[1]
        finally:
            _, seen = call("end")
        yield seen
        calls = ()
