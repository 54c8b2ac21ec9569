"""Shows as files: what each kind becomes, and that what is saved is read back."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from show.check import findings
from show.files import edited, load, samples, saved
from show.imports import deck_of
from show.markdown import parse
from show.model import Line, Pause, ShowRejected, Wait
from tests.support.app_process import ROOT
from tests.support.decks import pdf_of, pptx_of

PPTX = pptx_of(("One", ["a"], "Say *this*."), ("Two", [], ""), ("Three", [], "Bye."), hidden=[1])


def test_markdown() -> None:
    """Every byte is kept; another program's becomes Marp's, and a notice tells so."""
    data = "\ufeff# One\r\n\r\n<!-- é -->\r\n".encode()
    show = load("My deck.md", data)
    assert show.name == "My deck"
    assert saved(show) == ("My deck.md", data)
    other = load("a.TXT", b"## Slide 1: A\n\nHello.\n")
    assert other.slides[0].cues == (Line("Hello."),)
    assert "another program" in other.notices[0]


def test_powerpoint() -> None:
    """With its PDF, of all slides or of those that are not hidden, slides are pictures."""
    for pages in (2, 3):
        show = load("deck.pptx", PPTX, pdf=pdf_of(pages))
        assert list(show.pictures) == ["1.webp", "2.webp"]
        assert [slide.cues for slide in show.slides] == [(Line("Say *this*."),), (Line("Bye."),)]
        assert '![bg contain](2.webp "' in show.source
        assert [slide.title for slide in show.slides] == ["One", "Three"]
        assert show.notices == ("Hidden slides were left out: 2.",)
    with pytest.raises(ShowRejected, match="The PDF has 4 pages, and the PowerPoint file 2 slides"):
        load("deck.pptx", PPTX, pdf=pdf_of(4))


def test_a_pdf() -> None:
    """Its pages say what the slides of a Markdown file say, which also tells who speaks."""
    assert [slide.cues for slide in load("a.pdf", pdf_of(2)).slides] == [(), ()]
    markdown = (
        "---\nvoice: Amy\n---\n# A\n<!-- say: wait\n\npause: 2 -->\n\n---\n\n<!-- private: b -->"
    )
    show = load("a.pdf", pdf_of(2), markdown=markdown)
    assert show.voice == "Amy"
    assert show.slides[0].cues == (Line("wait"), Pause(2.0))
    assert show.slides[1].notes == ("b",)
    assert [slide.title for slide in show.slides] == ["A", ""]
    with pytest.raises(ShowRejected, match="The PDF has 3 pages, and the Markdown 2 slides"):
        load("a.pdf", pdf_of(3), markdown=markdown)


def test_what_is_not_read_beside_it() -> None:
    """A notice tells."""
    beside = load("deck.pptx", PPTX, pdf=pdf_of(2), markdown="# A")
    assert beside.notices[0] == "The Markdown beside it was not read: a PDF takes one."
    assert load("a.md", b"# A", pdf=pdf_of(1)).notices == (
        "The PDF beside it was not read: a PowerPoint file takes one.",
    )


@pytest.mark.parametrize("name", ["My deck", "", "a/b v1.2"])
def test_an_edited_show(name: str) -> None:
    """It keeps its name, if its front matter has no other one, and its pictures."""
    show = parse("# A", name=name, pictures={"1.webp": b"RIFF"})
    changed = edited(show, "# B")
    assert (changed.name, changed.slides[0].title) == (name, "B")
    assert changed.pictures == show.pictures
    assert edited(show, "---\ntitle: Other\n---\n# B").name == "Other"


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=30))
def test_a_picture_keeps_its_title(title: str) -> None:
    """Whatever it is, and its slide's lines beside it."""
    source, _ = deck_of(["<!-- Say this. -->", ""], [b"1", b"2"], titles=[title, ""])
    (first, second) = parse(source, name="").slides
    assert (first.title, second.title) == (" ".join(title.split()), "")
    assert first.cues == (Line("Say this."),)


