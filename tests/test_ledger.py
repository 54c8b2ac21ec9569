"""Each store of the ledger: what it keeps, for whom to read, and what it says when it can't."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis import Redis

from sessions.ledger import (
    Entry,
    Ledger,
    LedgerUnreachable,
    Sign,
    from_texts,
    ledger_at,
    open_ledger,
    to_text,
)
from sessions.ledger_redis import BEATS, ENTRIES, RedisLedger
from tests.ledgers import KEPT, Store, an_entry
from tests.redis_server import RedisServer
from tests.simulator_process import ROOT

pytestmark = pytest.mark.anyio

each_store = pytest.mark.parametrize("store", ["sqlite", "redis", "memory"], indirect=True)
each_kept = pytest.mark.parametrize("store", KEPT, indirect=True)
on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
on_redis = pytest.mark.parametrize("store", ["redis"], indirect=True)

TOKEN = "canary-of-the-token"


async def ids(ledger: Ledger) -> list[str]:
    """Of all entries, in the order of reading."""
    return [entry.entry_id for entry in (await ledger.read()).entries]


@each_store
async def test_what_is_recorded_is_read(store: Store) -> None:
    """An entry comes back as it was, oldest first, is replaced by its id, and can be forgotten."""
    ledger = store.open()
    late, early = an_entry("late", created_at=2_000.0), an_entry("early")
    for entry in (late, early):
        await ledger.record(entry)
    live = replace(early, session_id="s-1", token=TOKEN)
    await ledger.record(live)
    assert (await ledger.read()).entries == (live, late)
    await ledger.forget("late")
    await ledger.forget("late")
    assert await ids(ledger) == ["early"]


@each_store
async def test_a_claim_is_won_once(store: Store) -> None:
    """Of two who read the same entry one gets it, and none after the entry has changed."""
    ledger = store.open()
    entry = an_entry("one")
    await ledger.record(entry)
    ours, theirs = replace(entry, owner="we"), replace(entry, owner="they")
    nothing = Sign(None)
    claims = [ledger.claim(entry, ours, nothing), ledger.claim(entry, theirs, nothing)]
    assert sorted(await asyncio.gather(*claims)) == [False, True]
    late = replace(entry, owner="late")
    assert not await ledger.claim(entry, late, nothing)
    await ledger.record(replace(entry, session_id="s-1"))
    assert not await ledger.claim(entry, late, nothing)
    await ledger.forget("one")
    assert not await ledger.claim(entry, late, nothing)


@on_redis
async def test_a_beat_forestalls_the_claim(store: Store) -> None:
    """An owner that beats between the reading and the claim keeps its entry."""
    ledger = store.open()
    entry = an_entry("one")
    await ledger.record(entry)
    await ledger.beat(entry.owner)
    sign = (await ledger.read()).signs[entry.owner]
    await ledger.beat(entry.owner)
    assert not await ledger.claim(entry, replace(entry, owner="we"), sign)


@each_kept
async def test_a_lock_tells_who_lives(store: Store) -> None:
    """On one machine it is seen at once; who leaves entries is dead, who leaves none is forgotten.

    A lock whose file was removed is taken again at the next beat.
    """
    one, other = store.open(), store.open()
    for owner in ("a-server", "idle"):
        await one.beat(owner)
    await one.record(an_entry("one"))
    signs = (await other.read()).signs
    assert {owner: sign.locked for owner, sign in signs.items()} == {"a-server": True, "idle": True}
    for path in store.state.parent.rglob("a-server.lock"):
        path.unlink()
    assert (await other.read()).signs["a-server"].locked is None
    await one.beat("a-server")
    assert (await other.read()).signs["a-server"].locked is True
    for owner in ("a-server", "idle"):
        await one.leave(owner)
    signs = (await other.read()).signs
    assert {owner: sign.locked for owner, sign in signs.items()} == {"a-server": False}
    await other.forget("one")
    await other.bury("a-server")
    assert not (await other.read()).signs
    assert not list(store.state.parent.rglob("*.lock"))


@on_redis
async def test_names_of_others_make_no_path(store: Store) -> None:
    """An owner's name in a shared ledger can't reach a file outside the folder of locks."""
    ledger = store.open()
    outside = store.state / "this" / "outside.lock"
    outside.parent.mkdir(parents=True)
    outside.touch()
    await ledger.record(an_entry("one", owner="../outside"))
    assert (await ledger.read()).signs["../outside"].locked is None
    await ledger.bury("../outside")
    assert outside.exists()


@on_redis
async def test_without_a_state_folder_beats_are_enough(store: Store) -> None:
    """With a home that can't be written, a server still shows on a Redis that it lives."""
    store.state.write_text("a file where the folder would be")
    ledger = store.open()
    await ledger.beat("a-server")
    assert (await ledger.read()).signs == {"a-server": Sign(None, "1")}
    await ledger.leave("a-server")
    assert not (await ledger.read()).signs


