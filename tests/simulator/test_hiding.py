"""What is never on the page of a call."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import httpx
import pytest

from simulator.exchange import Exchange
from simulator.hiding import Hiding

BASE = "/v1/avatar-session"


def hidden(
    hiding: Hiding | None = None,
    *,
    path: str = f"{BASE}/0b3f-session/say-text",
    authorization: str = "Bearer eyJh.bGci.Oi",
    headers: dict[str, str] | None = None,
    answer: object = None,
    status: int = 200,
    **body: Any,
) -> tuple[str, Exchange]:
    """The name and the page of such a call."""
    sent = {"Authorization": authorization, **(headers or {})}
    request = httpx.Request("POST", f"https://api.example{path}", headers=sent, **body)
    response = httpx.Response(status, json={"success": True} if answer is None else answer)
    hiding = hiding or Hiding(BASE)
    return hiding.page("a test", request, response, response.content)


SECRETS = {
    "ks": "djJ8MTIzNDU2fKJz",
    "token": "eyJh.bGci.Oi",
    "session": "0b3f-session",
    "stream": "streamkey",
    "text": "Jane Doe owes us",
    "number": "4711",
    "face": "68b5a1f3",
}


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param({"authorization": "KS djJ8MTIzNDU2fKJz"}, id="KS"),
        pytest.param({"authorization": "Basic djJ8MTIzNDU2fKJz"}, id="another scheme"),
        pytest.param({"authorization": "djJ8MTIzNDU2fKJz"}, id="no scheme"),
        pytest.param({}, id="token and session id"),
        pytest.param({"headers": {"User-Agent": "Jane Doe owes us"}}, id="a program's name"),
        pytest.param(
            {"content": b"{}", "headers": {"Content-Type": "application/4711; a=streamkey"}},
            id="a content type",
        ),
        pytest.param(
            {"headers": {"Accept": "68b5a1f3", "Cookie": "a=4711", "X-Stream": "streamkey"}},
            id="other headers",
        ),
        pytest.param({"path": f"{BASE}/create?ks=djJ8MTIzNDU2fKJz"}, id="a query"),
        pytest.param({"path": f"{BASE}/a/b/0b3f-session"}, id="another path"),
        pytest.param({"path": "/v2/68b5a1f3/list"}, id="a path beside the base URL"),
        pytest.param({"json": {"text": "Jane Doe owes us", "turnId": "68b5a1f3"}}, id="a text"),
        pytest.param(
            {"json": {"visualConfig": {"id": "68b5a1f3", "avatarId": "68b5a1f3"}}}, id="ids"
        ),
        pytest.param({"json": ["68b5a1f3", 4711]}, id="no object"),
        pytest.param({"content": b"djJ8MTIzNDU2fKJz"}, id="no JSON"),
        pytest.param(
            {"data": {"turnId": "68b5a1f3"}, "files": {"audio": ("Jane Doe owes us.mp3", b"4711")}},
            id="a form",
        ),
        pytest.param({"files": {"audio": ("streamkey", b"4711", "audio/68b5a1f3")}}, id="a file"),
        pytest.param({"answer": {"streamUrl": "streamkey", "partner": 4711}}, id="unknown fields"),
        pytest.param({"answer": {"type": "djJ8MTIzNDU2fKJz", "success": "0b3f-session"}}, id="odd"),
        pytest.param({"answer": {"sessions": {"68b5a1f3": {"68b5a1f3": 1}}}}, id="ids as keys"),
        pytest.param(
            {"answer": {"error": "Bearer eyJh.bGci.Oi, or%2FdjJ8MTIzNDU2fKJz"}}, id="echo"
        ),
        pytest.param(
            {
                "json": {"text": "Jane Doe owes us"},
                "answer": {"error": "I do not say Jane Doe owes us."},
            },
            id="an echoed text",
        ),
        pytest.param({"answer": {"errors": [{"message": "No 0b3f-session"}]}}, id="in a list"),
        pytest.param({"answer": "eyJh.bGci.Oi"}, id="a bare text"),
    ],
)
def test_nothing_secret_is_on_a_page(seen: dict[str, Any]) -> None:
    """Not in the path, a header, a field known or unknown, a key, a sentence or a file's name."""
    shown = json.dumps(asdict(hidden(**seen)[1]))
    assert [name for name, secret in SECRETS.items() if secret in shown] == []
    assert "POST" in shown


def test_what_was_secret_once_is_secret_later() -> None:
    """A sentence may repeat what came in an earlier call, however plain the word."""
    hiding = Hiding(BASE)
    hidden(hiding, answer={"token": "plainword"})
    _, seen = hidden(hiding, answer={"error": "Not plainword but this (see 4)."})
    assert seen.answer["json"] == {"error": "Not … but this (see 4)."}
