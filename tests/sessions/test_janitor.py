"""The janitor on each store: what a server does with its own entries."""

from __future__ import annotations

import asyncio
from itertools import islice
from pathlib import Path

import pytest

from avatar_client import ServiceFailed, Session
from sessions.janitor import DAY, Janitor, pauses
from sessions.ledger import (
    Entry,
    Ledger,
    LedgerUnreachable,
    MemoryLedger,
    Reading,
    ledger_at,
)
from tests.support.ledger_owner import TOKEN, VISIT, until
from tests.support.ledgers import (
    Service,
    Store,
    a_janitor,
    an_entry,
    answered,
    each_kept,
    each_store,
    kept,
    on_redis,
    opened,
    store,
)
from tests.support.redis_server import RedisServer, redis_server

__all__ = ["redis_server", "store"]

pytestmark = pytest.mark.anyio


@each_store
async def test_an_entry_from_open_to_settled(store: Store) -> None:
    """It is there before create, with what ends the session after it, and gone in the end.

    A server that closes writes what is to be written.
    """
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
        left = janitor.created(await janitor.open(**VISIT), Session("s-2", TOKEN))
    assert (await ledger.read()).entries == (left,)


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

        async def has_the_last() -> bool:  # a look may have the fourth written before the third
            entries = await kept(ledger, "s-2", None)
            return [entry.unknown for entry in entries] == [False, True]

        assert await until(has_the_last)
        assert await janitor.entries() == (await ledger.read()).entries


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


async def are_unknown(ledger: Ledger, *those: Entry) -> bool:
    """Those on it, or all."""
    ids = {entry.entry_id for entry in those}
    entries = (await ledger.read()).entries
    return all(entry.unknown for entry in entries if entry.entry_id in ids or not ids)


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


@each_kept
async def test_closing_is_short_and_leaves_the_rest(store: Store) -> None:
    """An end that hangs is left to the next start, which finds it at once."""

    async def hang(_: Entry) -> None:
        await asyncio.Event().wait()

    ledger, service = store.open(), Service()
    async with Janitor(ledger, hang, closing=0.05) as first:
        left = await opened(first, "s-1")
        first.end_later(left)
        await kept(ledger, "s-1")
    await first.close()
    first.end_later(left)
    assert await kept(ledger, "s-1") == (left,)
    async with a_janitor(ledger, service, lease=60.0):
        await kept(ledger)

        async def the_first_is_buried() -> bool:
            return first.owner not in (await ledger.read()).signs

        assert await until(the_first_is_buried)
    assert service.ended == ["s-1"]
    assert not list(store.state.parent.rglob("*.lock"))


# A ledger that is away, or forgets.


@on_redis
async def test_what_a_redis_has_lost_comes_back(store: Store, redis_server: RedisServer) -> None:
    """Restarted empty while sessions are live, it has all that we can end again soon."""
    ledger, service = store.open(), Service()
    async with a_janitor(ledger, service) as janitor:
        starting, live = await janitor.open(**VISIT), await opened(janitor, "lives")
        before = await kept(ledger, None, "lives")
        with redis_server.away(loses_data=True):
            pass
        assert await kept(ledger, None, "lives") == before
        janitor.settled(live)
        await kept(ledger, None)
        janitor.settled(starting)
        await kept(ledger)
    assert service.tries == 0


@each_kept
async def test_what_another_server_forgets_stays_forgotten(store: Store) -> None:
    """Of what is unknown here, the ledger has the last word; of what we can end, we have it."""
    ledger = store.open()
    async with a_janitor(ledger, Service()) as janitor:
        lost, live = await janitor.open(**VISIT), await opened(janitor, "lives")
        janitor.lost(lost)
        await kept(ledger, None, "lives")
        await until(lambda: are_unknown(ledger, lost))
        for entry in (lost, live):
            await ledger.forget(entry.entry_id)
        await kept(ledger, "lives")


@each_kept
async def test_what_is_settled_is_not_ended_any_more(store: Store) -> None:
    """An operator has ended it elsewhere while its end here hung."""
    given_up = asyncio.Event()

    async def hang(_: Entry) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()

    ledger = store.open()
    async with Janitor(ledger, hang) as janitor:
        entry = await opened(janitor, "s-1")
        janitor.end_later(entry)
        await kept(ledger, "s-1")
        janitor.settled(entry)
        await kept(ledger)
        async with asyncio.timeout(5):
            await given_up.wait()


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
async def test_a_ledger_that_can_only_be_read_is_unreachable(
    store: Store, redis_server: RedisServer
) -> None:
    """As long as nothing can be written, however often it is read."""
    ledger = store.open()
    async with a_janitor(ledger, Service()) as janitor:
        entry = await opened(janitor, "s-1")
        await kept(ledger, "s-1")
        with redis_server.refusing_writes():
            with pytest.raises(LedgerUnreachable):
                await janitor.open(**VISIT)
            assert await janitor.entries() == (entry,)
            assert not janitor.reachable
        await until(lambda: answered(janitor.reachable))
        await kept(ledger, "s-1")


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
