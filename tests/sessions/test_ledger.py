"""Each store of the ledger: what it keeps, for whom to read, and what it says when it can't."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from server.visitors import kept_keys, new_cookie
from sessions.ledger import SharedLedger, Sign, ledger_at
from tests.support.ledger_owner import TOKEN
from tests.support.ledgers import (
    Store,
    an_entry,
    each_kept,
    each_store,
    ids,
    on_redis,
    on_sqlite,
    store,
)
from tests.support.redis_server import RedisServer, redis_server
from tests.support.stage_page import visitor_with

__all__ = ["redis_server", "store"]

pytestmark = pytest.mark.anyio


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
    ledger = ledger_at("")
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
        "redis://me:pa55word@two..dots/0",
        "redis:",
    ],
)
def test_a_url_that_names_no_ledger_is_refused(url: str) -> None:
    """With one sentence that names the setting, and shows nothing of a password."""
    with pytest.raises(ValueError, match=r"^AVATAR_LEDGER_URL .*[^.]\.$") as refused:
        ledger_at(url)
    assert "pa55" not in str(refused.value)


@pytest.mark.parametrize("store", ["redis"], indirect=True)
async def test_servers_of_one_redis_share_a_key(store: Store, tmp_path: Path) -> None:
    """The first one makes it, and the others sign and know visitors' cookies with it."""
    one, two = store.open(), store.open()
    assert isinstance(one, SharedLedger)
    assert isinstance(two, SharedLedger)
    keys = await asyncio.gather(one.shared_key(), two.shared_key(), one.shared_key())
    assert len({*keys}) == 1
    assert len(keys[0]) == 64
    async with kept_keys(tmp_path / "one", one.shared_key):
        cookie = new_cookie()
    async with kept_keys(tmp_path / "two", two.shared_key):
        assert visitor_with(cookie)
