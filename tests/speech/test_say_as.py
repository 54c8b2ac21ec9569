# ruff: noqa: RUF001 - phonemes and names
"""Say-as: what a table has said for a text, and what is shown for it."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.settings import SettingRejected, say_as_file
from speech import AS_PRINTED, Engine, SayAs, load_engine, sentences
from speech.say_as import MOST_ROWS, from_lines, made_up
from tests.support.spelled_voice import SpelledVoice


def table(*lines: str) -> SayAs:
    """The table of these lines, all of which are good."""
    read, problems = from_lines("\n".join(lines))
    assert not problems
    return read


@pytest.mark.parametrize(
    ("lines", "typed", "said"),
    [
        (["SQL = sequel"], "SQL, MySQL, SQLite and sql", "sequel, MySQL, SQLite and sql"),
        (["nginx = engine x"], "Nginx, NGINX, nginxes", "engine x, engine x, nginxes"),
        (["us = uss", "US = you ess"], "US or us", "you ess or uss"),
        (["New = knew", "New York = the apple"], "New York, New Yorker", "the apple, knew Yorker"),
        (["New York = the apple"], "New \t York, New\nYork", "the apple, New\nYork"),
        (["a = b", "b = a"], "a b", "b a"),
        (["Siobhan = Shivawn"], "Siobhan's (Siobhan)", "Shivawn's (Shivawn)"),
        (["O'Neil = oh kneel"], "O’Neil", "oh kneel"),
        (["C++ = see plus plus", ".NET = dot net"], "C++, ASP.NET", "see plus plus, ASP.NET"),
        (["% = p"], "20% or %", "20p or p"),
        (["Zoë = Zowie"], unicodedata.normalize("NFD", "Zoë!"), "Zowie!"),
        (["e = ee"], unicodedata.normalize("NFD", "é"), unicodedata.normalize("NFD", "é")),
        (["東京 = Tokyo"], "在東京站", "在Tokyo站"),
        (["x = \\1 $0 {0}"], "x", "\\1 $0 {0}"),
        (["a.c = dot"], "abc a.c", "abc dot"),
        (["# a comment", "", "a = b = c"], "a", "b = c"),
        (["a = b", "a = c"], "a", "c"),
        (["Kaltura = /kælˈtʊɹə/"], "Kaltura", "Kaltura"),
        (["Kaltura = /kælˈtʊɹə/", "Kaltura = Cal-Toor-ah"], "Kaltura", "Cal-Toor-ah"),
    ],
)
def test_what_is_said(lines: list[str], typed: str, said: str) -> None:
    """Whole words, the longest first, as they are written, once, in every script."""
    assert table(*lines).spoken(typed) == said
    assert "".join(each.printed for each in table(*lines).stretches(typed)) == typed


@given(
    st.text(st.sampled_from("aA bé\u0301.!\n'’東=/[]()"), max_size=40),
    st.text(st.sampled_from("aA bé\u0301.!\n'’東=/[]()"), max_size=120),
)
def test_any_table_and_any_text(lines: str, typed: str) -> None:
    """Nothing printed is lost, neither in stretches nor in sentences; a bad line is a sentence."""
    read, problems = from_lines(lines)
    assert all(problem.startswith("Line ") and problem.endswith(".") for problem in problems)
    assert "".join(each.printed for each in read.stretches(typed)) == typed
    assert "".join(read.sentences(typed)) == typed or not typed.strip()


def test_no_sentence_ends_within_a_row() -> None:
    """What is sent in parts is found in each of them."""
    text = "We use Yahoo! Mail here. Dr. No says so."
    assert sentences(text)[0] == "We use Yahoo! "
    rows = table("Yahoo! Mail = the mail", "Dr. No = doctor know")
    assert rows.sentences(text) == ["We use Yahoo! Mail here. ", "Dr. No says so."]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Kaltura", 'Line 1 is no row: write what is printed, "=", and what is said.'),
        ("Kaltura =", "Line 1 has nothing to say: add it."),
        (" = b", "Line 1 has nothing that is printed: add it."),
        ("x" * 61 + "= b", "Line 1 has 61 characters as its printed form: 60 are the most."),
        ("a =" + "x" * 201, "Line 1 has 201 characters as its spoken form: 200 are the most."),
        ("a = /kæl5/", "Line 1 has phonemes that our voice does not know: 5."),
    ],
)
def test_a_bad_line_costs_no_other(line: str, sentence: str) -> None:
    """It is answered with a sentence, and the others are used."""
    read, problems = from_lines(f"{line}\na = b")
    assert problems == [sentence]
    assert read.spoken("a") == "b"


def test_too_many_lines() -> None:
    """The first ones are used."""
    read, problems = from_lines("\n".join(f"w{number} = x" for number in range(300)))
    assert problems == [f"Line {MOST_ROWS + 1} is one too many: {MOST_ROWS} rows are the most."]
    assert len(read.words) == MOST_ROWS


def test_a_visitors_row_goes_first() -> None:
    """Of two tables, with phonemes or without."""
    ours = table("a = ours", "b = ours", "c = /a/")
    mine = table("a = mine", "c = mine").over(ours)
    assert mine.spoken("a b c") == "mine ours mine"
    assert not mine.phonemes


@pytest.mark.parametrize(
    "text",
    [
        "printed,spoken\nSQL,sequel\n",
        "\ufeffSQL;sequel\r\n",
        '# names\n"SQL","sequel",\n\n',
        "SQL = sequel",
    ],
)
def test_a_file(tmp_path: Path, text: str) -> None:
    """As spreadsheets write it, and as people do."""
    path = tmp_path / "say_as.csv"
    assert say_as_file(path) is AS_PRINTED
    path.write_text(text, encoding="utf-8", newline="")
    assert say_as_file(path).spoken("SQL") == "sequel"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"a,b\nSQL\n", "say_as.csv can't be used. Line 2 is no row"),
        (b"a,b,c", "say_as.csv can't be used. Line 1 is no row"),
        (b'a,"b\nc,d\n', "say_as.csv can't be used. Line 2 can't be read"),
        ("a,b".encode("utf-16"), "say_as.csv can't be read: save it as UTF-8 text."),
        (b"a,b\n" * 201, "say_as.csv can't be used. Line 201 is one too many"),
        (b"x" * 300_000, "say_as.csv is larger than 256 kB."),
    ],
)
def test_a_broken_file(tmp_path: Path, content: bytes, sentence: str) -> None:
    """It is one sentence at the start."""
    path = tmp_path / "say_as.csv"
    path.write_bytes(content)
    with pytest.raises(SettingRejected) as problem:
        say_as_file(path)
    assert str(problem.value).startswith(sentence)


def test_words_are_shown_as_printed_when_they_are_heard() -> None:
    """A word of the table lasts as long as all that is said for it, also over a sentence's end."""
    rows = table("New York = the big apple", "Bob = Sir. Bob")
    (first, second) = rows.spoken_by(SpelledVoice(), "In New York's Bob works.")
    assert [(word.text, word.at, word.until) for word in first.words] == [
        ("In", 0.0, 1.0),
        ("New York's", 1.0, 4.0),
        ("Bob", 4.0, 5.0),
    ]
    assert [word.text for word in second.words] == ["Bob", "works."]
    assert first.text == "In New York's Bob"


def test_another_voices_words_stay_as_they_are() -> None:
    """A voice that tells other words than it was given is believed."""
    (said,) = table("a = b").spoken_by(SpelledVoice(hears="other words"), "a c")
    assert [word.text for word in said.words] == ["other", "words"]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """Ours."""
    return load_engine()


def test_phonemes_are_for_our_voice(engine: Engine) -> None:
    """It says them, and shows what is printed; another voice says what is printed."""
    rows = table("Kaltura = /bˈiː/")
    (said,) = rows.spoken_by(engine, "Kaltura's here.")
    (known,) = engine.utterances("Kaltura's here.")
    (made,) = engine.utterances(f"{made_up('bˈiː')}'s here.")
    assert (said.samples == made.samples).all()
    assert len(said.samples) != len(known.samples)
    assert [word.text for word in said.words] == ["Kaltura's", "here."]
    (other,) = rows.spoken_by(SpelledVoice(), "Kaltura's here.")
    assert other.text == "Kaltura's here."


def test_what_has_no_sound_can_be_given_one(engine: Engine) -> None:
    """The table is asked before the voice is."""
    stretches = table("東京 = Tokyo").said_by(engine, "東京")
    assert engine.has_sound("".join(each.spoken for each in stretches))
