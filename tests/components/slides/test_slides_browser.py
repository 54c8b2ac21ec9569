"""Slides in a real browser: what they show, and what a deck can't reach."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.components.slides.slides_page import SlidesPage, slides_site
from tests.support.served import served
from tests.support.visitor_page import browser

__all__ = ["browser"]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a page with a slide view."""
    with slides_site() as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page."""
    with browser.new_context(viewport={"width": 700, "height": 560}) as context:
        yield context.new_page()


@pytest.fixture
def slides(page: Page, site: str) -> SlidesPage:
    """The page with an empty slide view."""
    return SlidesPage(page, site)


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server that nothing may reach: its address, and the paths that were asked for."""
    asked: list[str] = []

    def note(request: Request) -> Response:
        asked.append(request.url.path)
        return Response("", headers={"Access-Control-Allow-Origin": "*"})

    methods = ["GET", "POST", "HEAD"]
    with served(Starlette(routes=[Route("/{path:path}", note, methods=methods)])) as url:
        yield url, asked


HOSTILE = """---
marp: true
backgroundImage: url(THERE/directive)
header: '![](THERE/header) <img src="THERE/header-html">'
style: |
  @import url(THERE/front-import);
  section { background: url(THERE/front) }
---
<script>parent.told.push({ failed: "ran" }); fetch("THERE/script")</script>
<img src="THERE/img" onerror="fetch('THERE/onerror')">
<iframe src="THERE/iframe"></iframe> <object data="THERE/object"></object>
<form action="THERE/form"><button autofocus>Send</button></form>
<link rel="stylesheet" href="THERE/link"><meta http-equiv="refresh" content="0;url=THERE/meta">
<svg><image href="THERE/svg-image" /><use href="THERE/use#a" /></svg>
<p style="background: url(THERE/style-attribute)">Styled</p>
<base href="THERE/">

# One ![](THERE/picture) ![bg](THERE/background) ![](//THERE/slashes) ![](/health) ![](file:///etc/passwd)

[a](THERE/link-href) [b](javascript:fetch("THERE/javascript")) <THERE/auto>

<style>
@import "THERE/import";
@import url(THERE/import-url) screen;
@font-face { font-family: there; src: url(THERE/font) }
section { font-family: there; background: u\\72l(THERE/escaped); cursor: url(THERE/cursor), auto }
h1 { background: image-set("THERE/set" 1x); --a: url(THERE/variable); border-image: var(--a) }
h1::before { content: url(THERE/content) }
</style>

---
# Two ![](data:image/svg+xml;base64,SVG)
"""

_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="fetch('THERE/load')">
<image href="THERE/in-svg" width="9" height="9"/><script>fetch("THERE/svg-script")</script></svg>"""

_INJECTED = """<script>fetch("THERE/1")</script><img src="THERE/2" onerror="fetch('THERE/3')">
<iframe src="THERE/4"></iframe><link rel="stylesheet" href="THERE/5">
<style>@import "THERE/6"; body { background: url(THERE/7) }</style>
<form action="THERE/8"></form><a href="THERE/9" target="_top">a</a>
<a href="THERE/10">b</a><video src="THERE/11"></video><object data="THERE/12"></object>"""


def test_a_hostile_deck_reaches_nothing(slides: SlidesPage) -> None:
    """No request leaves, no script of it runs, and its slides are shown all the same."""
    with listening() as (there, asked):
        picture = base64.b64encode(_SVG.replace("THERE", there).encode()).decode()
        slides.load(HOSTILE.replace("THERE", there).replace("SVG", picture))
        expect(slides.frame.locator("svg[data-shown] h1")).to_contain_text("One")
        slides.show(1)
        texts = slides.page.evaluate("() => Promise.all([view.svg(0), view.svg(1)])")
        for text in texts:
            _draw(slides.page, text, [(1, 1)])
        live = slides.frame.locator("script, iframe, object, form, link, base, [href], image, use")
        assert live.count() == 2  # our own two scripts
        _see_that_it_listens(slides.page, there, asked)


def test_what_marp_might_let_through_reaches_nothing(slides: SlidesPage) -> None:
    """The frame's policy and sandbox are walls of their own."""
    slides.load("# One")
    with listening() as (there, asked):
        fetched = slides.frame.evaluate(
            """async ([html, there]) => {
              document.body.insertAdjacentHTML("beforeend", html);
              window.open(there);
              return fetch(there).then(() => "answered", () => "refused");
            }""",
            [_INJECTED.replace("THERE", there), there],
        )
        assert fetched == "refused"
        slides.frame.evaluate("document.querySelector('form').submit()")
        slides.frame.evaluate("document.querySelector('[target=_top]').click()")
        with slides.page.expect_event("framenavigated"):  # to the browser's own page of refusal
            slides.frame.evaluate("document.querySelector('a:not([target])').click()")
        assert slides.page.url.endswith("/below/")
        _see_that_it_listens(slides.page, there, asked)


