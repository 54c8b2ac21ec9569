"""The operator's page: what is live on the ledger, and an end for each, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from app_pages.sessions_page import age
from tests.support.app_process import App, running_app
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, browser, visitor

__all__ = ["browser", "visitor"]


@pytest.fixture(scope="module")
def app(simulator: SimulatorProcess) -> Iterator[App]:
    """An app with a ledger of its own: on the shared one other tests leave what is unknown."""
    with running_app(
        AVATAR_KS="a-test", AVATAR_BASE_URL=simulator.base_url, AVATAR_GRACE_SECONDS="2"
    ) as running:
        yield running


def open_sessions(visitor: VisitorPage) -> Locator:
    """Go there from the avatar's page; its lines."""
    visitor.go_to("Sessions")
    expect(visitor.page.get_by_role("heading", name="Sessions")).to_be_visible()
    return visitor.page.locator("[class*='st-key-entry-']")


def test_all_that_is_live_and_its_end(
    app: App, simulator: SimulatorProcess, browser: Browser, visitor: VisitorPage
) -> None:
    """Each visitor's session is there; this page's plays on; End ends the one it is for."""
    other = VisitorPage(browser.new_context().new_page())
    for page in (visitor, other):
        page.open(app.url)
        page.start.click()
        page.until_live()
    lines = open_sessions(visitor)
    expect(lines).to_have_count(2)
    visitor.until_frames_advance()
    ours = lines.filter(has_text="this page")
    theirs = lines.filter(has_text="visitor")
    expect(ours).to_have_count(1)
    expect(theirs).to_contain_text("Ava · visitor")
    expect(theirs).to_contain_text("this server")
    theirs.get_by_role("button", name="End").click()
    expect(lines).to_have_count(1)
    expect(ours).to_have_count(1)
    other.until_phase("idle")
    expect(other.alerts.filter(has_text="operator of this server")).to_be_visible()
    assert [s["state"] for s in simulator.sessions()[-2:]].count("live") == 1
    visitor.go_to("Back to the avatar")
    visitor.until_live()
    visitor.end.click()
    visitor.until_phase("idle")
    other.page.context.close()


def test_a_create_whose_answer_was_lost(
    app: App, simulator: SimulatorProcess, visitor: VisitorPage
) -> None:
    """It may be live, so it is listed until the operator has seen it."""
    visitor.open(app.url)
    simulator.ask_mood(call="create", reset=True)
    visitor.start.click()
    visitor.until_phase("error")
    lines = open_sessions(visitor)
    expect(lines).to_contain_text("The answer to create was lost")
    lines.get_by_role("button", name="Forget").click()
    expect(visitor.page.get_by_text("Nothing is live")).to_be_visible()


def test_the_operators_password(simulator: SimulatorProcess, visitor: VisitorPage) -> None:
    """Where one is set, nothing is listed without it, and a wrong one is said to be wrong."""
    with running_app(
        AVATAR_KS="a-test",
        AVATAR_BASE_URL=simulator.base_url,
        AVATAR_OPERATOR_PASSWORD="let me in",
    ) as app:
        visitor.open(app.url)
        open_sessions(visitor)
        password = visitor.page.get_by_label("Operator's password")
        for given, then in (("let me", "not the operator's password"), ("let me in", "Nothing is")):
            password.fill(given)
            visitor.page.get_by_role("button", name="Open").click()
            expect(visitor.page.get_by_text(then)).to_be_visible()


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0 s"), (42, "42 s"), (150, "2 min"), (9000, "2 h 30 min")],
)
def test_how_long_ago(seconds: float, said: str) -> None:
    """In the largest two units that fit."""
    assert age(seconds) == said
