"""The simulator's own TURN server, as aioice's client finds it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aioice.stun import TransactionFailed
from aioice.turn import TurnTransport, create_turn_endpoint

from simulator.relay import MOST, Address, Relay

pytestmark = pytest.mark.anyio

HERE = "127.0.0.1"


class Inbox(asyncio.DatagramProtocol):
    """What came, and from where."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[tuple[bytes, Address]] = asyncio.Queue()

    def datagram_received(self, data: bytes, peer: Address) -> None:
        """Keep it."""
        self.came.put_nowait((data, peer))

    async def next(self) -> tuple[bytes, Address]:
        """The oldest that is not taken yet."""
        return await asyncio.wait_for(self.came.get(), 5)


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """A relay on a port of its own."""
    relay = Relay()
    await relay.open(HERE)
    yield relay
    relay.close()


async def endpoint(relay: Relay, password: str = "") -> tuple[TurnTransport, Inbox]:
    """A client with a relayed address, and what comes to that."""
    turn = relay.turn(HERE)
    return await create_turn_endpoint(
        Inbox, server(relay), turn["username"], password or turn["credential"]
    )


def server(relay: Relay) -> Address:
    """Where it listens, as its URL says."""
    _, host, port = relay.turn("127.0.0.1")["url"].removesuffix("?transport=udp").split(":")
    return host, int(port)


async def peer() -> tuple[asyncio.DatagramTransport, Inbox]:
    """A peer on this machine, as the simulator's viewers are."""
    loop = asyncio.get_running_loop()
    return await loop.create_datagram_endpoint(Inbox, (HERE, 0))


async def test_what_is_sent_arrives(relay: Relay) -> None:
    """At the peer from the relayed address, and back."""
    client, heard = await endpoint(relay)
    one, one_heard = await peer()
    relayed, known = client.get_extra_info("sockname"), one.get_extra_info("sockname")
    client.sendto(b"to the peer", known)
    assert await one_heard.next() == (b"to the peer", relayed)
    one.sendto(b"back", relayed)
    assert await heard.next() == (b"back", known)
    client.close()
    one.close()


async def test_a_wrong_credential(relay: Relay) -> None:
    """It is refused."""
    with pytest.raises(TransactionFailed, match="401"):
        await endpoint(relay, "wrong")


async def test_it_leads_to_this_machine_alone(relay: Relay) -> None:
    """What is sent to another host goes nowhere, and does no harm."""
    client, _ = await endpoint(relay)
    known, known_heard = await peer()
    client.sendto(b"out", ("192.0.2.1", 9))
    client.sendto(b"here", known.get_extra_info("sockname"))
    assert (await known_heard.next())[0] == b"here"
    client.close()
    known.close()


async def test_a_client_that_goes_makes_room(relay: Relay) -> None:
    """More can come one after another than at a time; one too many is refused."""
    clients = [(await endpoint(relay))[0] for _ in range(MOST)]
    with pytest.raises(TransactionFailed, match="486"):
        await endpoint(relay)
    for client in clients:
        client.close()
    deadline = asyncio.get_running_loop().time() + 10
    while True:
        try:
            client, _ = await endpoint(relay)
            break
        except TransactionFailed:
            assert asyncio.get_running_loop().time() < deadline
    client.close()


@pytest.mark.parametrize(
    "data", [b"", b"@", b"@\x00\x00", b"@\x00\xff\xff", b"\x00\x03", bytes(20), b"\xff" * 99]
)
async def test_garbage_is_dropped(relay: Relay, data: bytes) -> None:
    """The next client is served."""
    stranger, _ = await peer()
    stranger.sendto(data, server(relay))
    stranger.close()
    client, _ = await endpoint(relay)
    client.close()
