"""The simulator's moods: how it misbehaves when asked to."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from simulator.moods import Moods, parse
from simulator.sessions import Refusal
from tests.support.recordings import recording
from tests.support.simulator_caller import create, session
from tests.support.simulator_process import SimulatorProcess, running_simulator


@pytest.fixture(autouse=True)
def _good_mood_again(simulator: SimulatorProcess) -> Iterator[None]:
    yield
    simulator.clear_moods()


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"call": "dance", "status": 503},
        {"call": "create"},
        {"call": "create", "status": "503"},
        {"call": "create", "status": True},
        {"call": "create", "status": 99},
        {"call": "create", "status": 503, "times": 0},
        {"call": "create", "status": 503, "times": 1.5},
        {"call": "create", "delay": -1},
        {"call": "create", "delay": "long"},
        {"call": "create", "delay": float("nan")},
        {"call": "create", "reset": "yes"},
        {"call": "create", "status": 503, "headers": ["x"]},
        {"call": "create", "status": 503, "headers": {"x\r\ny": "z"}},
        {"call": "create", "status": 503, "headers": {"x": "y\r\nz: 1"}},
        {"call": "create", "status": 503, "colour": "blue"},
    ],
)
def test_a_mood_that_makes_no_sense(asked: dict[str, object]) -> None:
    """It is refused with a sentence, for a mood that silently does nothing hides a bug."""
    with pytest.raises(Refusal, match=r".{20,}"):
        parse(asked)


def test_moods_are_used_in_order() -> None:
    """Counted moods go first, oldest first; one without a count remains, and replaces its kind."""
    moods = Moods()
    moods.ask(parse({"call": "end", "status": 500, "times": None}))
    moods.ask(parse({"call": "end", "status": 501, "times": None}))
    moods.ask(parse({"call": "end", "status": 502, "times": 2}))
    moods.ask(parse({"call": "create", "status": 503}))
    moods.ask(parse({"call": "end", "status": 504}))
    taken = [moods.take("end") for _ in range(6)]
    assert [mood and mood.status for mood in taken] == [502, 502, 504, 501, 501, 501]
    moods.clear()
    assert moods.take("create") is None


@pytest.mark.parametrize("call", ["init-client", "say-text", "say-audio", "interrupt", "end"])
def test_each_call_has_moods(simulator: SimulatorProcess, call: str) -> None:
    """The answer asked for comes back whole, once, and the call was not carried out."""
    answer = {"status": 502, "body": "<h1>Bad gateway</h1>", "headers": {"X-Mood": "foul"}}
    with session(simulator) as caller:
        simulator.ask_mood(call=call, **answer)
        refused = caller.call(call, json={"text": "Hi"})
        assert refused.status_code == 502
        assert refused.text == "<h1>Bad gateway</h1>"
        assert refused.headers["x-mood"] == "foul"
        assert refused.headers["content-type"].startswith("text/html")
        assert caller.record()["state"] == "live"
        assert caller.record()["interrupts"] == 0
        assert caller.turns() == []
        if call != "say-audio":
            assert caller.call(call, json={"text": "Hi"}).status_code == 200


def test_the_other_calls_have_moods_too(simulator: SimulatorProcess) -> None:
    """create, keep-alive and whep; a status alone brings the documented words or its own."""
    simulator.ask_mood(call="create", status=401)
    simulator.ask_mood(call="keep-alive", status=410)
    simulator.ask_mood(call="whep", status=409)
    refused = create(simulator)
    assert (refused.status_code, refused.json()["error"]) == (401, "Invalid Kaltura Session")
    with session(simulator) as caller:
        refused = caller.call("keep-alive")
        assert (refused.status_code, refused.json()["error"]) == (410, "Session ended")
        sdp = {"Content-Type": "application/sdp"}
        assert simulator.http.post(caller.whep_url(), content="v=0", headers=sdp).status_code == 409


@pytest.mark.parametrize("body", ["", "[]", "null", '{"success": true}', "<html></html>"])
def test_a_right_status_with_a_wrong_body(simulator: SimulatorProcess, body: str) -> None:
    """A body alone is a 200 that isn't what it should be."""
    simulator.ask_mood(call="create", body=body)
    answer = create(simulator)
    assert (answer.status_code, answer.text) == (200, body)


