"""The HTML that a browser gets before any script run: Streamlit's, with our style and the poster.

Without them a page is laid out anew when its style has come: a cumulative layout shift of 0.4 to
0.9 (measured, Streamlit 1.67). So the style is in the head, and the poster stands where the stage
will, until that is drawn over it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from html import escape
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from streamlit import config
from streamlit.file_util import get_static_dir

from components.assets import COLORS
from server.brand import Brand
from server.sub_path import base_path

HERE = Path(__file__).parent
SHEETS = (COLORS, *(HERE / name for name in ("page.css", "present.css", "panels.css")))

TITLES = {"": "", "present": "Present", "sessions": "Sessions", "preflight": "Preflight"}
"""The path of each page, and what its title has before the brand's name."""


def title_of(page: str, brand: Brand) -> str:
    """The title of the page at this path."""
    return " · ".join(filter(None, (TITLES[page], brand.name))) or "Avatar"


def shell_routes(
    brand_of: Callable[[], Brand], poster_of: Callable[[Request], str | None]
) -> list[Route]:
    """A route for each page. `poster_of`: the address of the picture that the stage will show."""

    def shell(request: Request) -> HTMLResponse:
        if not request.scope.get("root_path", "").endswith(base_path()):
            raise HTTPException(404)
        page = request.url.path.rsplit("/", 1)[-1]
        html = with_first_paint(streamlits(), page, brand_of(), poster_of(request))
        return HTMLResponse(html, headers={"Cache-Control": "no-cache"})

    return [Route(f"/{page}", shell) for page in TITLES]


def with_first_paint(html: str, page: str, brand: Brand, poster: str | None) -> str:
    """`html` with the title, the style and the poster in it. `poster` is not trusted."""
    # On the other pages the stage has a place only while the avatar is live.
    picture = f'<img src="{escape(poster)}" alt="">' if poster else ""
    title = escape(title_of(page, brand))
    head = f"<title>{title}</title><style>{style()}{colors(brand)}</style>"
    first = "" if page else f'<div class="first-stage" aria-hidden="true">{picture}</div>'
    html = re.sub("<title>.*?</title>", lambda _: head, html, count=1)
    return html.replace('<div id="root">', f'{first}<div id="root">', 1)


def colors(brand: Brand) -> str:
    """The brand's colours, as variables for the style sheets."""
    both = f"light-dark({brand.on_light},{brand.on_dark})"
    return f":root{{--brand:{both};--brand-accent:{brand.accent}}}"


def use_colors(brand: Brand) -> None:
    """Have Streamlit's own widgets take the brand's colour, on pages opened from now on."""
    config.set_option("theme.light.primaryColor", brand.on_light)
    config.set_option("theme.dark.primaryColor", brand.on_dark)


@cache
def streamlits() -> str:
    """Streamlit's own page (1.67)."""
    return Path(get_static_dir(), "index.html").read_text(encoding="utf-8")


def style() -> str:
    """Our style sheets, without comments, as they are now: `make dev` shows an edited one."""
    return _style(max(sheet.stat().st_mtime for sheet in SHEETS))


@lru_cache(1)
def _style(_: float) -> str:
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)
    return re.sub(r"(/\*.*?\*/|\s)+", " ", style, flags=re.DOTALL)
