"""What the ledger knows of a session, from before create until its end is confirmed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import time

import pytest

from avatar_client import (
    AvatarError,
    CredentialRefused,
    LimitReached,
    RequestRefused,
    ServiceFailed,
    ServiceUnreachable,
    Session,
)
from sessions.custody import ANOTHERS_SESSION, CUT_SHORT
from sessions.desk import Refused
from sessions.ledger import Entry, ledger_at
from sessions.machine import GOES_ON
from sessions.operator import BY_OPERATOR
from sessions.service import ANOTHERS_PICTURE, may_have_created
from sessions.session import MAY_EXIST
from sessions.state import DirectAvatar, Phase
from tests.support.desk_visitor import (
    AVA,
    Visitor,
    at_the_simulator,
    ended,
    has_come,
    open_desk,
    until_ledger,
)
from tests.support.simulator_process import SimulatorProcess


@pytest.mark.parametrize(
    ("error", "may_exist"),
    [
        (ServiceUnreachable("create", sent="no"), False),
        (ServiceUnreachable("create", sent="maybe"), True),
        (ServiceFailed("create", status=200, sent="yes"), True),
        (ServiceFailed("create", sent="yes"), True),
        (ServiceFailed("create", status=502, sent="yes"), True),
        (ServiceFailed("create", status=504, sent="yes"), True),
        (ServiceFailed("create", status=500, sent="yes"), True),
        (ServiceFailed("create", status=599, sent="yes"), True),
        (ServiceFailed("create", status=503, sent="yes"), False),
        (ServiceFailed("create", status=501, sent="yes"), False),
        (ServiceFailed("create", status=301, sent="yes"), False),
        *((CredentialRefused("create", status=n, sent="yes"), False) for n in (200, 401, 500)),
        (CredentialRefused("create", sent="no"), False),
        (LimitReached("create", status=429, sent="yes"), False),
        (RequestRefused("create", status=400, sent="yes"), False),
        (RequestRefused("create", sent="no"), False),
    ],
    ids=str,
)
def test_whether_a_create_that_failed_may_have_made_one(
    error: AvatarError, may_exist: bool
) -> None:
    """It may where the answer was lost, or can't be read, or does not say that nothing was done."""
    assert may_have_created(error) == may_exist


@pytest.mark.anyio
async def test_a_session_is_on_the_ledger_before_it_is_created(
    simulator: SimulatorProcess,
) -> None:
    """Then with what ends it, and no longer when it has ended."""
    simulator.ask_mood(call="create", delay=0.3)
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            await at_the_simulator(has_come(simulator))
            (entry,) = await desk.janitor.entries()
            assert (entry.visitor, entry.avatar_id) == (visitor.name, AVA.avatar_id)
            assert (entry.session_id, entry.unknown) == (None, False)
            view = await visitor.until_phase(Phase.CONNECTING)
            (entry,) = await until_ledger(desk, lambda entries: entries[0].session_id)
            assert entry.session_id == view.state.session_id
            desk.end(visitor.name)
            await visitor.until_phase(Phase.IDLE)
        await until_ledger(desk, lambda entries: not entries)


@pytest.mark.anyio
async def test_without_its_ledger_nothing_is_created(
    simulator: SimulatorProcess, tmp_path: Path
) -> None:
    """Nobody would know of the session if this server died. The next good reading clears that."""
    (tmp_path / "file").touch()
    created = simulator.created_from_now()
    async with open_desk(simulator, ledger_url=f"sqlite:///{tmp_path}/file/ledger") as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            desk.start(visitor.name, AVA)
            view = await visitor.until_phase(Phase.ERROR)
            health = desk.health()
            desk.refresh_entries(visitor.name)
            await visitor.until(lambda _: desk.operator.problem)
            assert (view.state.problem, desk.operator.entries) == (desk.operator.problem, None)
            (tmp_path / "file").unlink()
            desk.refresh_entries(visitor.name)
            await visitor.until(lambda _: desk.operator.entries == ())
            assert desk.operator.problem is None
    assert (health["status"], health["ledger"]) == ("error", "unreachable")
    assert not created()


