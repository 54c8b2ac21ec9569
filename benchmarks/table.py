"""The table: medians and 95th percentiles, each beside its floor, and whether the target holds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

HEAD = ("", "unit", "n", "median", "p95", "floor", "p95", "ratio", "target", "")


@dataclass(frozen=True, slots=True)
class Target:
    """What must hold against `limit`.

    `of` is "ratio" (of the medians, to the floor's) or "p95", each at most `limit`; or "least": no
    value below it; or "most": none above it.
    """

    of: str
    limit: float

    def __str__(self) -> str:
        name = {"least": "≥", "most": "≤"}.get(self.of, f"{self.of} ≤")
        return f"{name} {self.limit:g}"


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: what was seen, and what its floor was in the same run."""

    name: str
    unit: str
    seen: Sequence[float]
    floor: Sequence[float] = ()
    target: Target | None = None

    @property
    def ratio(self) -> float:
        """Of the medians."""
        return statistics.median(self.seen) / statistics.median(self.floor)

    @property
    def holds(self) -> bool:
        """Whether the target is met; a row without one always holds."""
        match self.target:
            case None:
                return True
            case Target("least", limit):
                return min(self.seen) >= limit
            case Target("most", limit):
                return max(self.seen) <= limit
            case Target("ratio", limit):
                return self.ratio <= limit
            case Target(_, limit):
                return p95(self.seen) <= limit

    def cells(self) -> tuple[str, ...]:
        """The texts of its columns."""
        mark = "" if self.target is None else "holds" if self.holds else "MISSED"
        return (
            self.name,
            self.unit,
            str(len(self.seen)),
            *_median_and_p95(self.seen),
            *_median_and_p95(self.floor),
            f"{self.ratio:.2f}" if self.floor else "",
            str(self.target or ""),
            mark,
        )


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return float(np.percentile(values, 95))


def table(rows: Sequence[Row]) -> str:
    """All rows as a Markdown table that can be read as it stands."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    drawn = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    drawn.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(drawn)


def _median_and_p95(values: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{np.percentile(values, q):.1f}" for q in (50, 95)) if values else ("", "")
