"""Faces and voices to choose from: pictures, a search, pages, and the choice at the next visit."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect
from starlette.responses import JSONResponse, Response

from simulator.mouth import SIZE
from tests.support.app_process import App, running_app
from tests.support.other_catalog import other_catalog
from tests.support.simulator_process import SimulatorProcess, eventually
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]


def open_choices(page: Page) -> None:
    """Press the button that shows what is chosen."""
    page.locator(".st-key-choices").get_by_role("button").first.click()
    expect(page.get_by_role("searchbox", name="Find avatar")).to_be_visible()


def shows_choice(page: Page, *names: str) -> None:
    """The button has these names on it."""
    for name in names:
        expect(page.locator(".st-key-choices").get_by_role("button").first).to_contain_text(name)


PLACEHOLDER = (0x9A, 0xA0, 0xA6)
"""What panels.css puts over the browser's sign for a picture that could not be loaded."""


def where_the_sign_would_be(picture: Locator) -> object:
    """The colour near the corner of a picture."""
    with Image.open(BytesIO(picture.screenshot())) as seen:
        return seen.convert("RGB").getpixel((12, 12))


def at_the_next_visit(browser: Browser, visitor: VisitorPage, app: App, id_: str) -> VisitorPage:
    """The page in a browser that was closed once it remembered `id_`: it keeps what has an expiry.

    A cookie without one, such as that by which a visitor is known, is gone.
    """

    def kept() -> list[Any]:
        cookies = visitor.page.context.cookies()
        return [c for c in cookies if c["expires"] > 0 and id_ in c["value"]]

    context = browser.new_context()
    context.add_cookies(eventually(kept))
    return VisitorPage(context.new_page()).open(app.url)


def test_a_crowd_to_choose_from(
    simulator: SimulatorProcess, browser: Browser, visitor: VisitorPage
) -> None:
    """Turned over, searched, chosen, and chosen still at the next visit; one picture is gone."""

    def crowd(body: dict[str, Any]) -> Response:
        offset, kind = body["pager"]["offset"], body["filter"]["typeEqual"]
        face = f"{simulator.origin}/simulator/faces"
        items = [
            {
                "itemId": f"{kind}-{number}",
                "imageUrl": f"{face}/{'mia' if number < 129 else 'gone'}.jpg",
                "attributes": {kind.lower(): {"name": f"{kind} of {number}"}},
            }
            for number in range(130)
        ]
        return JSONResponse({"objects": items[offset : offset + 100], "totalCount": 130})

    page = visitor.page
    with (
        other_catalog(simulator, crowd) as base_url,
        running_app(AVATAR_KS="a-test", AVATAR_BASE_URL=base_url, AVATAR_DISPLAY="direct") as app,
    ):
        visitor.open(app.url)
        shows_choice(page, "Visual of 0", "Default voice")
        open_choices(page)
        faces = page.locator(".st-key-avatar-list")
        expect(faces.get_by_role("button")).to_have_count(6)
        page.wait_for_function(
            "[...document.querySelectorAll('.st-key-avatar-list img')]"
            f".filter((picture) => picture.naturalWidth === {SIZE}).length === 6"
        )
        page.get_by_role("button", name="Next page").click()
        expect(faces.get_by_role("button", name="Visual of 6", exact=True)).to_be_visible()
        page.get_by_role("searchbox", name="Find avatar").fill("of 12 vis")
        expect(faces.get_by_role("button", name="Visual of 12", exact=True)).to_be_visible()
        expect(faces.get_by_role("button")).to_have_count(6)
        page.get_by_role("button", name="Next page").click()
        gone = faces.get_by_role("button", name="Visual of 129")
        eventually(lambda: where_the_sign_would_be(gone.locator("img")) == PLACEHOLDER)
        gone.click()
        shows_choice(page, "Visual of 129")
        page.get_by_role("tab", name="Voice").click()
        page.get_by_role("searchbox", name="Find voice").fill("77")
        page.get_by_role("button", name="Voice of 77").click()
        shows_choice(page, "Visual of 129", "Voice of 77")
        again = at_the_next_visit(browser, visitor, app, "Voice-77")
        shows_choice(again.page, "Visual of 129", "Voice of 77")
        open_choices(again.page)
        expect(again.page.get_by_role("button", name="check icon Visual of 129")).to_be_visible()
        assert again.complaints == []
        again.page.context.close()
