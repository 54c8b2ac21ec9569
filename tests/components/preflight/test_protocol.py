"""What a browser may send over the channel of the page Preflight."""

from __future__ import annotations

import json

import pytest

from components.preflight.protocol import message, parse


@pytest.mark.parametrize(
    "told",
    [
        {"event": "run"},
        {"sight": "picture", "word": ""},
        {"sight": "connected", "word": "relay TLS"},
        {"sight": "turned away", "word": "401"},
        {"sight": "shut", "word": "TLS over TCP port 443"},
    ],
)
def test_what_is_ours_is_taken_as_it_is(told: dict[str, str]) -> None:
    """And what else is beside it is left out."""
    assert parse(json.dumps({**told, "else": 7})) == told


@pytest.mark.parametrize(
    "text",
    [
        "no message",
        "[]",
        "[" * 900,
        '{"event": 1}',
        '{"event": "stop"}',
        '{"sight": "picture"}',
        '{"sight": "picture", "word": 1}',
        '{"sight": "left", "word": ""}',
        '{"sight": "bogus", "word": ""}',
        '{"sight": "connected", "word": "by magic"}',
        '{"event": "run", "word": "' + "x" * 1000 + '"}',
    ],
)
def test_what_is_none_of_ours_is_passed_over(text: str) -> None:
    """A browser can send anything, however long; only what is documented counts."""
    assert parse(text) is None


def test_before_the_first_one_nothing_is_tried() -> None:
    """Every step is there, and waits."""
    shown = message(None, "Not now.", None)
    assert {result["outcome"] for result in shown["results"]} == {"waiting"}
    assert (shown["running"], shown["watch"], shown["refusal"]) == (False, None, "Not now.")
