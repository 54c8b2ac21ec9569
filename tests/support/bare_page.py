"""A page of ours without a browser: Streamlit's WebSocket, spoken by hand, with any headers."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

LARGEST = 1 << 24
"""Bytes that a message of Streamlit may have."""


def cookie_from(url: str, **headers: str) -> str:
    """The cookie that a first visit brings, as the browser sends it."""
    given = httpx.get(url, headers=headers).headers["set-cookie"]
    return str(given).partition(";")[0]


class BarePage:
    """A page that was drawn: its id, and all that is on it.

    `words`: its texts, in one. `widgets`: their ids by their labels. `channel`: the stage's.
    """

    def __init__(self, line: ClientConnection) -> None:
        self.line = line
        self.page_id = ""
        self.words = ""
        self.widgets: dict[str, str] = {}
        self.channel = ""
        self.runs = 0

    def run(self, page: str = "", *states: WidgetState) -> None:
        """Have it drawn, with these widgets' states, and wait until it is."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.widget_states.widgets.extend(states)
        self.words, before, deadline = "", self.runs, time.monotonic() + 20
        self.line.send(asked.SerializeToString())
        while self.runs == before:
            message = self.line.recv(timeout=deadline - time.monotonic())
            self._note(ForwardMsg.FromString(cast(bytes, message)))

    def press(self, page: str, button: str, **texts: str) -> None:
        """Press a button, with these texts in the boxes of these labels."""
        states = [WidgetState(id=self.widgets[n], string_value=text) for n, text in texts.items()]
        self.run(page, *states, WidgetState(id=self.widgets[button], trigger_value=True))

    def _note(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self.page_id = message.new_session.initialize.session_id
            case "script_finished":
                self.runs += 1
            case "delta":
                element = message.delta.new_element
                kind = element.WhichOneof("type")
                if kind == "bidi_component":
                    told: dict[str, Any] = json.loads(element.bidi_component.json or "{}")
                    if str(told.get("channel", "")).startswith("stage"):
                        self.channel = told["channel"]
                elif kind in ("button", "text_input", "text_area"):
                    widget = getattr(element, kind)
                    self.widgets[widget.label] = widget.id
                elif kind in ("alert", "markdown", "heading"):
                    self.words += f"{getattr(element, kind).body}\n"


@contextmanager
def bare_page(
    url: str, cookie: str = "", page_id: str = "", *, at: str = "", **headers: str
) -> Iterator[BarePage]:
    """A page that opens `url`, whose name may lead to the address `at`, and is drawn once.

    `page_id`: that of a page which it claims to be, come back.
    """
    parts = urlsplit(url)
    host = at or parts.hostname or ""
    offered = ["streamlit", "no-token", page_id] if page_id else ["streamlit"]
    with connect(
        re.sub("^http", "ws", f"{url}/_stcore/stream"),
        sock=socket.create_connection((host, parts.port or 0), timeout=20),
        origin=Origin(url),
        subprotocols=[Subprotocol(offer) for offer in offered],
        additional_headers={**({"Cookie": cookie} if cookie else {}), **headers},
        max_size=LARGEST,
    ) as line:
        page = BarePage(line)
        page.run()
        yield page
