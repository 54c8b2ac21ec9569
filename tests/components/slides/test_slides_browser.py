"""Slides in a real browser: what they show, on the page and in a canvas."""

from __future__ import annotations

import base64
import io
from functools import partial

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.components.slides.slides_page import SlidesPage
from tests.support.simulator_process import eventually


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
    assert slides.draw(svgs[0], [(600, 300)]) == [[0x10, 0x20, 0x30, 255]]
    left, right = slides.draw(svgs[1], [(100, 300), (600, 300)])
    assert left == [0, 170, 0, 255]
    assert right == [0x10, 0x20, 0x30, 255]


def test_a_fitted_heading_is_as_wide_in_a_canvas(slides: SlidesPage) -> None:
    """Its last letter ends where it ends on the page, though Marp fits it by script there."""
    slides.load("<style>h1 { color: #f00 }</style>\n\n# <!-- fit --> Fit me")
    svg = slides.page.evaluate("view.svg(0)")
    shot = _shot(slides.page)
    box = slides.page.locator("#box").bounding_box()
    assert box
    top = int(box["y"]) + 60
    points = [(at, y) for at in range(0, 640, 4) for y in range(2, 360, 4)]
    ends = max(at for at, y in points if shot.getpixel((at, top + y)) == (255, 0, 0))
    colours = slides.draw(svg, points)
    drawn_ends = max(
        at for (at, _), it in zip(points, colours, strict=True) if it == [255, 0, 0, 255]
    )
    assert ends > 500
    assert abs(ends - drawn_ends) <= 12


def test_none_of_50_slides_flashes(slides: SlidesPage) -> None:
    """Each has a dark picture over a white ground: a late one would be seen as white."""
    colours = [(n, 40 + n, 90 - n) for n in range(50)]
    named = {f"{n}.webp": f"rgb{colour}" for n, colour in enumerate(colours)}
    slides.load("\n\n---\n".join(f"![bg]({name})" for name in named), named)
    frames: list[str] = []
    devtools = slides.page.context.new_cdp_session(slides.page)

    def keep(frame: dict[str, object]) -> None:
        frames.append(str(frame["data"]))
        devtools.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    devtools.on("Page.screencastFrame", keep)
    devtools.send("Page.startScreencast", {"format": "png", "everyNthFrame": 1})

    def is_seen(colour: tuple[int, ...]) -> bool:
        # Chromium sends a frame where something has changed, and leaves out what comes too soon.
        slides.page.evaluate(
            """() => new Promise((go) => {
              document.querySelector("button").textContent = performance.now();
              requestAnimationFrame(go);
            }).then(() => {})"""
        )
        return bool(frames) and _seen(frames[-1]) == colour

    for index, colour in enumerate(colours[1:], start=1):
        slides.show(index)
        eventually(partial(is_seen, colour))
    devtools.send("Page.stopScreencast")
    assert max(max(_seen(frame)) for frame in frames) < 120


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
