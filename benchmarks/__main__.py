"""`python -m benchmarks [NAME] [--rounds N]`: one table, and on stderr a line for each part."""

from __future__ import annotations

import argparse
import sys
import time

from benchmarks.clicks import clicks
from benchmarks.keys import keys
from benchmarks.starts import app_start, first_frame
from benchmarks.streams import frames, lips
from benchmarks.table import Row, table
from benchmarks.turns import turns
from benchmarks.visitors import visitors
from benchmarks.walks import walks

PARTS = {
    "start": (app_start, 5),
    "frame": (first_frame, 20),
    "clicks": (clicks, 30),
    "keys": (keys, 30),
    "turns": (turns, 15),
    "lips": (lips, 20),
    "streams": (frames, 1),
    "visitors": (visitors, 100),
    "walks": (walks, 1),
}
"""What measures each part, and in how many rounds."""


def main() -> None:
    """Measure, and print the table; exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="?", choices=PARTS, help="one part alone")
    parser.add_argument("--rounds", type=int, help="of each measure")
    flags = parser.parse_args()
    rows: list[Row] = []
    for name in [flags.name] if flags.name else PARTS:
        measure, rounds = PARTS[name]
        began = time.perf_counter()
        rows += measure(flags.rounds or rounds)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    print(table(rows))
    sys.exit(not all(row.holds for row in rows))


if __name__ == "__main__":
    main()
