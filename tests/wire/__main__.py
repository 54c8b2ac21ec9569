"""`python -m tests.wire [BASE_URL]`: make every pinned call once, and say what is not as pinned.

The credential, and the base URL unless one is given, are those of the app's settings. A session is
opened for each form of create that the service takes, one after the other, and ended afterwards.
"""

from __future__ import annotations

import sys
from contextlib import closing

import httpx

from avatar_client import checked_base_url, is_loopback
from server.settings import read_settings
from tests.wire import BASE_PATH, CREATES, OF_A_SESSION, play

NO_CREDENTIALS = (
    "There are no credentials to try the service with: set AVATAR_KS, or AVATAR_PARTNER_ID and"
    " AVATAR_ADMIN_SECRET, in .env; or give the base URL that `python -m simulator` prints."
)


def main() -> None:
    """One line for each answer; exit code 1, with a sentence, when nothing can be tried."""
    try:
        chosen = read_settings()
        base_url = checked_base_url(sys.argv[1]) if sys.argv[1:] else chosen.base_url
    except ValueError as problem:
        sys.exit(f"{problem}")
    is_local = is_loopback(httpx.URL(base_url).host)
    if chosen.simulated and not is_local:
        sys.exit(NO_CREDENTIALS)
    credential, face, voice = chosen.credential, chosen.avatar_id, chosen.voice_id
    ks = credential if isinstance(credential, str) else credential.current()
    if httpx.URL(base_url).path != BASE_PATH:
        sys.exit(f"The base URL must end with {BASE_PATH}: {base_url} does not.")
    unseen = {*CREATES, *OF_A_SESSION, "catalog-visual", "catalog-voice"}
    try:
        with (
            httpx.Client(timeout=30, trust_env=not is_local) as http,
            closing(play(http, base_url, ks, avatar_id=face, voice_id=voice)) as answers,
        ):
            for name, told in answers:
                unseen.discard(name)
                print(f"{name}: {'; '.join(told) or 'as pinned'}", flush=True)
    except httpx.HTTPError as problem:
        sys.exit(f"No answer from {base_url}: {type(problem).__name__}. A session may be live yet.")
    except ValueError as problem:
        sys.exit(f"{problem}")
    print(f"Not taken: {', '.join(sorted(unseen)) or 'none of them'}.")


if __name__ == "__main__":
    main()
