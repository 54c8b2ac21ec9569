"""Writes a `protocol.py`'s types for its component's JavaScript: `python -m components.typings`."""

from __future__ import annotations

from enum import EnumMeta
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import Any, Literal, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

from components.preflight import protocol as preflight
from components.presenter import protocol as presenter
from components.stage import protocol as stage

PROTOCOLS = (preflight, presenter, stage)

_HEADER = "// Written by `python -m components.typings` from protocol.py: change that, not this.\n"
_PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", NoneType: "null"}


def path_of(module: ModuleType) -> Path:
    """The file of its types."""
    return Path(str(module.__file__)).parent / "js" / "protocol.d.ts"


def typings(module: ModuleType) -> str:
    """Every public type that `module` defines or imports, in alphabetical order."""
    named = {name: kind for name, kind in vars(module).items() if _is_type(kind)}
    public = sorted(name for name in named if not name.startswith("_"))
    return _HEADER + "".join(_declared(name, named) for name in public)


def _is_type(kind: object) -> bool:
    is_alias = isinstance(kind, UnionType) or get_origin(kind) is Literal
    return is_alias or is_typeddict(kind) or isinstance(kind, EnumMeta)


def _declared(name: str, named: dict[str, Any]) -> str:
    others = {**named}
    kind = others.pop(name)
    if not is_typeddict(kind):
        return f"\nexport type {name} = {_spelled(kind, others)};\n"
    fields = ""
    for field, hint in get_type_hints(kind, include_extras=True).items():
        is_optional = get_origin(hint) is NotRequired
        spelled = _spelled(get_args(hint)[0] if is_optional else hint, others)
        fields += f"  {field}{'?' if is_optional else ''}: {spelled};\n"
    return f"\nexport interface {name} {{\n{fields}}}\n"


def _spelled(kind: Any, named: dict[str, Any]) -> str:
    for name, known in named.items():
        if known is kind or known == kind:
            return name
    if get_origin(kind) is Literal:
        return " | ".join(_literal(value) for value in get_args(kind))
    if isinstance(kind, EnumMeta):
        return " | ".join(_literal(member.value) for member in kind)  # type: ignore[var-annotated]
    if get_origin(kind) is list:
        return f"{_spelled(get_args(kind)[0], named)}[]"
    if args := get_args(kind):
        return " | ".join(_spelled(arg, named) for arg in args)
    return _PLAIN[kind]


def _literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value).replace("'", '"')


if __name__ == "__main__":
    for each in PROTOCOLS:
        path_of(each).write_text(typings(each), encoding="utf-8")
