"""The janitor on each store: every session ends, and none whose owner lives."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice, repeat
from pathlib import Path
from typing import Any

import psutil
import pytest

from avatar_client import ServiceFailed, Session
from sessions.janitor import DAY, Janitor, pauses
from sessions.ledger import Entry, Ledger, LedgerUnreachable, MemoryLedger, Reading, Sign, ledger_at
from sessions.owners import LifeWatch
from tests.ledger_owner import TOKEN, VISIT, running_owner, until
from tests.ledgers import KEPT, Store, an_entry
from tests.redis_server import RedisServer

pytestmark = pytest.mark.anyio

each_store = pytest.mark.parametrize("store", ["sqlite", "redis", "memory"], indirect=True)
each_kept = pytest.mark.parametrize("store", KEPT, indirect=True)
on_redis = pytest.mark.parametrize("store", ["redis"], indirect=True)

BEAT = 0.05
LEASE = 0.4


class Service:
    """Ends sessions; `troubles` are raised first, one for each try."""

    def __init__(self, *troubles: Exception) -> None:
        self.tries = 0
        self.ended: list[str] = []
        self._troubles = list(troubles)

    async def end(self, entry: Entry) -> None:
        """As the API's end, and that of many sessions at a time."""
        self.tries += 1
        await asyncio.sleep(0)
        if self._troubles:
            raise self._troubles.pop(0)
        assert entry.session_id
        assert entry.token == TOKEN
        self.ended.append(entry.session_id)


def a_janitor(ledger: Ledger, service: Service, **settings: Any) -> Janitor:
    """One whose times are short."""
    quick: dict[str, Any] = {
        "beat": BEAT,
        "look": 0.05,
        "lease": LEASE,
        "pauses": lambda: repeat(0.01),
    }
    return Janitor(ledger, service.end, **(quick | settings))


async def opened(janitor: Janitor, session_id: str) -> Entry:
    """The entry of a session that was created."""
    return janitor.created(await janitor.open(**VISIT), Session(session_id, TOKEN))


async def kept(ledger: Ledger, *session_ids: str | None) -> tuple[Entry, ...]:
    """Waits until the ledger has these sessions, in this order, and no other."""

    async def entries() -> list[tuple[Entry, ...]]:
        read = (await ledger.read()).entries
        return [read] if [entry.session_id for entry in read] == [*session_ids] else []

    return (await until(entries))[0]


# One server.


@each_store
async def test_an_entry_from_open_to_settled(store: Store) -> None:
    """It is there before create, with what ends the session after it, and gone in the end."""
    ledger = store.open()
    async with a_janitor(ledger, Service()) as janitor:
        entry = await janitor.open(**VISIT)
        assert (await ledger.read()).entries == (entry,)
        assert entry.session_id is None
        entry = janitor.created(entry, Session("s-1", TOKEN))
        assert await kept(ledger, "s-1") == (entry,)
        assert await janitor.entries() == (entry,)
        assert janitor.is_mine(entry)
        assert TOKEN not in repr(entry)
        janitor.settled(entry)
        assert await janitor.entries() == ()
        await kept(ledger)


@each_store
async def test_the_last_word_counts(store: Store) -> None:
    """However quickly created, lost and settled follow each other, the ledger has the last."""
    ledger = store.open()
    async with a_janitor(ledger, Service()) as janitor:
        ended, live, lost, refused = [await janitor.open(**VISIT) for _ in range(4)]
        janitor.settled(janitor.created(ended, Session("s-1", TOKEN)))
        janitor.created(live, Session("s-2", TOKEN))
        janitor.lost(lost)
        janitor.settled(refused)
        entries = await kept(ledger, "s-2", None)
        assert [entry.unknown for entry in entries] == [False, True]
        assert await janitor.entries() == entries


@each_store
async def test_an_end_that_fails_three_times_is_settled(store: Store) -> None:
    """It is tried again until it is confirmed, whatever came before; told twice, it is one."""
    ledger, refused = store.open(), ServiceFailed("end", status=503, retry_after=0.02, sent="yes")
    service = Service(refused, refused, RuntimeError("a bug of ours"))
    async with a_janitor(ledger, service) as janitor:
        entry = await opened(janitor, "s-1")
        janitor.end_later(entry)
        janitor.end_later(entry)
        await kept(ledger)
    assert service.ended == ["s-1"]
    assert service.tries == 4


