"""What was said: a Streamlit component (v2) that the stage keeps up to date, without a rerun."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from components.assets import asset_path, mounting
from components.stage.protocol import turn_message
from sessions.turns import Turn

JS = mounting(asset_path("transcript/js/transcript.js"), told="transcript-empty")

_HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "transcript",
    html=(_HERE / "transcript.html").read_text(encoding="utf-8"),
    css=(_HERE / "transcript.css").read_text(encoding="utf-8"),
    js=JS,
    isolate_styles=False,
)


def transcript(turns: Sequence[Turn] = (), *, key: str = "transcript") -> None:
    """Draw the conversation. The page's stage tells it of every change.

    `turns`: for a page whose stage has no connection, and only for that.
    """
    _mount(key=key, data={"turns": [turn_message(turn) for turn in turns]})
