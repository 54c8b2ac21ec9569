"""The presenter's page in a real browser: what is prepared on it, and how it is laid out."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.app_pages.test_accessible_browser import is_accessible
from tests.support.decks import pptx_of
from tests.support.presenter import Presenter, presenter
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import browser

__all__ = ["browser", "presenter"]

SIZES = [(1920, 1080), (1440, 900), (1024, 768), (720, 450), (390, 844), (320, 568)]

_OVERFLOWS = """() => document.documentElement.scrollWidth > document.documentElement.clientWidth"""


def frame_says(page: Page, text: str) -> None:
    """The slide that is shown has this text."""
    slide = page.locator(".desk-slide-frame iframe").content_frame
    expect(slide.get_by_text(text).first).to_be_attached(timeout=10_000)


def test_a_show_is_opened_written_and_saved(presenter: Presenter, tmp_path: Path) -> None:
    """From a file, by hand, and out again to the byte; a broken one gets a sentence, and what was
    there stays."""
    deck = pptx_of(("First", ("One",), "Say this."), ("Second", (), ""))
    presenter.open_file("deck.pptx", deck)
    presenter.until("m.name === 'deck' && m.slides === 2")
    frame_says(presenter.desk, "First")
    expect(presenter.desk.get_by_text("Say this.").first).to_be_visible()

    page = presenter.desk
    presenter.press_popover("Show")
    chooser = page.get_by_test_id("stFileUploaderDropzoneInput").first
    broken = {"name": "broken.pptx", "mimeType": "application/zip", "buffer": b"PK\x03\x04 no"}
    chooser.set_input_files(broken)  # type: ignore[arg-type]
    expect(page.get_by_text("broken.pptx").last).to_be_visible()
    expect(page.get_by_role("alert")).to_be_visible(timeout=30_000)
    page.keyboard.press("Escape")
    assert presenter.scene()["name"] == "deck"

    source = "---\ncustomer: Acme\n---\n\n# Mine\n\n<!-- Hello, {{customer}} and {{nobody}}. -->\n"
    presenter.press_popover("Show")
    page.get_by_role("button", name="Write or edit").click()
    page.get_by_label("Marp's Markdown").fill("<!-- not closed")
    page.get_by_role("button", name="Play this").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("1")
    page.get_by_label("Marp's Markdown").fill(source)
    page.get_by_role("button", name="Play this").click()
    presenter.until("m.coming[0]?.text === 'Hello, Acme and {{nobody}}.'")
    frame_says(page, "Mine")
    presenter.press_popover("Check")
    expect(page.get_by_text("nobody").first).to_be_visible()
    page.keyboard.press("Escape")
    presenter.press_popover("Show")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save").click()
    assert download.value.path().read_text("utf-8") == source


def test_every_state_is_accessible(presenter: Presenter) -> None:
    """In light, dark and forced colours, with every panel; the stage and the remote, too."""
    page = presenter.desk
    page.emulate_media(reduced_motion="reduce")
    is_accessible(page, "present, idle")
    for name in ("Show", "Check", "Backdrop", "Your recording", "Transcript", "Remote"):
        presenter.press_popover(name)
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        is_accessible(page, f"present, {name}")
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    presenter.start()
    presenter.press("Go")
    presenter.until("m.said")
    is_accessible(page, "present, playing")
    presenter.press("Hold")
    presenter.press("Keys")
    is_accessible(page, "present, keys")
    page.keyboard.press("Escape")
    presenter.press("Record")
    is_accessible(page, "present, consent")
    presenter.press("Cancel")
    stage = presenter.open_stage()
    presenter.until_playing(stage)
    is_accessible(stage, "stage")
    stage.goto(stage.url.replace("/stage", "/remote"))
    is_accessible(stage, "remote")
    presenter.press("End Session")
    presenter.until("m.phase === 'idle'")


def test_it_fits(presenter: Presenter) -> None:
    """At every size, nothing has to be scrolled sideways; at a laptop's, nothing at all."""
    page = presenter.desk
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        expect(presenter.button("Next")).to_be_visible()
        assert not page.evaluate(_OVERFLOWS), (width, height)
        if (width, height) in ((1920, 1080), (1440, 900)):
            assert not page.evaluate(
                "() => { const m = document.querySelector('[data-testid=stMain]');"
                " return m.scrollHeight > m.clientHeight + 1 }"
            ), (width, height)
            for name in ("Next", "Silence", "Say now"):
                expect(presenter.button(name).first).to_be_in_viewport(ratio=1)


def test_a_rehearsal_costs_nothing(presenter: Presenter, simulator: SimulatorProcess) -> None:
    """The same desk and show, at a simulator of its own; and back to what is paid for."""
    page = presenter.desk
    created = simulator.created_from_now()
    presenter.open_file("mine.md", b"# Mine\n\n<!-- I rehearse. -->\n")
    page.get_by_role("button", name="Rehearse").click()
    page.wait_for_url("**/present?rehearsal=1", timeout=60_000)
    expect(page.get_by_role("button", name="End the rehearsal")).to_be_visible()
    presenter.until("m.name === 'mine' && !m.billed")
    presenter.start()
    presenter.press("Go")
    presenter.until("m.over", within=60)
    assert presenter.scene()["last"] == {"text": "I rehearse.", "outcome": "spoken", "reason": None}
    assert created() == []
    page.get_by_role("button", name="End the rehearsal").click()
    presenter.until("m.billed && m.phase === 'idle'")
    expect(page.get_by_role("button", name="Rehearse")).to_be_visible()
