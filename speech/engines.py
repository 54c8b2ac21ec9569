"""Which voice speaks: ours, or another one that plugs in."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pkgutil import resolve_name
from typing import cast

from speech.utterance import Engine

OURS = "speech.voice:load_engine"
"""Named, not imported: a server whose service speaks for itself never loads onnxruntime."""


class EngineFailed(Exception):
    """A voice that can't be had; its message is the sentence for the operator."""


def checked_engine(name: str) -> str:
    """`name` of a function that loads an `Engine`, as "module:function"; "" is ours.

    Nothing is imported yet but the packages that `module` is in. Raises `ValueError` with a
    sentence.
    """
    if not name:
        return OURS
    module, _, function = name.partition(":")
    if not re.fullmatch(r"\w+(\.\w+)*:\w+", name):
        raise ValueError(
            f"The speech engine (AVATAR_SPEECH_ENGINE) is {name!r}: give it as module:function,"
            " such as my_voice:load."
        )
    try:
        found = find_spec(module)
    except (ImportError, ValueError):
        found = None
    if found is None:
        raise ValueError(
            f"The speech engine (AVATAR_SPEECH_ENGINE) is {name!r}, and there is no module"
            f" {module!r} that has {function}: put it beside app.py, or install it into this"
            " Python."
        )
    return name


def load_engine(name: str = OURS) -> Engine:
    """Load the voice that the function `name`, "module:function", returns; by default ours.

    Ours says a few words to warm up, and blocks for one to two seconds. Raises `EngineFailed`.
    """
    try:
        return cast(Engine, resolve_name(name)())
    except Exception as error:  # whatever a voice and the libraries below it raise
        raise EngineFailed(
            f"The voice {name} could not be loaded ({type(error).__name__}: {error})."
        ) from error
