"""Fixtures for every test: one simulator, the app in front of it, one event loop library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app_process import App, running_app
from tests.simulator_process import SimulatorProcess, simulator

__all__ = ["simulator"]


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio alone, as the app does."""
    return "asyncio"


@pytest.fixture(scope="session")
def apps(simulator: SimulatorProcess) -> Iterator[dict[str, App]]:
    """One app for each display way, both in front of the one simulator."""
    live = {"AVATAR_KS": "a-test", "AVATAR_BASE_URL": simulator.base_url}
    with (
        running_app(AVATAR_DISPLAY="sdk", **live) as sdk,
        running_app(AVATAR_DISPLAY="direct", **live) as direct,
    ):
        yield {"sdk": sdk, "direct": direct}
        for app in (sdk, direct):
            assert "Traceback" not in app.printed()


@pytest.fixture
def app(apps: dict[str, App]) -> App:
    """An app for the tests to which the display way makes no difference."""
    return apps["sdk"]
