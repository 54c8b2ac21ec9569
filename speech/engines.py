"""The voice that speaks: ours, or another one that plugs in."""

from __future__ import annotations

import re
from pkgutil import resolve_name
from typing import cast

from speech.utterance import Engine

OURS = "speech.voice:load_engine"
"""Named, not imported: a server whose service speaks for itself never loads onnxruntime."""


class EngineFailed(Exception):
    """A voice that can't be had; its message is the sentence for the operator."""


def checked_engine(name: str) -> str:
    """`name` of a function that loads an `Engine`, as "module:function"; "" is ours.

    Its module is imported, unless it is ours, and nothing is loaded. Raises `ValueError` with a
    sentence, which does not repeat `name`: somebody may have put a secret into the wrong setting.
    """
    if name in ("", OURS):
        return OURS
    fault = "is no module:function: give it as such, like my_voice:load"
    if re.fullmatch(r"\w+(\.\w+)*:\w+", name):
        try:
            if callable(resolve_name(name)):
                return name
            fault = "is no function: name the one that returns an Engine"
        except Exception as error:  # whatever another module raises
            fault = (
                f"was not found ({type(error).__name__}): put its module beside app.py, or install"
                " it into this Python"
            )
    raise ValueError(f"The speech engine (AVATAR_SPEECH_ENGINE) {fault}.")


def load_engine(name: str = OURS) -> Engine:
    """Load the voice that the function `name`, "module:function", returns; by default ours.

    Ours says a few words to warm up, and blocks for one to two seconds. Raises `EngineFailed`.
    """
    try:
        engine = resolve_name(name)()
    except Exception as error:  # whatever a voice and the libraries below it raise
        raise EngineFailed(
            f"The voice {name} could not be loaded ({type(error).__name__}: {error})."
        ) from error
    verbs = (getattr(engine, name, None) for name in ("has_sound", "utterances"))
    if isinstance(engine, type) or not all(map(callable, verbs)):
        raise EngineFailed(
            f"The voice {name} (AVATAR_SPEECH_ENGINE) could not be loaded: it gives"
            f" {_named(engine)}, which is no Engine: let it return one, as docs/settings.md shows."
        )
    return cast(Engine, engine)


def _named(thing: object) -> str:
    return "nothing" if thing is None else f"a thing of the type {type(thing).__name__}"
