"""Untrusted texts, shown to the letter."""

from __future__ import annotations

import re


def plain(text: str) -> str:
    """`text` as Markdown that shows it to the letter: no markup, no link, no picture.

    A word joiner, which is invisible, keeps Streamlit from making links of addresses and signs of
    "->", where a backslash does not help (1.67).
    """
    text = re.sub(r"(www(?=\.)|https?:(?=//)|@)", "\\1\u2060", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<!\S)(<->|->|<-|--|>=|<=|~=)(?!\S)", "\u2060\\1", text)
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~:$&@/])", r"\\\1", text).replace("\n", "  \n")
