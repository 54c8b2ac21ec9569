"""PowerPoint drawn by the real LibreOffice: which slides, what it may reach, what it leaves."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from show.drawing import LARGEST_FILE, SECONDS
from show.files import load
from show.imports import drawn, pages_of
from show.libreoffice import NotDrawn, pdf_of
from show.model import Line, Show
from tests.support import libreoffice
from tests.support.decks import LINKS, coloured_pptx, linking_pptx, looking_like_metafiles, pptx_of
from tests.support.decks import pdf_of as pdf_of_pages
from tests.support.simulator_process import eventually

RED, GREEN, BLUE = "FF0000", "00AA00", "0000FF"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for what is temporary, empty at first."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def colours(pages: list[bytes]) -> list[str]:
    """The colour in the middle of each."""
    pictures = [Image.open(io.BytesIO(page)).convert("RGB") for page in pages]
    seen = [picture.getpixel((picture.width // 2, picture.height // 2)) for picture in pictures]
    return [
        min((RED, GREEN, BLUE, "FFFFFF"), key=lambda name: _distance(name, colour))
        for colour in seen
    ]


def _distance(name: str, colour: object) -> int:
    assert isinstance(colour, tuple)
    return sum(abs(a - b) for a, b in zip(bytes.fromhex(name), colour, strict=True))


def lines(show: Show) -> list[object]:
    """What is said, slide by slide."""
    return [cue.text for slide in show.slides for cue in slide.cues if isinstance(cue, Line)]


def test_two_decks_at_a_time(temporary: Path) -> None:
    """Each slide has its own picture and its own notes, hidden ones are left out, and nothing is
    left behind."""
    libreoffice.executable()
    decks = (coloured_pptx(RED, GREEN, BLUE, hidden=[1]), coloured_pptx(GREEN, RED))
    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(partial(load, "deck.pptx"), decks)
    assert colours(list(one.pictures.values())) == lines(one) == [RED, BLUE]
    assert one.notices == ("Hidden slides were left out: 2.",)
    assert colours(list(two.pictures.values())) == lines(two) == [GREEN, RED]
    assert list(temporary.iterdir()) == []


@contextmanager
def asked_of(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """A web server's address, and the paths that it is asked for."""
    asked: list[str] = []

    class Files(SimpleHTTPRequestHandler):
        """Keeps what is asked for."""

        def log_message(self, format: str, *args: object) -> None:
            """Each answer is logged with its request."""
            asked.append(str(args[0]))

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def test_no_link_is_followed(tmp_path: Path) -> None:
    """Neither into the network nor to a file, whatever it is a link of; as the deck came,
    LibreOffice would show this machine's pictures."""
    soffice = libreoffice.executable()
    red = tmp_path / "red.png"
    Image.new("RGB", (400, 300), f"#{RED}").save(red)
    with asked_of(tmp_path) as (site, asked):
        deck = linking_pptx(f"{site}/red.png", red.as_uri(), str(red))
        for each in (deck, looking_like_metafiles(deck)):
            seen = colours(pages_of(drawn(each)))
            assert len(seen) == 3 * LINKS
            assert RED not in seen
        assert asked == []
        as_it_came = colours(pages_of(pdf_of(looking_like_metafiles(deck), soffice)))
    linked, *others = as_it_came[LINKS : 2 * LINKS]
    assert [linked, *others[1:]] == [RED] * (LINKS - 1)


def stand_in(folder: Path, *rows: str) -> str:
    """A program in place of LibreOffice, of these rows of Python."""
    script = folder / "soffice.py"
    script.write_text("\n".join(("import pathlib, subprocess, sys, time", *rows)))
    program = folder / "soffice"
    program.write_text(f'#!/bin/sh\n"{sys.executable}" "{script}" "$@"\n')
    program.chmod(0o755)
    return str(program)


def test_what_takes_too_long_is_ended(tmp_path: Path, temporary: Path) -> None:
    """With all that it has started, and nothing is left behind."""
    told = tmp_path / "pid"
    program = stand_in(
        tmp_path,
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])",
        f"open({str(told)!r}, 'w').write(f'{{child.pid}} ')",
        "time.sleep(600)",
    )
    with pytest.raises(NotDrawn, match="takes more than 3 seconds"):
        pdf_of(b"", program, deadline=3)
    pid = int(told.read_text())
    eventually(lambda: not is_running(pid))
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="its processes have no such limits")
def test_what_it_may_cost(tmp_path: Path) -> None:
    """It has limits, and the server goes first."""
    told = tmp_path / "told"
    kinds = "resource.RLIMIT_CPU, resource.RLIMIT_FSIZE"
    program = stand_in(
        tmp_path,
        "import json, os, resource",
        f"limits = [resource.getrlimit(kind)[1] for kind in ({kinds})]",
        f"pathlib.Path({str(told)!r}).write_text(json.dumps([*limits, os.nice(0)]))",
        f"pathlib.Path(sys.argv[-1]).with_suffix('.pdf').write_bytes(bytes({LARGEST_FILE + 1}))",
    )
    with pytest.raises(NotDrawn, match="can't draw it"):
        pdf_of(b"", program)
    seconds, size, nice = json.loads(told.read_text())
    assert (seconds, size) == (SECONDS, LARGEST_FILE)
    assert nice >= 5


def test_what_can_not_be_started(tmp_path: Path, temporary: Path) -> None:
    """Neither what is no program, nor anything where there is no folder for it."""
    (tmp_path / "soffice").write_text("no program")
    with pytest.raises(NotDrawn, match="can't draw it"):
        pdf_of(b"", str(tmp_path / "soffice"))
    temporary.rmdir()
    with pytest.raises(NotDrawn, match="this server has no room to draw it now"):
        pdf_of(b"", str(tmp_path / "soffice"))


def is_running(pid: int) -> bool:
    """Whether there is such a process, which has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0] != "Z"
    except OSError:
        return False


def drawing(pdf: bytes) -> str:
    """A row that answers with this PDF."""
    return f"pathlib.Path(sys.argv[-1]).with_suffix('.pdf').write_bytes({pdf!r})"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("sys.exit(77)", "LibreOffice can't draw it"),
        (drawing(b"%PDF-1.7 no"), "what LibreOffice has drawn can't be used"),
        (drawing(pdf_of_pages(3)), "LibreOffice has drawn 3 pages for 1 slide"),
    ],
)
def test_what_it_can_not_draw_is_shown_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, why: str
) -> None:
    """A sentence says why."""
    program = stand_in(tmp_path, row)
    monkeypatch.setenv("PATH", str(Path(program).parent), prepend=os.pathsep)
    show = load("deck.pptx", pptx_of(("One", ["a"], "Say this.")))
    assert [slide.title for slide in show.slides] == ["One"]
    assert lines(show) == ["Say this."]
    assert show.notices == (
        f"Only titles and texts are shown, because {why}: give the PDF of the deck, too, for"
        " pictures.",
    )


def test_what_can_not_be_freed_of_its_links() -> None:
    """LibreOffice does not get it."""
    libreoffice.executable()
    with pytest.raises(NotDrawn, match="it can't be freed of its links"):
        drawn(b"PK\3\4 no")


def test_what_is_no_deck(temporary: Path) -> None:
    """The real LibreOffice says so, too, and is ended."""
    with pytest.raises(NotDrawn, match="can't draw it"):
        pdf_of(b"PK\3\4 no", libreoffice.executable())
    assert list(temporary.iterdir()) == []
