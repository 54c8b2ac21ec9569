"""PowerPoint decks for tests, made with the library that reads them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from pptx import Presentation
from pptx.util import Inches


@dataclass(frozen=True, slots=True)
class DrawnSlide:
    """A slide: its title, its bullets, and the notes, of which each paragraph is a line."""

    title: str
    bullets: Sequence[str] = ()
    notes: str = ""
    hidden: bool = False


def powerpoint(slides: Sequence[DrawnSlide]) -> bytes:
    """A .pptx with these slides."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(13.333), Inches(7.5)
    for each in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        title, body = slide.shapes.title, slide.placeholders[1]
        assert title is not None
        title.text_frame.text = each.title
        body.text_frame.text = "\n".join(each.bullets)
        if each.notes:
            notes = slide.notes_slide.notes_text_frame
            assert notes is not None
            notes.text = each.notes
        if each.hidden:
            slide.element.set("show", "0")
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()
