"""The page Preflight: a Streamlit component (v2) that runs a preflight and shows how it goes.

Everything comes over a WebSocket of its own (`channel.py`), so a rerun neither disturbs nor delays
it. Its modules are served with the stage's (`assets.py`).
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from components.assets import asset_path, mounting

_HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "preflight",
    html=(_HERE / "preflight.html").read_text(encoding="utf-8"),
    css=(_HERE / "preflight.css").read_text(encoding="utf-8"),
    js=mounting(asset_path("preflight/js/preflight.js"), told="preflight-verdict"),
    isolate_styles=False,
)


def preflight(*, channel: str, key: str = "preflight") -> None:
    """Draw it. Call it at the script's top level: removing it from the page ends the preflight.

    `channel` is the page-relative path of its WebSocket with the visitor's nonce
    (`preflight/channel?nonce=…`); `visitors.nonce_of` makes it.
    """
    _mount(key=key, data={"channel": channel})
