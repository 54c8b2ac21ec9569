"""Streamlit's own line to a page, from which messages are lost, or which is cut."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.support.visitor_page import VisitorPage

EVERYTHING = {"new_session", "delta", "script_finished"}


class LossyLine:
    """The kinds of messages that `loses` names do not arrive; `cut` is as without a network."""

    def __init__(self, visitor: VisitorPage) -> None:
        self.loses: set[str] = set()
        self.runs = 0
        self._page = visitor.page
        self._is_cut = False
        self._lines: list[WebSocketRoute] = []
        visitor.page.route_web_socket("**/_stcore/stream", self._connect)

    def has_run_since(self, runs: int) -> bool:
        """The server has finished more runs than that."""
        return self.runs > runs

    def until_a_run_after(self, runs: int) -> None:
        """Wait until it has; Streamlit's page asks for a line that it lost every few seconds."""
        until(self._page, lambda: self.has_run_since(runs), within=40)

    def cut(self) -> None:
        """There is no line, until `mend`."""
        self._is_cut = True
        for line in self._lines:
            line.close()

    def mend(self) -> None:
        """The page can open it again."""
        self._is_cut = False

    def _connect(self, page: WebSocketRoute) -> None:
        if self._is_cut:
            page.close()
            return
        server = page.connect_to_server()
        self._lines += [page, server]
        page.on_message(server.send)
        server.on_message(lambda message: self._pass_on(page, message))

    def _pass_on(self, page: WebSocketRoute, message: str | bytes) -> None:
        assert isinstance(message, bytes)
        kind = ForwardMsg.FromString(message).WhichOneof("type")
        self.runs += kind == "script_finished"
        if kind not in self.loses:
            page.send(message)


def until(page: Page, condition: Callable[[], bool], within: float = 10) -> None:
    """Wait for it, some seconds at most, while the browser's events are handled."""
    for _ in range(round(20 * within)):
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail(f"It did not happen within {within:g} s.")
