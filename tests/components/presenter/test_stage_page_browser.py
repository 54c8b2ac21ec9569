"""The stage for the audience in a real browser: what is on it, what is recorded, who drives it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.app_process import App
from tests.support.presenter import Presenter, eventually_true, presenter
from tests.support.takes import chapters, colour_at
from tests.support.visitor_page import browser, strict

__all__ = ["browser", "presenter", "strict"]

SHOW = """---
title: Colours
---

<!-- _backgroundColor: #c00000 -->

# Red

<!-- This slide is red. -->

<!-- private: Nobody else sees this. -->

---

<!-- _backgroundColor: #0000c0 -->

# Blue

<!-- This slide is blue. -->
"""


@pytest.fixture
def colours(presenter: Presenter) -> Presenter:
    """A presenter with this show."""
    presenter.open_file("colours.md", SHOW.encode())
    return presenter


def test_the_stage_shows_nothing_but_the_show(colours: Presenter) -> None:
    """Captions of what is spoken, the slide, the avatar, and the line that it is artificial. No
    control, no message, no note; one window has the picture, and gives it back."""
    stage = colours.open_stage()
    colours.start()
    colours.until_playing(stage)
    assert colours.desk.locator("video").count() == 0
    colours.press("Next")
    eventually_true(lambda: colours.captions_of(stage) == "This slide is red.", stage, within=15)
    assert "Nobody else" not in stage.content()
    expect(stage.get_by_role("note")).to_have_text("AI-generated presenter")
    expect(stage.locator("button, input, textarea, a").locator("visible=true")).to_have_count(0)
    expect(stage.locator(".hall-mark")).to_be_hidden()
    colours.until("!m.said")
    eventually_true(lambda: colours.captions_of(stage) == "", stage)

    for key, layout in (("1", "avatar"), ("3", "corner"), ("4", "voice"), ("2", "beside")):
        colours.key(key)
        expect(stage.locator(".hall")).to_have_attribute("data-layout", layout)
    colours.key("c")
    expect(stage.locator(".hall")).to_have_attribute("data-captions", "false")

    stage.close()
    colours.until("m.windows === 0")
    colours.until_playing(colours.desk)
    colours.press("End Session")
    colours.until("m.phase === 'idle'")


def test_the_slide_is_recorded(app: App, strict: Browser, tmp_path: Path) -> None:
    """As it is seen, whatever the window's size, and each in its chapter; the audience sees a mark
    meanwhile. Where the browser lets no sound through yet, the recording waits for a click on the
    stage: the desk says so, and nothing has failed."""
    context = strict.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    colours = Presenter(context, app.url)
    colours.until("m.slides > 0")
    colours.open_file("colours.md", SHOW.encode())
    stage = colours.open_stage()
    colours.until("m.windows === 1")
    colours.key("4")
    colours.agree_to_record()
    waits = colours.desk.get_by_text("Click on the stage once, and the recording begins.")
    expect(waits).to_be_visible()
    stage.get_by_role("button", name="Click for sound and full screen").click()
    colours.until("m.film === 'on' && !m.blocked")
    expect(stage.locator(".hall-recording")).to_be_visible()
    with stage.expect_response(re.compile("index=1")):
        pass
    colours.key("End")
    stage.evaluate("document.exitFullscreen()")
    stage.set_viewport_size({"width": 600, "height": 800})
    with stage.expect_response(re.compile("index=4")):
        pass
    film = colours.recorded(tmp_path)
    expect(stage.locator(".hall-recording")).to_be_hidden()
    (red, *_), (blue, turned, end) = chapters(film)
    assert (red, blue) == ("Red", "Blue")
    # A browser that is busy draws late.
    assert colour_at(film, turned - 0.5)[0] > 120, "red before the second chapter"
    assert colour_at(film, end - 0.4)[2] > 120, "blue after it"
    assert colours.complaints == []
    context.close()


def test_a_phone_drives_the_desk(app: App, browser: Browser, colours: Presenter) -> None:
    """With a code that works once; another browser has no other way in."""
    colours.start()
    colours.press_popover("Remote")
    colours.desk.get_by_role("button", name="Show a code").click()
    code = colours.desk.get_by_text(re.compile(r"^\w{4}-\w{4}$")).inner_text()
    phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    phone.goto(f"{app.url}/remote")
    type_code(phone, "AAAA-AAAA")
    expect(phone.get_by_role("alert")).to_contain_text("no code of a desk")
    type_code(phone, code)
    expect(phone.get_by_text("Slide 1 of 2")).to_be_visible()
    phone.get_by_role("button", name="Next").click()
    colours.until("m.said?.text === 'This slide is red.'")
    phone.get_by_role("button", name="Silence").click()
    colours.until("!m.said && !m.goesOn")
    phone.get_by_label("Line").fill("From the phone.")
    phone.get_by_role("button", name="Say now").click()
    colours.until("m.said?.text === 'From the phone.'")
    phone.reload()
    expect(phone.get_by_text("Slide 1 of 2")).to_be_visible()

    other = browser.new_context().new_page()
    other.goto(f"{app.url}/remote")
    type_code(other, code)
    expect(other.get_by_role("alert")).to_contain_text("no code of a desk")

    colours.desk.get_by_role("button", name="Disconnect all remotes").click()
    expect(phone.get_by_role("alert")).to_contain_text("used up")
    colours.desk.keyboard.press("Escape")
    colours.press("End Session")
    phone.context.close()
    other.context.close()


def type_code(page: Page, code: str) -> None:
    """At the remote's door."""
    page.get_by_label("Code from the desk").fill(code)
    page.get_by_role("button", name="Connect").click()
