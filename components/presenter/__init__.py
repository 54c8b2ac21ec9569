"""The presenter's desk, the stage's page and the phone's: their browser halves.

The desk is a Streamlit component (v2), mounted once, that keeps itself up to date over a WebSocket
of its own (`channel.py`). Its modules are served by the app (`assets.py`).
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components.assets import asset_path, mounting
from components.slides import frame_path

STYLES = (
    "desk",
    "desk_buttons",
    "desk_line",
    "desk_slides",
    "desk_queue",
    "desk_look",
    "desk_layout",
)
"""The style sheets of the desk, each for a part of it; the layout has the last word."""

_HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "desk",
    html=(_HERE / "desk.html").read_text(encoding="utf-8"),
    css="".join((_HERE / f"{name}.css").read_text(encoding="utf-8") for name in STYLES),
    js=mounting(asset_path("presenter/js/desk.js"), told="desk-told"),
    isolate_styles=False,
)


def desk(*, channel: str, script: str, stage: str, film: str, key: str = "desk") -> None:
    """Draw the presenter's desk, on a page that draws a `stage` as well.

    All are page-relative: `channel`, the path of its WebSocket, and `script`, that of the slides
    and notes, with the visitor's nonce (`presenter/channel?nonce=…`); `stage`, that of the stage's
    page; `film`, that of a recording. With the same `key` and `channel`, the desk goes on through
    reruns.
    """
    paths = {"channel": channel, "script": script, "stage": stage, "film": film}
    _mount(key=key, data={**paths, "frame": frame_path()})
