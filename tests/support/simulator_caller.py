"""Kaltura's calls by hand, without the client: for tests of the simulator itself."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.support.simulator_process import SimulatorProcess

AVATAR = "68b5a1f3c2d94e0017a4e6c1"
KS = {"Authorization": "KS good"}


@dataclass(frozen=True, slots=True)
class Caller:
    """One session and its token. `call` answers whatever comes back."""

    simulator: SimulatorProcess
    session_id: str
    token: str

    def call(self, name: str, **request: Any) -> httpx.Response:
        """POST to this session's call; `json` is `{}` unless told otherwise."""
        if not request.keys() & {"content", "data", "files"}:
            request.setdefault("json", {})
        request.setdefault("headers", {"Authorization": f"Bearer {self.token}"})
        url = f"{self.simulator.base_url}/{self.session_id}/{name}"
        return self.simulator.http.post(url, **request)

    def say(self, text: str, **body: object) -> httpx.Response:
        """say-text with this text and, if any, `turnId` and `isFinal`."""
        return self.call("say-text", json={"text": text, **body})

    def say_audio(self, audio: bytes, duration: object = 1.0, turn_id: str = "") -> httpx.Response:
        """say-audio with this file."""
        return self.call(
            "say-audio",
            data={"turnId": turn_id or str(uuid.uuid4()), "duration": str(duration)},
            files={"audio": ("speech.bin", audio, "application/octet-stream")},
        )

    def whep_url(self) -> str:
        """Where to watch."""
        url: str = self.call("init-client").raise_for_status().json()["whepUrl"]
        return url

    def record(self) -> dict[str, Any]:
        """The session as the simulator lists it."""
        return self.simulator.session(self.session_id)

    def turns(self) -> list[dict[str, Any]]:
        """What it has been told to say."""
        turns: list[dict[str, Any]] = self.record()["turns"]
        return turns

    def outcomes(self) -> list[str | None]:
        """How its turns have ended, in order."""
        return [turn["outcome"] for turn in self.turns()]


def create(simulator: SimulatorProcess, **request: Any) -> httpx.Response:
    """The create call, with a good body and credential unless told otherwise."""
    request.setdefault("json", {"visualConfig": {"avatarId": AVATAR}})
    request.setdefault("headers", KS)
    return simulator.http.post(simulator.base_url, **request)


@contextmanager
def session(simulator: SimulatorProcess, **body: object) -> Iterator[Caller]:
    """A live session, ended afterwards."""
    request = {"visualConfig": {"avatarId": AVATAR}, **body}
    answer = create(simulator, json=request).raise_for_status().json()
    caller = Caller(simulator, answer["sessionId"], answer["token"])
    try:
        yield caller
    finally:
        caller.call("end")
