"""What a deck can't reach: the network, the disk, the page around it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.components.slides.slides_page import SlidesPage
from tests.support.served import served


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
            slides.draw(text, [(1, 1)])
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
