"""The simulator's HTTP side: Kaltura's calls, word for word."""

from __future__ import annotations

import base64
import json
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import av
import httpx
import pytest
from av.container import InputContainer

from tests.support.recordings import recording, wav_of
from tests.support.simulator_caller import AVATAR, KS, Caller, create, session
from tests.support.simulator_process import SimulatorProcess, eventually, running_simulator

CALLS = ("init-client", "say-text", "say-audio", "interrupt", "keep-alive", "end")


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """The status and the words of an error in the documented shape."""
    body = answer.json()
    assert body.keys() == {"success", "error"}
    assert body["success"] is False
    return answer.status_code, body["error"]


@pytest.mark.parametrize("path", ["", "/create"])
@pytest.mark.parametrize("key", ["avatarId", "id"])
def test_both_forms_of_create(simulator: SimulatorProcess, path: str, key: str) -> None:
    """Both documented paths and both names of the avatar's id open a session."""
    body = {"visualConfig": {key: AVATAR}, "voiceConfig": {"id": "eself-1", "speed": 1.2}}
    answer = simulator.http.post(simulator.base_url + path, json=body, headers=KS)
    assert answer.status_code == 200
    opened = answer.json()
    assert opened.keys() == {"success", "sessionId", "token"}
    caller = Caller(simulator, opened["sessionId"], opened["token"])
    assert caller.call("end").json() == {"success": True}
    record = caller.record()
    assert (record["avatarId"], record["voiceId"]) == (AVATAR, "eself-1")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Authorization": "KS invalid1"}, (401, "Invalid Kaltura Session")),
        ({"Authorization": "KS expired1"}, (401, "Invalid Kaltura Session")),
        ({"Authorization": "KS forbidden1"}, (403, "Kaltura Session not authorized")),
        ({"Authorization": "Bearer good"}, (401, "Invalid Kaltura Session")),
        ({"Authorization": "KS"}, (401, "Invalid Kaltura Session")),
        ({}, (401, "Invalid Kaltura Session")),
    ],
)
def test_account_credentials(
    simulator: SimulatorProcess, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    """create and the catalog want a KS, and say what is wrong with it in the service's words."""
    listing = f"{simulator.origin}/v1/catalog-item/list"
    assert refusal(create(simulator, headers=headers)) == expected
    assert refusal(simulator.http.post(listing, json={}, headers=headers)) == expected


@pytest.mark.parametrize("call", CALLS)
def test_session_credentials(simulator: SimulatorProcess, call: str) -> None:
    """A token opens its own session and no other; what is gone is 410, what never was 404."""
    with session(simulator) as one, session(simulator) as two:
        foreign = {"Authorization": f"Bearer {two.token}"}
        assert refusal(one.call(call, headers=foreign)) == (401, "Invalid or expired token")
        assert refusal(one.call(call, headers=KS)) == (401, "Invalid or expired token")
        assert refusal(one.call(call, headers={})) == (401, "Invalid or expired token")
    assert refusal(one.call(call)) == (410, "Session ended")
    unknown = Caller(simulator, "nobody", one.token)
    assert refusal(unknown.call(call)) == (404, "Session not found")


def test_the_token_tells_when_it_expires(simulator: SimulatorProcess) -> None:
    """It looks like a JWT that is good for about a day."""
    with session(simulator) as caller:
        payload = caller.token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        assert 23 * 3600 < claims["exp"] - time.time() <= 24 * 3600


@pytest.mark.parametrize(
    "body",
    [
        b"not json",
        b"[]",
        b"null",
        b'{"visualConfig": {}}',
        b'{"visualConfig": "x"}',
        b'{"visualConfig": {"avatarId": 7}}',
        b'{"visualConfig": {"avatarId": "x"}, "voiceConfig": {"speed": "fast"}}',
        b'{"visualConfig": {"avatarId": "x"}, "voiceConfig": {"speed": NaN}}',
        b'{"visualConfig": {"avatarId": "\\ud800"}}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_create_that_makes_no_sense(simulator: SimulatorProcess, body: bytes) -> None:
    """Any garbage gets 400 and a sentence, and opens nothing."""
    before = len(simulator.sessions())
    status, sentence = refusal(create(simulator, json=None, content=body))
    assert status == 400
    assert len(sentence) > 10
    assert len(simulator.sessions()) == before


@pytest.mark.parametrize("body", [{}, {"text": ""}, {"text": " \n"}, {"text": 5}, {"text": None}])
def test_text_is_required(simulator: SimulatorProcess, body: dict[str, Any]) -> None:
    """A missing, blank or other than textual text is refused in the service's words."""
    with session(simulator) as caller:
        assert refusal(caller.call("say-text", json=body)) == (400, "Text is required")
        assert caller.turns() == []


def test_text_has_a_length(simulator: SimulatorProcess) -> None:
    """More than 20,000 characters in one turn are refused, in chunks too, with a sentence."""
    with session(simulator) as caller:
        assert caller.say("a " * 9_999, turnId="t", isFinal=False).status_code == 200
        status, sentence = refusal(caller.say("abc", turnId="t", isFinal=True))
        assert status == 400
        assert "20,001" in sentence
        assert refusal(caller.say("x" * 20_001))[0] == 400
        caller.call("interrupt")


def test_audio_is_required(simulator: SimulatorProcess) -> None:
    """A body that is no multipart, has no file, no duration, or no sound in it is refused."""
    with session(simulator) as caller:
        assert refusal(caller.call("say-audio"))[0] == 400
        fields = {"duration": "1", "turnId": "t"}
        missing = caller.call("say-audio", data=fields, files={"other": b"x"})
        assert refusal(missing) == (400, "Audio is required")
        assert refusal(caller.say_audio(recording("mp3"), duration="soon"))[0] == 400
        assert refusal(caller.say_audio(b"not audio at all"))[0] == 400
        assert "650,000,000 samples" in refusal(caller.say_audio(wav_of(650_000_000)))[1]
        headers = {
            "Authorization": f"Bearer {caller.token}",
            "Content-Type": "multipart/form-data; boundary=x",
        }
        broken = caller.call("say-audio", content=b"--x\r\nnonsense", headers=headers)
        assert refusal(broken)[0] == 400
        assert caller.turns() == []


def test_bodies_have_a_size(simulator: SimulatorProcess) -> None:
    """More than 15 MB of audio, or 1 MB of JSON, is 413 with a sentence."""
    with session(simulator) as caller:
        status, sentence = refusal(caller.say_audio(bytes(15_000_001)))
        assert status == 413
        assert "15,000,000" in sentence
        assert refusal(caller.say("x" * 1_000_001))[0] == 413


def test_any_text_is_taken(simulator: SimulatorProcess) -> None:
    """Control characters, HTML and right-to-left text are turns like any other, kept verbatim."""
    texts = ["a\x00b\x07c", "<b onclick='x()'>bold</b>", "שלום Hello", "..."]
    with session(simulator) as caller:
        for text in texts:
            assert caller.say(text).json()["success"] is True
        assert [turn["text"] for turn in caller.turns()] == texts
        caller.call("interrupt")


def test_a_text_without_sound_says_so(simulator: SimulatorProcess) -> None:
    """Emoji alone can't be spoken: the answer warns, and the turn runs silently to its end."""
    with session(simulator) as caller:
        answer = caller.say("😀").json()
        assert answer["success"] is True
        assert "sound" in answer["warning"]
        assert "warning" not in caller.say("Hi").json()
        eventually(lambda: caller.outcomes() == ["spoken", "spoken"])


def test_turns_are_recorded(simulator: SimulatorProcess) -> None:
    """A turn is listed with its text, its id, its times, and spoken, with nobody watching too."""
    with session(simulator) as caller:
        caller.say("Hello there.", turnId="mine", isFinal=True)
        caller.say("And hello.")
        eventually(lambda: caller.outcomes() == ["spoken", "spoken"])
        first, second = caller.turns()
        assert (first["turnId"], first["text"], first["kind"]) == ("mine", "Hello there.", "text")
        times = [first["receivedAt"], first["startedAt"], first["endedAt"], second["startedAt"]]
        assert times == sorted(times)
        assert second["turnId"] not in ("", "mine")


def test_chunks_are_one_turn(simulator: SimulatorProcess) -> None:
    """What shares a turnId until isFinal is one turn; a blank chunk may close it."""
    with session(simulator) as caller:
        for chunk, final in [("Hello wor", False), ("ld. How", False), (" are you?", False)]:
            assert caller.say(chunk, turnId="t", isFinal=final).json() == {"success": True}
        assert caller.outcomes() == [None]
        assert caller.say("", turnId="t", isFinal=True).json() == {"success": True}
        caller.say("Again.", turnId="t", isFinal=True)
        eventually(lambda: caller.outcomes() == ["spoken", "spoken"])
        assert [turn["text"] for turn in caller.turns()] == ["Hello world. How are you?", "Again."]


def test_an_open_turn_blocks_nobody(simulator: SimulatorProcess) -> None:
    """A turn whose last chunk never comes is closed by the next turn."""
    with session(simulator) as caller:
        caller.say("One", turnId="a", isFinal=False)
        caller.say("Two.", turnId="b", isFinal=True)
        eventually(lambda: caller.outcomes() == ["spoken", "spoken"])


def test_interrupt_ends_what_is_said_and_what_waits(simulator: SimulatorProcess) -> None:
    """The current turn and the queue are interrupted; later chunks of it stay unsaid."""
    with session(simulator) as caller:
        caller.say("One, two, three, four, five, six, seven. Eight", turnId="a", isFinal=False)
        caller.say("Never begun.", turnId="b", isFinal=False)
        eventually(lambda: caller.turns()[0]["startedAt"])
        assert caller.call("interrupt").json() == {"success": True}
        assert caller.outcomes() == ["interrupted", "interrupted"]
        assert caller.turns()[1]["startedAt"] is None
        assert caller.say(" Too late.", turnId="b", isFinal=True).status_code == 200
        assert caller.outcomes() == ["interrupted", "interrupted"]
        caller.say("Fresh.")
        eventually(lambda: caller.outcomes()[2:] == ["spoken"])
        assert caller.call("interrupt").json() == {"success": True}
        assert caller.record()["interrupts"] == 2


def test_end_interrupts(simulator: SimulatorProcess) -> None:
    """A session that ends in the middle of a turn has interrupted it."""
    with session(simulator) as caller:
        caller.say("One, two, three, four, five, six, seven.")
        eventually(lambda: caller.turns()[0]["startedAt"])
    record = caller.record()
    assert (record["state"], record["endedBy"]) == ("ended", "end")
    assert record["endedAt"] >= record["createdAt"]
    assert caller.outcomes() == ["interrupted"]


def test_init_client_answers_the_same_again(simulator: SimulatorProcess) -> None:
    """The stream's address is the session's own, and there is no TURN server."""
    with session(simulator) as one, session(simulator) as two:
        answer = one.call("init-client").json()
        assert answer.keys() == {"success", "whepUrl", "plainUrl", "turn"}
        assert answer["turn"] == {"url": "", "username": "", "credential": ""}
        assert answer["whepUrl"].startswith(f"{simulator.origin}/whep/")
        assert one.whep_url() == answer["whepUrl"] != two.whep_url()
        assert one.session_id not in answer["whepUrl"]
        assert one.record()["initClients"] == 2


def test_the_catalog(simulator: SimulatorProcess) -> None:
    """Three faces and three voices with their files, as the service's items are; without a type
    both kinds, one after the other; the pager is honoured; an item can be asked for by itself."""

    def listed(kind: str | None = None, **pager: int) -> list[dict[str, Any]]:
        filters = {"filter": {"typeEqual": kind}} if kind else {}
        answer = catalog(simulator, "list", {**filters, "pager": pager}).json()
        objects: list[dict[str, Any]] = answer["objects"]
        return objects

    faces, voices = listed("Visual", offset=0, limit=100), listed("Voice")
    assert len(faces) >= 3
    assert len(voices) >= 3
    for face in faces:
        assert face["attributes"]["visual"]["name"]
        poster = simulator.http.get(face["imageUrl"])
        assert poster.headers["content-type"] == "image/jpeg"
    for voice in voices:
        assert voice["attributes"]["voice"].keys() == {"name", "description", "language"}
    for url, kind in ((faces[0]["loadingVideo"], "video"), (voices[0]["voiceSampleUrl"], "audio")):
        with av.open(BytesIO(simulator.http.get(url).content)) as file:
            assert isinstance(file, InputContainer)
            assert [stream.type for stream in file.streams] == [kind]
            assert len(list(file.decode())) > 10
    assert listed("Visual", offset=1, limit=1) == faces[1:2]
    assert listed("Visual", offset=99, limit=9) == []
    assert listed() == [*faces, *voices]
    assert listed(offset=len(faces) - 1, limit=2) == [faces[-1], voices[0]]
    assert catalog(simulator, "get", {"itemId": voices[1]["itemId"]}).json() == voices[1]
    assert refusal(catalog(simulator, "get", {"itemId": "nothing"}))[0] == 404
    assert refusal(catalog(simulator, "list", {"filter": {"typeEqual": "Smell"}}))[0] == 400


def catalog(simulator: SimulatorProcess, call: str, body: dict[str, Any]) -> httpx.Response:
    """catalog-item/list or catalog-item/get."""
    url = f"{simulator.origin}/v1/catalog-item/{call}"
    return simulator.http.post(url, json=body, headers=KS)


@pytest.mark.parametrize(
    ("voice", "status"),
    [
        ({"id": "68b5a2079d3b7c001f60d8a1", "modelId": "eleven_flash_v2_5"}, 200),
        ({"id": "68b5a2079d3b7c001f60d8a1", "language": "en"}, 200),
        ({"id": "eself-1"}, 200),
        ({"id": "eself-1", "modelId": "eleven_flash_v2_5"}, 400),
        ({"id": "eself-1", "modelId": ""}, 400),
        ({"id": "eself-1", "modelId": 5}, 400),
        ({"id": "68b5a2079d3b7c001f60d8a1", "language": 5}, 400),
    ],
)
def test_what_a_voice_may_come_with(
    simulator: SimulatorProcess, voice: dict[str, object], status: int
) -> None:
    """A model for the service's own voices alone, not for a clone; a language."""
    visual = {"avatarId": AVATAR}
    body = {"visualConfig": visual, "voiceConfig": voice, "clientId": "kaltura-avatar-sdk"}
    answer = create(simulator, json=body)
    assert answer.status_code == status
    if status == 200:
        opened = answer.json()
        Caller(simulator, opened["sessionId"], opened["token"]).call("end")


def test_one_session_too_many() -> None:
    """Above --max-sessions create answers 429 with Retry-After, until one has ended."""
    with running_simulator("--max-sessions", "2") as simulator:
        with session(simulator), session(simulator):
            refused = create(simulator)
            assert refusal(refused)[0] == 429
            assert int(refused.headers["retry-after"]) > 0
        with session(simulator):
            pass


def test_a_crowd_gets_no_more_than_the_limit(simulator: SimulatorProcess) -> None:
    """Ten creates at the same moment open five sessions, the default."""
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: create(simulator), range(10)))
    opened = [answer.json() for answer in answers if answer.status_code == 200]
    for answer in opened:
        Caller(simulator, answer["sessionId"], answer["token"]).call("end")
    assert len(opened) == 5
    assert {answer.status_code for answer in answers} == {200, 429}


def test_a_session_needs_keep_alives() -> None:
    """Without one it times out; with them it lives on; nothing else counts as one."""
    with running_simulator("--idle-timeout", "1.5") as simulator, session(simulator) as kept:
        with session(simulator) as forgotten:
            forgotten.call("interrupt")
            eventually(lambda: kept.call("keep-alive") and forgotten.record()["state"] == "ended")
            assert refusal(forgotten.call("keep-alive")) == (410, "Session ended")
        record = forgotten.record()
        assert record["endedBy"] == "timeout"
        assert 1.4 < record["endedAt"] - record["createdAt"] < 4
        assert kept.record()["keepAlives"] > 3


def test_pages_of_any_origin_may_call(simulator: SimulatorProcess) -> None:
    """CORS: a preflight is answered for the calls and WHEP, and kept; Location is readable."""
    with session(simulator) as caller:
        for url in (caller.whep_url(), f"{simulator.base_url}/{caller.session_id}/say-text"):
            preflight = simulator.http.options(
                url,
                headers={
                    "Origin": "https://example.com",
                    "Access-Control-Request-Method": "DELETE",
                    "Access-Control-Request-Headers": "authorization,content-type",
                },
            )
            assert preflight.status_code == 200
            assert preflight.headers["access-control-allow-origin"] == "*"
            assert {"DELETE", "PATCH"} <= set(
                preflight.headers["access-control-allow-methods"].replace(" ", "").split(",")
            )
            assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
            assert int(preflight.headers["access-control-max-age"]) > 0
        answer = simulator.http.post(
            f"{simulator.base_url}/nobody/end", headers={"Origin": "https://example.com"}
        )
        assert answer.status_code == 401
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"]
        assert {"Location", "ETag", "Link"} <= set(exposed.replace(" ", "").split(","))


def test_whep_refusals(simulator: SimulatorProcess) -> None:
    """No such stream 404, another content type 415, no SDP 400, PATCH 405, an ended session 410."""
    sdp = {"Content-Type": "application/sdp"}
    with session(simulator) as caller:
        url = caller.whep_url()
        nowhere = f"{simulator.origin}/whep/nobody"
        assert refusal(simulator.http.post(nowhere, content="v=0", headers=sdp))[0] == 404
        assert refusal(simulator.http.post(url, json={}))[0] == 415
        for offer in (b"", b"hello", b"v=0\r\n", b"\xff", b"v=0\r\nm=audio 9 X 111\r\n"):
            assert refusal(simulator.http.post(url, content=offer, headers=sdp))[0] == 400
        assert simulator.http.patch(url, content="x").status_code == 405
        assert simulator.http.options(url).headers["accept-post"] == "application/sdp"
        assert refusal(simulator.http.delete(f"{url}/nobody"))[0] == 404
        assert caller.record()["viewers"] == 0
    assert refusal(simulator.http.post(url, content="v=0", headers=sdp)) == (410, "Session ended")


def test_what_is_not_there(simulator: SimulatorProcess) -> None:
    """An unknown path is 404, a wrong method 405, in the documented shape."""
    assert refusal(simulator.http.get(f"{simulator.origin}/nothing"))[0] == 404
    assert refusal(simulator.http.get(simulator.base_url))[0] == 405
    assert refusal(simulator.http.get(f"{simulator.origin}/simulator/faces/nobody.jpg"))[0] == 404
