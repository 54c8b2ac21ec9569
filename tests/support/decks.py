"""PowerPoint and PDF files made on the spot."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn


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
    return _bytes_of(deck)


def pdf_of(pages: int, size: tuple[int, int] = (160, 90)) -> bytes:
    """A PDF of so many pages, each of another colour."""
    drawn = [Image.new("RGB", size, (255 * n // max(1, pages), 80, 120)) for n in range(pages)]
    file = io.BytesIO()
    drawn[0].save(file, "PDF", save_all=True, append_images=drawn[1:])
    return file.getvalue()


def coloured_pptx(*colours: str, hidden: Sequence[int] = ()) -> bytes:
    """A PowerPoint file with a slide for each colour, such as "00AA00", which its notes name;
    `hidden`: slides, from 0."""
    deck = Presentation()
    for number, colour in enumerate(colours):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = RGBColor(  # type: ignore[no-untyped-call]
            *bytes.fromhex(colour)
        )
        frame = slide.notes_slide.notes_text_frame
        assert frame
        frame.text = colour
        if number in hidden:
            slide._element.set("show", "0")
    return _bytes_of(deck)


_LINKED = """<p:bg xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><p:bgPr><a:blipFill>
<a:blip r:link="{}"/><a:stretch><a:fillRect/></a:stretch></a:blipFill><a:effectLst/></p:bgPr></p:bg>
"""
_SVG = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"
width="100" height="75"><image width="100" height="75" xlink:href="{}"/></svg>"""


def linking_pptx(*addresses: str) -> bytes:
    """A PowerPoint file of three slides for each address, which a picture there would fill: as a
    background, as a linked picture, and from within an SVG."""
    deck = Presentation()
    width, height = deck.slide_width, deck.slide_height
    for number, address in enumerate(addresses):
        first, second, third = (deck.slides.add_slide(deck.slide_layouts[6]) for _ in range(3))
        link = first.part.relate_to(address, RELATIONSHIP_TYPE.IMAGE, is_external=True)
        first._element.cSld.insert(0, parse_xml(_LINKED.format(link)))
        linked, drawing = (
            slide.shapes.add_picture(_png((0, number, 255)), 0, 0, width, height)
            for slide in (second, third)
        )
        blip = linked._element.blipFill.blip
        link = second.part.relate_to(address, RELATIONSHIP_TYPE.IMAGE, is_external=True)
        blip.attrib[qn("r:link")] = link
        del blip.attrib[qn("r:embed")]
        svg = third.part.related_part(drawing._element.blip_rId)
        svg.blob = _SVG.format(address).encode()
    return _bytes_of(deck)


def _png(colour: tuple[int, int, int]) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(file, "PNG")
    file.seek(0)
    return file


def _bytes_of(deck: Any) -> bytes:
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()
