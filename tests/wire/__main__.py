"""`python -m tests.wire [BASE_URL]`: make every pinned call once, and say what is not as pinned.

The credential, and the base URL unless one is given, are those of the app's settings. A session is
opened for each form of create that the service takes, one after the other, and ended at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import httpx

import settings
from avatar_client import checked_base_url, is_loopback
from tests.wire import BASE_PATH, CREATES, OF_A_SESSION, play

ROOT = Path(__file__).parent.parent.parent


def main() -> None:
    """One line for each answer; exit code 1, with a sentence, when nothing can be tried."""
    try:
        chosen = settings.read(
            os.environ,
            settings.dotenv_file(ROOT / ".env"),
            settings.secrets_file(ROOT / ".streamlit", Path.home() / ".streamlit"),
        )
        base_url = checked_base_url(sys.argv[1]) if sys.argv[1:] else chosen.base_url
    except ValueError as problem:
        sys.exit(f"{problem}")
    credential = chosen.credential
    ks = credential if isinstance(credential, str) else credential.current()
    if httpx.URL(base_url).path != BASE_PATH:
        sys.exit(f"The base URL must end with {BASE_PATH}: {base_url} does not.")
    unseen = {*CREATES, *OF_A_SESSION, "catalog-visual", "catalog-voice"}
    trust_proxies = not is_loopback(httpx.URL(base_url).host)
    try:
        with httpx.Client(timeout=30, trust_env=trust_proxies) as http:
            for name, told in play(http, base_url, ks):
                unseen.discard(name)
                print(f"{name}: {'; '.join(told) or 'as pinned'}", flush=True)
    except httpx.HTTPError as problem:
        sys.exit(f"No answer from {base_url}: {type(problem).__name__}.")
    print(f"Not taken: {', '.join(sorted(unseen)) or 'none of them'}.")


if __name__ == "__main__":
    main()
