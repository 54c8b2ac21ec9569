"""The avatar on screen: a Streamlit component (v2), mounted once, that keeps itself up to date.

Everything it shows comes over a WebSocket of its own (`channel.py`), so a rerun neither disturbs
nor delays it. Its modules are served by the app (`assets.py`).
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components.assets import asset_path, mounting

STYLES = ("stage.css", "controls.css")

JS = mounting(asset_path("stage/js/stage.js"), told="stage-notice-text")

_HERE = Path(__file__).parent

# Not isolated: a client SDK finds its container with document.getElementById, which can't see into
# a shadow root.
_mount = st.components.v2.component(
    "stage",
    html=(_HERE / "stage.html").read_text(encoding="utf-8"),
    css="".join((_HERE / name).read_text(encoding="utf-8") for name in STYLES),
    js=JS,
    isolate_styles=False,
)


def stage(*, channel: str, drawn: int = 0, poster: str | None = None, key: str = "stage") -> None:
    """Draw the stage. Call it at the script's top level, before everything that comes and goes.

    `channel` is the page-relative path of its WebSocket with the visitor's nonce
    (`stage/channel?nonce=…`); `visitors.nonce_of` makes it.
    `drawn` is the revision of the view that this run draws the widgets for: the stage asks for one
    rerun when a view of another revision arrives.
    `poster` is the address of the picture to show while there is no video.
    With the same `key` and `channel`, picture and sound go on through reruns.
    """
    _mount(
        key=key,
        data={"channel": channel, "drawn": drawn, "poster": poster},
        on_changed_change=lambda: None,
    )