@given(
    st.text(max_size=20), st.dictionaries(st.from_regex(r"\A[a-z]{1,5}\Z"), st.binary(max_size=9))
)
def test_what_is_saved_is_read_back(name: str, ends: dict[str, bytes]) -> None:
    """To the byte, under a name that any system takes."""
    pictures = {f"{key}.webp": b"RIFF" + end for key, end in ends.items()}
    show = parse("\ufeff# A\r\n\r\n<!-- é -->", name=name, pictures=pictures)
    file, data = saved(show)
    again = load(file, data)
    assert (again.source, dict(again.pictures)) == (show.source, pictures)
    assert again.slides == show.slides
    assert not set(file) & set('/\\:*?"<>|\n')


def zip_of(files: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as zipped:
        for name, data in files.items():
            zipped.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.key", b"", "a.key is no show: choose one of .md"),
        ("a.md", b"\xff", "a.md is no text in UTF-8"),
        ("a.md", bytes(51 * 2**20), "a.md has 51 MB: 50 MB are the most"),
        ("a.zip", b"PK", "The zip can't be read"),
        ("a.zip", zip_of({"show.md": b"# A"}, zipfile.ZIP_LZMA), "packed in an unusual way"),
        ("a.zip", zip_of({"show.md": b"# A"}, zipfile.ZIP_BZIP2), "packed in an unusual way"),
    ],
)
def test_what_is_refused(name: str, data: bytes, sentence: str) -> None:
    """With a sentence."""
    with pytest.raises(ShowRejected) as refused:
        load(name, data)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a.webp": b"RIFF"}, "The zip has no show.md"),
        ({"show.md": b"", "../a.webp": b"RIFF"}, "'../a.webp', which is no picture"),
        ({"show.md": b"", "b/a.webp": b"RIFF"}, "'b/a.webp', which is no picture"),
        ({"show.md": b"", "a.svg": b"<svg>"}, "'a.svg', which is no picture"),
        ({"show.md": b"", "a.png": b"<svg>"}, "a.png in the zip is no picture"),
        ({"show.md": bytes(1_000_001)}, "show.md has more than 1,000,000 bytes"),
        (
            {"show.md": b"", **{f"{n}.png": bytes(40 * 2**20) for n in range(4)}},
            "The zip has more than 50 MB when unzipped",
        ),
        (
            {"show.md": b"", **{f"{n}.png": b"" for n in range(1001)}},
            "The zip has 1,001 pictures: 1,000 are the most",
        ),
    ],
)
def test_a_zip_that_is_refused(files: dict[str, bytes], sentence: str) -> None:
    """With a sentence."""
    test_what_is_refused("a.zip", zip_of(files), sentence)


def test_a_damaged_zip() -> None:
    """Wherever a byte of it is damaged, it is read, or refused with a sentence."""
    whole = zip_of({"show.md": b"# A\n\n<!-- Say this. -->\n", "1.png": b"\x89PNG"})
    refused = 0
    for place in range(len(whole)):
        for bits in (0x01, 0xFF):
            damaged = bytearray(whole)
            damaged[place] ^= bits
            try:
                load("a.zip", bytes(damaged))
            except ShowRejected:
                refused += 1
    assert len(whole) < refused < 2 * len(whole)


def test_the_samples() -> None:
    """Nothing is found to be wrong with them, and they show what a show can."""
    found = samples()
    assert {name: len(show.slides) for name, show in found.items()} == {
        "how-to-present": 8,
        "meet-your-presenter": 6,
    }
    for show in found.values():
        assert not findings(show)
        assert not show.notices
    assert "customer" in found["meet-your-presenter"].blanks


def test_the_show_of_the_documentation() -> None:
    """It is read as it is printed: nothing is found to be wrong with it, and it has each cue."""
    page = (ROOT / "docs" / "present.md").read_text("utf-8")
    (printed,) = re.findall(r"```markdown\n(.*?)```", page, re.DOTALL)
    show = load("show.md", printed.encode())
    assert not findings(show)
    assert not show.notices
    assert (show.name, show.blanks) == ("Our new portal", {"customer": "Acme"})
    assert show.say_as.spoken("SQL") == "sequel"
    assert [slide.title for slide in show.slides] == [
        "Good morning, {{customer}}",
        "It answers by itself",
        "Your questions",
    ]
    assert [[type(cue) for cue in slide.cues] for slide in show.slides] == [
        [Line, Pause, Line],
        [Line],
        [Line, Wait, Line],
    ]
    assert show.slides[1].notes == ("The figures of last month are in the blue folder.",)
