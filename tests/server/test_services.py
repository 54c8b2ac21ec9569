"""All that the app stands on: opened as a whole or not at all, and closed once."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.services import NOT_STARTED, Services
from server.settings import Settings
from sessions.desk import Refused
from tests.support.desk_visitor import AVA, Visitor
from tests.support.services import services_at
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.anyio


async def test_what_can_not_be_opened_is_a_sentence(tmp_path: Path) -> None:
    """Once it is put right, everything can be opened."""
    services = Services()
    assert (services.desk, services.problem) == (None, NOT_STARTED)
    live = Settings(ks="a-test", ledger_url=f"sqlite:///{tmp_path}/ledger")
    await services.open(Settings(ks="a-test", ledger_url="mysql://host"))
    assert services.desk is None
    assert services.problem
    assert services.problem.startswith("AVATAR_LEDGER_URL can be")
    await services.open(live)
    assert services.desk
    assert services.problem is None
    await services.close()


async def test_closing_ends_what_is_live(simulator: SimulatorProcess) -> None:
    """And nothing can be started any more; a second time changes nothing."""
    async with services_at(simulator.base_url) as services:
        assert services.desk
        visitor = Visitor(services.desk)
        async with visitor.watching():
            await visitor.start()
            await services.close()
        assert simulator.sessions()[-1]["endedBy"] == "end"
        with pytest.raises(Refused, match="stopping"):
            services.desk.start("another", AVA)
