"""PowerPoint and PDF files made on the spot."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image
from pptx import Presentation


def pptx_of(*slides: tuple[str, Sequence[str], str], hidden: Sequence[int] = ()) -> bytes:
    """A PowerPoint file of titles, rows and notes; `hidden`: slides, from 0."""
    deck = Presentation()
    for number, (title, rows, notes) in enumerate(slides):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        assert slide.shapes.title
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(rows)
        if notes:
            frame = slide.notes_slide.notes_text_frame
            assert frame
            frame.text = notes
        if number in hidden:
            slide._element.set("show", "0")
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def pdf_of(pages: int, size: tuple[int, int] = (160, 90)) -> bytes:
    """A PDF of so many pages, each of another colour."""
    drawn = [Image.new("RGB", size, (255 * n // max(1, pages), 80, 120)) for n in range(pages)]
    file = io.BytesIO()
    drawn[0].save(file, "PDF", save_all=True, append_images=drawn[1:])
    return file.getvalue()
