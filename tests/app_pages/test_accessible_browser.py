"""What axe-core finds on every page, in every phase, in light, dark and forced colours."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.support.app_process import ROOT, App
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

STREAMLITS_OWN = {
    "region": "floating-ui-portal",
    "presentation-role-conflict": "stFileUploaderDropzone",
}
"""Of Streamlit 1.67, and not to be mended from here: a rule, and what its element has in its HTML.
An open panel is a dialog at the end of the document, outside of all landmarks; the place for a file
has a name, and the role of one that has none."""

CONTRAST = ["color-contrast"]
"""The rules that depend on colours."""

_COLOURS_STAY = """async (within) => {
  const colours = () => [...document.querySelectorAll(`${within}, ${within} *`)].map((part) => {
    const { color, backgroundColor } = getComputedStyle(part);
    return color + backgroundColor;
  }).join();
  let [seen, times] = ["", 0];
  for (let look = 0; times < 5 && look < 100; look++) {
    const now = colours();
    [seen, times] = [now, now === seen ? times + 1 : 0];
    await new Promise((next) => setTimeout(next, 40));
  }
}"""
"""Streamlit hands new colours on to its parts, one after the other."""

PANEL = "[data-testid=stPopoverBody]"
"""What is behind a button, once it is open."""


def finds(page: Page, rules: list[str], within: str) -> list[str]:
    """What axe finds now: the rule, and the element."""
    # Its 600 kB go to the page once: to send them costs as much as to look.
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"({{}}, eval)({AXE!r})")
    found: list[dict[str, Any]] = page.evaluate(
        "([within, runOnly]) => axe.run(within, { runOnly, resultTypes: ['violations'] })"
        ".then(({ violations }) => violations)",
        [within, rules],
    )
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
        if STREAMLITS_OWN.get(rule["id"], "nothing") not in node["html"]
    ]


_IS_IN = """(scheme) => {
  const page = document.querySelector("[data-testid=stApp]");
  return !page || getComputedStyle(page).colorScheme === scheme;
}"""
"""Streamlit begins late where it has much to draw; pages that are not of it follow at once."""


def is_accessible(page: Page, what: str, new: str = "html") -> None:
    """Nothing is found, in any colours; but for the light ones, in the part alone that is `new`
    since the last look: the others cost half a second of a processor each."""
    page.emulate_media(color_scheme="light", forced_colors="none")
    page.wait_for_function(_IS_IN, arg="light")
    page.evaluate(_COLOURS_STAY, new)
    assert finds(page, RULES, "html") == [], f"{what}, light"
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(_IS_IN, arg="dark")
    page.evaluate(_COLOURS_STAY, new)
    assert finds(page, CONTRAST, new) == [], f"{what}, dark"
    page.emulate_media(color_scheme="light")
    page.wait_for_function(_IS_IN, arg="light")
    page.emulate_media(forced_colors="active")
    page.evaluate(_COLOURS_STAY, new)
    assert finds(page, CONTRAST, new) == [], f"{what}, forced colours"
    page.emulate_media(forced_colors="none")


def test_every_page_in_every_phase(
    app: App, simulator: SimulatorProcess, visitor: VisitorPage
) -> None:
    """From before the start to a failure, with every panel, and the other pages."""
    page = visitor.page
    page.emulate_media(reduced_motion="reduce")
    visitor.open(app.url)
    is_accessible(page, "idle")
    for name in ("Default voice", "Your recording", "Pronunciation", "Details"):
        page.get_by_role("button", name=name).first.click()
        expect(page.locator(PANEL)).to_be_visible()
        is_accessible(page, name, new=PANEL)
        page.keyboard.press("Escape")
        expect(page.locator(PANEL)).to_have_count(0)
    simulator.ask_mood(call="create", delay=6.0)
    visitor.start.click()
    expect(page.get_by_text("Opening the session")).to_be_visible()
    is_accessible(page, "creating")
    visitor.until_live()
    visitor.say("This is being said while somebody looks. " * 8)
    visitor.say("And this waits.")
    visitor.until_turn("being said", "speaking")
    is_accessible(page, "speaking")
    page.get_by_role("button", name="Keys").click()
    is_accessible(page, "keys")
    page.keyboard.press("Escape")
    visitor.end.click()
    visitor.until_phase("idle")
    is_accessible(page, "ended")
    simulator.ask_mood(call="create", status=401)
    visitor.start.click()
    visitor.until_phase("error")
    is_accessible(page, "failed")
    for name in ("Sessions", "Preflight"):
        visitor.go_to(name)
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page).to_have_title(f"{name} · Talking avatar")
        is_accessible(page, name)
        visitor.go_to("Back to the avatar")
