"""One call and its answer as a readable page, and the differences of two pages.

The contract (`simulator/contract`) is pages of this form, and `python -m simulator --record` writes
more of them: method, path, headers, and the body as JSON or as the parts of a form. A private value
is shown as the name of its place, `"<token>"`; see `simulator/hiding.py`.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import re
from collections.abc import Collection, Iterator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx

Page = dict[str, Any]

HEADERS = ("Authorization", "Accept", "Content-Type", "User-Agent")
"""The headers of the contract; all others are HTTP's, a browser's or a proxy's."""
EXAMPLES = {"speed", "duration", "offset", "limit", "totalCount"}
"""Fields with a number that differs from one call to the next."""
CALLERS_OWN = {"Accept", "User-Agent", "filename"}
"""Headers and fields that may differ between two right callers."""
CATALOG = "/v1/catalog-item/"
LARGEST = 5_000_000
"""Bytes of an answer."""


class NoAnswer(Exception):
    """A call without a readable answer; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer.

    `source`: the place that shows them so. `optional`: the paths of fields that may be left out,
    such as "request.json.voiceConfig"; the items of a list are named after it.
    """

    source: str
    request: Page
    answer: Page
    optional: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Exchange:
        """The page in this file."""
        fields = json.loads(path.read_text("utf-8"))
        return cls(**fields | {"optional": tuple(fields.get("optional", ()))})

    def write(self, path: Path) -> None:
        """Write the page into this file, which only its owner can read."""
        fields = {name: value for name, value in asdict(self).items() if value}
        path.touch()
        path.chmod(0o600)
        path.write_text(json.dumps(fields, indent=2, ensure_ascii=False) + "\n", "utf-8")


CONTRACT = {
    path.stem: Exchange.read(path)
    for path in sorted(Path(__file__).with_name("contract").glob("*.json"))
}
"""Each call as it has been seen, by its `name_of`."""


async def answer_to(
    request: httpx.Request, http: httpx.AsyncClient, within: float
) -> tuple[httpx.Response, bytes]:
    """The answer, and its body as it came, compressed or not. Raises `NoAnswer` for more than
    `LARGEST` bytes, and where the body is not complete `within` so many seconds."""
    body = bytearray()
    try:
        async with (
            asyncio.timeout(within),
            aclosing(await http.send(request, stream=True)) as answer,
        ):
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > LARGEST:
                    raise NoAnswer(f"more than {LARGEST:,} bytes")
    except (httpx.HTTPError, TimeoutError) as problem:
        raise NoAnswer(type(problem).__name__) from problem
    return answer, bytes(body)


def request_page(request: httpx.Request) -> Page:
    """The request, secrets and all."""
    return {
        "method": request.method,
        "path": request.url.raw_path.decode("ascii"),
        **_content(request.headers, request.read()),
    }


def answer_page(answer: httpx.Response, body: bytes) -> Page:
    """The answer, secrets and all."""
    return {"status": answer.status_code, **_content(answer.headers, body)}


def _content(headers: httpx.Headers, body: bytes) -> Page:
    shown = {name: headers[name] for name in HEADERS if name in headers}
    whole = shown.get("Content-Type", "")
    kind = whole.partition(";")[0]
    if whole:
        shown["Content-Type"] = kind
    page: Page = {"headers": shown}
    if kind.startswith("multipart/"):
        head = f"Content-Type: {whole}\r\n\r\n".encode("latin-1")
        form = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        page["multipart"] = {
            str(part.get_param("name", header="Content-Disposition")): _part(part)
            for part in form.walk()
            if not part.is_multipart()
        }
    elif body:
        try:
            page["json"] = json.loads(body)
        except (ValueError, RecursionError):
            page["body"] = "<no JSON>"
    return page


def _part(part: EmailMessage) -> str | Page:
    """A field's text, or a file with each byte as one character."""
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    if filename := part.get_filename():
        kind = part.get_content_type()
        return {"filename": filename, "type": kind, "content": payload.decode("latin-1")}
    return payload.decode("utf-8", "replace")


