"""The server as it is started: what it says of itself."""

from __future__ import annotations

import httpx

from tests.support.app_process import UVICORN, running_app


def test_a_secret_in_the_wrong_setting() -> None:
    """The server stands there with the sentence, which does not show what was set."""
    with running_app(UVICORN, AVATAR_MAX_SESSIONS="canaryOfAKs") as app:
        health = httpx.get(f"{app.url}/health")
        printed = app.printed()
    assert health.status_code == 503
    assert health.json()["error"].startswith("AVATAR_MAX_SESSIONS can be a whole number from 1 to")
    assert health.json()["error"] in printed
    assert "canary" not in health.text + printed
    assert "Traceback" not in printed
