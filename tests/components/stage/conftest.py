"""The fixtures of a stage in a real browser, for every module here."""

from __future__ import annotations

from tests.support.live_stage import (
    browser,
    clocked_page,
    live,
    page,
    stage,
    stage_server,
    tab,
)
from tests.support.turn_server import turn_server

__all__ = [
    "browser",
    "clocked_page",
    "live",
    "page",
    "stage",
    "stage_server",
    "tab",
    "turn_server",
]
