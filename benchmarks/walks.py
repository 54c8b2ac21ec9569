"""How often one verb moves from file to file of ours."""

from __future__ import annotations

from benchmarks.table import Row, Target
from tests.support.walks import GOALS, moves


def walks(_: int) -> list[Row]:
    """A row for each verb; not a matter of time, so one walk tells all."""
    return [
        Row(f"Moves between files, one {verb}", "", [count], target=Target("most", GOALS[verb]))
        for verb, count in moves().items()
    ]
