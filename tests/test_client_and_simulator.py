"""Every call of the client, through both doors, against the simulator over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest

from avatar_client import (
    AsyncAvatarClient,
    AvatarClient,
    CredentialRefused,
    LimitReached,
    RequestRefused,
    ServiceUnreachable,
    SessionGone,
)
from tests.support.app_process import free_port
from tests.support.recordings import recording
from tests.support.simulator_process import SimulatorProcess, eventually, running_simulator

Ask = Callable[..., Any]
Door = Callable[..., AbstractContextManager[Ask]]
FACE = "68b5a1f3c2d94e0017a4e6c1"


@contextmanager
def sync_door(base_url: str, ks: str = "a-script") -> Iterator[Ask]:
    """Calls by name, through `AvatarClient`."""
    with AvatarClient(ks, base_url, pauses=(0.0, 0.0)) as client:
        yield lambda verb, *args, **options: getattr(client, verb)(*args, **options)


@contextmanager
def async_door(base_url: str, ks: str = "a-script") -> Iterator[Ask]:
    """Calls by name, through `AsyncAvatarClient`."""
    with asyncio.Runner() as runner:
        client = AsyncAvatarClient(ks, base_url, pauses=(0.0, 0.0))
        yield lambda verb, *args, **options: runner.run(getattr(client, verb)(*args, **options))
        runner.run(client.aclose())


DOORS = pytest.mark.parametrize("door", [sync_door, async_door])


@DOORS
def test_every_call(simulator: SimulatorProcess, door: Door) -> None:
    """A session from create to end, with the simulator's record of what it was asked."""
    with door(simulator.base_url) as ask:
        faces, voices = ask("catalog", "Visual"), ask("catalog", "Voice", offset=1, limit=1)
        assert faces[0].name == "Ava"
        assert len(voices) == 1

        session = ask("create", faces[0].item_id, voice_id=voices[0].item_id, speed=1.1)
        media = ask("init_client", session)
        assert media.whep_url.startswith(simulator.origin)
        assert media.turn is None

        whole = ask("say_text", session, "Hello.")
        ask("say_text", session, "One turn ", turn_id="chunked", is_final=False)
        ask("say_text", session, "in two chunks.", turn_id="chunked")
        ask("say_audio", session, recording("mp3"), duration=1.0, turn_id="recorded")
        ask("keep_alive", session)
        seen = simulator.session(session.session_id)
        assert [(t["turnId"], t["text"], t["kind"]) for t in seen["turns"]] == [
            (whole.turn_id, "Hello.", "text"),
            ("chunked", "One turn in two chunks.", "text"),
            ("recorded", seen["turns"][2]["text"], "audio"),
        ]
        ask("interrupt", session)
        ask("end", session)
        ask("end", session)
        seen = simulator.session(session.session_id)
        assert (seen["keepAlives"], seen["interrupts"], seen["endedBy"]) == (1, 1, "end")
        assert (seen["avatarId"], seen["voiceId"]) == (faces[0].item_id, voices[0].item_id)
        with pytest.raises(SessionGone):
            ask("say_text", session, "Too late.")


@DOORS
def test_a_text_without_sound_is_warned_of(simulator: SimulatorProcess, door: Door) -> None:
    """The turn runs in silence, and the answer says so."""
    with door(simulator.base_url) as ask:
        session = ask("create", FACE)
        assert ask("say_text", session, "🙂").warning.endswith(".")
        ask("end", session)


@DOORS
@pytest.mark.parametrize(("ks", "status"), [("invalid", 401), ("expired", 401), ("forbidden", 403)])
def test_a_ks_that_is_refused(
    simulator: SimulatorProcess, door: Door, ks: str, status: int
) -> None:
    """The error says that it is ours to correct, and where."""
    with door(simulator.base_url, ks) as ask:
        with pytest.raises(CredentialRefused, match="AVATAR_KS") as refused:
            ask("create", FACE)
        assert (refused.value.status, refused.value.fault) == (status, "ours")


@DOORS
def test_one_session_too_many(door: Door) -> None:
    """429 is a limit, and ending another session lifts it."""
    with running_simulator("--max-sessions", "1") as simulator, door(simulator.base_url) as ask:
        first = ask("create", FACE)
        with pytest.raises(LimitReached, match="end another session"):
            ask("create", FACE)
        ask("end", first)
        ask("end", ask("create", FACE))


@DOORS
def test_a_connection_that_is_cut(simulator: SimulatorProcess, door: Door) -> None:
    """Keep-alive is repeated, as that is harmless; say-text is not: it may have been heard."""
    with door(simulator.base_url) as ask:
        session = ask("create", FACE)
        simulator.ask_mood(call="keep-alive", reset=True)
        ask("keep_alive", session)
        simulator.ask_mood(call="say-text", reset=True)
        with pytest.raises(ServiceUnreachable) as cut:
            ask("say_text", session, "Hello.")
        assert cut.value.sent == "maybe"
        ask("end", session)
        eventually(lambda: simulator.session(session.session_id)["state"] == "ended")


@DOORS
def test_nobody_there(door: Door) -> None:
    """Nothing was sent, and the sentence says what to check."""
    with door(f"http://127.0.0.1:{free_port()}/v1/avatar-session") as ask:
        with pytest.raises(ServiceUnreachable, match="AVATAR_BASE_URL") as nobody:
            ask("create", FACE)
        assert nobody.value.sent == "no"


@DOORS
def test_blank_text_is_refused_here(simulator: SimulatorProcess, door: Door) -> None:
    """It is not sent at all."""
    with door(simulator.base_url) as ask:
        session = ask("create", FACE)
        with pytest.raises(RequestRefused, match="Text is required"):
            ask("say_text", session, " \n ")
        ask("end", session)
        assert simulator.session(session.session_id)["turns"] == []
