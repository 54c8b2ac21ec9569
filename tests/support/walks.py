"""How often one verb moves from file to file of ours, on its way through the desk."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from types import FrameType

from tests.support.drawn_visitor import Ready

ROOT = Path(__file__).parent.parent.parent
NOT_OURS = tuple(f"{ROOT / folder}/" for folder in (".venv", "tests"))
GOALS = {"say": 50, "interrupt": 40, "end": 30}
"""The most moves that each verb may take."""


def moves() -> dict[str, int]:
    """The moves of one say, one interrupt and one end, each until the service has answered.

    A move is two calls in a row of functions in different files. What the visitor hears of a say
    belongs to it. The first say is not counted: it may load what later ones find.
    """
    visitor = Ready()

    def say() -> None:
        visitor.say("Good morning.")

    def answered(verb: Callable[[str], object]) -> None:
        visitor.ask(verb)
        visitor.answer()

    say()
    counted = {"say": _moves(say)}
    visitor.loop.do(lambda: visitor.desk.say("ada", "Good evening"))
    visitor.answer()
    visitor.hear("speakingStart")
    counted["interrupt"] = _moves(lambda: answered(visitor.desk.interrupt))
    counted["end"] = _moves(lambda: answered(visitor.desk.end))
    visitor.leave()
    return counted


def _moves(act: Callable[[], None]) -> int:
    files: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(f"{ROOT}/") and not file.startswith(NOT_OURS):
            files.append(file)

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return sum(one != other for one, other in pairwise(files))
