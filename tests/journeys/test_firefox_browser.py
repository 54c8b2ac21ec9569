"""The main visit in Firefox: with a sound device, and on a machine that has none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import pytest

from tests.support.app_process import running_app
from tests.support.firefox import sound_device, visit
from tests.support.simulator_process import SimulatorProcess

NO_SOUND_DEVICE = {"PULSE_SERVER": "unix:/nowhere"}


@pytest.mark.parametrize(
    ("display", "device"),
    [
        pytest.param("sdk", lambda: nullcontext(NO_SOUND_DEVICE), id="no sound device"),
        pytest.param("direct", sound_device, id="sound", marks=pytest.mark.soak),
    ],
)
def test_the_main_visit(
    simulator: SimulatorProcess,
    display: str,
    device: Callable[[], AbstractContextManager[dict[str, str]]],
) -> None:
    """Start, welcome, say, interrupt, reload, failure of the picture, end: each turn ends as it
    should, by the page and by the service."""
    settings = {"AVATAR_KS": "a-test", "AVATAR_BASE_URL": simulator.base_url}
    with device() as environment, running_app(AVATAR_DISPLAY=display, **settings) as app:
        visit(app.url, simulator.origin, environment)
