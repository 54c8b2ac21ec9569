"""YAML as Marp reads it in front matter and in comments, and which of its keys are directives.

Every scalar is a text as it is written: `1.10` is no number and `yes` no truth.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

LONGEST = 64_000
"""Characters that are read as YAML at a time; it takes a second for 100,000."""

GLOBALS = ("headingDivider", "style", "theme", "lang", "size", "math")
LOCALS = (
    *("backgroundColor", "backgroundImage", "backgroundPosition", "backgroundRepeat"),
    *("backgroundSize", "class", "color", "footer", "header", "paginate"),
)
"""Directives as Marpit 3.3 and marp-core 5.0 know them. `_class` is for one slide alone."""

DIRECTIVES = frozenset((*GLOBALS, *LOCALS, *(f"_{key}" for key in LOCALS)))

_LOOSE = "|".join((*GLOBALS[:4], *LOCALS))
_LOOSE_LINE = re.compile(
    rf"""^(?P<key>(?:_?(?:{_LOOSE})|"_?(?:{_LOOSE})"|'_?(?:{_LOOSE})')\s*:)(?P<value>.+)$""",
    re.MULTILINE,
)
_MAY_DIRECT = re.compile(rf"""_?(?:{"|".join((*GLOBALS, *LOCALS))})["']?\s*:""")


class _Loader(yaml.BaseLoader):
    """Refuses aliases, which make 1 GB of 1 kB, and keys that come twice, as Marp does."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.get_mark()
            raise yaml.MarkedYAMLError(problem="an alias (*) is not taken", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping = super().construct_mapping(node, deep=True)
        if len(mapping) < len(node.value):
            raise yaml.MarkedYAMLError(problem="a key comes twice", problem_mark=node.start_mark)
        return mapping


def load(text: str) -> Any:
    """What `text` says: texts, lists and dicts of them; None for nothing.

    Read loosely: the value of a directive needs no quotes. Raises `yaml.YAMLError`.
    """
    if len(text) > LONGEST:
        raise yaml.YAMLError(f"it has {len(text):,} characters, and {LONGEST:,} are the most")
    try:
        return yaml.load(_LOOSE_LINE.sub(_quoted, text).strip(), _Loader)
    except RecursionError:
        raise yaml.YAMLError("it is nested too deeply") from None
    except ValueError as error:  # of a date or a number that is none
        raise yaml.YAMLError(str(error)) from None


def directives_of(comment: str) -> dict[str, Any]:
    """The directives in a comment that is one for Marp; none of a text that is to be said."""
    if not _MAY_DIRECT.search(comment):
        return {}
    try:
        found = load(comment)
    except yaml.YAMLError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if key in DIRECTIVES}


def heading_levels(value: Any) -> frozenset[int] | None:
    """The levels of headings that begin a slide, of a `headingDivider`; None where Marp takes no
    notice of it."""
    if isinstance(value, list):
        return frozenset(map(_whole, value)) & frozenset(range(1, 7))
    if value == "false":
        return frozenset()
    level = _whole(value)
    return frozenset(range(1, level + 1)) if 1 <= level <= 6 else None


def _quoted(line: re.Match[str]) -> str:
    value = line["value"].strip()
    if not value or value[0] in "[\"'{|>~&*":
        return line[0]
    blank = line["value"][: len(line["value"]) - len(line["value"].lstrip())]
    return f'{line["key"]}{blank}"{value.replace(chr(34), chr(92) + chr(34))}"'


def _whole(value: Any) -> int:
    """The number that a text begins with; 0 for none."""
    found = re.match(r"\s*\+?(\d{1,9})", value) if isinstance(value, str) else None
    return int(found[1]) if found else 0