@pytest.mark.anyio
async def test_a_create_whose_answer_was_lost_is_unknown(simulator: SimulatorProcess) -> None:
    """Nobody can end it: the operator sees it, and can forget it."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            simulator.ask_mood(call="create", reset=True)
            desk.start(visitor.name, AVA)
            view = await visitor.until_phase(Phase.ERROR)
            assert (view.state.problem or "").endswith(MAY_EXIST)
            await until_ledger(desk, lambda entries: entries and entries[0].unknown)
            desk.refresh_entries(visitor.name)
            await visitor.until(lambda _: desk.operator.entries)
            (entry,) = desk.operator.entries or ()
            desk.end_entry(entry.entry_id)
            desk.refresh_entries(visitor.name)
            await visitor.until(lambda _: desk.operator.entries == ())


@pytest.mark.anyio
async def test_the_janitor_goes_on_where_end_failed(simulator: SimulatorProcess) -> None:
    """The page says so, can start again meanwhile, and in the end it is confirmed."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call="end", status=503, times=4)
            desk.end(visitor.name)
            view = await visitor.until_phase(Phase.ERROR)
            assert (view.state.problem or "").endswith(GOES_ON)
            desk.start(visitor.name, AVA)
            await at_the_simulator(ended(simulator, session_id))
            await until_ledger(desk, lambda entries: len(entries) == 1)


@pytest.mark.anyio
async def test_a_refused_token_on_end_is_the_end(simulator: SimulatorProcess) -> None:
    """End itself invalidates it: nothing is asked again, and the row goes. A web page in between,
    or a 403, may be a proxy's: those are tried again."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            await visitor.start()
            (entry,) = await desk.janitor.entries()
            simulator.ask_mood(call="end", status=401, times=2)
            desk.end(visitor.name)
            view = await visitor.until_phase(Phase.IDLE)
            assert view.state.problem is None
            await until_ledger(desk, lambda entries: not entries)
            assert [mood["times"] for mood in simulator.moods()] == [1]
            simulator.clear_moods()
            # The mood has not ended it.
            await desk.service.client.end(Session(entry.session_id or "", entry.token or ""))
            await visitor.start()
            simulator.ask_mood(call="end", status=403)
            simulator.ask_mood(call="end", status=401, body="<html>Sign in</html>")
            desk.end(visitor.name)
            session_id = (await visitor.until_phase(Phase.ERROR)).state.session_id or ""
            await at_the_simulator(ended(simulator, session_id))


@pytest.mark.anyio
async def test_what_is_recovered_and_refused_is_dropped(
    simulator: SimulatorProcess, tmp_path: Path
) -> None:
    """After a restart: one try, with the token of the ledger, which has expired."""
    url = f"sqlite:///{tmp_path}/ledger"
    left = Entry("one", "a-dead-server", "a-visitor", "ava", simulator.base_url, time())
    ledger = ledger_at(url)
    await ledger.beat(left.owner)
    await ledger.record(replace(left, session_id="s-1", token="an.expired.token"))
    await ledger.leave(left.owner)
    await ledger.aclose()
    simulator.ask_mood(call="end", status=401, times=2)
    async with open_desk(simulator, ledger_url=url) as desk:
        await until_ledger(desk, lambda entries: not entries)
    assert [mood["times"] for mood in simulator.moods()] == [1]
    simulator.clear_moods()


@pytest.mark.anyio
async def test_no_visitor_is_given_anothers_session(simulator: SimulatorProcess) -> None:
    """An answer to create that names a live session is refused; that session goes on, and what was
    opened instead is listed as unknown."""
    async with open_desk(simulator) as desk:
        one, other = Visitor(desk, "one"), Visitor(desk, "other")
        async with one.watching(), other.watching():
            session_id = await one.start()
            (entry,) = await desk.janitor.entries()
            twice = {"success": True, "sessionId": session_id, "token": entry.token}
            simulator.ask_mood(call="create", status=200, body=twice)
            desk.start(other.name, AVA)
            view = await other.until_phase(Phase.ERROR)
            assert ANOTHERS_SESSION in (view.state.problem or "")
            assert (view.state.problem or "").endswith(MAY_EXIST)
            entries = await until_ledger(desk, lambda entries: len(entries) == 2)
            kept = [(e.visitor, e.session_id, e.token, e.unknown) for e in entries]
            assert kept == [("one", session_id, entry.token, False), ("other", None, None, True)]
            assert one.view.state.phase is Phase.READY
            assert simulator.session(session_id)["state"] == "live"


@pytest.mark.anyio
async def test_no_server_takes_anothers_session(
    simulator: SimulatorProcess, tmp_path: Path
) -> None:
    """The same on a ledger that two servers share."""
    url = f"sqlite:///{tmp_path}/ledger"
    async with (
        open_desk(simulator, ledger_url=url) as desk,
        open_desk(simulator, ledger_url=url) as elsewhere,
    ):
        here, there = Visitor(desk, "here"), Visitor(elsewhere, "there")
        async with here.watching(), there.watching():
            session_id = await there.start()
            await until_ledger(desk, lambda entries: entries and entries[0].session_id)
            twice = {"success": True, "sessionId": session_id, "token": "another.token"}
            simulator.ask_mood(call="create", status=200, body=twice)
            desk.start(here.name, AVA)
            await here.until_phase(Phase.ERROR)
            await until_ledger(desk, lambda entries: [e.unknown for e in entries] == [False, True])
            assert simulator.session(session_id)["state"] == "live"


@pytest.mark.anyio
async def test_no_visitor_is_shown_anothers_picture(simulator: SimulatorProcess) -> None:
    """An answer to init-client that names the picture of a live session ends the new one alone;
    the picture is free again when its own session has ended."""
    async with open_desk(simulator) as desk:
        one, other = Visitor(desk, "one"), Visitor(desk, "other")
        async with one.watching(), other.watching():
            session_id = await one.start()
            assert isinstance(one.view.state.avatar, DirectAvatar)
            twice = {"success": True, "whepUrl": one.view.state.avatar.whep_url}
            simulator.ask_mood(call="init-client", status=200, body=twice, times=2)
            desk.start(other.name, AVA)
            view = await other.until_phase(Phase.ERROR)
            assert ANOTHERS_PICTURE in (view.state.problem or "")
            assert await until_ledger(desk, lambda entries: len(entries) == 1)
            assert simulator.session(session_id)["state"] == "live"
            desk.end(one.name)
            await one.until_phase(Phase.IDLE)
            desk.start(other.name, AVA)
            await other.until_phase(Phase.CONNECTING)


@pytest.mark.anyio
async def test_what_cannot_be_ended_stays_on_the_ledger(simulator: SimulatorProcess) -> None:
    """The desk has closed, and the janitor goes on."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            simulator.ask_mood(call="end", status=400, times=None)
            await desk.close()
            (entry,) = await desk.janitor.entries()
            assert entry.session_id == session_id
            simulator.clear_moods()
            await at_the_simulator(ended(simulator, session_id))


