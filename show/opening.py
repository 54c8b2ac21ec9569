"""What is in a PowerPoint or PDF file: a program for `speech/confined.py`.

Large libraries take apart what strangers send, so they do it in a process of its own.
"""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from collections.abc import Iterator
from importlib import import_module
from typing import Any

MOST_SLIDES, MOST_PAGES = 500, 300
WIDTH, TALLEST = 1600, 3200
"""Pixels of a page's picture."""
MOST_PARTS, LARGEST_PART, LARGEST_WHOLE = 20_000, 60 * 2**20, 200 * 2**20
"""Of what is zipped: how many files, and their bytes when unzipped."""
SECONDS = 120
"""Of a processor. A page takes 0.2 s."""
MEMORY = 900 * 2**20
"""Bytes beyond those of the interpreter. A file and what is unzipped of it are held."""

# No XML begins like these, whatever its encoding: a part is never both.
_PICTURE = re.compile(
    rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0{4}|II\*\0|MM\0\*|RIFF.{4}WEBP", re.DOTALL
)
_METAFILE = re.compile(rb"\xd7\xcd\xc6\x9a|\x01\0\x09\0|\x01\0\0\0.{36} EMF", re.DOTALL)
_SVG = re.compile(rb"<svg", re.IGNORECASE)


class Refused(SystemExit):
    """A file that is not read; the message is a clause that says why."""


def prepare(kind: str) -> None:
    """Import what reads this kind of file."""
    libraries = {
        "pptx": ["pptx"],
        "without-links": ["lxml.etree"],
        # Without this plugin, Pillow imports all that it has to save the first WebP.
        "pdf": ["pypdfium2", "PIL.WebPImagePlugin"],
    }
    for library in libraries[kind]:
        import_module(library)


def main(file: bytes, kind: str) -> Iterator[bytes]:
    """Of `pptx` JSON: a list of slides with `title`, `rows` (level and text), `notes` and `hidden`.
    Of `without-links` a PowerPoint file from which nothing leads out. Of `pdf` each page as a WebP,
    its length in 4 bytes before it. Raises `Refused`."""
    try:
        yield from {"pptx": slides, "without-links": without_links, "pdf": pages}[kind](file)
    except MemoryError:
        raise  # it is not the file that is broken, but the limit that is reached
    except Exception as error:  # whatever the libraries raise for a broken file
        raise Refused(f"it is damaged ({type(error).__name__})") from None


def slides(file: bytes) -> Iterator[bytes]:
    """The slides of a PowerPoint file, as JSON. Raises `Refused`."""
    _check_zip(file)
    from pptx import Presentation

    found = list(Presentation(io.BytesIO(file)).slides)
    if len(found) > MOST_SLIDES:
        raise Refused(f"it has {len(found)} slides, and {MOST_SLIDES} are the most")
    yield json.dumps([_slide(slide) for slide in found]).encode()


def without_links(file: bytes) -> Iterator[bytes]:
    """A PowerPoint file without what could lead out of it: links, and all that is neither XML nor a
    picture, such as an embedded document. Raises `Refused`."""
    _check_zip(file)
    closed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(file)) as given,
        zipfile.ZipFile(closed, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for name in dict.fromkeys(given.namelist()):
            kept.writestr(name, _without_links(given.read(name)))
    yield closed.getvalue()


def pages(file: bytes) -> Iterator[bytes]:
    """The pages of a PDF, each as a WebP behind its length. Raises `Refused`."""
    import pypdfium2  # type: ignore[import-untyped]

    try:
        pdf = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        locked = "assword" in str(error)
        raise Refused("it is locked with a password" if locked else "it is damaged") from None
    if not 0 < len(pdf) <= MOST_PAGES:
        raise Refused(f"it has {len(pdf)} pages, and 1 to {MOST_PAGES} are taken")
    for page in pdf:
        width, height = page.get_size()
        if min(width, height) < 1:
            raise Refused("it has a page without a size")
        picture = page.render(scale=min(WIDTH / width, TALLEST / height)).to_pil().convert("RGB")
        webp = io.BytesIO()
        picture.save(webp, "WEBP", quality=85, method=2)
        page.close()
        yield struct.pack(">I", len(webp.getvalue()))
        yield webp.getvalue()


def _check_zip(file: bytes) -> None:
    """Judged by what the file claims: no more than that is ever unzipped."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(file)).infolist()
    except (zipfile.BadZipFile, ValueError):
        raise Refused("it is no PowerPoint file of the kind .pptx") from None
    sizes = [part.file_size for part in parts]
    if len(parts) > MOST_PARTS or max(sizes, default=0) > LARGEST_PART:
        raise Refused("it has more in it than slides have")
    if sum(sizes) > LARGEST_WHOLE:
        raise Refused(f"it has {sum(sizes) >> 20} MB when unzipped, and 200 MB are the most")


def _without_links(part: bytes) -> bytes:
    """A part of a PowerPoint file, by what is in it, whatever it is called; empty if it is left
    out."""
    if _PICTURE.match(part):
        return part
    if _METAFILE.match(part):
        # A record of these may hold any file, such as an SVG with links. Renamed, it is skipped.
        return part.replace(b"EMF+", b"EMF-").replace(b"WMFC", b"WMF-")
    from lxml import etree  # type: ignore[import-untyped]

    reader = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(part, reader)
    except etree.XMLSyntaxError:
        return b""
    if root.getroottree().docinfo.doctype:
        return b""
    # LibreOffice also draws what has no root of that name: <g xlink:href> behind any "<svg".
    for each in root.iter():
        for name in list(each.attrib):
            if etree.QName(name).localname == "href":
                del each.attrib[name]
    for each in list(root.iter("{*}Relationship")):
        if each.get("TargetMode", "Internal") != "Internal" or ":" in each.get("Target", ""):
            each.getparent().remove(each)
    written: bytes = etree.tostring(root, encoding="UTF-8", standalone=True)
    # PowerPoint has a PNG of an SVG, too. LibreOffice knows one by these letters.
    return b"" if _SVG.search(written) else written


def _slide(slide: Any) -> dict[str, Any]:
    title = slide.shapes.title
    rows = [
        (paragraph.level, paragraph.text)
        for shape in _shapes(slide.shapes)
        if shape.has_text_frame and (title is None or shape.shape_id != title.shape_id)
        for paragraph in shape.text_frame.paragraphs
        if paragraph.text.strip()
    ]
    notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    return {
        "title": title.text if title is not None and title.has_text_frame else "",
        "rows": rows,
        "notes": [paragraph.text for paragraph in notes.paragraphs] if notes is not None else [],
        "hidden": slide._element.get("show") in ("0", "false"),
    }


def _shapes(shapes: Any) -> Iterator[Any]:
    """All of them, without the number, date and foot of each slide."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        elif not shape.is_placeholder or shape.placeholder_format.type not in (13, 15, 16):
            yield shape
