"""The page of a call without its secrets.

Only values that are known to be harmless stay. Any other value is shown as the name of its field,
`"<streamKey>"`, however plain it looks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import httpx

from simulator.exchange import CONTRACT, EXAMPLES, Exchange, answer_page, name_of, request_page

PLAIN_FIELDS = EXAMPLES | {
    *("success", "isFinal", "typeEqual", "type", "filename"),
    *("code", "objectType"),
}
"""Fields whose value is part of the API's form, or a number that tells nothing."""
WORDS = {"error", "warning", "message"}
"""Fields with a sentence for people, which may repeat what was sent."""
NAMES = {("visualConfig", "id"): "avatarId", ("voiceConfig", "id"): "voiceId"}
"""The contents of fields whose own name does not tell them."""
CREDENTIALS = {"KS": "<ks>", "Bearer": "<token>"}

PLAIN_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,6})?")
PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z_-]{0,40}[0-9]{0,2}")
PLAIN_WORD = re.compile(r"[(\"']?([A-Za-z]{1,24}(['/.-][A-Za-z]{1,24})?|[0-9]{1,6})[.,:;!?)\"']*")
SHORTEST = 4
"""Characters. A shorter hidden value is not looked for in sentences: "a" is in most."""


def _texts(page: object) -> Iterator[str]:
    match page:
        case dict():
            yield from chain.from_iterable(map(_texts, page.values()))
        case list():
            yield from chain.from_iterable(map(_texts, page))
        case str():
            yield page


HARMLESS = {"text/html", "text/plain", "*/*"}.union(
    *(_texts([page.request, page.answer]) for page in CONTRACT.values())
)
"""Values on the pages of the contract, such as "application/json", and other media types."""


class Hiding:
    """Takes secrets out of pages, and remembers them for the sentences of later answers.

    `base_path`: the path of the base URL, below which a session's calls are.
    """

    def __init__(self, base_path: str) -> None:
        self._base_path = base_path
        self._hidden: set[str] = set()

    def page(
        self, source: str, request: httpx.Request, answer: httpx.Response, body: bytes
    ) -> tuple[str, Exchange]:
        """This call's name, and its page without secrets. `body` is the answer's."""
        asked, given = request_page(request), answer_page(answer, body)
        asked["path"] = self._path(asked["path"])
        for page in (asked, given):
            page["headers"] = {n: self._header(n, text) for n, text in page["headers"].items()}
            for part in page.keys() & {"json", "multipart"}:
                page[part] = self._value(page[part], "", part)
        for page in (asked, given):
            if "json" in page:
                page["json"] = self._with_safe_sentences(page["json"])
        seen = Exchange(source, asked, given)
        return name_of(seen, self._base_path), seen

    def _header(self, name: str, text: str) -> str:
        if name != "Authorization":
            return text if text in HARMLESS else f"<{name}>"
        scheme, _, credential = text.partition(" ")
        self._remember(credential)
        return f"{scheme} {CREDENTIALS[scheme]}" if scheme in CREDENTIALS else "<authorization>"

    def _path(self, path: str) -> str:
        path, _, query = path.partition("?")
        base = self._base_path if path.startswith(f"{self._base_path}/") else ""
        rest = path.removeprefix(base).strip("/").split("/")
        if base and len(rest) > 1:
            self._remember(rest[0])
            rest[0] = "<sessionId>"
        shown = (word if word[:1] == "<" or PLAIN_KEY.fullmatch(word) else "<…>" for word in rest)
        whole = path if path == self._base_path else f"{base}/{'/'.join(shown)}"
        return f"{whole}?<query>" if query else whole

    def _value(self, value: object, parent: str, name: str) -> Any:
        """The value of this field without secrets. A list keeps its first item alone, for the
        others have the same form."""
        label = NAMES.get((parent, name), _key(name))
        match value:
            case {"filename": filename, "type": kind, "content": str()}:
                # A file is its own secret, and too long to be looked for in a sentence.
                facts = {"filename": filename, "type": kind}
                return self._value(facts, parent, name) | {"content": f"<{label}>"}
            case dict():
                return {_key(key): self._value(part, name, key) for key, part in value.items()}
            case list():
                return [self._value(part, parent, name) for part in value[:1]]
            case str():
                plain = value in HARMLESS or PLAIN_NUMBER.fullmatch(value)
                if not value or name in WORDS or (plain and name in PLAIN_FIELDS):
                    return value
                self._remember(value)
                return f"<{label}>"
            case int() | float() if not isinstance(value, bool) and name not in PLAIN_FIELDS:
                return f"<{label}: number>"
        return value

    def _remember(self, value: str) -> None:
        if len(value) >= SHORTEST:
            self._hidden.add(value)

    def _with_safe_sentences(self, value: object, name: str = "") -> object:
        match value:
            case dict():
                return {key: self._with_safe_sentences(part, key) for key, part in value.items()}
            case list():
                return [self._with_safe_sentences(part, name) for part in value]
            case str() if name in WORDS:
                for hidden in sorted(self._hidden, key=len, reverse=True):
                    value = value.replace(hidden, "…")
                words = (word if PLAIN_WORD.fullmatch(word) else "…" for word in value.split())
                return " ".join(words)
        return value


def _key(name: str) -> str:
    """A key can be an id, too."""
    return name if PLAIN_KEY.fullmatch(name) else "…"
