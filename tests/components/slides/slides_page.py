"""A page with a deck in it, below a base path, and what its slide view has told it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Frame, Page
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from components.assets import asset_path, asset_route
from components.slides import frame_path, slides_routes
from server.web_security import WebSecurity, policy
from tests.support.served import served

# Our page may reach this machine then: what keeps a deck from it is the frame's own policy.
SIMULATED = "http://127.0.0.1:8600/v1/avatar-session"

_HTML = """<!doctype html><title>Slides</title>
<body style="margin: 0; background: #246"><button>Before</button>
<div id="box" style="width: 640px; height: 480px"></div><button>After</button>"""

_OPEN = """async ([script, frame]) => {
  const { SlideView } = await import(new URL(script, document.baseURI).href);
  window.told = [];
  window.view = new SlideView(document.getElementById("box"), frame, {
    onShown: (index) => told.push({ shown: index }),
    onSlides: (deck) => told.push(deck),
    onFailed: (failed) => told.push({ failed }),
  });
  window.picture = (colour, type = "image/png") => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1280, height: 720 });
    const context = canvas.getContext("2d");
    context.fillStyle = colour;
    context.fillRect(0, 0, 1280, 720);
    return canvas.toDataURL(type);
  };
}"""


@contextmanager
def slides_site() -> Iterator[str]:
    """The address of the page."""
    page = Route("/", lambda _: HTMLResponse(_HTML))
    below = Mount("/below", routes=[page, *slides_routes(), asset_route()])
    secured = Middleware(WebSecurity, policy=lambda: policy(SIMULATED))
    with served(Starlette(routes=[below], middleware=[secured])) as url:
        yield f"{url}/below/"


class SlidesPage:
    """The page, opened, with an empty slide view of 640 x 480."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url)
        page.evaluate(_OPEN, [asset_path("slides/js/slide_view.js"), frame_path()])

    @property
    def frame(self) -> Frame:
        """The frame that draws."""
        return next(it for it in self.page.frames if "slides/frame" in it.url)

    def load(self, markdown: str, colours: Mapping[str, str] = {}) -> None:
        """Load a deck, with a picture of one colour for each name, and wait for its first slide."""
        self.page.evaluate(
            """([markdown, colours]) => {
              const named = Object.entries(colours).map(([name, it]) => [name, picture(it)]);
              told.length = 0;
              view.load(markdown, Object.fromEntries(named));
            }""",
            [markdown, dict(colours)],
        )
        self.until({"shown": 0})

    def show(self, index: int) -> None:
        """Show a slide, and wait until it is shown."""
        self.page.evaluate("(index) => { told.length = 0; view.show(index); }", index)
        self.until({"shown": index})

    def until(self, told: Mapping[str, object]) -> None:
        """Wait until the view has told so."""
        self.page.wait_for_function(
            """(part) => told.some((it) =>
              Object.entries(part).every(([name, value]) => it[name] === value))""",
            arg=dict(told),
        )

    def draw(self, svg: str, points: list[tuple[int, int]]) -> list[list[int]]:
        """The colours at `points` of a canvas of 640 x 360 with the picture drawn into it."""
        drawn: list[list[int]] = self.page.evaluate(
            """async ([svg, points]) => {
              const image = new Image();
              image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
              await image.decode();
              const canvas = document.createElement("canvas");
              Object.assign(canvas, { width: 640, height: 360 });
              const context = canvas.getContext("2d");
              context.drawImage(image, 0, 0, 640, 360);
              return points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data]);
            }""",
            [svg, points],
        )
        return drawn