def _see_that_it_listens(page: Page, there: str, asked: list[str]) -> None:
    """What our own page asks for last comes there, and nothing has come before."""
    page.evaluate("(there) => fetch(`${there}/ours`).then(() => {})", there)
    assert asked == ["/ours"]


def test_a_deck_can_not_touch_the_page(slides: SlidesPage) -> None:
    """The frame has an origin of its own, whoever opens it: no cookie, no storage, no parent."""
    slides.load("# One")
    assert slides.frame.evaluate("origin") == "null"
    for reach in ("parent.document", "document.cookie", "localStorage"):
        with pytest.raises(Exception, match="SecurityError"):
            slides.frame.evaluate(f"() => {{ {reach} }}")
    slides.page.goto(slides.frame.url)
    assert slides.page.evaluate("origin") == "null"


def test_the_frame_listens_to_its_parent_alone(slides: SlidesPage) -> None:
    """A deck from a frame beside it is not drawn."""
    slides.load("# One")
    slides.page.evaluate("document.body.append(document.createElement('iframe'))")
    beside = next(it for it in slides.page.frames[1:] if it != slides.frame)
    beside.evaluate(
        "parent.frames[0].postMessage({ deck: { markdown: '# Not ours', pictures: {} } }, '*')"
    )
    slides.show(0)
    expect(slides.frame.locator("h1")).to_have_text("One")


def test_pictures_are_the_decks_own(slides: SlidesPage) -> None:
    """By their names in the Markdown, in the background and in the text, spaces and all."""
    slides.load("![bg](1.webp)\n\n---\n![w:1200 h:600](<my pic.webp>)", {"1.webp": "#0a0"})
    assert _pixel(slides.page, 320, 260) == (0, 170, 0)
    slides.load("![w:1200 h:600](<my pic.webp>)", {"my pic.webp": "#a00"})
    assert _pixel(slides.page, 320, 260) == (170, 0, 0)


DARK = "<style>section { background: #102030; color: #fff }</style>\n\n# A\n\n---\n# B"


def test_the_next_deck_takes_the_place_of_the_one_before(slides: SlidesPage) -> None:
    """Nothing of the first stays: no slide, no style, no picture."""
    slides.load(f"{DARK} ![bg](1.webp)", {"1.webp": "#0a0"})
    slides.show(1)
    slides.load("# Other\n\n---\n![bg](1.webp)\n\n---\n# Third")
    slides.until({"slides": 3, "width": 1280, "height": 720})
    expect(slides.frame.locator("svg[data-shown] h1")).to_have_text("Other")
    slides.show(1)
    assert _pixel(slides.page, 320, 260) == (255, 255, 255)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (300, 100), (160, 500)])
def test_a_slide_fits_every_box(slides: SlidesPage, width: int, height: int) -> None:
    """Whole, in the middle, with the page's own ground beside it and no scroll bar."""
    slides.page.evaluate(
        "([w, h]) => Object.assign(box.style, { width: `${w}px`, height: `${h}px` })",
        [width, height],
    )
    slides.load("![bg](1.webp)", {"1.webp": "#0a0"})
    box = slides.page.locator("#box").bounding_box()
    assert box
    scale = min(width / 1280, height / 720)
    shot = _shot(slides.page)
    for x in range(4, width, 12):
        for y in range(4, height, 12):
            apart = (abs(x - width / 2) - 640 * scale, abs(y - height / 2) - 360 * scale)
            if min(map(abs, apart)) < 2:
                continue
            ground = (0x22, 0x44, 0x66) if max(apart) > 0 else (0, 170, 0)
            assert shot.getpixel((int(box["x"]) + x, int(box["y"]) + y)) == ground, (x, y)