def name_of(seen: Exchange, base_path: str) -> str:
    """The name of this page: the call, its form, its failure: "say-text-chunk", "create-401"."""
    path, body = seen.request["path"].partition("?")[0], seen.request.get("json")
    rest = path.removeprefix(base_path)
    if path == f"{CATALOG}list":
        kind = _object(body, "filter").get("typeEqual")
        name = f"catalog-{kind.lower()}" if kind in ("Visual", "Voice") else "catalog"
    elif path == f"{CATALOG}get":
        name = "catalog-get"
    elif rest in ("", "/create"):
        by_id = "avatarId" not in _object(body, "visualConfig")
        name = f"create{'-at-create' if rest else ''}{'-id' if by_id else ''}"
    else:
        name = re.sub("[^a-z0-9]+", "-", rest.rpartition("/")[2].lower()).strip("-") or "other"
        name += "-chunk" if isinstance(body, dict) and body.get("isFinal") is False else ""
    failure = _failure(seen.answer)
    return f"{name}-{failure}" if failure else name


def _failure(answer: Page) -> str:
    """The status of an answer that is no success; of Kaltura's exceptions, which come with 200, the
    code: "invalid-ks"."""
    body = answer.get("json")
    if isinstance(body, dict) and body.get("objectType") == "KalturaAPIException":
        return re.sub("[^a-z0-9]+", "-", f"{body.get('code')}".lower()).strip("-")
    return "" if answer["status"] < 300 else f"{answer['status']}"


CALLS = frozenset(name for name, page in CONTRACT.items() if not _failure(page.answer))
"""The calls that succeed."""


def _object(body: object, name: str) -> Page:
    value = body.get(name) if isinstance(body, dict) else None
    return value if isinstance(value, dict) else {}


def verdict(name: str, seen: Exchange) -> str:
    """One line: where the page differs from the contract, if it does."""
    if name in CONTRACT:
        found = differences(seen, CONTRACT[name]) or ["as in the contract"]
        return f"{name}: {'; '.join(found)}"
    words = json.dumps(seen.answer.get("json", seen.answer.get("body")), ensure_ascii=False)
    return f"{name}: not in the contract; HTTP {seen.answer['status']} {words}"


def unseen(seen: Collection[str]) -> str:
    """One line: the calls of the contract that are not among these names."""
    return f"Not seen: {', '.join(sorted(CALLS - set(seen))) or 'nothing'}."


def differences(seen: Exchange, ours: Exchange) -> list[str]:
    """The differences of two pages, one clause each. Of a list the first items are compared."""
    return [
        *_compare("request", seen.request, ours.request, ours.optional),
        *_compare("answer", seen.answer, ours.answer, ours.optional),
    ]


def _compare(where: str, seen: object, ours: object, optional: tuple[str, ...]) -> Iterator[str]:
    name = where.rpartition(".")[2]
    if isinstance(seen, dict) and isinstance(ours, dict):
        for key in ours.keys() - seen.keys():
            if f"{where}.{key}" not in optional:
                yield f"{where}.{key} is missing"
        for key in seen.keys() - ours.keys():
            yield f"{where}.{key} is new"
        for key in (key for key in ours if key in seen):
            yield from _compare(f"{where}.{key}", seen[key], ours[key], optional)
    elif isinstance(seen, list) and isinstance(ours, list):
        for theirs, pinned in zip(seen[:1], ours[:1], strict=False):
            yield from _compare(where, theirs, pinned, optional)
    elif name in EXAMPLES:
        if type(seen) is not type(ours) and not (_is_number(seen) and _is_number(ours)):
            yield f"{where} is {json.dumps(seen)} and not of the same kind as {json.dumps(ours)}"
    elif seen != ours and name not in CALLERS_OWN:
        yield f"{where} is {json.dumps(seen)}, not {json.dumps(ours)}"


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
