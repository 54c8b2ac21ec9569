"""The page "Preflight": whether it will work here, seen and heard in the visitor's own browser."""

from __future__ import annotations

from components.preflight import preflight
from server.visitors import nonce_of


def draw(visitor: str) -> None:
    """All of it comes over its own channel: what the desk is doing is no matter of this page."""
    preflight(channel=f"preflight/channel?nonce={nonce_of(visitor)}")
