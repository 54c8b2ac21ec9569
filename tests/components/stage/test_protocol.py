"""What a browser may send over the stage's channel, and what it is sent."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from avatar_client import TurnServer
from components.stage.protocol import message, parse, turn_message
from sessions.state import DirectAvatar, Phase, SdkAvatar, State
from sessions.turns import Turn, TurnEvent, TurnState
from sessions.visit import View
from speech import Recording


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"playing"',
        "{",
        "[" * 4000,
        "{}",
        '{"sight": "playing"}',
        '{"sight": "playing", "sessionId": ""}',
        '{"sight": "gone", "sessionId": null}',
        '{"sight": "playing", "sessionId": 7}',
        '{"sight": ["playing"], "sessionId": "s"}',
        '{"sight": "bogus", "sessionId": "s"}',
        json.dumps({"sight": "playing", "sessionId": "s" * 201}),
        '{"verb": "sing"}',
        '{"verb": ["start"]}',
        '{"verb": "say"}',
        '{"verb": "say", "text": 7}',
        '{"verb": "say", "again": ""}',
        json.dumps({"verb": "say", "again": "t" * 37}),
        '{"wish": "start"}',
    ],
)
def test_what_is_none_of_ours_is_passed_over(text: str) -> None:
    """A browser can send anything; only what is documented counts."""
    assert parse(text) is None


@pytest.mark.parametrize(
    "told",
    [
        {"verb": "start"},
        {"verb": "interrupt", "click": True},
        {"verb": "end", "click": True},
        {"verb": "say", "text": "Hello.", "click": True},
        {"verb": "say", "again": "a-turn"},
        {"wish": "stay"},
        {"wish": "take"},
        {"sight": "speakingStart", "sessionId": "s"},
        {"sight": "remark", "sessionId": "s", "sentence": "Ours shows it."},
    ],
)
def test_what_is_ours_is_taken_as_it_is(told: dict[str, object]) -> None:
    """And what else is beside it is left out."""
    assert parse(json.dumps({**told, "else": 7})) == told


def test_a_long_sentence_is_cut() -> None:
    """A sentence of more than 500 characters is not for a person."""
    saw = parse(json.dumps({"sight": "failed", "sessionId": "s", "sentence": "x" * 600}))
    assert saw == {"sight": "failed", "sessionId": "s", "sentence": "x" * 500}


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        ('{"sight": "gone", "sessionId": "s", "sentence": 7}', {"sight": "gone", "sessionId": "s"}),
        ('{"verb": "end", "click": 1}', {"verb": "end"}),
        ('{"verb": "end", "text": "Hello."}', {"verb": "end"}),
    ],
)
def test_what_is_wrong_beside_it_is_left_out(told: str, taken: dict[str, object]) -> None:
    """The rest still counts."""
    assert parse(told) == taken


AVATARS = {
    SdkAvatar("s", "https://api.example.com", "", "jwt", "https://m.example.com", None): {
        "kind": "sdk",
        "sdkUrl": "",
        "baseUrl": "https://api.example.com",
        "sessionId": "s",
        "token": "jwt",
        "whepUrl": "https://m.example.com",
        "turn": None,
        "plainUrl": None,
    },
    DirectAvatar("s", "https://m.example.com", TurnServer("turn.example.com", "u", "c")): {
        "kind": "direct",
        "sessionId": "s",
        "whepUrl": "https://m.example.com",
        "turn": {"url": "turn.example.com", "username": "u", "credential": "c"},
        "plainUrl": None,
    },
    DirectAvatar("s", "https://m.example.com", None, "https://m.example.com/plain"): {
        "kind": "direct",
        "sessionId": "s",
        "whepUrl": "https://m.example.com",
        "turn": None,
        "plainUrl": "https://m.example.com/plain",
    },
}


@pytest.mark.parametrize("avatar", AVATARS)
def test_the_holder_alone_is_given_the_avatar(avatar: SdkAvatar | DirectAvatar) -> None:
    """The picture has one viewer; the others are told that somebody has it."""
    view = View(State(phase=Phase.READY, avatar=avatar), revision=3)
    held = message(view, now=0.0, is_holder=True, server="a-server")
    assert json.loads(json.dumps(held)) == {
        "revision": 3,
        "phase": "ready",
        "caption": None,
        "canInterrupt": False,
        "interrupts": 0,
        "interrupting": False,
        "way": "sdk",
        "avatar": AVATARS[avatar],
        "elsewhere": False,
        "endsIn": None,
        "limit": None,
        "refusal": None,
        "refusals": 0,
        "trouble": None,
        "problem": None,
        "notice": None,
        "lasts": 0.0,
        "againIn": None,
        "server": "a-server",
        "stopping": False,
        "turns": [],
        "afresh": True,
        "billed": False,
    }
    other = message(view, now=0.0, is_holder=False, server="a-server")
    assert other == {**held, "avatar": None, "elsewhere": True}


@pytest.mark.parametrize(
    ("turn", "caption"),
    [
        (Turn("Hello."), None),
        (Turn("Hello.", state=TurnState.SENDING), None),
        (Turn("Hello.", state=TurnState.SENT), "Hello."),
        (Turn("Hello.", state=TurnState.SPEAKING), "Hello."),
        (Turn("Hello.", state=TurnState.SPOKEN), None),
        (Turn("a.mp3", state=TurnState.SENT, recording=Recording(b"", 1.0, "a.mp3")), None),
    ],
)
def test_the_caption_is_what_is_being_said(turn: Turn, caption: str | None) -> None:
    """From when the service has it; a recording's name is not what is heard."""
    view = View(State(phase=Phase.READY, turns=(turn,)))
    assert message(view, now=0.0, is_holder=True)["caption"] == caption


