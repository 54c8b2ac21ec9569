"""PowerPoint and PDF files made on the spot."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn
from pptx.slide import Slide


def pptx_of(*slides: tuple[str, Sequence[str], str], hidden: Sequence[int] = ()) -> bytes:
    """A PowerPoint file of titles, rows and notes; `hidden`: slides, from 0."""
    deck = Presentation()
    for number, (title, rows, notes) in enumerate(slides):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        assert slide.shapes.title
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(rows)
        _complete(slide, notes, number in hidden)
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
        _complete(slide, colour, number in hidden)
    return _bytes_of(deck)


def _complete(slide: Slide, notes: str, is_hidden: bool) -> None:
    """Give the slide its notes, if it has any, and hide it if it is to be."""
    if notes:
        frame = slide.notes_slide.notes_text_frame
        assert frame
        frame.text = notes
    if is_hidden:
        slide._element.set("show", "0")


_LINKED = """<p:bg xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"
xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><p:bgPr><a:blipFill>
<a:blip r:link="{}"/><a:stretch><a:fillRect/></a:stretch></a:blipFill><a:effectLst/></p:bgPr></p:bg>
"""
_DRAWING = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_SIZE = 'width="100" height="75"'
_SVGS = (
    f'<svg {_DRAWING} {_SIZE}><image {_SIZE} xlink:href="{{}}"/></svg>',
    # Where a metafile says what it is, at byte 40.
    '<svg xmlns="http://www.w3.org/2000/svg"  EMF="1" xmlns:xlink="http://www.w3.org/1999/xlink"'
    f' {_SIZE}><image {_SIZE} xlink:href="{{}}"/></svg>',
    f'<g {_DRAWING}><!-- <svg --><image {_SIZE} xlink:href="{{}}"/></g>',
    f"<svg:g {_DRAWING.replace('xmlns=', 'xmlns:svg=')}>"
    f'<svg:image {_SIZE} xlink:href="{{}}"/></svg:g>',
)
LINKS = 2 + len(_SVGS)
"""The slides of `linking_pptx` for each address."""


def linking_pptx(*addresses: str) -> bytes:
    """A PowerPoint file of `LINKS` slides for each address, which a picture there would fill: as a
    background, as a linked picture, and from within SVGs."""
    deck = Presentation()
    size = deck.slide_width, deck.slide_height
    for address in addresses:
        first, second, *others = (
            deck.slides.add_slide(deck.slide_layouts[6]) for _ in range(LINKS)
        )
        link = first.part.relate_to(address, RELATIONSHIP_TYPE.IMAGE, is_external=True)
        first._element.cSld.insert(0, parse_xml(_LINKED.format(link)))
        blip = second.shapes.add_picture(_png((0, 0, 255)), 0, 0, *size)._element.blipFill.blip
        link = second.part.relate_to(address, RELATIONSHIP_TYPE.IMAGE, is_external=True)
        blip.attrib[qn("r:link")] = link
        del blip.attrib[qn("r:embed")]
        for slide, svg in zip(others, _SVGS, strict=True):
            # Each has a picture of its own: python-pptx keeps alike ones once.
            colour = (0, slide.slide_id % 256, 254)
            drawing = slide.shapes.add_picture(_png(colour), 0, 0, *size)
            part = slide.part.related_part(drawing._element.blip_rId)
            part.blob = svg.format(address).encode()
    return _bytes_of(deck)


def looking_like_metafiles(pptx: bytes) -> bytes:
    """The same file, whose lists of links have at byte 40 what a metafile has there."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pptx)) as given, zipfile.ZipFile(file, "w") as written:
        for name in given.namelist():
            part = given.read(name)
            if name.endswith(".rels"):
                part = (
                    b'<?xml version="1.0"?>'.ljust(36)
                    + b"<!-- EMF -->"
                    + part[part.index(b"?>") + 2 :]
                )
                assert part[40:44] == b" EMF"
            written.writestr(name, part)
    return file.getvalue()


def _png(colour: tuple[int, int, int]) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (4, 3), colour).save(file, "PNG")
    file.seek(0)
    return file


def _bytes_of(deck: Any) -> bytes:
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()
