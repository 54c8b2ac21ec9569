"""A small TURN server, so that a page that allows its relay alone is shown the picture, too.

Source: RFC 8656. UDP, one user, and relayed addresses on IPv4 loopback alone: it leads to this
machine, where the simulator's viewers are, and nowhere else. There is no TURN server on PyPI that
could be used instead, and npm's wants Node (November 2026); for a real network there is coturn.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
from typing import Any

from aioice.stun import Class, Message, Method, parse_message
from aioice.turn import is_channel_data, make_integrity_key

Address = tuple[str, int]

REALM = "simulator"
LIFETIME = 600
"""Seconds that an allocation lives without a refresh."""
MOST = 100
"""Allocations at a time."""


class Relay(asyncio.DatagramProtocol):
    """The server's side towards browsers. `open` it within a running loop."""

    def __init__(self) -> None:
        self._username = "simulator"
        self._credential = secrets.token_urlsafe(16)
        self._key = make_integrity_key(self._username, REALM, self._credential)
        self._nonce = secrets.token_bytes(12).hex().encode()
        self._allocations: dict[Address, Allocation] = {}
        self._port = 0

    async def open(self, host: str) -> None:
        """Listen on a free port of this address."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, (host, 0))
        self._port = self._transport.get_extra_info("sockname")[1]

    def close(self) -> None:
        """Stop, with every allocation."""
        for allocation in list(self._allocations.values()):
            allocation.close()
        self._transport.close()

    def turn(self, host: str) -> dict[str, str]:
        """The field of init-client for a caller to whom this machine is `host`."""
        name = f"[{host}]" if ":" in host else host
        url = f"turn:{name}:{self._port}?transport=udp"
        return {"url": url, "username": self._username, "credential": self._credential}

    def datagram_received(self, data: bytes, client: Address) -> None:
        """Pass sound and picture on, and answer requests. What makes no sense is dropped."""
        allocation = self._allocations.get(client)
        if len(data) >= 4 and is_channel_data(data):
            number, length = struct.unpack("!HH", data[:4])
            if allocation and number in allocation.peers:
                allocation.pass_on(data[4 : 4 + length], allocation.peers[number])
            return
        try:
            message = parse_message(data)
        except (ValueError, struct.error):
            return
        given = message.attributes
        if message.message_class == Class.REQUEST:
            self._answer(message, client)
        elif allocation and {"DATA", "XOR-PEER-ADDRESS"} <= given.keys():
            allocation.pass_on(given["DATA"], given["XOR-PEER-ADDRESS"])

    def send(self, data: bytes, client: Address) -> None:
        """Send this to a browser."""
        self._transport.sendto(data, client)

    def forget(self, client: Address) -> None:
        """Note that this browser's allocation is closed."""
        self._allocations.pop(client, None)

    def _answer(self, request: Message, client: Address) -> None:
        signed = request.check_message_integrity(self._key)
        if request.message_method == Method.BINDING:
            answer: dict[str, Any] = {"XOR-MAPPED-ADDRESS": client}
        elif not signed:
            refusal = (401, "Unauthorized")
            answer = {"ERROR-CODE": refusal, "REALM": REALM, "NONCE": self._nonce}
        else:
            answer = self._granted(request, client)
        kind = Class.ERROR if "ERROR-CODE" in answer else Class.RESPONSE
        reply = Message(request.message_method, kind, request.transaction_id, answer)
        if signed:
            reply.add_message_integrity(self._key)
        self.send(bytes(reply), client)

    def _granted(self, request: Message, client: Address) -> dict[str, Any]:
        given, allocation = request.attributes, self._allocations.get(client)
        peer = given.get("XOR-PEER-ADDRESS")
        match request.message_method:
            case Method.ALLOCATE:
                if allocation is None and len(self._allocations) >= MOST:
                    return {"ERROR-CODE": (486, "Allocation Quota Reached")}
                if allocation is None:
                    allocation = self._allocations[client] = Allocation(self, client)
                allocation.refresh(LIFETIME)
                return {
                    "XOR-RELAYED-ADDRESS": allocation.address,
                    "XOR-MAPPED-ADDRESS": client,
                    "LIFETIME": LIFETIME,
                }
            case _ if allocation is None:
                return {"ERROR-CODE": (437, "Allocation Mismatch")}
            case Method.REFRESH:
                lifetime = min(given.get("LIFETIME", LIFETIME), LIFETIME)
                allocation.refresh(lifetime)
                return {"LIFETIME": lifetime}
            case Method.CREATE_PERMISSION if peer:
                allocation.permitted.add(peer[0])
                return {}
            case Method.CHANNEL_BIND if peer and "CHANNEL-NUMBER" in given:
                allocation.permitted.add(peer[0])
                allocation.peers[given["CHANNEL-NUMBER"]] = peer
                return {}
        return {"ERROR-CODE": (400, "Bad Request")}


class Allocation(asyncio.DatagramProtocol):
    """The relayed address of one browser: `peers` by their channels, `permitted` hosts."""

    def __init__(self, relay: Relay, client: Address) -> None:
        self.peers: dict[int, Address] = {}
        self.permitted: set[str] = set()
        self._relay = relay
        self._client = client
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.DatagramTransport | None = None
        here = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        here.setblocking(False)
        here.bind(("127.0.0.1", 0))
        self.address: Address = here.getsockname()
        self._loop = asyncio.get_running_loop()
        self._opening = self._loop.create_task(
            self._loop.create_datagram_endpoint(lambda: self, sock=here)
        )

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """From now on it can send."""
        self._transport = transport

    def datagram_received(self, data: bytes, peer: Address) -> None:
        """Pass on to the browser what a permitted peer sends."""
        if peer[0] not in self.permitted:
            return None
        for number, bound in self.peers.items():
            if bound == peer:
                header = struct.pack("!HH", number, len(data))
                return self._relay.send(header + data, self._client)
        content = {"XOR-PEER-ADDRESS": peer, "DATA": data}
        told = Message(Method.DATA, Class.INDICATION, attributes=content)
        return self._relay.send(bytes(told), self._client)

    def pass_on(self, data: bytes, peer: Address) -> None:
        """Send the browser's data to a permitted peer. An address that is not this machine's own
        can't be reached from loopback."""
        if self._transport and peer[0] in self.permitted:
            self._transport.sendto(data, peer)

    def refresh(self, lifetime: int) -> None:
        """Live for so many seconds from now on."""
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_later(lifetime, self.close)

    def close(self) -> None:
        """Relay nothing more."""
        if self._timer:
            self._timer.cancel()
        if self._transport:
            self._transport.close()
        self._relay.forget(self._client)