def test_a_deck_that_can_not_be_drawn_says_so(slides: SlidesPage) -> None:
    """Nothing is shown, a sentence says why, and the next deck is drawn."""
    slides.load("# One")
    slides.page.evaluate("view.load('a'.repeat(2_000_001))")
    slides.until({"failed": "The deck is too long to be drawn: split it."})
    assert _pixel(slides.page, 320, 260) == (0x22, 0x44, 0x66)
    slides.load("# Two")
    refused = slides.page.evaluate("view.svg(1).catch((error) => error.message)")
    assert refused == "The deck has no slide 2."


def test_a_frame_that_is_loaded_again_shows_the_same(slides: SlidesPage) -> None:
    """The last deck, and its last slide; a drawing that was asked for is still made."""
    slides.load("# One\n\n---\n# Two\n\n---\n# Three")
    slides.show(2)
    slides.page.evaluate(
        """() => {
          told.length = 0;
          document.querySelector("iframe").src += "";
          window.drawing = view.svg(1);
        }"""
    )
    slides.until({"shown": 2})
    expect(slides.frame.locator("svg[data-shown] h1")).to_have_text("Three")
    assert ">Two</h1>" in slides.page.evaluate("drawing")


def test_the_keyboard_passes_it_by(slides: SlidesPage) -> None:
    """No link, no button and no scrolled text of a deck takes the focus."""
    code = f"```\n{'a long line ' * 99}\n```\n" * 20
    slides.load(f"<style>pre {{ overflow: scroll }}</style>\n\n[a](http://a.example/)\n\n{code}")
    slides.page.get_by_role("button", name="Before").focus()
    slides.page.keyboard.press("Tab")
    expect(slides.page.get_by_role("button", name="After")).to_be_focused()


def test_a_slide_is_drawn_into_a_canvas(slides: SlidesPage) -> None:
    """From its SVG alone: the canvas can be read, and has the deck's colours and pictures."""
    slides.load(
        "---\nbackgroundColor: '#102030'\n---\n# A\n\n---\n![bg left](1.webp)", {"1.webp": "#0a0"}
    )
    svgs = slides.page.evaluate("() => Promise.all([view.svg(0), view.svg(1)])")
    assert _draw(slides.page, svgs[0], [(600, 300)]) == [[0x10, 0x20, 0x30, 255]]
    left, right = _draw(slides.page, svgs[1], [(100, 300), (600, 300)])
    assert left == [0, 170, 0, 255]
    assert right == [0x10, 0x20, 0x30, 255]


def test_50_slides_switch_at_once_and_none_flashes(slides: SlidesPage) -> None:
    """Each has a dark picture over a white ground: a late one would be seen as white."""
    colours = {f"{n}.webp": f"rgb({n}, {40 + n}, {90 - n})" for n in range(50)}
    slides.load("\n\n---\n".join(f"![bg]({name})" for name in colours), colours)
    frames: list[str] = []
    devtools = slides.page.context.new_cdp_session(slides.page)

    def keep(frame: dict[str, object]) -> None:
        frames.append(str(frame["data"]))
        devtools.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    devtools.on("Page.screencastFrame", keep)
    devtools.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})
    took = slides.page.evaluate(
        """async () => {
          const took = [];
          for (let index = 1; index < 50; index += 1) {
            const began = performance.now();
            view.show(index);
            while (told.at(-1).shown !== index) await new Promise((go) => setTimeout(go, 1));
            took.push(performance.now() - began);
            await new Promise((go) => setTimeout(go, 60));
          }
          return took.sort((a, b) => a - b);
        }"""
    )
    devtools.send("Page.stopScreencast")
    seen = {_seen(frame) for frame in frames}
    print(f"{len(frames)} frames, {len(seen)} colours; ms: {took[24]:.1f}, {took[-1]:.1f} at most")
    assert len(seen) > 25
    assert max(max(colour) for colour in seen) < 120
    assert took[24] < 50


def _seen(frame: str) -> tuple[int, ...]:
    """The colour in the middle of the slide, in a frame of the screencast."""
    image = Image.open(io.BytesIO(base64.b64decode(frame))).convert("RGB")
    colour = image.getpixel((320 * image.width // 700, 260 * image.height // 560))
    assert isinstance(colour, tuple)
    return colour


def _shot(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _pixel(page: Page, x: int, y: int) -> object:
    return _shot(page).getpixel((x, y))


def _draw(page: Page, svg: str, points: list[tuple[int, int]]) -> list[list[int]]:
    """The colours at `points` of a canvas of 640 x 360 with the picture drawn into it."""
    drawn: list[list[int]] = page.evaluate(
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