async def are_unknown(ledger: Ledger) -> bool:
    """All that are on it."""
    return all(entry.unknown for entry in (await ledger.read()).entries)


@each_store
async def test_what_has_no_session_id_is_unknown(store: Store) -> None:
    """A session whose id nobody knows can't be ended, and is shown."""
    ledger, service = store.open(), Service()
    async with a_janitor(ledger, service) as janitor:
        janitor.end_later(await janitor.open(**VISIT))
        await until(lambda: are_unknown(ledger))
    assert service.tries == 0


def test_the_pauses_grow_to_half_a_minute() -> None:
    """From half a second on, each twice as long."""
    assert list(islice(pauses(), 8)) == [0.5, 1, 2, 4, 8, 16, 30, 30]


@each_store
async def test_entries_are_dropped_after_a_day(store: Store) -> None:
    """One that is unknown, and one whose end failed once more; not one that lives."""
    clock = [1_000_000.0]
    ledger = store.open()
    service = Service(*[ServiceFailed("end", status=500, sent="yes")] * 1_000)
    async with a_janitor(ledger, service, now=lambda: clock[0]) as janitor:
        await opened(janitor, "lives")
        clock[0] += 1
        janitor.end_later(await opened(janitor, "stays-live"))
        clock[0] += 1
        janitor.lost(await janitor.open(**VISIT))
        await kept(ledger, "lives", "stays-live", None)
        clock[0] += DAY - 3
        tries = service.tries
        await until(lambda: answered(service.tries > tries + 5))
        await kept(ledger, "lives", "stays-live", None)
        clock[0] += 4
        await kept(ledger, "lives")


async def answered(answer: bool) -> bool:
    """For `until`."""
    return answer


@each_kept
async def test_closing_is_short_and_leaves_the_rest(store: Store) -> None:
    """An end that hangs is left to the next start, which finds it at once."""

    async def hang(_: Entry) -> None:
        await asyncio.Event().wait()

    ledger, service = store.open(), Service()
    async with Janitor(ledger, hang, closing=0.05) as first:
        left = await opened(first, "s-1")
        first.end_later(left)
        gone = await opened(first, "s-2")
        first.settled(gone)
    await first.close()
    first.end_later(left)
    assert await kept(ledger, "s-1") == (left,)
    async with a_janitor(ledger, service, lease=60.0):
        await kept(ledger)
    assert service.ended == ["s-1"]
    assert not list(store.state.parent.rglob("*.lock"))


# What another server left.


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
            entries = await kept(ledger, None, None)
            await until(lambda: answered(not list(store.state.parent.rglob(f"{owner.owner}*"))))
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


# A ledger that is away, or forgets.


@on_redis
async def test_what_a_redis_has_lost_comes_back(store: Store, redis_server: RedisServer) -> None:
    """Restarted empty while sessions are live, it has them all again soon."""
    ledger, service = store.open(), Service()
    async with a_janitor(ledger, service) as janitor:
        live = await opened(janitor, "lives")
        janitor.lost(await janitor.open(**VISIT))
        before = await kept(ledger, "lives", None)
        with redis_server.away(loses_data=True):
            pass
        assert await kept(ledger, "lives", None) == before
        janitor.settled(live)
        await kept(ledger, None)
    assert service.tries == 0


@each_kept
async def test_a_ledger_that_went_back_in_time_is_put_right(store: Store) -> None:
    """As from a copy: an entry before its create was answered, and one whose create never was."""
    ledger, service = store.open(), Service()
    async with a_janitor(ledger, service) as janitor:
        starting = await janitor.open(**VISIT)
        live = janitor.created(starting, Session("lives", TOKEN))
        await kept(ledger, "lives")
        await ledger.record(starting)
        await ledger.record(an_entry("never", owner=janitor.owner))
        assert await kept(ledger, "lives") == (live,)
    assert service.tries == 0


