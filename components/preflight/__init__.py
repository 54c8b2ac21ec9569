"""The page Preflight: a Streamlit component (v2) that runs one, watches it, and shows how it goes.

All of it comes over a WebSocket of its own (`channel.py`), so a rerun neither disturbs nor delays
it. Its modules, and the stage's that it uses, are served by the app.
"""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from components.preflight.channel import ASSETS
from components.stage import NOT_LOADED

_HERE = Path(__file__).parent

# Several lines, and synchronous, as components/stage/__init__.py says.
JS = f"""
const NOT_LOADED = {json.dumps(NOT_LOADED)};
const page = import(
  new URL({json.dumps(ASSETS.path("preflight/js/preflight.js"))}, document.baseURI).href
);
export default function (component) {{
  const mounted = page.then(
    ({{ mount }}) => mount(component),
    () => {{
      const verdict = component.parentElement.querySelector(".preflight-verdict");
      verdict.textContent = NOT_LOADED;
      verdict.hidden = false;
      return () => {{}};
    }},
  );
  return () => mounted.then((unmount) => unmount());
}}
"""

_mount = st.components.v2.component(
    "preflight",
    html=(_HERE / "preflight.html").read_text(encoding="utf-8"),
    css=(_HERE / "preflight.css").read_text(encoding="utf-8"),
    js=JS,
    isolate_styles=False,
)


def preflight(*, channel: str, key: str = "preflight") -> None:
    """Draw it. Call it at the script's top level: one that runs is over when it is taken away.

    `channel` is the page-relative path of its WebSocket with the visitor's nonce
    (`preflight/channel?nonce=…`); `visitors.nonce_of` makes it.
    """
    _mount(key=key, data={"channel": channel})
