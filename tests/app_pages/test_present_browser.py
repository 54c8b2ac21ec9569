"""The presenter's page in a real browser: what is prepared on it, and how it is laid out."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from show.files import load
from tests.app_pages.test_accessible_browser import PANEL, is_accessible
from tests.support.decks import pdf_of, pptx_of
from tests.support.presenter import Presenter, presenter
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import browser

__all__ = ["browser", "presenter"]

SIZES = [(1920, 1080), (1440, 900), (1024, 768), (720, 450), (390, 844), (320, 568)]

_OVERFLOWS = """() => {
  const clock = { elapsed: "1:02:03", left: "1:02:03", plan: "1:02:03 planned" };
  for (const [name, text] of Object.entries(clock)) {
    document.querySelector(`.desk-${name}`).textContent = text;
  }
  const parts = [document.documentElement, document.querySelector("[data-testid=stMain]")];
  return parts.some((part) => part.scrollWidth > part.clientWidth);
}"""
"""Whether it has to be scrolled sideways, with a clock of more than an hour."""

_TO_THE_END = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  main.scrollTo({ top: main.scrollHeight, behavior: "instant" });
}"""


def frame_says(page: Page, text: str) -> None:
    """The slide that is shown has this text."""
    slide = page.locator(".desk-slide-frame iframe").content_frame
    expect(slide.get_by_text(text).first).to_be_attached(timeout=10_000)


def thumbnail(presenter: Presenter, title: str) -> Locator:
    """The button with a small picture of this slide."""
    slides = presenter.desk.get_by_role("navigation", name="Slides")
    return slides.get_by_role("button", name=title, exact=True)


def test_a_pdf_that_does_not_fit_is_taken_out(presenter: Presenter) -> None:
    """The sentence about it goes, and the deck is played alone."""
    page = presenter.desk
    presenter.press_popover("Show")
    boxes = page.get_by_test_id("stFileUploaderDropzoneInput")
    for box, name, content in (
        (boxes.nth(1), "other.pdf", pdf_of(3)),
        (boxes.first, "deck.pptx", pptx_of(("First", ("One",), "Say this."))),
    ):
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        box.set_input_files(file)  # type: ignore[arg-type]
        expect(page.get_by_text(name).last).to_be_visible()
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("The PDF has 3 pages", timeout=30_000)
    page.get_by_role("button", name="Remove other.pdf").click()
    presenter.until("m.name === 'deck'", within=60)
    expect(problem).to_have_count(0)


def test_a_show_is_opened_written_and_saved(presenter: Presenter, tmp_path: Path) -> None:
    """From a file, with one beside it, by hand, and out again to the byte; a broken one gets a
    sentence, and what was there stays. Of two hundred slides, those in view alone have a
    thumbnail."""
    deck = pptx_of(("First", ("One",), "Say this."), ("Second", (), ""))
    presenter.open_file("deck.pptx", deck)
    presenter.until("m.name === 'deck' && m.slides === 2")
    slide = presenter.desk.locator(".desk-slide-frame iframe").content_frame
    expect(slide.locator("figure").first).to_be_attached(timeout=10_000)
    expect(presenter.desk.get_by_text("Say this.").first).to_be_visible()
    expect(thumbnail(presenter, "1 · First")).to_be_visible()

    page = presenter.desk
    presenter.press_popover("Show")
    boxes = page.get_by_test_id("stFileUploaderDropzoneInput")
    beside = {"name": "deck.pdf", "mimeType": "application/pdf", "buffer": pdf_of(3)}
    boxes.nth(1).set_input_files(beside)  # type: ignore[arg-type]
    too_many = page.get_by_text("The PDF has 3 pages, and the PowerPoint file 2 slides")
    expect(too_many).to_be_visible(timeout=30_000)
    chooser = boxes.first
    broken = {"name": "broken.pptx", "mimeType": "application/zip", "buffer": b"PK\x03\x04 no"}
    chooser.set_input_files(broken)  # type: ignore[arg-type]
    expect(page.get_by_text("broken.pptx").last).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("can't be read", timeout=30_000)
    page.keyboard.press("Escape")
    assert presenter.scene()["name"] == "deck"

    source = "---\ncustomer: Acme\n---\n\n# Mine\n\n<!-- Hello, {{customer}} and {{nobody}}. -->\n"
    source += "".join(f"\n---\n\n# Point {number}\n" for number in range(2, 201))
    page.get_by_role("button", name="Write or edit").click()
    page.get_by_label("Marp's Markdown").fill("<!-- not closed")
    page.get_by_role("button", name="Play this").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("1")
    page.get_by_label("Marp's Markdown").fill(source)
    page.get_by_role("button", name="Play this").click()
    presenter.until("m.coming[0]?.text === 'Hello, Acme and {{nobody}}.'")
    frame_says(page, "Mine")
    expect(thumbnail(presenter, "1 · Mine").locator("canvas")).to_be_visible()
    presenter.key("End")
    last = thumbnail(presenter, "200 · Point 200")
    expect(last.locator("canvas")).to_be_in_viewport(ratio=1)
    expect(last).to_have_attribute("aria-current", "true")
    assert page.locator(".desk-thumbnail").count() == 200
    assert page.locator(".desk-thumbnail canvas").count() < 40
    expect(thumbnail(presenter, "1 · Mine").locator("canvas")).to_have_count(0)
    last.press("ArrowUp")
    page.keyboard.press("Enter")
    presenter.until("m.slide === 198")
    presenter.press_popover("Check")
    expect(page.get_by_text("nobody").first).to_be_visible()
    page.keyboard.press("Escape")
    presenter.press_popover("Show")
    with page.expect_download() as download:
        page.get_by_role("button", name="Save").click()
    file = download.value
    assert load(file.suggested_filename, file.path().read_bytes()).source == source


