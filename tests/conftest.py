"""Fixtures for every test: one simulator, the app in front of it, one event loop library."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import hypothesis
import pytest
from playwright.sync_api import expect

from tests.support.app_process import App, running_app
from tests.support.simulator_process import SimulatorProcess, simulator
from tests.support.visitor_page import VisitorPage

__all__ = ["simulator"]

# The first text of a fresh clone takes 2 s to draw: hypothesis reads all of Unicode once. The same
# examples in every run, so that what turns red is what was changed.
hypothesis.settings.register_profile(
    "patient",
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
    deadline=None,
    derandomize=True,
)
hypothesis.settings.load_profile("patient")
# For `make soak`, by --hypothesis-profile.
hypothesis.settings.register_profile(
    "soak",
    hypothesis.settings.get_profile("patient"),
    derandomize=False,
    max_examples=2000,
)
# Milliseconds: two browsers at a time leave no processor idle, and 5 s were not always enough.
expect.set_options(timeout=15_000)


LONGEST = (
    "test_presenter_browser",
    "test_present_browser",
    "test_stage_page_browser",
    "test_troubles_browser",
    "test_bad_days_browser",
    "test_libreoffice",
    "test_speech",
)
"""The files that take longest, which come first: one that begins last leaves a worker idle for as
long as it takes (two minutes, measured)."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, by its file's name or by a fixture; the longest come first."""
    items.sort(
        key=lambda it: LONGEST.index(it.path.stem) if it.path.stem in LONGEST else len(LONGEST)
    )
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if item.path.stem.endswith("_browser") or "browser" in fixtures:
            item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails with a page open tells what the page says: a time-out alone doesn't."""
    report = yield
    visitor = item.funcargs.get("visitor")
    if report.when == "call" and report.failed and isinstance(visitor, VisitorPage):
        report.sections.append(("What the page says", visitor.says()))
    return report


@pytest.fixture(scope="session", autouse=True)
def state_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a test's own ledger keeps outside of it is not kept among the person's files."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(autouse=True)
def no_mood_is_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that fails in a bad mood of the shared simulator leaves none to the next one."""
    yield
    if "simulator" in request.fixturenames:
        request.getfixturevalue("simulator").clear_moods()


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio alone, as the app does."""
    return "asyncio"


@pytest.fixture(scope="session")
def app(simulator: SimulatorProcess) -> Iterator[App]:
    """One app in front of the one simulator; it lets go soon."""
    live = {"AVATAR_KS": "a-test", "AVATAR_BASE_URL": simulator.base_url}
    with running_app(AVATAR_GRACE_SECONDS="2", **live) as app:
        yield app
        assert "Traceback" not in app.printed()
