"""Shows as files: Markdown, PowerPoint, PDF, and what is saved of a show. Blocking."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from show.imports import MOST_PICTURES, deck_of, drawn, joined, pages_of, slides_of
from show.libreoffice import NotDrawn
from show.markdown import LARGEST as LARGEST_MARKDOWN
from show.markdown import parse, written
from show.marp import read
from show.model import Show, ShowRejected
from show.slide_markdown import from_sections, from_slidev, has_sections, is_slidev

LARGEST = 50 * 2**20
"""Bytes of a file; what `saved` gives may have `imports.MOST_PICTURES`."""
MARKDOWN = (".md", ".markdown", ".txt")
KINDS = (*MARKDOWN, ".pptx", ".pdf", ".zip")

MOST_PICTURE_FILES = 1_000
_PICTURE = re.compile(r"[\w][\w .()-]{0,99}\.(webp|png|jpe?g|gif)", re.IGNORECASE)
_BEGINS = {
    "webp": b"RIFF",
    "png": b"\x89PNG",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    "gif": b"GIF8",
}
_SHOW = "show.md"
_PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def load(name: str, data: bytes, pdf: bytes | None = None, markdown: str | None = None) -> Show:
    """The show of a file, by the end of its name.

    `pdf`: the PDF of a PowerPoint file, for its pictures. `markdown`: a show whose slides say what
    is said on the pages of a PDF. Takes as long as `imports.DEADLINE`. Raises `ShowRejected`.
    """
    kind, stem = Path(name).suffix.lower(), Path(name).stem
    if kind not in KINDS:
        raise ShowRejected(f"{name} is no show: choose one of {', '.join(KINDS)}.")
    for file in (data, pdf or b""):
        most = MOST_PICTURES if kind == ".zip" else LARGEST
        if len(file) > most:
            raise ShowRejected(
                f"{name} has {len(file) / 2**20:.0f} MB: {most >> 20} MB are the most."
            )
    if kind == ".zip":
        show = _unzipped(stem, data)
    elif kind == ".pptx":
        show = _from_powerpoint(stem, data, pdf)
    elif kind == ".pdf":
        show = _from_pdf(stem, data, markdown)
    else:
        show = _from_markdown(_decoded(name, data), stem)
    if pdf is not None and kind != ".pptx":
        show = _noted(show, "The PDF beside it was not read: a PowerPoint file takes one.")
    if markdown is not None and kind != ".pdf":
        show = _noted(show, "The Markdown beside it was not read: a PDF takes one.")
    _ = show.seen  # what can't be shown is told now, not when it is played
    return show


def edited(show: Show, source: str) -> Show:
    """This show with another source; it keeps its pictures, and its name if the source has none.
    Raises `ShowRejected`."""
    changed = replace(_from_markdown(source, show.name), pictures=show.pictures)
    _ = changed.seen
    return changed


def saved(show: Show) -> tuple[str, bytes]:
    """A show as a file, its name and its bytes: Markdown, or a zip of that and the pictures. `load`
    gives the same show again."""
    stem = re.sub(r"[^\w .()-]", "_", show.name).strip(" .")[:80] or "show"
    if not show.pictures:
        return f"{stem}.md", show.source.encode()
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as zipped:
        # Without a time of day: the same show gives the same file.
        zipped.writestr(zipfile.ZipInfo(_SHOW), show.source.encode(), zipfile.ZIP_DEFLATED)
        for name, picture in show.pictures.items():
            zipped.writestr(zipfile.ZipInfo(name), picture, zipfile.ZIP_STORED)
    return f"{stem}.zip", file.getvalue()


@cache
def samples() -> Mapping[str, Show]:
    """The sample shows, by the names of their files; read once."""
    files = sorted(Path(__file__).with_name("samples").glob("*.md"))
    return {file.stem: parse(file.read_text("utf-8"), name=file.stem) for file in files}


def _from_markdown(text: str, stem: str) -> Show:
    show_of = from_sections if has_sections(text) else from_slidev if is_slidev(text) else None
    if not show_of:
        return parse(text, name=stem)
    return _noted(
        parse(show_of(text), name=stem), "It was written for another program, and is Marp's now."
    )


def _from_powerpoint(stem: str, pptx: bytes, pdf: bytes | None) -> Show:
    every = slides_of(pptx)
    visible = [slide for slide in every if not slide.hidden]
    if not visible:
        raise ShowRejected("The PowerPoint file has no slide that is not hidden: add one.")
    hidden = [str(number) for number, slide in enumerate(every, start=1) if slide.hidden]
    notices = [f"Hidden slides were left out: {', '.join(hidden)}."] if hidden else []
    try:
        pages = pages_of(pdf) if pdf else _drawn(pptx, (len(every), len(visible)))
    except NotDrawn as why:
        notices.append(
            f"Only titles and texts are shown, because {why}: give the PDF of the deck, too, for"
            " pictures."
        )
        texts = ["\n\n".join(filter(None, (each.shown(), each.said()))) for each in visible]
        return _noted(parse(joined(texts), name=stem), *notices)
    if len(pages) == len(every):
        pages = [page for page, slide in zip(pages, every, strict=True) if not slide.hidden]
    if len(pages) != len(visible):
        raise ShowRejected(
            f"The PDF has {_counted(len(pages), 'page')}, and the PowerPoint file"
            f" {_counted(len(visible), 'slide')}: export it from the same deck."
        )
    source, pictures = deck_of(
        [slide.said() for slide in visible], pages, titles=[slide.title for slide in visible]
    )
    return _noted(parse(source, name=stem, pictures=pictures), *notices)


def _drawn(pptx: bytes, counts: tuple[int, int]) -> list[bytes]:
    """Its slides by LibreOffice, which are as many as one of `counts`. Raises `NotDrawn`."""
    try:
        pages = pages_of(drawn(pptx))
    except ShowRejected:
        raise NotDrawn("what LibreOffice has drawn can't be used") from None
    if len(pages) not in counts:
        raise NotDrawn(
            f"LibreOffice has drawn {_counted(len(pages), 'page')}"
            f" for {_counted(counts[1], 'slide')}"
        )
    return pages


def _from_pdf(stem: str, pdf: bytes, markdown: str | None) -> Show:
    pages = pages_of(pdf)
    if markdown is None:
        source, pictures = deck_of([""] * len(pages), pages)
        return parse(source, name=stem, pictures=pictures)
    show = _from_markdown(markdown, stem)
    if len(show.slides) != len(pages):
        raise ShowRejected(
            f"The PDF has {_counted(len(pages), 'page')}, and the Markdown"
            f" {_counted(len(show.slides), 'slide')}: let each page have one."
        )
    front = show.source[: read(show.source).body]
    lines = ["\n\n".join(written(slide)) for slide in show.slides]
    source, pictures = deck_of(
        lines,
        pages,
        front if front.endswith("\n") else "",
        [slide.title for slide in show.slides],
    )
    return parse(source, name=stem, pictures=pictures)


def _unzipped(stem: str, data: bytes) -> Show:
    # Each file in it has such a mark. Judged before the list is read, which may have a million.
    if (count := data.count(b"PK\1\2") - 1) > MOST_PICTURE_FILES:
        raise ShowRejected(f"The zip has {count:,} pictures: {MOST_PICTURE_FILES:,} are the most.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as zipped:
            parts = {part.filename: part for part in zipped.infolist()}
            pictures = [name for name in parts if name != _SHOW]
            if _SHOW not in parts:
                raise ShowRejected(f"The zip has no {_SHOW}: choose one that was saved here.")
            for name in pictures:
                if not _PICTURE.fullmatch(name):
                    raise ShowRejected(
                        f"The zip has {name[:100]!r}, which is no picture: take it out."
                    )
            if parts[_SHOW].file_size > LARGEST_MARKDOWN:
                raise ShowRejected(f"{_SHOW} has more than {LARGEST_MARKDOWN:,} bytes.")
            if sum(part.file_size for part in parts.values()) > MOST_PICTURES:
                raise ShowRejected(f"The zip has more than {MOST_PICTURES >> 20} MB when unzipped.")
            # Others are unzipped whole, whatever size they claim: 50 MB to 50 TB.
            if not {part.compress_type for part in parts.values()} <= _PACKED:
                raise ShowRejected("The zip is packed in an unusual way: save it anew.")
            source = _decoded(_SHOW, zipped.read(_SHOW))
            files = {name: zipped.read(name) for name in pictures}
    except ShowRejected:
        raise
    except Exception as error:  # whatever is raised for a broken zip, of many kinds
        raise ShowRejected(f"The zip can't be read ({error}): save it anew.") from None
    for name, picture in files.items():
        if not picture.startswith(_BEGINS[name.rpartition(".")[2].lower()]):
            raise ShowRejected(f"{name} in the zip is no picture of its kind: save it anew.")
    return parse(source, name=stem, pictures=files)


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ShowRejected(f"{name} is no text in UTF-8: save it as such.") from None


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _noted(show: Show, *notices: str) -> Show:
    return replace(show, notices=(*notices, *show.notices))
