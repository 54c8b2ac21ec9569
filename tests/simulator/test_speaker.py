"""How what is heard of a turn is cut into what can be spoken."""

from __future__ import annotations

import pytest

from simulator.speaker import whole_sentences


@pytest.mark.parametrize(
    ("heard", "final", "ready", "rest"),
    [
        ("Hello", False, "", "Hello"),
        ("Hello. ", False, "Hello. ", ""),
        ("Hello.", False, "", "Hello."),
        ("It is 3.5 or", False, "", "It is 3.5 or"),
        ('"Hi!" she said. And', False, '"Hi!" she said. ', "And"),
        ("One. Two? Three", False, "One. Two? ", "Three"),
        ("One. Two? Three", True, "One. Two? Three", ""),
        ("", True, "", ""),
    ],
)
def test_chunks_are_cut_at_sentences(heard: str, final: bool, ready: str, rest: str) -> None:
    """A sentence that is there is spoken at once, a broken-off one waits for its rest."""
    assert whole_sentences(heard, final=final) == (ready, rest)
