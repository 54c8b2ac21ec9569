"""A sentence where the browser can't record, in the place of Streamlit's recorder."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "microphone",
    css=".microphone-told { margin: 0; font-size: 0.875rem; }",
    js=(_HERE / "js" / "microphone.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def microphone(container: str, *, key: str = "microphone") -> None:
    """Say why nothing can be recorded, where that is so.

    Draw it beside an `st.audio_input`, in the container with the key `container`. That has the
    attribute `data-microphone` then: "works", or something else.
    """
    _mount(key=key, data={"container": f".st-key-{container}"})