def test_the_end_is_told_in_seconds_from_now() -> None:
    """The browser has a clock of its own; an end that is past is now."""
    view = View(State(ends_at=100.0, limit="idle"), refusal="Not now.")
    told = message(view, now=58.0, is_holder=True)
    assert (told["endsIn"], told["limit"], told["refusal"]) == (42.0, "idle", "Not now.")
    past = replace(view, state=replace(view.state, ends_at=50.0))
    assert message(past, now=58.0, is_holder=True)["endsIn"] == 0.0


def told(known: tuple[Turn, ...], now: tuple[Turn, ...]) -> tuple[list[str], bool]:
    """The texts that come with a view of the turns `now`, and whether the others are no more."""
    view = View(State(phase=Phase.READY, turns=now))
    news = message(view, now=0.0, is_holder=True, known=known)
    return [turn["text"] for turn in news["turns"]], news["afresh"]


def test_only_the_turns_that_changed_are_told() -> None:
    """A new one, and one in another state; all of them at first, and where one has gone."""
    one, two, three = Turn("One."), Turn("Two."), Turn("Three.")
    sent = two.after(TurnEvent.SEND)
    assert told((), (one, two)) == (["One.", "Two."], True)
    assert told((one, two), (one, two)) == ([], False)
    assert told((one, two), (one, sent, three)) == (["Two.", "Three."], False)
    assert told((one, two), (three,)) == (["Three."], True)
    assert told((one, two), ()) == ([], True)


@pytest.mark.parametrize(
    ("turn", "again", "seconds"),
    [
        (Turn("Hello."), False, None),
        (Turn("Hello.", state=TurnState.SPEAKING), False, None),
        (Turn("Hello.", state=TurnState.SPOKEN), True, None),
        (Turn("a", state=TurnState.FAILED, recording=Recording(b"x", 1.5, "a")), True, 1.5),
        (Turn("a", state=TurnState.SPOKEN, recording=Recording(b"", 1.5, "a")), False, 1.5),
    ],
)
def test_what_can_be_said_again(turn: Turn, again: bool, seconds: float | None) -> None:
    """What has ended, as long as its sound is kept."""
    shown = turn_message(turn)
    assert (shown["again"], shown["seconds"]) == (again, seconds)
