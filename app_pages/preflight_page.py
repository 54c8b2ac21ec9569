"""The page "Preflight": whether it will work here, seen and heard in the visitor's own browser."""

from __future__ import annotations

from components.preflight import preflight
from server.visitors import nonce_of


def draw(visitor: str) -> None:
    """Draw the component, which has its own channel to the server."""
    preflight(channel=f"preflight/channel?nonce={nonce_of(visitor)}")
