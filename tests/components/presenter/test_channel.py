"""The presenter's routes of a running app: who may open them, what goes down and comes up."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from components.presenter.channel import CALMING
from show.play import Step
from show.recording import LARGEST_CHUNK
from tests.support.app_process import App

DESK = Path("components/presenter/js/desk.js")


@dataclass
class Guest:
    """A browser without a page: its cookie, and the nonce of its pages."""

    app: App
    http: httpx.Client
    nonce: str

    def open(
        self, path: str, *, nonce: str | None = None, origin: str = "", page: str = ""
    ) -> ClientConnection:
        """A WebSocket, as our page opens it."""
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.http.cookies.jar)
        url = f"{self.app.url.replace('http', 'ws')}/{path}?nonce={nonce or self.nonce}&page={page}"
        headers = {"Cookie": cookies, "Origin": origin or self.app.url}
        return connect(url, additional_headers=headers)

    def get(self, path: str, **headers: str) -> httpx.Response:
        """A route of ours."""
        return self.http.get(f"/{path}?nonce={self.nonce}", headers=headers)


@pytest.fixture
def guest(app: App) -> Iterator[Guest]:
    """A browser that has just opened the stage's page."""
    with httpx.Client(base_url=app.url, headers={"Origin": app.url}) as http:
        http.get("/")
        page = http.get("/stage")
        found = re.search(r"audience\?nonce=(\w+)", page.text)
        assert found, page.text[:500]
        yield Guest(app, http, found[1])


def next_of(socket: ClientConnection, **wanted: object) -> dict[str, Any]:
    """The next message in which these are so."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        came: dict[str, Any] = json.loads(socket.recv(timeout=10))
        if "beat" not in came and all(came[name] == value for name, value in wanted.items()):
            return came
    raise AssertionError(f"no message with {wanted}")


def test_the_desk_steers_what_the_audience_sees(guest: Guest) -> None:
    """A jump and another look are there at once; without an avatar a step says why."""
    with guest.open("presenter/channel") as desk, guest.open("presenter/audience") as stage:
        next_of(desk, windows=1)
        desk.send(json.dumps({"verb": "jump", "slide": 2}))
        desk.send(json.dumps({"verb": "look", "layout": "corner", "captions": False}))
        seen = next_of(stage, slide=2)
        seen = next_of(stage) if seen["look"]["layout"] != "corner" else seen
        assert (seen["look"]["layout"], seen["look"]["captions"]) == ("corner", False)
        desk.send(json.dumps({"verb": "next"}))
        told = next_of(desk, stopped=True)
        assert "Start Avatar" in (told["notice"] or next_of(desk, stopped=True)["notice"])
        assert next_of(stage, trouble=True)
    with guest.open("presenter/channel") as desk:
        assert next_of(desk)["slide"] == 2, "a reload finds the show where it was"


def test_each_visitor_has_a_show_of_their_own(app: App, guest: Guest) -> None:
    """What one does, another one does not see."""
    with guest.open("presenter/channel") as desk:
        desk.send(json.dumps({"verb": "jump", "slide": 3}))
        next_of(desk, slide=3)
    with httpx.Client(base_url=app.url) as http:
        http.get("/")
        found = re.search(r"audience\?nonce=(\w+)", http.get("/stage").text)
        assert found
        with Guest(app, http, found[1]).open("presenter/channel") as desk:
            assert next_of(desk)["slide"] == 0


def test_what_is_pressed_too_late_is_not_done(guest: Guest) -> None:
    """An audience would see it out of place. What calms is done all the same."""
    with guest.open("presenter/channel") as desk:
        while "beat" not in (beat := json.loads(desk.recv(timeout=10))):
            pass
        late = beat["beat"] - 6
        desk.send(json.dumps({"verb": "jump", "slide": 1, "at": late}))
        told = next_of(desk, refusals=1)
        assert "6 s late" in told["refusal"]
        desk.send(json.dumps({"verb": "silence", "at": late}))
        desk.send(json.dumps({"verb": "jump", "slide": 1, "at": beat["beat"]}))
        told = next_of(desk, slide=1)
        assert (told["refusal"], told["refusals"]) == (None, 1)


def test_what_calms_is_sent_and_done_however_late() -> None:
    """The desk sends nothing else over a line that hangs, and the server does nothing else late."""
    sent = re.search(r"SAFE_LATE = (\[.*\]);", DESK.read_text(encoding="utf-8"))
    done = [wanted.verb if isinstance(wanted, Step) else wanted for wanted in CALMING]
    assert sent is not None
    assert json.loads(sent[1]) == done


def test_a_text_that_can_not_be_said_is_refused(guest: Guest) -> None:
    """With a sentence, once for each time."""
    with guest.open("presenter/channel") as desk:
        for number in (1, 2):
            desk.send(json.dumps({"verb": "ask", "text": "  "}))
            assert "Text is required" in next_of(desk, refusals=number)["refusal"]


@pytest.mark.parametrize("path", ["presenter/channel", "presenter/audience"])
def test_another_page_gets_no_channel(guest: Guest, path: str) -> None:
    """Neither from elsewhere, nor with another visitor's nonce."""
    with pytest.raises(InvalidStatus):
        guest.open(path, origin="https://evil.example")
    with guest.open(path, nonce="0" * 64) as socket, pytest.raises(ConnectionClosed):
        socket.recv(timeout=10)


