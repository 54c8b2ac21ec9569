"""`python -m preflight`: whether it will work here, in a terminal; exit code 1 if it will not."""

from __future__ import annotations

import asyncio
import io
import sys
from contextlib import AsyncExitStack

from preflight.peer import Peer
from preflight.report import head, paragraph
from preflight.run import Preflight
from preflight.steps import Outcome, verdict
from server.services import Services


async def main() -> bool:
    """Print each step as it is done; whether all is well."""
    printed = 0

    def show() -> None:
        nonlocal printed
        for result in preflight.results[printed:]:
            if result.outcome is Outcome.WAITING:
                break
            if result.outcome is Outcome.TRYING:
                if sys.stdout.isatty():
                    print(paragraph(result), end="\r", flush=True)
                break
            print(paragraph(result), flush=True)
            printed += 1

    services = Services()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(services.close)
        await services.open()
        peer = Peer()
        preflight = Preflight(services, "preflight", peer, show)
        print(head(service=preflight.service, viewer=peer.name), end="\n\n", flush=True)
        results = await preflight.run()
    print(f"\n{verdict(results)}")
    return all(result.outcome is Outcome.PASSED for result in results)


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A file or a pipe on Windows is cp1252 before Python 3.15, which has no tick and no cross.
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(not asyncio.run(main()))
