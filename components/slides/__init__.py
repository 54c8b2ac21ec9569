"""Slides of a Marp deck, drawn in the browser, in a frame that reaches nothing.

A deck is text from anywhere, and its styles are part of it. So it is drawn in a sandboxed frame
(`frame.html`, `js/frame.js`) by Marp itself (`vendor/`), which our pages tell what to show
(`js/slide_view.js`).
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

_HERE = Path(__file__).parent


def frame_path() -> str:
    """The page-relative path of the frame. It names the version, as `assets.asset_path` does."""
    return f"slides/frame/{_frame()[1]}"


def slides_routes() -> list[BaseRoute]:
    """The route of the frame. It is public: it is the same for every visitor, without a deck."""
    return [Route("/slides/frame/{version}", _answer)]


def _answer(request: Request) -> HTMLResponse:
    html, version, policy = _frame()
    current = request.path_params["version"] == version
    kept = "public, max-age=31536000, immutable" if current else "no-cache"
    return HTMLResponse(html, headers={"Cache-Control": kept, "Content-Security-Policy": policy})


@cache
def _frame() -> tuple[str, str, str]:
    """The frame's HTML, its version, and its Content-Security-Policy.

    The scripts are part of the page, and the policy has their hashes: a sandboxed page has no
    origin, so that 'self' and modules of ours would need rules of their own in each browser.
    """
    scripts = {
        "marp": (_HERE / "vendor" / "marp.js").read_text("utf-8"),
        "frame": (_HERE / "js" / "frame.js").read_text("utf-8"),
    }
    html = (_HERE / "frame.html").read_text("utf-8")
    for name, script in scripts.items():
        html = html.replace("{{" + name + "}}", script)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {' '.join(map(_hash, scripts.values()))}",
            "style-src 'unsafe-inline'",
            "img-src data:",
            "font-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'self'",
            "sandbox allow-scripts",
        )
    )
    version = hashlib.sha256((html + policy).encode()).hexdigest()[:16]
    return html, version, policy


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
