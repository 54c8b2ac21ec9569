"""The avatar without its green ground, and what is behind it, in a real browser."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from simulator.builds import GREEN
from simulator.loading_video import loading_video
from simulator.mouth import SIZE
from tests.support.app_process import ROOT
from tests.support.browser import SOUND_ALLOWED
from tests.support.served import served
from tests.support.visitor_page import chromium

SIDE = 480
MIDDLE, RADIUS = (240, 260), 110
"""The head of the drawing on the page: a disc."""

PAGE = Path(__file__).with_name("keyed.html")


async def page(_: Request) -> FileResponse:
    """The page that shows the drawing."""
    return FileResponse(PAGE)


async def green(_: Request) -> Response:
    """The simulator's presenter before green, as H264."""
    return Response(loading_video(f"mia{GREEN}"), media_type="video/mp4")


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The page, the modules and a presenter's video."""
    routes = [
        Route("/", page),
        Mount("/js", StaticFiles(directory=ROOT / "components/presenter/js")),
        Route("/green.mp4", green),
    ]
    with served(Starlette(routes=routes)) as url:
        yield url


@pytest.fixture(scope="module")
def drawing_browser() -> Iterator[Browser]:
    """A browser that draws WebGL on the processor."""
    with chromium(SOUND_ALLOWED, "--enable-unsafe-swiftshader") as running:
        yield running


@pytest.fixture
def stage(drawing_browser: Browser, site: str) -> Iterator[Page]:
    """The page, with the drawing before green."""
    opened = drawing_browser.new_page(viewport={"width": SIDE, "height": SIDE})
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(site)
    opened.wait_for_function("window.drawn?.() > 0")
    yield opened
    opened.close()
    assert complaints == []


def pixels(stage: Page) -> NDArray[np.float64]:
    """What is on the canvas: premultiplied red, green, blue, alpha, 0 to 1, the first row above."""
    raw = np.frombuffer(base64.b64decode(stage.evaluate("pixels()")), np.uint8)
    side = stage.evaluate("canvas.height")
    return raw.reshape(side, side, 4)[::-1] / 255


def distance() -> NDArray[np.float64]:
    """Of each pixel from the middle of the head."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    far: NDArray[np.float64] = np.hypot(columns - MIDDLE[0], rows - MIDDLE[1])
    return far


def test_the_person_is_whole_and_the_ground_is_gone(stage: Page) -> None:
    """Inside the head all is opaque, in its own colour; away from it nothing is seen."""
    stage.wait_for_function("keyed.isKeyed")
    seen, far = pixels(stage), distance()
    inside, outside = seen[far < RADIUS - 4], seen[:-8][far[:-8] > 206]
    assert inside[:, 3].min() > 0.99
    assert np.abs(inside[:, :3] - np.array([224, 172, 150]) / 255).max() < 0.03
    assert outside[:, 3].max() < 0.01


def test_no_edge_shines_green(stage: Page) -> None:
    """On the edge of the skin and along the hair, green is at most what red or blue is."""
    stage.wait_for_function("keyed.isKeyed")
    seen = pixels(stage)
    red, green, blue, alpha = np.moveaxis(seen, 2, 0)
    assert (green - np.maximum(red, blue)).max() < 0.02
    edge = np.abs(distance() - RADIUS) < 3
    assert ((alpha > 0.1) & (alpha < 0.9) & edge).sum() > 200  # it is soft
    # Strands that are three pixels wide are there, and dark.
    ways = np.pi * (1.1 + 0.8 * np.arange(2, 24, 3) / 23)
    columns = (MIDDLE[0] + 160 * np.cos(ways)).round().astype(int)
    rows = (MIDDLE[1] + 160 * np.sin(ways)).round().astype(int)
    strands = seen[rows, columns]
    assert strands[:, 3].min() > 0.6
    assert strands[:, :3].max() < 0.25


def test_a_room_is_drawn_whole(stage: Page) -> None:
    """A picture without one green around it has no holes, though there is green in it; what changes
    is told."""
    stage.wait_for_function("keyed.isKeyed")
    before = stage.evaluate("changes()")
    stage.evaluate("show('room')")
    stage.wait_for_function("!keyed.isKeyed")
    assert pixels(stage)[..., 3].min() == 1.0
    assert stage.evaluate("changes()") == before + 1


def test_a_still_picture_is_drawn_once(stage: Page) -> None:
    """Nothing is drawn while no new picture came, and nothing at all after stop."""
    stage.evaluate("show('')")
    before = stage.evaluate("later(20)")  # what was on its way has come
    assert stage.evaluate("later(30)") == before
    stage.evaluate("show('green')")
    stage.wait_for_function(f"drawn() > {before} + 10")
    stopped = stage.evaluate("keyed.stop(); drawn()")
    assert stage.evaluate("later(30)") == stopped


def test_the_canvas_has_the_size_of_the_video(stage: Page) -> None:
    """Its pixels are the video's, whatever its size on the page."""
    stage.evaluate("root.style.width = '100px'")
    assert stage.evaluate("[canvas.width, canvas.height]") == [SIDE, SIDE]


