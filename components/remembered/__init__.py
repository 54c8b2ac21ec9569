"""What the browser keeps for its visitor: choices, in a cookie, and a text that is not said yet.

The page itself writes the cookie, so that the server has it with the next visit's first run.
Streamlit gives a script run no way to set one. Not localStorage: the page would be drawn with the
wrong choices first, and again when the browser has told what it remembers.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import streamlit as st

from sessions.turns import Turn

YEAR = 365 * 24 * 60 * 60

# Of several lines, because one line with a slash in it is taken for a path (Streamlit 1.67).
JS = """
export default function ({ data }) {
  if (!data.cookie) return;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = data.cookie + secure;
}
"""

_mount = st.components.v2.component("remembered", js=JS)
_mount_drafts = st.components.v2.component(
    "drafts", js=(Path(__file__).parent / "js" / "drafts.js").read_text(encoding="utf-8")
)


def keep_draft(said: Turn | None, *, key: str = "drafts") -> None:
    """Have the browser put the text that is not said yet back into its box, where it was lost.

    The box is the text area with the key "text", and it is said by the button "speak". Each tab
    keeps its own text, until `said`, the last one that has left the box, is the same.
    """
    _mount_drafts(key=key, data={"said": said and {"turn": said.turn_id, "text": said.text}})


def remember(name: str, value: str | None, *, key: str = "remembered") -> None:
    """Have the browser keep `value`, any text, as its cookie `name` for a year; None: leave it.

    The browser sends it, percent-encoded, with every request: keep it short. Any script of the page
    can read and write it, so do not trust it.
    """
    cookie = (
        None if value is None else f"{name}={quote(value)}; Path=/; Max-Age={YEAR}; SameSite=Lax"
    )
    _mount(key=key, data={"cookie": cookie})
