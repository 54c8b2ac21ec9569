"""What is taken from PowerPoint and PDF, and what a file may cost."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest
from PIL import Image

from show import opening
from show.imports import SlideText, pages_of, slides_of
from show.markdown import for_the_audience, parse
from show.model import ShowRejected
from speech.confined import Limits, NotDone, run
from tests.support.decks import pdf_of, pptx_of


def test_the_slides_of_powerpoint() -> None:
    """Titles, rows and notes, as they are; hidden slides are marked."""
    pptx = pptx_of(("One", ["a", "b"], "Say this.\nAnd this."), ("Two", [], ""), hidden=[1])
    assert slides_of(pptx) == (
        SlideText("One", ((0, "a"), (0, "b")), ("Say this.", "And this."), False),
        SlideText("Two", (), (), True),
    )


@pytest.mark.parametrize(
    "text",
    [
        "<!-- a -->",
        "- a",
        "---",
        "1. a",
        "# *a* [b](c)",
        "```",
        "a | b",
        "&lt; `x`",
        "class: a",
        "> a",
    ],
)
def test_any_text_is_shown_and_said_as_it_is(text: str) -> None:
    """It makes no heading, slide, comment or directive."""
    slide = SlideText(text, ((0, text), (1, text)), (text, "private: b"), False)
    show = parse(f"{slide.shown()}\n\n{slide.said()}")
    assert [(each.title, len(each.cues), each.notes) for each in show.slides] == [(text, 1, ("b",))]
    assert "private" not in for_the_audience(show)


def test_the_pages_of_a_pdf() -> None:
    """Each is a picture 1600 pixels wide, or as tall as may be."""
    pictures = [Image.open(io.BytesIO(page)) for page in pages_of(pdf_of(3))]
    assert [(each.format, each.size) for each in pictures] == [("WEBP", (1600, 900))] * 3
    (tall,) = (Image.open(io.BytesIO(page)) for page in pages_of(pdf_of(1, (10, 1000))))
    assert tall.size == (32, 3200)


def zip_of(sizes: dict[str, int]) -> bytes:
    """Zeros, which are unzipped to a thousand times their size."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, size in sizes.items():
            zipped.writestr(name, bytes(size))
    return file.getvalue()


@pytest.mark.parametrize(
    ("pptx", "reason"),
    [
        (b"", "it is no PowerPoint file"),
        (b"PK\3\4" + b"x" * 1000, "it is no PowerPoint file"),
        (pptx_of(("One", [], ""))[:-500], "it is no PowerPoint file"),
    ],
)
def test_a_powerpoint_file_that_is_refused(pptx: bytes, reason: str) -> None:
    """A sentence says why."""
    with pytest.raises(ShowRejected, match=f"The PowerPoint file can't be read: {reason}"):
        slides_of(pptx)


@pytest.mark.parametrize(
    ("sizes", "reason"),
    [
        ({"a": 1}, "it is damaged"),
        ({"a": 61 * 2**20}, "it has more in it than slides have"),
        ({f"{n}": 50 * 2**20 for n in range(5)}, "it has 250 MB when unzipped"),
    ],
)
def test_a_zip_that_is_no_powerpoint_file(sizes: dict[str, int], reason: str) -> None:
    """A sentence says why."""
    test_a_powerpoint_file_that_is_refused(zip_of(sizes), reason)


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of others has no limit")
def test_too_little_memory() -> None:
    """It is told apart from damage."""
    limits = Limits(memory=20 * 2**20, seconds=20, deadline=60, answer=1000)
    with pytest.raises(NotDone) as failure:
        run(opening.__file__, "without-links", given=zip_of({"a": 50 * 2**20}), limits=limits)
    assert failure.value.why == "limits"


def test_a_pdf_that_is_refused() -> None:
    """A damaged one, and one of too many pages."""
    with pytest.raises(ShowRejected, match=r"The PDF can't be read: it is damaged\."):
        pages_of(b"%PDF-1.7\n" + b"x" * 1000)
    with pytest.raises(ShowRejected, match="it has 301 pages, and 1 to 300 are taken"):
        pages_of(pdf_of(301, (2, 2)))