@pytest.mark.anyio
async def test_a_create_that_outlasts_the_server_is_unknown(simulator: SimulatorProcess) -> None:
    """No longer waited for, it is not forgotten, and neither is the turn that waited."""
    async with open_desk(simulator, closing=0.1) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            simulator.ask_mood(call="create", delay=1.0, status=503)
            desk.start(visitor.name, AVA)
            await at_the_simulator(has_come(simulator))
            await desk.close()
            assert visitor.view.state.problem == CUT_SHORT
            await until_ledger(desk, lambda entries: entries and entries[0].unknown)


@pytest.mark.anyio
async def test_the_operator_ends_any_session(simulator: SimulatorProcess, tmp_path: Path) -> None:
    """One of this server with a sentence for its visitor; another server's at the service."""
    url = f"sqlite:///{tmp_path}/ledger"
    async with (
        open_desk(simulator, ledger_url=url) as desk,
        open_desk(simulator, ledger_url=url) as elsewhere,
    ):
        here, there = Visitor(desk, "here"), Visitor(elsewhere, "there")
        async with here.watching(), there.watching():
            await here.start()
            session_id = await there.start()
            await until_ledger(desk, lambda entries: all(e.session_id for e in entries))
            desk.refresh_entries(here.name)
            await here.until(lambda _: desk.operator.entries)
            entries = desk.operator.entries or ()
            assert [desk.janitor.is_mine(entry) for entry in entries] == [True, False]
            for entry in entries:
                desk.end_entry(entry.entry_id)
            desk.refresh_entries(here.name)
            view = await here.until_phase(Phase.IDLE)
            assert view.state.notice == BY_OPERATOR
            await here.until(lambda _: desk.operator.entries == ())
            assert simulator.session(session_id)["endedBy"] == "end"
            there.report("stalled")  # it asks the service, which says that it has gone
            await there.until_phase(Phase.ERROR)
            with pytest.raises(Refused, match="no longer listed"):
                desk.end_entry("another")