def test_reset_cuts_the_connection(simulator: SimulatorProcess) -> None:
    """No answer at all: the connection is reset under the caller, twice, then all is well."""
    simulator.ask_mood(call="say-text", reset=True, times=2)
    with session(simulator) as caller:
        for _ in range(2):
            with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
                caller.say("Hi.")
        assert caller.turns() == []
        assert caller.say("Hi.").status_code == 200


def test_delay_alone_is_late_but_right(simulator: SimulatorProcess) -> None:
    """The call waits, is carried out, and answers as ever; others don't wait."""
    with session(simulator) as caller:
        simulator.ask_mood(call="interrupt", delay=0.5)
        began = time.monotonic()
        with ThreadPoolExecutor(1) as thread:
            late = thread.submit(caller.call, "interrupt")
            assert caller.call("keep-alive").status_code == 200
            assert not late.done()
            assert late.result().json() == {"success": True}
        assert time.monotonic() - began >= 0.5
        assert caller.record()["interrupts"] == 1


def test_times_is_exact_in_a_crowd(simulator: SimulatorProcess) -> None:
    """Of ten calls at once exactly as many as asked for are answered so."""
    with session(simulator) as caller:
        simulator.ask_mood(call="keep-alive", status=503, delay=0.05, times=4)
        with ThreadPoolExecutor(10) as threads:
            answers = list(threads.map(lambda _: caller.call("keep-alive"), range(10)))
        assert sorted(answer.status_code for answer in answers) == [200] * 6 + [503] * 4


def test_times_null_lasts_until_cleared(simulator: SimulatorProcess) -> None:
    """It answers so again and again, is listed, and DELETE ends it."""
    with session(simulator) as caller:
        simulator.ask_mood(call="say-audio", status=503, times=None)
        for _ in range(3):
            assert caller.say_audio(recording("mp3")).status_code == 503
        (listed,) = simulator.http.get(f"{simulator.origin}/simulator/moods").json()
        assert (listed["call"], listed["status"], listed["times"]) == ("say-audio", 503, None)
        simulator.clear_moods()
        assert caller.say_audio(recording("mp3")).status_code == 200


def test_other_origins_set_no_moods(simulator: SimulatorProcess) -> None:
    """A page from elsewhere can neither set nor clear them, nor read what was said."""
    url = f"{simulator.origin}/simulator/moods"
    elsewhere = {"Origin": "https://example.com"}
    mood = {"call": "end", "status": 500}
    assert simulator.http.post(url, json=mood, headers=elsewhere).status_code == 403
    assert simulator.http.delete(url, headers=elsewhere).status_code == 403
    listed = simulator.http.get(f"{simulator.origin}/simulator/sessions", headers=elsewhere)
    assert "access-control-allow-origin" not in listed.headers
    assert (
        simulator.http.post(url, json=mood, headers={"Origin": simulator.origin}).status_code == 200
    )


@pytest.mark.parametrize("host", ["127.0.0.1:1", "localhost", "[::1]:80"])
def test_this_machine_has_several_names(simulator: SimulatorProcess, host: str) -> None:
    """The simulator's own pages answer to each of them."""
    url = f"{simulator.origin}/simulator/moods"
    assert simulator.http.get(url, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", ["", "sessions", "state", "moods", "faces/ava.jpg"])
def test_a_page_whose_name_leads_here_is_refused(simulator: SimulatorProcess, path: str) -> None:
    """DNS rebinding: its Host is its own name, and so is its Origin."""
    rebound = {"Host": "page.example:8600", "Origin": "http://page.example:8600"}
    url = f"{simulator.origin}/simulator/{path}"
    assert simulator.http.get(url, headers=rebound).status_code == 403
    if path == "moods":
        mood = {"call": "end", "status": 500}
        assert simulator.http.post(url, json=mood, headers=rebound).status_code == 403
        assert simulator.http.delete(url, headers=rebound).status_code == 403
        assert simulator.moods() == []


def test_on_a_network_its_own_names_lead_here() -> None:
    """Those that no page from elsewhere can have, and no others."""
    with running_simulator("--host", "0.0.0.0") as simulator:
        url = f"http://127.0.0.1:{simulator.port}/simulator/moods"
        for host in ("localhost", f"127.0.0.1:{simulator.port}", platform.node()):
            assert simulator.http.get(url, headers={"Host": host}).status_code == 200
        for host in ("page.example", f"192.0.2.1:{simulator.port}", "127.0.0.1.page.example"):
            refused = simulator.http.get(url, headers={"Host": host})
            assert refused.status_code == 403
            assert "127.0.0.1" in refused.json()["error"]
