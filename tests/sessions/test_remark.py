"""What a stage says of its own way to show the avatar, at the desk in front of the simulator."""

from __future__ import annotations

import pytest

from sessions.state import Phase
from tests.support.desk_visitor import Visitor, open_desk
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.anyio

SENTENCE = "The client SDK at https://cdn.example/sdk.js could not be loaded."


async def test_a_remark_stays_as_long_as_the_session(simulator: SimulatorProcess) -> None:
    """It is no trouble: it asks nothing of the service, and outlives what is a trouble."""
    async with open_desk(simulator) as desk:
        visitor = Visitor(desk)
        async with visitor.watching():
            session_id = await visitor.start()
            visitor.report("remark", SENTENCE)
            await visitor.until(lambda view: view.state.remark == SENTENCE)
            assert visitor.view.state.notice is None
            visitor.report("stalled", "The picture has stopped.")
            visitor.report("resumed")
            await visitor.until(lambda view: view.state.notice is None)
            assert visitor.view.state.remark == SENTENCE
            assert visitor.view.state.session_id == session_id
            desk.end(visitor.name)
            await visitor.until_phase(Phase.IDLE)
            await visitor.start()
            assert visitor.view.state.remark is None
