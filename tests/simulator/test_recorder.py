"""`python -m simulator --record`, in front of the simulator as if that were the live service."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from avatar_client import AvatarClient, AvatarError
from simulator.exchange import CONTRACT, Exchange, differences
from tests.support.app_process import free_port
from tests.support.recordings import recording
from tests.support.simulator_caller import AVATAR
from tests.support.simulator_process import SimulatorProcess, running_simulator

KS = "djJ8NDcxMXxLUy1jYW5hcnk"
TEXT = "Jane Doe owes us a lot."


@dataclass(slots=True)
class Recording:
    """A recorder's base URL, its folder, and, once it has ended, what it has printed."""

    base_url: str
    folder: Path
    printed: str = ""


@contextmanager
def recorded(base_url: str, folder: Path) -> Iterator[Recording]:
    """The recorder in front of `base_url`; told to stop at the end."""
    with running_simulator("--record", base_url, "--into", str(folder)) as recorder:
        run = Recording(recorder.base_url, folder)
        yield run
        assert recorder.process.stdin
        assert recorder.process.stdout
        recorder.process.stdin.close()
        run.printed = recorder.process.stdout.read()


def test_a_folder_that_can_not_be_written(simulator: SimulatorProcess, tmp_path: Path) -> None:
    """The caller gets its answer all the same, without which nobody could end the session."""
    (tmp_path / "a file").touch()
    with (
        recorded(simulator.base_url, tmp_path / "a file" / "seen") as run,
        AvatarClient(KS, run.base_url) as client,
    ):
        client.end(client.create(AVATAR))
    assert run.printed.count("A page could not be kept (NotADirectoryError") == 2


def test_nothing_secret_is_written(simulator: SimulatorProcess, tmp_path: Path) -> None:
    """Neither credential, nor an id, a text or a recording: in no file and not on the terminal,
    where the service repeats them in its errors, too."""
    with (
        recorded(simulator.base_url, tmp_path / "seen") as run,
        AvatarClient(KS, run.base_url) as client,
    ):
        session = client.create(AVATAR, voice_id="eself-4711", speed=1.25)
        media = client.init_client(session)
        client.say_text(session, TEXT, turn_id="turn-4711")
        client.say_audio(session, recording("mp3", 0.2), duration=0.2)
        echo = f"{KS} may not say {TEXT} with {session.token} in {session.session_id}"
        for status in (200, 400):
            body = {"success": status < 300, "error": echo, "streamKey": "sesame", "account": 4711}
            simulator.ask_mood(call="interrupt", status=status, body=body)
            with contextlib.suppress(AvatarError):
                client.interrupt(session)
        client.catalog("Visual")
        client.end(session)
    secrets = {
        "KS": KS,
        "token": session.token,
        "session": session.session_id,
        "whepUrl": media.whep_url.rpartition("/")[2],
        "face": AVATAR,
        "voice": "eself-4711",
        "text": "Jane",
        "turn": "turn-4711",
        "number": "4711",
        "unknown": "sesame",
        "name": "Ava",
    }
    files = {path.stem: path.read_text("utf-8") for path in run.folder.iterdir()}
    assert {"create-at-create-id", "say-audio", "interrupt", "interrupt-400", "end"} <= set(files)
    for text in (run.printed, *files.values()):
        assert [name for name, secret in secrets.items() if secret in text] == []


def test_what_is_written_is_a_page(simulator: SimulatorProcess, tmp_path: Path) -> None:
    """A file like ours for each form of a call, and a line that says what differs."""
    with (
        recorded(simulator.base_url, tmp_path / "seen") as run,
        AvatarClient("a-test", run.base_url) as client,
    ):
        session = client.create(AVATAR, voice_id="a-voice", speed=1.25)
        client.say_text(session, "One. ", turn_id="t", is_final=False)
        for _ in range(2):
            client.keep_alive(session)
        body = {"success": True, "expiresIn": 60}
        for _ in range(2):
            simulator.ask_mood(call="keep-alive", body=body)
            client.keep_alive(session)
        client.end(session)
    files = sorted(path.name for path in run.folder.iterdir())
    assert files == [
        "create-at-create-id.json",
        "end.json",
        "keep-alive.2.json",
        "keep-alive.json",
        "say-text-chunk.json",
    ]
    assert {path.stat().st_mode & 0o777 for path in run.folder.iterdir()} == {0o600}
    for name in ("create-at-create-id", "keep-alive", "say-text-chunk", "end"):
        seen = Exchange.read(run.folder / f"{name}.json")
        assert seen.source == "recorded from 127.0.0.1"
        assert differences(seen, CONTRACT[name]) == []
    told = run.printed.splitlines()
    assert "create-at-create-id: as in the contract" in told
    assert "keep-alive: answer.json.expiresIn is new" in told
    (unseen,) = (line for line in told if line.startswith("Not seen: "))
    assert unseen == (
        "Not seen: catalog, catalog-get, catalog-visual, catalog-voice, create, init-client,"
        " interrupt, say-audio, say-text."
    )


def test_the_caller_sees_the_service(simulator: SimulatorProcess, tmp_path: Path) -> None:
    """Status, headers and body come back as they are; a redirect is not followed, for it would
    take the KS along; a page of any origin may ask."""
    with recorded(simulator.base_url, tmp_path) as run, httpx.Client() as http:
        headers = {"Retry-After": "7", "Location": "http://127.0.0.1:1/elsewhere"}
        simulator.ask_mood(call="create", status=307, body="<p>moved", headers=headers)
        answer = http.post(run.base_url, json={}, headers={"Authorization": "KS a"})
        assert (answer.status_code, answer.text) == (307, "<p>moved")
        assert {name: answer.headers[name] for name in headers} == headers
        assert answer.headers["content-type"].startswith("text/html")
        asks = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
        asks["Access-Control-Request-Headers"] = "authorization,content-type"
        assert http.options(f"{run.base_url}/1/end", headers=asks).status_code == 200
        ended = http.post(f"{run.base_url}/1/end", headers={"Origin": "https://a.example"})
        assert ended.headers["access-control-allow-origin"] == "*"
        assert ended.status_code == 401


def test_nobody_there(tmp_path: Path) -> None:
    """502 with a sentence for the caller and one for the terminal; nothing is written."""
    nowhere = f"http://127.0.0.1:{free_port()}/v1/avatar-session"
    with recorded(nowhere, tmp_path / "seen") as run:
        answer = httpx.post(run.base_url, json={})
        assert answer.status_code == 502
        assert "no answer from 127.0.0.1" in answer.json()["error"]
    assert "No answer from 127.0.0.1" in run.printed
    assert not run.folder.exists()
