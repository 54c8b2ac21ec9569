"""Kaltura's avatar-session API on your own machine: `python -m simulator`.

The same calls, answers and errors as the live service, a real WebRTC stream with a face and a
voice, and moods that make it misbehave on purpose. Nothing leaves the machine.
"""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str | None) -> bool:
    """Whether this name or address is this machine's own, which no other machine can be."""
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
