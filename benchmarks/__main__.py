"""`python -m benchmarks [--rounds N]`: one table on stdout, a line for each part on stderr."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from benchmarks.starts import app_start, first_frame
from benchmarks.streams import frames, lips
from benchmarks.table import Row, table
from benchmarks.turns import turns
from benchmarks.world import world


def main() -> None:
    """Measure everything, and print the table; exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20, help="of each measure")
    rounds: int = parser.parse_args().rounds
    rows = _part("server start", lambda: app_start(min(5, rounds)))
    with world() as everything:
        rows += _part("start to first frame", lambda: first_frame(everything, rounds))
        rows += _part("clicks, sound, silence", lambda: turns(everything, rounds * 3 // 4 or 1))
        rows += _part("sound against lips", lambda: lips(everything, rounds))
        rows += _part("frames a second", lambda: frames(everything))
    print(table(rows))
    sys.exit(not all(row.holds for row in rows))


def _part(name: str, measure: Callable[[], list[Row]]) -> list[Row]:
    began = time.perf_counter()
    rows = measure()
    print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    main()
