"""What each store of the ledger says when it can't be used, and how it comes back."""

from __future__ import annotations

import asyncio
import json
import socket
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import asdict, fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis import Redis

from sessions.ledger import Entry, LedgerUnreachable, from_texts, ledger_at, to_text
from sessions.ledger_redis import BEATS, ENTRIES, RedisLedger
from sessions.ledger_sqlite import checked
from tests.support.ledger_owner import TOKEN, VISIT, running_owner, until
from tests.support.ledgers import (
    Service,
    Store,
    a_janitor,
    an_entry,
    answered,
    ids,
    kept,
    on_redis,
    on_sqlite,
    opened,
    store,
)
from tests.support.redis_server import RedisServer, redis_server
from tests.support.simulator_process import ROOT

__all__ = ["redis_server", "store"]

pytestmark = pytest.mark.anyio


async def test_an_unreachable_redis_is_told_without_its_password(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    """Nobody listens, nobody answers, or the password is wrong: a sentence, soon."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        for url in (
            "redis://me:pa55word@127.0.0.1:1/0",
            f"redis://me:pa55word@127.0.0.1:{port}/0",
            f"redis://me:pa55word@127.0.0.1:{redis_server.port}/0",
        ):
            ledger = RedisLedger(url, tmp_path, patience=0.2)
            with pytest.raises(LedgerUnreachable, match=r"can't be reached.*AVATAR_LED") as error:
                await ledger.record(an_entry("one"))
            assert "pa55" not in repr(error.value)
            assert error.value.__cause__ is None
            await ledger.aclose()


async def test_locks_that_cant_be_read_are_told(redis_server: RedisServer, tmp_path: Path) -> None:
    """As everything that is wrong with a ledger: here the folder's name is too long."""
    ledger = RedisLedger(redis_server.url, tmp_path / ("x" * 300))
    with pytest.raises(LedgerUnreachable, match="can't be reached"):
        await ledger.read()
    await ledger.aclose()


@on_redis
async def test_a_restarted_redis_is_not_noticed(store: Store, redis_server: RedisServer) -> None:
    """A connection that the restart has cut is made anew within the call; the data is there."""
    ledger = store.open()
    await ledger.record(an_entry("one"))
    with redis_server.away():
        pass
    await ledger.record(an_entry("two"))
    assert await ids(ledger) == ["one", "two"]


async def test_garbage_in_a_shared_redis_is_left_out(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    """What is no entry is not read, and not removed either."""
    redis_server.flush()
    ledger = RedisLedger(redis_server.url, tmp_path)
    await ledger.record(an_entry("one"))
    with Redis.from_url(redis_server.url) as other:
        other.hset(ENTRIES, mapping={"two": '{"entry_id": "two"}', "": b"\xff"})
        other.hset(BEATS, mapping={b"\xff": b"\xff", "": ""})
    assert await ids(ledger) == ["one"]
    await ledger.aclose()


TEXTS = st.text(st.characters(codec="utf-8"))


@settings(max_examples=50, deadline=None)
@given(
    st.builds(
        Entry,
        *(TEXTS,) * 5,
        created_at=st.floats(allow_nan=False, allow_infinity=False),
        session_id=st.none() | TEXTS,
        token=st.none() | TEXTS,
        unknown=st.booleans(),
    )
)
def test_an_entry_is_the_same_after_the_store(entry: Entry) -> None:
    """Whatever its texts, and the text of it is the same each time."""
    assert from_texts([to_text(entry)]) == (entry,)
    assert to_text(from_texts([to_text(entry)])[0]) == to_text(entry)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=5,
)


@settings(max_examples=50, deadline=None)
@given(st.text() | st.binary() | JSON.map(json.dumps))
def test_no_text_is_too_strange(text: str | bytes) -> None:
    """What is no entry is left out, and nothing is raised."""
    assert from_texts([text]) == ()


@settings(max_examples=50, deadline=None)
@given(st.sampled_from([f.name for f in fields(Entry)]), JSON)
def test_an_entry_with_a_strange_field_is_left_out(name: str, value: object) -> None:
    """Or it fits: then it can be sorted, and written back as it was."""
    text = json.dumps(asdict(an_entry("one")) | {name: value})
    two = an_entry("two")
    entries = from_texts([text, to_text(two)])
    assert two in entries
    assert [to_text(entry) for entry in entries if entry != two] in ([], [text])


@on_sqlite
async def test_a_damaged_file_is_told_and_can_be_moved_away(store: Store) -> None:
    """A sentence with the path and what to do; afterwards the ledger works again by itself."""
    path = store.state.parent / "place" / "ledger.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"no database at all" * 100)
    ledger = store.open()
    with pytest.raises(LedgerUnreachable, match=r"ledger\.sqlite can't be used .* move it away"):
        await ledger.record(an_entry("one"))
    path.unlink()
    await ledger.record(an_entry("one"))
    assert await ids(ledger) == ["one"]


@on_sqlite
async def test_a_file_that_is_replaced_is_opened_anew(store: Store) -> None:
    """Who removes the file of a running server has not cut it off."""
    ledger = store.open()
    await ledger.record(an_entry("one"))
    for path in (store.state.parent / "place").glob("ledger.sqlite*"):
        if path.is_file():
            path.unlink()
    assert await ids(ledger) == []
    await ledger.record(an_entry("two"))
    assert await ids(store.open()) == ["two"]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "other text": lambda was: b"damaged by hand\n" * 100,
    "zeros": lambda was: bytes(len(was)),
    "a header that is none": lambda was: b"x" * 100 + was[100:],
    "another version": lambda was: was[:60] + b"\x00\x00\x00\x09" + was[64:],
    "a schema that is none": lambda was: was.replace(b"CREATE TABLE", b"CREATE\xff\xffBLE", 1),
    "a row that is no text": lambda was: was.replace(b'"visitor"', b'"visi\xff\xfer"', 1),
    "a row that is no entry": lambda was: was.replace(b'"visitor"', b'"victory"', 1),
    "half": lambda was: was[: len(was) // 2],
    "nothing": lambda was: b"",
}
"""What can be written over a ledger's file, by the file as it was."""


def written_over(path: Path, content: bytes) -> None:
    """In place."""
    with path.open("r+b") as file:
        file.write(content)
        file.truncate()


@pytest.mark.parametrize("damage", DAMAGES)
@on_sqlite
async def test_a_file_that_is_damaged_meanwhile_is_made_anew(
    store: Store, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In place, under a running server: it sets the file aside, has all its sessions on the new
    one, says so once, without a token; after SIGKILL they are found there."""
    path = store.state.parent / "place" / "ledger.sqlite"
    ledger, service = store.open(), Service()
    async with a_janitor(ledger, service) as janitor:
        live, lost = await opened(janitor, "lives"), await janitor.open(**VISIT)
        janitor.lost(lost)

        async def is_written() -> bool:
            entries = (await ledger.read()).entries
            return [(e.session_id, e.unknown) for e in entries] == [("lives", False), (None, True)]

        await until(is_written)
        written_over(path, DAMAGES[damage](path.read_bytes()))
        await until(lambda: answered(janitor.remark is not None))
        assert [entry.entry_id for entry in await kept(ledger, "lives", None)] == [
            live.entry_id,
            lost.entry_id,
        ]
        aside = list(path.parent.glob("ledger.sqlite-damaged-*"))
        assert len(aside) == (damage != "nothing")
        assert str(path) in (janitor.remark or "")
        assert "made anew" in (janitor.remark or "")
        assert janitor.reachable
    assert len([record for record in caplog.records if "made anew" in record.message]) == 1
    assert TOKEN not in caplog.text
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in aside)


@on_sqlite
async def test_a_damaged_file_and_a_killed_server(store: Store) -> None:
    """SIGKILL after the damage: the next start ends what was live."""
    path = store.state.parent / "place" / "ledger.sqlite"
    with running_owner(store.url, store.state / "this") as owner:
        written_over(path, b"damaged by hand\n" * 100)
        await until(lambda: answered(list(path.parent.glob("*-damaged-*")) != []), within=20)
        ledger, service = store.open(), Service()
        await kept(ledger, "left-over", None, None)
        owner.kill()
        async with a_janitor(ledger, service, lease=60.0):
            await kept(ledger, None, None)
    assert service.ended == ["left-over"]


@on_sqlite
async def test_what_others_left_in_a_damaged_file_is_kept(store: Store) -> None:
    """As far as it can be read."""
    path = store.state.parent / "place" / "ledger.sqlite"
    ledger = store.open()
    for name in ("one", "two"):
        await ledger.record(an_entry(name, owner="elsewhere"))
    await ledger.read()
    path.write_bytes(path.read_bytes().replace(b'"entry_id": "two"', b'"entry_id"; "two"', 1))
    assert await ids(ledger) == ["one"]


@pytest.mark.parametrize("place", ["file/ledger.sqlite", "folder"])
async def test_a_place_that_cant_be_written_is_told(tmp_path: Path, place: str) -> None:
    """A sentence with the path, and no traceback of SQLite's."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    ledger = ledger_at(f"sqlite:///{tmp_path}/{place}")
    with pytest.raises(LedgerUnreachable, match=rf"{place} can't be used \(.*AVATAR_LED") as error:
        await ledger.beat("a-server")
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
    await ledger.aclose()


@pytest.mark.parametrize("statement", ["PRAGMA user_version = 2", "CREATE TABLE theirs (name)"])
@on_sqlite
async def test_another_versions_file_is_left_alone(store: Store, statement: str) -> None:
    """A later version's ledger, or another program's file, is refused with a sentence."""
    path = store.state.parent / "place" / "ledger.sqlite"
    path.parent.mkdir()
    with sqlite3.connect(path) as other:
        other.execute(statement)
    other.close()
    before = path.read_bytes()
    with pytest.raises(LedgerUnreachable, match="is not a ledger of this version of the app"):
        await store.open().read()
    assert path.read_bytes() == before


WRITER = """
import asyncio, sys
from sessions.ledger import Entry, ledger_at

async def main(url, name):
    ledger = ledger_at(url)
    sys.stdin.readline()
    for number in range(20):
        await ledger.record(Entry(f"{name}-{number}", *"abcd", 1.0))
    await ledger.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


@on_sqlite
async def test_servers_can_make_the_file_at_one_moment(store: Store) -> None:
    """Several processes that begin together lose nothing."""
    words = (sys.executable, "-c", WRITER, store.url)
    writers = [
        await asyncio.create_subprocess_exec(*words, name, cwd=ROOT, stdin=asyncio.subprocess.PIPE)
        for name in "ab"
    ]
    await asyncio.gather(*(writer.communicate(b"go\n") for writer in writers))
    assert [writer.returncode for writer in writers] == [0, 0]
    assert len(await ids(store.open())) == 40


@on_sqlite
async def test_another_writer_is_waited_for(store: Store) -> None:
    """A server that writes at the same moment costs time, not an entry."""
    ledger = store.open()
    await ledger.read()
    other = sqlite3.connect(store.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    write = asyncio.create_task(ledger.record(an_entry("one")))
    await asyncio.sleep(0)
    other.execute("COMMIT")
    await write

    assert await ids(ledger) == ["one"]
    other.close()


@on_sqlite
async def test_a_write_while_the_file_is_checked_is_no_damage(store: Store) -> None:
    """Two servers share a file: what one writes comes before the other's check, or after it."""
    ledger = store.open()
    await ledger.record(an_entry("one"))
    path = store.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as file, closing(sqlite3.connect(path, timeout=0)) as other:
        file.text_factory = bytes

        def write(statement: str) -> None:
            if statement.startswith("SELECT count"):
                with suppress(sqlite3.OperationalError), other:  # it is locked
                    other.execute("DELETE FROM entries")

        file.set_trace_callback(write)
        assert [entry.entry_id for entry in checked(file)] == ["one"]
    await ledger.forget("one")
    assert await ids(ledger) == []