def test_slides_and_script_are_the_visitors(guest: Guest) -> None:
    """The audience's have neither lines nor notes; a stranger gets none."""
    slides, script = guest.get("presenter/slides"), guest.get("presenter/script")
    assert set(slides.json()) == {"deck", "markdown", "pictures"}
    assert "Take a breath" not in slides.text
    assert any("Take a breath" in note for s in script.json()["slides"] for note in s["notes"])
    guest.nonce = "0" * 64
    for path in ("presenter/slides", "presenter/script"):
        assert guest.get(path).status_code == 403
    assert guest.get("presenter/film").status_code == 404
    assert guest.get("presenter/backdrop").status_code == 404


def sent(guest: Guest, content: bytes, *, origin: str = "", **changes: str | int) -> int:
    """The status for a first chunk of the first part, from the page "p"."""
    first: dict[str, str | int] = {"nonce": guest.nonce, "part": 1, "page": "p", "index": 0}
    headers = {"Origin": origin or guest.app.url}
    return guest.http.post(
        "/presenter/chunk", params=first | changes, content=content, headers=headers
    ).status_code


def test_a_recording_needs_a_stage(guest: Guest) -> None:
    """Nothing is taken that was not asked for, of another page, or that is too large."""
    head = b"\x1aE\xdf\xa3"
    assert sent(guest, head) == 409
    with guest.open("presenter/channel") as desk:
        desk.send(json.dumps({"verb": "film"}))
        assert "open the stage first" in next_of(desk, film="failed")["filmProblem"]
        with (
            guest.open("presenter/audience", page="another") as other,
            guest.open("presenter/audience", page="p") as stage,
        ):
            next_of(desk, windows=2)
            desk.send(json.dumps({"verb": "film"}))
            next_of(stage, filmed=True, part=1)
            next_of(other, filmed=True, part=0)
            other.send(json.dumps({"filming": 0.1}))
            stage.send(json.dumps({"filming": 0.1}))
            next_of(desk, film="on")
            for changes in ({"page": "another"}, {"part": 2}, {"part": "²"}, {"part": 10**30}):
                assert sent(guest, head, **changes) == 409
            assert sent(guest, head, origin="http://evil.example") == 403
            assert sent(guest, head) == 204
            assert sent(guest, bytes(LARGEST_CHUNK + 1), index=1) == 409
            assert next_of(desk, film="failed")["filmProblem"]


def test_a_stage_that_goes_and_comes_back_goes_on_recording(guest: Guest) -> None:
    """Its line was lost, or it was reloaded. Without it, a stop ends the recording."""
    with guest.open("presenter/channel") as desk:
        with guest.open("presenter/audience", page="p") as stage:
            next_of(desk, windows=1)
            desk.send(json.dumps({"verb": "film"}))
            next_of(stage, part=1)
            stage.send(json.dumps({"filming": 0.1}))
            next_of(desk, film="on")
            stage.send(json.dumps({"media": [{"label": "Loss", "value": "0 %"}, {"label": 1}]}))
            next_of(desk, media=[{"label": "Loss", "value": "0 %"}])
            stage.send(json.dumps({"blocked": True}))
            next_of(desk, blocked=True, windows=1)
        next_of(desk, windows=0, film="on", blocked=False)
        with guest.open("presenter/audience", page="p") as stage:
            next_of(stage, part=1)
            next_of(desk, windows=1, film="on")
        next_of(desk, windows=0)
        with guest.open("presenter/audience", page="reloaded") as stage:
            next_of(stage, part=2)
            next_of(desk, windows=1, film="on")
        next_of(desk, windows=0)
        desk.send(json.dumps({"verb": "stopFilm"}))
        assert next_of(desk, film="failed")["filmProblem"]


def test_a_clickers_keys_reach_the_stage_too(guest: Guest) -> None:
    """A step, in time; nothing that only the desk can ask for."""
    with guest.open("presenter/audience") as stage:
        seen = next_of(stage)
        while "beat" not in (beat := json.loads(stage.recv(timeout=10))):
            pass
        stage.send(json.dumps({"verb": "ask", "text": " "}))
        stage.send(json.dumps({"verb": "look", "layout": "voice"}))
        stage.send(json.dumps({"verb": "jump", "slide": 3, "at": beat["beat"] - 6}))
        stage.send(json.dumps({"verb": "jump", "slide": 1, "at": beat["beat"]}))
        came = next_of(stage, slide=1)
        assert came["look"] == seen["look"]


def test_a_remote_without_a_token_is_turned_away(app: App) -> None:
    """And a code that is none gets a sentence."""
    url = f"{app.url.replace('http', 'ws')}/presenter/remote"
    with (
        connect(url, additional_headers={"Origin": app.url}) as socket,
        pytest.raises(ConnectionClosed),
    ):
        socket.recv(timeout=10)
    for body in (b'{"code": "AAAA-AAAA"}', b"[]", b"", b"no json", b"[" * 10_000):
        answer = httpx.post(
            f"{app.url}/presenter/redeem", content=body, headers={"Origin": app.url}
        )
        assert answer.status_code in (404, 429)
        assert answer.json()["problem"]