def test_the_simulators_green_presenter_is_keyed(stage: Page) -> None:
    """Of an encoded video, face, hair and teal jacket are whole, around them nothing is seen, and
    no edge shines green, but for the specks that the codec leaves: 4 pixels of a picture."""
    stage.evaluate("play('green.mp4')")
    stage.wait_for_function(f"canvas.width === {SIZE} && keyed.isKeyed")
    alpha = pixels(stage)[..., 3]
    for x, y in ((360, 260), (360, 100), (200, 250), (150, 660), (560, 680)):
        assert alpha[y - 8 : y + 8, x - 8 : x + 8].min() > 0.95, (x, y)
    assert max(part.max() for part in (alpha[:40], alpha[:400, :80], alpha[:400, -80:])) < 0.01
    for _ in range(20):  # its pictures are not alike
        red, green, blue, _ = np.moveaxis(pixels(stage), 2, 0)
        shine = (green - np.maximum(red, blue))[:500]
        assert (shine > 0.03).sum() < 10


def test_without_webgl_the_canvas_is_hidden(stage: Page) -> None:
    """Where the canvas gives no WebGL2, it says that it has failed: the video is to be shown."""
    stage.evaluate(
        "const plain = document.createElement('canvas'); plain.getContext('2d');"
        "window.failing = new Keyed(video, plain); failing.start(); window.plain = plain"
    )
    assert stage.evaluate("[failing.failed, failing.isKeyed, plain.hidden]") == [True, False, True]


def test_a_context_that_is_lost_comes_back(stage: Page) -> None:
    """The canvas is hidden meanwhile; then it is drawn again."""
    stage.evaluate(
        "window.lost = canvas.getContext('webgl2').getExtension('WEBGL_lose_context');"
        "lost.loseContext()"
    )
    stage.wait_for_function("keyed.failed && canvas.hidden")
    stage.evaluate("lost.restoreContext()")
    stage.wait_for_function("!keyed.failed && !canvas.hidden && keyed.isKeyed")
    assert pixels(stage)[10, 10, 3] < 0.01


BACKDROP: dict[str, Any] = {"kind": "color", "value": "rgb(200, 0, 120)"}


def test_a_backdrop_is_behind_the_person(stage: Page) -> None:
    """A colour, a picture and the blurred video each take the place of the one before; with none,
    nothing is left."""
    stage.wait_for_function("keyed.isKeyed")
    boxes = "root.querySelectorAll('.backdrop').length"
    stage.evaluate("b => setBackdrop(root, b)", BACKDROP)
    assert stage.evaluate("getComputedStyle(root.firstChild).backgroundColor") == BACKDROP["value"]
    picture = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    stage.evaluate("v => setBackdrop(root, {kind: 'picture', value: v})", picture)
    assert stage.evaluate("root.querySelector('.backdrop img').src") == picture
    stage.evaluate("setBackdrop(root, {kind: 'blur'})")
    blur = "root.querySelector('.backdrop canvas')"
    assert stage.evaluate(f"[{blur}.width, {blur}.height]") == [96, 96]
    corner = stage.evaluate(f"[...{blur}.getContext('2d').getImageData(0, 0, 1, 1).data]")
    assert corner == pytest.approx([0, 177 * 0.55, 64 * 0.55, 255], abs=12)
    assert stage.evaluate(boxes) == 1
    stage.evaluate("setBackdrop(root, {kind: 'none'})")
    assert stage.evaluate(boxes) == 0


NO_BACKDROPS = (
    {"kind": "color", "value": "url(https://elsewhere.example/)"},
    {"kind": "color", "value": "red; background: url(x)"},
    {"kind": "picture", "value": "https://elsewhere.example/one.png"},
    {"kind": "picture", "value": "data:text/html,<b>"},
    {"kind": "else"},
)


def test_what_is_no_backdrop_shows_none(stage: Page) -> None:
    """Neither another site's picture nor what is no colour is shown or asked for."""
    for backdrop in NO_BACKDROPS:
        stage.evaluate("b => setBackdrop(root, b)", backdrop)
        assert stage.evaluate("root.querySelector('.backdrop')") is None, backdrop
