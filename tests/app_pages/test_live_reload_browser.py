"""A developer edits a page, and sees it at once in the browser, with the avatar live."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.app_process import DEV, ROOT, App, running_app
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]


@pytest.fixture
def copied_app(simulator: SimulatorProcess, tmp_path: Path) -> Iterator[App]:
    """The app in a folder of its own, by `make dev`, which watches its pages."""
    root = tmp_path / "app"
    not_needed = shutil.ignore_patterns(".*cache*", ".git", ".venv", "node_modules", "tests")
    shutil.copytree(ROOT, root, ignore=not_needed)
    with running_app(DEV, root, AVATAR_KS="a-test", AVATAR_BASE_URL=simulator.base_url) as app:
        yield app
        assert "Traceback" not in app.printed()


def test_an_edited_page_is_drawn_again(
    copied_app: App, simulator: SimulatorProcess, visitor: VisitorPage
) -> None:
    """Its new text is there, and so is the same session: the rooms below are not loaded anew."""
    visitor.open(copied_app.url).start.click()
    visitor.until_live()
    created = simulator.created_from_now()
    for name, old, new in (
        ("details_panel.py", '"Details"', '"Talking parrot"'),
        ("avatar_page.py", '"End Session"', '"Let it fly"'),
    ):
        page = copied_app.root / "app_pages" / name
        text = page.read_text("utf-8")
        assert old in text
        # As editors save: a run that imports the page meanwhile finds it whole.
        saved = page.with_suffix(".saved")
        saved.write_text(text.replace(old, new), "utf-8")
        saved.replace(page)
    expect(visitor.page.get_by_text("Talking parrot")).to_be_visible()
    visitor.page.get_by_role("button", name="Let it fly").click()
    visitor.until_phase("idle")
    assert not created()
    assert copied_app.health()["activeSessions"] == 0
