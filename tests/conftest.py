"""Fixtures for every test: the simulator as a process, and one event loop library."""

from __future__ import annotations

import pytest

from tests.simulator_process import simulator

__all__ = ["simulator"]


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio alone, as the app does."""
    return "asyncio"
