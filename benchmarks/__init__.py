"""How quick the whole path is, each figure beside its floor: `python -m benchmarks`."""
