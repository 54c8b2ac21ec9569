"""The simulator over plain HTTP: what a viewer without WebRTC asks for, and what it gets."""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import numpy as np
import pytest

from avatar_client import AvatarClient
from speech import VISEMES
from tests.support.recordings import recording
from tests.support.simulator_caller import Caller, session
from tests.support.simulator_process import SimulatorProcess, eventually

LONG = "This is a sentence that is long enough to be interrupted before it has come to its end."


@pytest.fixture
def caller(simulator: SimulatorProcess) -> Iterator[Caller]:
    """A live session."""
    with session(simulator) as live:
        yield live


@pytest.fixture
def url(caller: Caller) -> str:
    """Where it is seen and heard over plain HTTP."""
    plain_url: str = caller.call("init-client").raise_for_status().json()["plainUrl"]
    return plain_url


def speech(url: str, after: int = -1) -> dict[str, Any]:
    """What is laid on the clock."""
    answer = httpx.get(f"{url}/speech", params={"after": after})
    assert answer.headers["content-type"] == "application/json"
    laid: dict[str, Any] = answer.raise_for_status().json()
    return laid


def until_laid(url: str) -> dict[str, Any]:
    """The first answer that has speech in it."""
    return eventually(lambda: (laid := speech(url))["segments"] and laid)


def test_speech_is_told_of_as_soon_as_it_is_made(caller: Caller, url: str) -> None:
    """A viewer that waits for news is answered with the stretch, its place and its mouth."""
    quiet = speech(url)
    assert quiet["segments"] == []
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(speech, url, quiet["revision"])
        caller.say("Good morning.")
        laid = waiting.result()
    while not laid["segments"]:  # the voice was still being loaded
        laid = speech(url, laid["revision"])
    assert laid["revision"] > quiet["revision"]
    (stretch,) = laid["segments"]
    assert 0 < stretch["start"] - quiet["now"] < 5
    times = [at for at, _ in stretch["visemes"]]
    assert times[0] == 0
    assert times == sorted(times)
    assert times[-1] < stretch["duration"]
    assert {shape for _, shape in stretch["visemes"]} <= {*VISEMES}
    assert not stretch["silent"]


def test_its_sound_is_a_file(caller: Caller, url: str) -> None:
    """Mono, 16 bits, 48 kHz, as long as was said, and what was said."""
    caller.say_audio(recording("wav", seconds=1.5))
    (stretch,) = until_laid(url)["segments"]
    answer = httpx.get(f"{url}/sound/{stretch['number']}").raise_for_status()
    with wave.open(io.BytesIO(answer.content)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 48_000)
        assert file.getnframes() / 48_000 == pytest.approx(stretch["duration"])
        assert stretch["duration"] == pytest.approx(1.5, abs=0.01)
        samples = np.frombuffer(file.readframes(-1), np.int16)
    assert np.abs(samples).max() > 8000


def test_an_interrupt_is_told_of_at_once(caller: Caller, url: str) -> None:
    """Its number moves, what was laid is gone, and so is the sound."""
    caller.say(LONG)
    laid = until_laid(url)
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(speech, url, laid["revision"])
        caller.call("interrupt")
        silent = waiting.result()
    while silent["interrupts"] == laid["interrupts"]:  # a second stretch was laid first
        silent = speech(url, silent["revision"])
    assert silent["segments"] == []
    number = laid["segments"][0]["number"]
    assert httpx.get(f"{url}/sound/{number}").status_code == 404


def test_a_caller_is_a_viewer(caller: Caller, url: str) -> None:
    """Until nobody has asked for some seconds."""
    assert caller.record()["viewers"] == 0
    speech(url)
    assert caller.record()["viewers"] == 1
    eventually(lambda: caller.record()["viewers"] == 0)


def test_a_session_that_ends_says_so_at_once(caller: Caller, url: str) -> None:
    """Not after the wait, but at once; and nobody is answered for a key that is none."""
    known = speech(url)["revision"]
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(httpx.get, f"{url}/speech", params={"after": known})
        caller.call("end")
        assert waiting.result().status_code == 410
    assert httpx.get(f"{url}/face").status_code == 410
    assert httpx.get(f"{url}x/face").status_code == 404


def test_any_page_may_ask(url: str) -> None:
    """As for the rest of a session's media."""
    answer = httpx.get(f"{url}/face", headers={"Origin": "https://page.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert {"still", "eyes", "mouths", "shapes", "film", "size", "rate"} <= answer.json().keys()


def test_a_revision_that_is_no_number(url: str) -> None:
    """400 with a sentence."""
    answer = httpx.get(f"{url}/speech", params={"after": "the last"})
    assert (answer.status_code, answer.json()["error"]) == (400, "after must be a whole number")


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("https://media.example/plain/1", "https://media.example/plain/1"),
        ("http://media.example/plain/1", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_the_client_passes_on_a_safe_address_alone(
    simulator: SimulatorProcess, told: str, known: str | None
) -> None:
    """https, or this machine; without one the session is watched by WebRTC as ever."""
    answer = {"success": True, "whepUrl": "https://media.example/whep/1", "plainUrl": told}
    with AvatarClient("a-test", simulator.base_url) as client:
        live = client.create("ava")
        simulator.ask_mood(call="init-client", status=200, body=json.dumps(answer))
        assert client.init_client(live).plain_url == known
        client.end(live)
