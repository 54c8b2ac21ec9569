"""What LibreOffice gets of a deck's parts, by what is in them."""

from __future__ import annotations

import io
import zipfile

import pytest

from show.opening import without_links

SVG = '<svg xmlns="http://www.w3.org/2000/svg"  EMF="1"><image href="file:///a"/></svg>'
LIST = '<?xml version="1.0"?>'.ljust(36) + '<!-- EMF --><R><Relationship Target="file:///a"/></R>'


def left_of(part: bytes) -> bytes:
    """What is left of a part."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        zipped.writestr("part", part)
    with zipfile.ZipFile(io.BytesIO(b"".join(without_links(file.getvalue())))) as kept:
        return kept.read("part")


@pytest.mark.parametrize("text", [SVG, LIST])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_xml_is_no_metafile(text: str, coding: str) -> None:
    """Whatever stands at byte 40, in any encoding, behind blanks or a mark of order."""
    assert text.encode()[40:44] == b" EMF"
    for given in (text, f"\n {text}".replace("  EMF", "EMF")):
        assert b"file:" not in left_of(given.encode(coding))


@pytest.mark.parametrize(
    "head",
    [
        b"GIF8",
        b"BM",
        b"RIFF",
        b"\x89PNG",
        b"II",
        b"\1\0\0\0",
        b" " * 40 + b" EMF",
    ],
)
def test_half_a_head_is_no_picture(head: bytes) -> None:
    """Such a part is left out."""
    assert left_of(head + SVG.encode()) == b""


@pytest.mark.parametrize(
    "part",
    [
        b"\x89PNG\r\n\x1a\n...",
        b"\xff\xd8\xff\xe0...",
        b"GIF89a...",
        b"BM\x3a\0\0\0\0\0\0\0\x36...",
        b"RIFF\1\0\0\0WEBPVP8 ",
        b"\1\0\0\0".ljust(40, b"\0") + b" EMF",
        b"\xd7\xcd\xc6\x9a...",
    ],
)
def test_pictures_are_kept(part: bytes) -> None:
    """As they are."""
    assert left_of(part) == part


def test_a_slide_with_an_svg_is_kept() -> None:
    """It names the SVG's file, beside that of the PNG, and its picture has no address."""
    slide = b'<s xmlns:asvg="a" xmlns:r="r"><asvg:svgBlip r:embed="rId3"/><b href="b"/></s>'
    assert left_of(slide).endswith(slide.replace(b' href="b"', b""))
