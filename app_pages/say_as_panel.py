# ruff: noqa: RUF001 - phonemes are letters that look like others
"""Pronunciation: the visitor's own table of what is printed one way and said another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

import streamlit as st

from components.plain_text import plain
from sessions.desk import Desk, Refused
from speech import AS_PRINTED, SayAs
from speech.say_as import LONGEST_TABLE, from_lines

COOKIE = "avatar_say_as"
LONGEST_COOKIE = 2000
"""Characters, percent-encoded: a browser sends it with every request. A longer table is kept for
this visit alone."""

PROBLEMS_SHOWN = 3

HINT = "A line for each word. Captions show the printed form. For our own voice, phonemes too."
EXAMPLE = "SQL = sequel\nSiobhan = Shivawn\nKaltura = [Kaltura](/kælˈtʊɹə/)"


@dataclass(slots=True)
class Pronouncing:
    """The table as the visitor wrote it (`text`), and what came of that.

    `problems`: a sentence for each line that can't be used. `told`: what the desk knows.
    `emptied`: there was one, which the browser is to forget.
    """

    text: str = ""
    table: SayAs = AS_PRINTED
    problems: list[str] = field(default_factory=list)
    told: SayAs | None = None
    emptied: bool = False

    def take(self, text: str) -> None:
        """The visitor has written it so."""
        if text != self.text:
            self.text, self.emptied = text, not text
            self.table, self.problems = from_lines(text)

    def tell(self, desk: Desk, visitor: str) -> None:
        """Have the desk say the visitor's texts so. Of two tabs, the last change counts."""
        unknown = self.table != AS_PRINTED and desk.say_as(visitor) is None
        if self.table != (self.told or AS_PRINTED) or unknown:
            self.told = self.table
            with suppress(Refused):
                desk.keep_say_as(visitor, self.table)

    def to_remember(self) -> str | None:
        """For the browser's cookie; None where there is nothing to change, or it is too long."""
        return self._cookie if (self.text or self.emptied) and self.fits_a_cookie else None

    @property
    def fits_a_cookie(self) -> bool:
        """Whether the browser can remember it."""
        return len(quote(self._cookie)) <= LONGEST_COOKIE

    @property
    def _cookie(self) -> str:
        return json.dumps(self.text, ensure_ascii=False)


def remembered(cookies: Mapping[str, str]) -> str:
    """What this browser's visitor wrote at the last visit; any page of this host can write it."""
    try:
        text = json.loads(unquote(cookies.get(COOKIE, "")[:LONGEST_COOKIE]))
    except (ValueError, TypeError, RecursionError):
        return ""
    return text if isinstance(text, str) else ""


def written(desk: Desk | None, pronouncing: Pronouncing, visitor: str) -> None:
    """A callback: the text was changed. A say may follow at once."""
    pronouncing.take(str(st.session_state.to_dict()["say-as"]))
    if desk:
        pronouncing.tell(desk, visitor)


def draw_say_as(desk: Desk | None, pronouncing: Pronouncing, visitor: str) -> None:
    """All of it behind one button."""
    count = len({*pronouncing.table.words, *pronouncing.table.phonemes})
    with (
        st.popover("Pronunciation", icon=":material/record_voice_over:", type="tertiary"),
        st.container(key="say-as-open"),
    ):
        text = st.text_area(
            "Printed = spoken",
            pronouncing.text,
            key="say-as",
            height=160,
            max_chars=LONGEST_TABLE,
            placeholder=EXAMPLE,
            help=HINT,
            on_change=written,
            args=(desk, pronouncing, visitor),
        )
        pronouncing.take(text or "")  # Streamlit 1.67 drops a callback, but no value
        for problem in pronouncing.problems[:PROBLEMS_SHOWN]:
            st.error(plain(f"{problem} It is not used."), icon=":material/error:")
        if (more := len(pronouncing.problems) - PROBLEMS_SHOWN) > 0:
            st.caption(f"{more} more lines are not used.")
        if count:
            st.caption(f"{count} in use.")
        if not pronouncing.fits_a_cookie:
            st.caption("Too long for this browser to remember: it is kept for this visit.")