class SlowLedger(MemoryLedger):
    """Its readings are old when they arrive: they are taken, and handed over when `go` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.read_began = asyncio.Event()
        self.go = asyncio.Event()

    async def read(self) -> Reading:
        """See `MemoryLedger`."""
        reading = await super().read()
        self.read_began.set()
        await self.go.wait()
        return reading


async def test_what_was_settled_meanwhile_is_not_ended_again() -> None:
    """A look that began before the end was confirmed finds nothing to do."""
    ledger, service = SlowLedger(), Service()
    async with a_janitor(ledger, service) as janitor:
        ledger.go.set()
        entry = await opened(janitor, "s-1")
        await kept(ledger, "s-1")
        ledger.go.clear()
        ledger.read_began.clear()
        await ledger.read_began.wait()
        janitor.settled(entry)
        ledger.go.set()
        await kept(ledger)
    assert service.tries == 0


@each_kept
async def test_a_claim_without_an_answer_is_found(store: Store) -> None:
    """An entry that is ours by the ledger alone, with a session, is ended: it was an orphan."""
    ledger, service = store.open(), Service()
    async with a_janitor(ledger, service) as janitor:
        await ledger.record(an_entry("one", owner=janitor.owner, session_id="claimed", token=TOKEN))
        await kept(ledger)
    assert service.ended == ["claimed"]


@on_redis
async def test_an_outage_stops_starts_alone(
    store: Store, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """No session is started; those that live are ended, and what was to be written is, later.

    It is said once, without the password.
    """
    ledger, service = store.open(), Service()
    async with a_janitor(ledger, service) as janitor:
        assert janitor.reachable
        starting, live, left = await janitor.open(**VISIT), await opened(janitor, "s-1"), None
        left = await opened(janitor, "s-2")
        await kept(ledger, None, "s-1", "s-2")
        with redis_server.away():
            with pytest.raises(LedgerUnreachable) as error:
                await janitor.open(**VISIT)
            with pytest.raises(LedgerUnreachable):
                await janitor.entries()
            assert not janitor.reachable
            assert redis_server.password not in str(error.value) + caplog.text
            janitor.created(starting, Session("s-0", TOKEN))
            janitor.settled(live)
            janitor.end_later(left)
            await until(lambda: answered(service.ended == ["s-2"]))
        await kept(ledger, "s-0")
        await until(lambda: answered(janitor.reachable))
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


@on_redis
async def test_a_server_can_start_before_its_redis(store: Store, redis_server: RedisServer) -> None:
    """It comes up, starts no session, and does as soon as the Redis is there."""
    with redis_server.away():
        janitor = a_janitor(store.open(), Service())
        await janitor.__aenter__()
        assert not janitor.reachable
        with pytest.raises(LedgerUnreachable):
            await janitor.open(**VISIT)

    async def start() -> Entry:
        return await janitor.open(**VISIT)

    entry = await until(start)
    assert await janitor.entries() == (entry,)
    await janitor.close()


@each_kept
async def test_an_open_that_is_cancelled_leaves_nothing(store: Store) -> None:
    """The visitor went before the entry was written: nothing was started."""
    ledger = store.open()
    async with a_janitor(ledger, Service()) as janitor:
        for _ in range(5):
            opening = asyncio.create_task(janitor.open(**VISIT))
            await asyncio.sleep(0)
            opening.cancel()
            with pytest.raises(asyncio.CancelledError):
                await opening
        await opened(janitor, "s-1")
        await kept(ledger, "s-1")
        await janitor.close()
        await kept(ledger, "s-1")


async def test_a_ledger_that_cant_be_written_stops_nothing_else(tmp_path: Path) -> None:
    """The server comes up, says on a start what is wrong, and closes."""
    (tmp_path / "file").touch()
    async with a_janitor(ledger_at(f"sqlite:///{tmp_path}/file/x"), Service()) as janitor:
        assert not janitor.reachable
        with pytest.raises(LedgerUnreachable, match="file/x can't be used"):
            await janitor.open(**VISIT)
