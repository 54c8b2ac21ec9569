"""The JavaScript modules of a component, served by the app under a path that names their version.

Streamlit loads inline JavaScript as a `blob:` module, which can't import a neighbour (1.67).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

_HERE = Path(__file__).parent


class Assets:
    """The modules of some components, below `/{name}/assets/`, where they find each other as here.

    They are the same for everybody and hold nothing of anybody: whoever asks gets them.
    """

    def __init__(self, name: str, *components: str) -> None:
        self._name = name
        self._modules = {
            f"{component}/{path.name}": path
            for component in components
            for path in sorted((_HERE / component).glob("*.js"))
        }
        digest = hashlib.sha256()
        for module, path in self._modules.items():
            digest.update(module.encode() + b"\0" + path.read_bytes() + b"\0")
        self._version = digest.hexdigest()[:16]

    def path(self, module: str) -> str:
        """The page-relative path of `component/module.js`.

        The version is a folder rather than a query, so that what the module imports carries it too.
        """
        return f"{self._name}/assets/{self._version}/{module}"

    def route(self) -> Route:
        """Where they are."""
        return Route(f"/{self._name}/assets/{{version}}/{{module:path}}", self._answer)

    async def _answer(self, request: Request) -> Response:
        path = self._modules.get(request.path_params["module"])
        if path is None:
            raise HTTPException(404)
        current = request.path_params["version"] == self._version
        return FileResponse(
            path,
            media_type="text/javascript",
            headers={
                "Cache-Control": "public, max-age=31536000, immutable" if current else "no-cache"
            },
        )
