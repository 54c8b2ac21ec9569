"""Our routes where Streamlit has its own: at the root, or below `server.baseUrlPath`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send


def base_path() -> str:
    """`server.baseUrlPath` with a slash before it and none after it; empty for the root."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


class BelowBasePath(BaseRoute):
    """`routes`, which answer below `base`, and at the root as well.

    A page asks below it. A monitor on this machine asks for `/health` wherever the page is.

    `base` is called for each request: Streamlit looks for the config.toml beside the script only
    once `st.App` has been made (1.67), and keeps what it has read before.
    """

    def __init__(self, routes: Sequence[BaseRoute], base: Callable[[], str] = base_path) -> None:
        self._router = Router(routes)
        self._base = base

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route; `root_path` is ASGI's name for the path that an app is below."""
        below = scope.get("root_path", "") + self._base()
        child = {"root_path": below} if scope["path"].startswith(f"{below}/") else {}
        found = (route.matches({**scope, **child})[0] for route in self._router.routes)
        return next((match for match in found if match is not Match.NONE), Match.NONE), child

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it to the route that matches."""
        await self._router(scope, receive, send)