def test_every_state_is_accessible(presenter: Presenter, simulator: SimulatorProcess) -> None:
    """In light, dark and forced colours, with every panel; the stage and the remote, too. Single
    keys can be turned off, and a clicker goes on."""
    page = presenter.desk
    page.emulate_media(reduced_motion="reduce")
    is_accessible(page, "present, idle")
    for name in ("Show", "Check", "Backdrop", "Your recording", "Transcript", "Remote"):
        presenter.press_popover(name)
        expect(page.locator(PANEL)).to_be_visible()
        is_accessible(page, f"present, {name}", new=PANEL)
        page.keyboard.press("Escape")
        expect(page.locator(PANEL)).to_have_count(0)
    presenter.start()
    presenter.press("Go")
    presenter.until("m.said")
    is_accessible(page, "present, playing")
    presenter.press("Hold")
    look = presenter.scene()["look"]
    presenter.press("Keys")
    is_accessible(page, "present, keys")
    switch = page.get_by_role("checkbox", name="Single-letter keys are on")
    switch.uncheck()
    page.keyboard.press("Escape")
    for key in ("4", "c", "Space", "End"):
        presenter.key(key)
    presenter.until("m.slide === m.slides - 1")
    assert presenter.scene()["look"] == look
    presenter.press("Keys")
    switch.check()
    page.keyboard.press("Escape")
    presenter.key("4")
    presenter.until("m.look.layout === 'voice'")
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
    simulator.ask_mood(call="create", status=401)
    presenter.press("Start Avatar")
    presenter.until("m.phase === 'error'")
    is_accessible(page, "present, failed")


def test_it_fits(presenter: Presenter) -> None:
    """At every size, nothing has to be scrolled sideways, and a thumbnail leads to its slide; at a
    laptop's, nothing has to be scrolled at all; at a phone's, Next is in reach at the end, too."""
    page = presenter.desk
    thumbnails = page.locator(".desk-thumbnail")
    for place, (width, height) in enumerate(SIZES):
        page.set_viewport_size({"width": width, "height": height})
        expect(presenter.button("Next")).to_be_visible()
        assert not page.evaluate(_OVERFLOWS), (width, height)
        thumbnail, other = thumbnails.nth(1 - place % 2), thumbnails.nth(place % 2)
        expect(thumbnail.locator("canvas")).to_be_visible()
        thumbnail.click()
        expect(thumbnail).to_have_attribute("aria-current", "true")
        expect(other).not_to_have_attribute("aria-current", "true")
        expect(thumbnail).not_to_be_focused()
        if width == 390:
            page.evaluate(_TO_THE_END)
            expect(presenter.button("Next")).to_be_in_viewport(ratio=1)
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
    assert created() == []
    page.get_by_role("button", name="End the rehearsal").click()
    presenter.until("m.billed && m.phase === 'idle'")
    expect(page.get_by_role("button", name="Rehearse")).to_be_visible()
