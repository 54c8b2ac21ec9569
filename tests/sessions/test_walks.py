"""A verb does not wander through the house: how often it moves between files."""

from __future__ import annotations

from tests.support.walks import GOALS, moves


def test_a_verb_moves_between_few_files() -> None:
    """From the desk to the service's answer, and for a say to its end."""
    counted = moves()
    assert {verb: most for verb, most in GOALS.items() if counted[verb] > most} == {}, counted
