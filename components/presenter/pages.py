"""The pages that Streamlit does not draw: the stage for the audience, the phone's remote."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from html import escape
from pathlib import Path
from secrets import token_hex

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from components.assets import COLORS, asset_path
from components.slides import frame_path
from server.brand import Brand
from server.visitors import nonce_of, visitor_of

HERE = Path(__file__).parent

NO_COOKIE = "This browser sends no cookie to this page: allow cookies for this site, then reload."


def stage_page_route(
    brand_of: Callable[[], Brand],
    disclosure_of: Callable[[], str],
    poster_of: Callable[[Request], str | None],
) -> Route:
    """`/stage`, for the projector or for sharing in a meeting: avatar, slide and captions.

    `disclosure_of`: the line that this is artificial, empty for none.
    """

    def page(request: Request) -> HTMLResponse:
        visitor, brand = visitor_of(request), brand_of()
        if visitor is None:
            return HTMLResponse(NO_COOKIE, status_code=403)
        nonce, name = nonce_of(visitor), token_hex(8)
        facts = {
            "channel": f"stage/channel?nonce={nonce}",
            "audience": f"presenter/audience?nonce={nonce}&page={name}",
            "slides": f"presenter/slides?nonce={nonce}",
            "backdrop-picture": f"presenter/backdrop?nonce={nonce}",
            "chunk": f"presenter/chunk?nonce={nonce}&page={name}",
            "frame": frame_path(),
            "poster": poster_of(request) or "",
        }
        data = " ".join(f'data-{name}="{escape(value)}"' for name, value in facts.items())
        colors = f":root{{--brand:{brand.on_dark};--accent:{brand.accent}}}"
        title = " · ".join(filter(None, ("Stage", brand.name)))
        body = _file("stage_page.html").format(
            title=escape(title), data=data, disclosure=escape(disclosure_of())
        )
        return _answer(request, "stage_page", title, _file("stage_page.css") + colors, body)

    return Route("/stage", page)


def remote_page_route(brand_of: Callable[[], Brand]) -> Route:
    """`/remote`, for a phone: it has nothing until it is given a code."""

    def page(request: Request) -> HTMLResponse:
        brand = brand_of()
        both = f"light-dark({brand.on_light},{brand.on_dark})"
        colors = f":root{{--brand:{both};--brand-button:{brand.on_light}}}"
        title = " · ".join(filter(None, ("Remote", brand.name)))
        style = COLORS.read_text(encoding="utf-8") + _file("remote_page.css") + colors
        return _answer(request, "remote_page", title, style, _file("remote_page.html"))

    return Route("/remote", page)


def _answer(request: Request, module: str, title: str, style: str, body: str) -> HTMLResponse:
    """A page with this `body` (HTML), which the JavaScript `module` brings to life."""
    html = _file("page.html").format(
        base=escape(f"{request.scope.get('root_path', '')}/"),
        title=escape(title),
        style=style,
        body=body,
        script=escape(asset_path(f"presenter/js/{module}.js")),
    )
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
