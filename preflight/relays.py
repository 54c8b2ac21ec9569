"""The ways to a relay (TURN), as init-client names them (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from avatar_client import TurnServer


@dataclass(frozen=True, slots=True)
class Relay:
    """One way to a relay. `protocol`: UDP, TCP, or TLS over TCP."""

    url: str
    host: str
    port: int
    protocol: str

    @property
    def route(self) -> str:
        """How the media travels over it."""
        return f"relay {self.protocol}"

    def __str__(self) -> str:
        protocol = "TLS over TCP" if self.protocol == "TLS" else self.protocol
        return f"{protocol} port {self.port}"


_ADDRESS = re.compile(r"(turns?):([^?]+?)(?::(\d+))?(?:\?transport=(udp|tcp))?", re.IGNORECASE)


def relays_of(turn: TurnServer | None) -> tuple[Relay, ...]:
    """Every way to `turn`, the best one first; none where there is no relay.

    A bare host stands for four (kaltura/intelligent-agents-sdk, August 2026), as in
    components/stage/js/media/ice.js.
    """
    if turn is None:
        return ()
    if found := _ADDRESS.fullmatch(turn.url):
        scheme, host, port, transport = found.groups()
        tls = scheme.lower() == "turns"
        protocol = "TLS" if tls else (transport or "udp").upper()
        return (Relay(turn.url, host, int(port or (5349 if tls else 3478)), protocol),)
    host = turn.url
    return (
        Relay(f"turn:{host}:80?transport=udp", host, 80, "UDP"),
        Relay(f"turn:{host}:443?transport=udp", host, 443, "UDP"),
        Relay(f"turn:{host}:80?transport=tcp", host, 80, "TCP"),
        Relay(f"turns:{host}:443?transport=tcp", host, 443, "TLS"),
    )


def any_of(relays: Sequence[Relay]) -> str:
    """For people: "UDP port 80, UDP port 443, TCP port 80 or TLS over TCP port 443 to HOST"."""
    *others, last = [str(relay) for relay in relays]
    ways = f"{', '.join(others)} or {last}" if others else last
    return f"{ways} to {relays[0].host}"