# What is kept, and who can read it.


@each_kept
async def test_only_the_token_is_secret_in_it(
    store: Store, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The session's token is in the store, and nowhere else; forgotten, it is nowhere at all."""
    caplog.set_level(logging.DEBUG)
    ledger = store.open()
    entry = an_entry("one", session_id="s-1", token=TOKEN)
    await ledger.beat("a-server")
    await ledger.record(entry)

    def kept() -> str:
        files = (path for path in store.state.parent.rglob("*") if path.is_file())
        on_disk = "".join(path.read_bytes().decode("latin-1") for path in files)
        return on_disk + (redis_server.texts() if store.kind == "redis" else "")

    assert TOKEN in kept()
    for secret in (redis_server.password, "KS ", "Bearer"):
        assert secret not in kept()
    await ledger.forget("one")
    await ledger.leave("a-server")
    await ledger.aclose()
    assert TOKEN not in kept()
    for shown in (caplog.text, repr(entry), repr(asdict(entry)), repr(ledger), repr(vars(ledger))):
        assert TOKEN not in shown
        assert redis_server.password not in shown


@pytest.fixture(params=[0o000, 0o022])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    """New files are open to all others, or to be read by them, unless who makes them cares."""
    before = os.umask(request.param)
    yield
    os.umask(before)


@on_sqlite
async def test_its_files_are_private(store: Store, umask: None) -> None:
    """Files 0600 and folders 0700 whatever the umask, those that SQLite makes included."""
    ledger = store.open()
    await ledger.beat("a-server")
    await ledger.record(an_entry("one"))
    place = store.state.parent / "place"
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in (place, *place.rglob("*"))}
    assert modes == {
        "place": 0o700,
        "ledger.sqlite": 0o600,
        "ledger.sqlite-wal": 0o600,
        "ledger.sqlite-shm": 0o600,
        "ledger.sqlite-owners": 0o700,
        "a-server.lock": 0o600,
    }


async def test_the_default_is_in_the_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of that name which is open to others is closed, and so is an old file in it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "talking-avatar"
    folder.mkdir(mode=0o755)
    (folder / "ledger.sqlite").touch(mode=0o644)
    ledger = await open_ledger("")
    await ledger.record(an_entry("one"))
    await ledger.aclose()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "ledger.sqlite").stat().st_mode) == 0o600


# Which one is chosen.


async def test_a_relative_path_is_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`sqlite:///` and a relative path, which has no fourth slash; a drive's letter may follow."""
    monkeypatch.chdir(tmp_path)
    for name in ("here.sqlite", "C:/there/blanks and %41.sqlite"):
        ledger = ledger_at(f"sqlite:///{name}")
        await ledger.record(an_entry("one"))
        await ledger.aclose()
        assert (tmp_path / name).exists()


@pytest.mark.parametrize(
    "url",
    [
        "memory",
        "memory:7",
        "sqlite:",
        "sqlite:///",
        "sqlite:////",
        "sqlite://ledger.sqlite",
        "sqlite:///:memory:",
        "postgres://me:pa55word@host/db",
        "ledger.sqlite",
        "C:/ledger.sqlite",
        ":",
        "redis://me:pa55word@host:port/0",
        "redis://me:pa55 word@host:6379:1/0",
        "redis://me:pa55word@host:6379/0?pa55word=1",
        "redis://me:pa55word@[::1/0",
        "redis:",
    ],
)
async def test_a_url_that_names_no_ledger_is_refused(url: str) -> None:
    """With one sentence that names the setting, and shows nothing of a password."""
    with pytest.raises(ValueError, match=r"^AVATAR_LEDGER_URL .*[^.]\.$") as refused:
        await open_ledger(url)
    assert "pa55" not in str(refused.value)


# What can go wrong.


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
