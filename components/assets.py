"""The components' JavaScript modules, served by the app under a path that names their version.

Streamlit loads inline JavaScript as a `blob:` module, which can't import a neighbour (1.67).
"""

from __future__ import annotations

import hashlib
import json
import mimetypes
from pathlib import Path

from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_HERE = Path(__file__).parent

COLORS = _HERE / "colors.css"
"""The style sheet that all pages begin with."""

# A machine's own tables may say otherwise (Windows: text/plain), and then no browser runs them.
mimetypes.add_type("text/javascript", ".js")

NOT_LOADED = "This part of the page could not be loaded: reload the page."


def mounting(path: str, *, told: str) -> str:
    """A component's inline JavaScript, which mounts the module at `path`, relative to the page.

    If that can't be loaded, the element of the class `told` says so.
    """
    # Small, because Streamlit sends it again with every change of `data`; of several lines, because
    # one line with a slash in it is taken for a path (Streamlit 1.67). The default export has to be
    # synchronous: the cleanup of an asynchronous one is called late.
    return f"""
const module = import(new URL({json.dumps(path)}, document.baseURI).href);
export default function (component) {{
  const mounted = module.then(
    ({{ mount }}) => mount(component),
    () => {{
      const told = component.parentElement.querySelector({json.dumps("." + told)});
      if (told) Object.assign(told, {{ textContent: {json.dumps(NOT_LOADED)}, hidden: false }});
      return () => {{}};
    }},
  );
  return () => mounted.then((unmount) => unmount());
}}
"""


def _version() -> str:
    digest = hashlib.sha256()
    for path in sorted(_HERE.glob("*/js/**/*.js")):
        digest.update(str(path.relative_to(_HERE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


VERSION = _version()


def asset_path(module: str) -> str:
    """The page-relative path of a module, such as `stage/js/stage.js`.

    The version is a folder rather than a query, so that the module's imports carry it too.
    """
    return f"stage/assets/{VERSION}/{module}"


def asset_route() -> Mount:
    """The route that serves the `js` folders, beside each other as here.

    They are public: they are the same for every visitor.
    """
    names = ("stage/js", "preflight/js", "presenter/js", "slides/js", "transcript/js")
    folders = [Mount(f"/{name}", _Kept(directory=_HERE / name)) for name in names]
    return Mount("/stage/assets/{version}", routes=folders)


class _Kept(StaticFiles):
    """Files of the current version are kept by a browser for a year, others are asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        current = scope["path_params"]["version"] == VERSION
        kept = "public, max-age=31536000, immutable" if current else "no-cache"
        response.headers["Cache-Control"] = kept
        return response
