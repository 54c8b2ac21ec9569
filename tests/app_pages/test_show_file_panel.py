"""What the boxes for a show's files do with what is in them."""

from __future__ import annotations

import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from app_pages.show_file_panel import NO_DECK, Preparing, take
from show.model import ShowRejected
from tests.support.decks import pdf_of, pptx_of


def uploaded(name: str, data: bytes) -> UploadedFile:
    """A file in a box."""
    return UploadedFile(UploadedFileRec(f"id of {name}", name, "", data), FileURLs())


def drawn_again() -> None:
    """The page."""


@pytest.mark.parametrize("before", [None, "id of deck.md"])
def test_a_file_beside_no_deck(before: str | None) -> None:
    """A sentence asks for the deck, until that is there or the file has gone."""
    deck, beside = uploaded("deck.md", b"# A"), uploaded("lines.md", b"# B")
    preparing = Preparing(taken=(before, None))
    take(preparing, None, beside, drawn_again)
    assert (preparing.problem, preparing.loading) == (NO_DECK, None)
    take(preparing, None, None, drawn_again)
    assert preparing.problem is None
    take(preparing, None, beside, drawn_again)
    take(preparing, deck, beside, drawn_again)
    assert preparing.problem is None
    assert preparing.loading
    assert preparing.loading.result(timeout=30).slides[0].title == "A"


DECK = uploaded("deck.pptx", pptx_of(("One", (), "A.")))
OTHER = uploaded("other.pdf", pdf_of(3))


def test_what_does_not_fit_is_taken_out() -> None:
    """Then the deck is read alone."""
    preparing = Preparing()
    take(preparing, DECK, OTHER, drawn_again)
    assert preparing.loading
    assert isinstance(preparing.loading.exception(timeout=30), ShowRejected)
    take(preparing, DECK, None, drawn_again)
    assert preparing.loading
    assert preparing.loading.result(timeout=60).name == "deck"


def test_what_does_not_fit_a_deck_that_is_played_is_taken_out() -> None:
    """Then the deck is not played anew, and nothing is wrong any longer."""
    both = (DECK.file_id, OTHER.file_id)
    preparing = Preparing(taken=both, problem="They do not fit.", played=DECK.file_id)
    take(preparing, DECK, None, drawn_again)
    assert (preparing.problem, preparing.loading) == (None, None)
