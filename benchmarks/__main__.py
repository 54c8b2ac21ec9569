"""`python -m benchmarks [NAME] [--rounds N]`: one table on stdout, a line for each part on stderr."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from benchmarks.clicks import clicks
from benchmarks.starts import app_start, first_frame
from benchmarks.streams import frames, lips
from benchmarks.table import Row, table
from benchmarks.turns import turns
from benchmarks.visitors import visitors
from benchmarks.walks import walks

IN_ROUNDS: dict[str, Callable[..., list[Row]]] = {
    "start": app_start,
    "frame": first_frame,
    "clicks": clicks,
    "turns": turns,
    "lips": lips,
    "visitors": visitors,
}
ONCE: dict[str, Callable[[], list[Row]]] = {"streams": frames, "walks": walks}


def main() -> None:
    """Measure, and print the table; exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=[*IN_ROUNDS, *ONCE], help="one part alone")
    parser.add_argument(
        "--rounds", type=int, help="of each measure; else as docs/benchmarks.md says"
    )
    flags = parser.parse_args()
    parts = {**IN_ROUNDS, **ONCE}
    rows: list[Row] = []
    for name in [flags.name] if flags.name else parts:
        began = time.perf_counter()
        in_rounds = flags.rounds and name in IN_ROUNDS
        rows += IN_ROUNDS[name](flags.rounds) if in_rounds else parts[name]()
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    print(table(rows))
    sys.exit(not all(row.holds for row in rows))


if __name__ == "__main__":
    main()
