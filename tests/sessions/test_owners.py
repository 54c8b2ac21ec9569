"""The janitor on each store: what dead owners left is ended, and nothing of one that lives."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psutil
import pytest

from sessions.janitor import Janitor
from sessions.ledger import Ledger, Sign
from sessions.owners import LifeWatch
from tests.support.ledger_owner import TOKEN, running_owner, until
from tests.support.ledgers import (
    LEASE,
    Service,
    Store,
    a_janitor,
    an_entry,
    answered,
    each_kept,
    kept,
    on_redis,
    opened,
    store,
)
from tests.support.redis_server import RedisServer, redis_server

__all__ = ["redis_server", "store"]

pytestmark = pytest.mark.anyio


@each_kept
async def test_what_a_killed_server_left_is_ended_once(store: Store) -> None:
    """It outlives SIGKILL, and is claimed and ended within 5 s of a start, by one of two servers.

    A create that was under way becomes unknown. Its children don't keep the killed server's lock.
    """
    ledger, services = store.open(), (Service(), Service())
    with running_owner(store.url, store.state / "this") as owner:
        owner.kill()
        assert all(psutil.pid_exists(child) for child in owner.children)
        assert len((await ledger.read()).entries) == 3
        # A lease that is too long to matter: the lock alone tells.
        one, other = (a_janitor(store.open(), service, lease=60.0) for service in services)
        async with asyncio.timeout(5), one, other:
            await until(lambda: answered(not list(store.state.parent.rglob(f"{owner.owner}*"))))
            entries = await kept(ledger, None, None)
    assert services[0].ended + services[1].ended == ["left-over"]
    assert all(entry.unknown for entry in entries)
    assert {entry.entry_id for entry in entries} == {owner.starting, owner.lost}
    assert {entry.owner for entry in entries} <= {one.owner, other.owner}


ONE = {"one": Sign(None, "1")}


@pytest.mark.parametrize(
    ("looks", "dead_at"),
    [
        ([(t, ONE) for t in range(0, 20, 2)], [10]),
        ([(t, {"one": Sign(None, str(t))}) for t in range(0, 20, 2)], []),
        ([(0, {"one": Sign(False, "1")})], [0]),
        ([(t, {"one": Sign(True, "1")}) for t in range(0, 20, 2)], []),
        # Its lock's file is removed while it lives.
        ([(0, {"one": Sign(True)}), *((t, {"one": Sign(None)}) for t in range(4, 16, 4))], []),
        # We stood still, and so did it perhaps.
        ([(0, ONE), (2, ONE), (4, ONE), (20, ONE), (22, ONE), (24, ONE)], []),
        # It was away from the ledger, or the ledger from us.
        ([(0, ONE), (4, ONE), (6, None), (8, ONE), (12, ONE), (16, ONE)], []),
        # It shows itself again, though it was taken for dead.
        ([*((t, ONE) for t in range(0, 12, 2)), (12, ONE), (14, ONE)], [10]),
    ],
)
def test_who_may_be_taken_for_dead(
    looks: list[tuple[float, dict[str, Sign] | None]], dead_at: list[float]
) -> None:
    """After a lease of 9 s in which we looked all the time and its sign stayed the same."""
    watch, dead = LifeWatch(9.0), []
    for second, signs in looks:
        if signs is None:
            watch.start_anew()
        elif watch.dead(signs, asked=second, answered=second + 0.5):
            dead.append(second)
    assert dead == dead_at


async def a_lease_passes(ledger: Ledger, service: Service) -> None:
    """Waits until an entry of an owner that never was is ended, and sees that no other is."""
    owner = f"nobody-{uuid.uuid4().hex}"
    await ledger.record(an_entry(owner, owner=owner, session_id="orphan", token=TOKEN))

    async def ended() -> bool:
        return all(e.session_id != "orphan" for e in (await ledger.read()).entries)

    await until(ended)
    assert service.ended == ["orphan"]
    service.ended.clear()


@on_redis
async def test_an_owner_elsewhere_is_dead_within_the_lease(store: Store) -> None:
    """Without a lock to see, it is its beat that tells: as long as that moves, nothing is taken."""
    ledger, service = store.open(), Service()
    with running_owner(store.url, store.state / "elsewhere") as owner:
        async with a_janitor(ledger, service):
            await a_lease_passes(ledger, service)
            owner.kill()
            entries = await kept(ledger, None, None)
    assert service.ended == ["left-over"]
    assert all(entry.unknown for entry in entries)


@asynccontextmanager
async def two_machines(store: Store, **settings: Any) -> AsyncIterator[None]:
    """A server with a live session, and one elsewhere, which looks at it and leaves it alone."""
    ledger, service = store.open("here"), Service()
    async with (
        a_janitor(store.open("there"), service) as owner,
        a_janitor(ledger, service, **settings),
    ):
        entry = await opened(owner, "lives")
        await kept(ledger, "lives")
        await a_lease_passes(ledger, service)
        yield
        await until(ledger.read)
        await a_lease_passes(ledger, service)
        assert await kept(ledger, "lives") == (entry,)


async def a_look(ledger: Ledger, janitor: Janitor) -> None:
    """Waits until `janitor` has looked: it drops an entry of its own that it does not know."""
    entries = (await ledger.read()).entries
    await ledger.record(an_entry("marker", owner=janitor.owner))
    await kept(ledger, *(entry.session_id for entry in entries))


@on_redis
async def test_after_a_stand_still_nobody_is_robbed(store: Store) -> None:
    """A machine that slept for longer than the lease has seen no beat, because it slept.

    The owner, which is this test, beats some time after the observer's first look.
    """
    ledger, service = store.open("there"), Service()
    async with a_janitor(store.open("here"), service) as janitor:
        entry = an_entry("one", created_at=0.0, session_id="lives", token=TOKEN)
        await ledger.record(entry)
        for _ in range(3):
            await ledger.beat(entry.owner)
            await a_look(ledger, janitor)
        threading.Event().wait(1.5 * LEASE)
        await a_look(ledger, janitor)
        await ledger.beat(entry.owner)
        await a_look(ledger, janitor)
        assert await kept(ledger, "lives") == (entry,)
    assert service.tries == 0


@pytest.mark.parametrize("time_of_day", [0.0, 4e9])
@on_redis
async def test_after_a_jump_of_the_clock_nobody_is_robbed(store: Store, time_of_day: float) -> None:
    """Whether an owner lives does not depend on the time of day: 1970, or 2096."""
    clock = [1e9]
    async with two_machines(store, now=lambda: clock[0]):
        clock[0] = time_of_day


@on_redis
async def test_after_an_outage_nobody_is_robbed(store: Store, redis_server: RedisServer) -> None:
    """A Redis that was away for longer than the lease has heard no beat, because it was away."""
    async with two_machines(store):
        with redis_server.away():
            await asyncio.to_thread(threading.Event().wait, 2 * LEASE)


@each_kept
async def test_two_servers_of_one_machine(store: Store) -> None:
    """Each sees the other's entries and leaves them alone, until it leaves them."""
    ledger, service = store.open(), Service()
    async with a_janitor(ledger, service) as one:
        async with a_janitor(store.open(), service) as other:
            mine, theirs = await opened(one, "mine"), await opened(other, "theirs")
            await kept(ledger, "mine", "theirs")
            await a_lease_passes(ledger, service)
            entries = await other.entries()
            assert entries == (mine, theirs)
            assert [other.is_mine(entry) for entry in entries] == [False, True]
        await kept(ledger, "mine")
        assert service.ended == ["theirs"]


@each_kept
async def test_another_servers_entry_can_be_settled(store: Store) -> None:
    """Who has ended it at the service removes it, whoever looks after it."""
    ledger = store.open()
    async with a_janitor(ledger, Service()) as janitor:
        await ledger.record(an_entry("theirs", owner="a-server"))
        (entry,) = await janitor.entries()
        janitor.settled(entry)
        assert await janitor.entries() == ()
        await kept(ledger)
