"""One call and its answer as a page to read.

The pages in simulator/contract have this form, and so has what `python -m simulator --record`
writes: method, path, headers, and the body as JSON or as the parts of a form. What belongs to
somebody stands there as the name of its place, `"<token>"`; `simulator/hiding.py` sees to that.
"""

from __future__ import annotations

import email
import email.policy
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx

Page = dict[str, Any]

REQUEST_HEADERS = ("Authorization", "Accept", "Content-Type", "User-Agent")
ANSWER_HEADERS = ("Content-Type", "Retry-After")
"""The headers that mean something to the API; all others are HTTP's, a browser's or a proxy's."""

EXAMPLES = {"speed", "duration", "offset", "limit", "totalCount"}
"""Fields with a number that differs from one call to the next."""
CALLERS_OWN = {"Accept", "User-Agent", "filename"}
"""What differs from one right caller to the next."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer. `source` says who has seen it so. `optional` names what may be
    left out, as in "request.json.voiceConfig"; in a list it is the same for every item."""

    source: str
    request: Page
    answer: Page
    optional: tuple[str, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Exchange:
        """The fixture in this file."""
        fields = json.loads(path.read_text("utf-8"))
        fields["optional"] = tuple(fields.get("optional", ()))
        return cls(**fields)

    def write(self, path: Path) -> None:
        """Keep it in this file."""
        fields = {name: value for name, value in asdict(self).items() if value}
        path.write_text(json.dumps(fields, indent=2, ensure_ascii=False) + "\n", "utf-8")


def request_page(request: httpx.Request) -> Page:
    """What is sent, whole."""
    return {
        "method": request.method,
        "path": request.url.raw_path.decode("ascii"),
        "headers": _headers(request.headers, REQUEST_HEADERS),
        **_body(request.headers.get("Content-Type", ""), request.read()),
    }


def answer_page(response: httpx.Response) -> Page:
    """What came back, whole. Its body must have been read."""
    return {
        "status": response.status_code,
        "headers": _headers(response.headers, ANSWER_HEADERS),
        **_body(response.headers.get("Content-Type", ""), response.content),
    }


def _headers(headers: httpx.Headers, shown: tuple[str, ...]) -> dict[str, str]:
    found = {name: headers[name] for name in shown if name in headers}
    if kind := found.get("Content-Type"):
        found["Content-Type"] = kind.partition(";")[0]
    return found


def _body(kind: str, body: bytes) -> Page:
    if not body:
        return {}
    if kind.startswith("multipart/"):
        head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1")
        form = email.message_from_bytes(head + body, policy=email.policy.HTTP)
        parts = [part for part in form.walk() if not part.is_multipart()]
        return {
            "multipart": {
                str(part.get_param("name", header="Content-Disposition")): _part(part)
                for part in parts
            }
        }
    try:
        return {"json": json.loads(body)}
    except (ValueError, RecursionError):
        return {"body": f"<{kind.partition(';')[0] or 'of no type'}>"}


def _part(part: EmailMessage) -> str | Page:
    """A field's text, or a file; each byte of it is a character of its own."""
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    if filename := part.get_filename():
        kind = part.get_content_type()
        return {"filename": filename, "type": kind, "content": payload.decode("latin-1")}
    return payload.decode("utf-8", "replace")


def differences(seen: Exchange, ours: Exchange) -> list[str]:
    """Where two pages differ, one short sentence each. Of a list the first item is compared."""
    both = {"request": (seen.request, ours.request), "answer": (seen.answer, ours.answer)}
    return [
        sentence
        for name, (theirs, pinned) in both.items()
        for sentence in _compare(name, theirs, pinned, ours.optional)
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
