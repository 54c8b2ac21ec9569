"""Any text at the desk: it is refused, or the service gets what was checked, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.turns import TextRejected, TurnState, checked
from tests.support.drawn_visitor import Ready


@pytest.fixture(scope="module")
def ready() -> Iterator[Ready]:
    """One session for all texts."""
    ready = Ready()
    yield ready
    ready.leave()


@settings(deadline=None)  # a busy machine is no fault of ours
@given(text=st.text() | st.text(alphabet=st.characters(codec=None)) | st.binary().map(repr))
def test_any_text(ready: Ready, text: str) -> None:
    """Whatever it is made of, it is said as it was checked, or refused with a sentence."""
    try:
        wanted = checked(text)
    except TextRejected:
        with pytest.raises(TextRejected, match="Text is required"):
            ready.say(text)
    else:
        turn, sent = ready.say(text)
        assert turn.state is TurnState.SPOKEN
        assert turn.text == sent == wanted
