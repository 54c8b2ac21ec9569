"""The front matter of a show: Marp's directives, who speaks and how, and what fills its blanks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from show import marp_yaml
from show.model import ShowRejected
from speech import AS_PRINTED, SayAs
from speech.say_as import TableRejected, from_mapping

LONGEST_VALUE = 1_000
"""Characters that fill one blank."""
MOST_BLANKS = 200

_OURS = ("title", "avatar", "voice")
_NO_BLANKS = frozenset((*_OURS, "say-as", "marp", *marp_yaml.DIRECTIVES))


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands at the head of a show. `directives` are Marp's."""

    title: str = ""
    avatar: str = ""
    voice: str = ""
    say_as: SayAs = AS_PRINTED
    blanks: Mapping[str, str] = field(default_factory=dict)
    directives: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> FrontMatter:
        """Read YAML. Raises `ShowRejected`, which names the line."""
        found = _mapping(text)
        ours = {key: _text(key, found.get(key, "")) for key in _OURS}
        blanks = {
            key: _text(key, value)
            for key, value in found.items()
            if key not in _NO_BLANKS and isinstance(value, str)
        }
        if len(blanks) > MOST_BLANKS:
            raise ShowRejected(
                f"The front matter fills {len(blanks)} blanks: {MOST_BLANKS} are the most."
            )
        return cls(
            **ours,
            say_as=_say_as(found.get("say-as") or {}),
            blanks=blanks,
            directives={k: v for k, v in found.items() if k in marp_yaml.DIRECTIVES},
        )

    def for_the_audience(self, filled: Callable[[str], str]) -> str:
        """Front matter with the directives alone, filled; each value as JSON, which is YAML."""
        rows = (
            f"{key}: {json.dumps(_filled(value, filled), ensure_ascii=False)}\n"
            for key, value in self.directives.items()
        )
        return f"---\nmarp: true\n{''.join(rows)}---\n"


def _mapping(text: str) -> dict[str, Any]:
    try:
        found = marp_yaml.load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        row = mark.line + 2 if mark else 1
        raise ShowRejected(
            f"Line {row}, in the front matter, can't be read ({error.problem}): write key: value,"
            ' and put a value with special signs in "quotes".'
        ) from None
    except yaml.YAMLError as error:
        raise ShowRejected(f"The front matter can't be read: {error}.") from None
    if found is None or found == "":
        return {}
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise ShowRejected(
            "Line 1 begins front matter, which has no key: value. Write some, or begin the show"
            " with a blank line."
        )
    return found


def _filled(value: Any, filled: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_filled(each, filled) for each in value]
    return filled(value) if isinstance(value, str) else value


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ShowRejected(f"{key} in the front matter is no text: write {key}: and a text.")
    text = " ".join(value.split())
    if len(text) > LONGEST_VALUE:
        raise ShowRejected(
            f"{key} in the front matter has {len(text):,} characters: {LONGEST_VALUE:,} are the"
            " most."
        )
    if "<!--" in text or "-->" in text:
        raise ShowRejected(f"{key} in the front matter has a comment in it: take it out.")
    return text


def _say_as(rows: Any) -> SayAs:
    if not isinstance(rows, dict) or not all(
        isinstance(e, str) for row in rows.items() for e in row
    ):
        raise ShowRejected(
            "say-as in the front matter is no table: write a row, printed: spoken, on each line"
            " below it, indented."
        )
    try:
        return from_mapping(rows)
    except TableRejected as error:
        raise ShowRejected(f"say-as in the front matter: {error}") from None
