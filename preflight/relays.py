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


LOGIN = ("kaltura", "avatar")
"""Opens the live service's relay where its answer has no login (kaltura/intelligent-agents-sdk)."""

_ADDRESS = re.compile(
    r"(?:(turns?):)?(?://)?(\[[^\]]*\]|[^?/\[\]:]*?)(?::([0-9]{1,5}))?/*"
    r"(?:\?(?:transport=(udp|tcp))?.*)?",
    re.IGNORECASE,
)
_BARE_IPV6 = re.compile(r"(turns?:)?(?://)?([0-9a-f]*:[0-9a-f:.]*:[0-9a-f.]*)(/*)", re.IGNORECASE)


def relays_of(turn: TurnServer | None) -> tuple[Relay, ...]:
    """Every way to `turn`, the best one first; none where there is no relay.

    Its address comes as `host`, `host/`, `turn:host`, or whole, with a port; an IPv6 address in
    brackets or not. Without a port it stands for four (kaltura/intelligent-agents-sdk, August
    2026). As in components/stage/js/media/ice.js.
    """
    address = turn.url.strip() if turn else ""
    if bare := _BARE_IPV6.fullmatch(address):
        address = f"[{bare[2]}]"
    found = _ADDRESS.fullmatch(address)
    if not found or not found[2]:
        return ()
    scheme, name, port, transport = (part or "" for part in found.groups())
    host = name.strip("[]")
    if not port:
        return (
            Relay(f"turn:{name}:80?transport=udp", host, 80, "UDP"),
            Relay(f"turn:{name}:443?transport=udp", host, 443, "UDP"),
            Relay(f"turn:{name}:80?transport=tcp", host, 80, "TCP"),
            Relay(f"turns:{name}:443?transport=tcp", host, 443, "TLS"),
        )
    scheme, transport = scheme.lower() or "turn", transport.lower()
    protocol = "TLS" if scheme == "turns" else (transport or "udp").upper()
    query = f"?transport={transport}" if transport else ""
    return (Relay(f"{scheme}:{name}:{port}{query}", host, int(port), protocol),)


def login_of(turn: TurnServer) -> tuple[str, str]:
    """User name and credential for `turn`."""
    return turn.username or LOGIN[0], turn.credential or LOGIN[1]


def any_of(relays: Sequence[Relay]) -> str:
    """For people: "UDP port 80, UDP port 443, TCP port 80 or TLS over TCP port 443 to HOST"."""
    *others, last = [str(relay) for relay in relays]
    ways = f"{', '.join(others)} or {last}" if others else last
    return f"{ways} to {relays[0].host}"
