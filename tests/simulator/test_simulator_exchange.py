"""The pages of the wire: what two of them differ in, and what is never on one."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.exchange import Exchange, answer_page, differences, request_page
from simulator.hiding import Hiding
from simulator.recorder import name_of

BASE = "/v1/avatar-session"


def page(
    path: str = f"{BASE}/0b3f-session/say-text",
    authorization: str = "Bearer eyJh.bGci.Oi",
    answer: object = None,
    status: int = 200,
    **body: Any,
) -> Exchange:
    """What was sent, and what came back."""
    headers = {"Authorization": authorization}
    request = httpx.Request("POST", f"https://api.example{path}", headers=headers, **body)
    response = httpx.Response(status, json={"success": True} if answer is None else answer)
    return Exchange("a test", request_page(request), answer_page(response))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"json": {"text": "a", "isFinal": True, "speed": 2}}, []),
        ({"json": {"text": "a", "isFinal": False, "speed": 1.5}}, ["request.json.isFinal"]),
        ({"json": {"text": "a", "isFinal": True, "speed": "2"}}, ["request.json.speed"]),
        ({"json": {"text": "a", "isFinal": True, "speed": True}}, ["request.json.speed"]),
        ({"json": {"text": "a", "isFinal": True}}, ["request.json.speed is missing"]),
        ({"path": f"{BASE}/create"}, ["request.path"]),
        ({"authorization": "KS djJ8MTIzNDU2fKJz"}, ["request.headers.Authorization"]),
        ({"status": 503}, ["answer.status is 503, not 200"]),
        ({"answer": {"success": True, "more": 1}}, ["answer.json.more is new"]),
        ({"answer": {}}, ["answer.json.success is missing"]),
        ({"answer": {"success": "yes"}}, ["answer.json.success"]),
        ({"answer": {"success": True, "warning": "Slow."}}, ["answer.json.warning"]),
        ({"answer": ["success"]}, ["answer.json"]),
    ],
)
def test_differences(change: dict[str, Any], told: list[str]) -> None:
    """Each is told once, by its place; an example of a number, or what is optional, is none."""
    usual: dict[str, Any] = {"json": {"text": "b", "isFinal": True, "speed": 1.5}}
    hiding = Hiding(BASE)
    ours = hiding.hide(page(**usual, answer={"success": True, "warning": "Late."}))
    ours = replace(ours, optional=("answer.json.warning",))
    found = differences(hiding.hide(page(**usual | change)), ours)
    assert len(found) == len(told)
    assert all(sentence.startswith(start) for sentence, start in zip(found, told, strict=True))


def test_of_a_list_the_first_item_is_compared() -> None:
    """A catalog of a hundred is as good as ours of one; an empty one tells nothing."""
    hiding = Hiding(BASE)
    one, none = ({"objects": objects} for objects in ([{"itemId": "a-face"}], []))
    other = {"objects": [{"itemId": "other"}, {"id": 1}]}
    ours = hiding.hide(page(answer=one))
    assert differences(hiding.hide(page(answer=other)), ours) == []
    assert differences(hiding.hide(page(answer=none)), ours) == []
    told = differences(hiding.hide(page(answer={"objects": [{"id": 1}]})), ours)
    assert sorted(told) == [
        "answer.json.objects.id is new",
        "answer.json.objects.itemId is missing",
    ]


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
    shown = json.dumps(asdict(Hiding(BASE).hide(page(**seen))))
    assert [name for name, secret in SECRETS.items() if secret in shown] == []
    assert "POST" in shown


def test_what_was_secret_once_is_secret_later() -> None:
    """A sentence may repeat what came in an earlier call, however plain the word."""
    hiding = Hiding(BASE)
    hiding.hide(page(answer={"token": "plainword"}))
    answer = hiding.hide(page(answer={"error": "Not plainword but this (see 4)."})).answer
    assert answer["json"] == {"error": "Not … but this (see 4)."}


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        ({"path": BASE, "json": {"visualConfig": {"avatarId": "a"}}}, "create"),
        ({"path": f"{BASE}/create", "json": {"visualConfig": {"id": "a"}}}, "create-at-create-id"),
        ({"path": BASE, "json": {"visualConfig": {"id": "a"}}, "status": 400}, "create-id-400"),
        ({"json": {"text": "a", "isFinal": True}}, "say-text"),
        ({"json": {"text": "a", "isFinal": False}}, "say-text-chunk"),
        ({"json": {"text": "a"}, "status": 503}, "say-text-503"),
        ({"path": f"{BASE}/1/queue-status", "status": 404}, "queue-status-404"),
        (
            {"path": "/v1/catalog-item/list", "json": {"filter": {"typeEqual": "Voice"}}},
            "catalog-voice",
        ),
        ({"path": "/v1/catalog-item/list", "json": {"filter": {"typeEqual": 7}}}, "catalog"),
        ({"path": f"{BASE}/create", "content": b"["}, "create-at-create-id"),
        ({"path": "/../../etc/passwd"}, "passwd"),
        ({"path": "/"}, "other"),
    ],
)
def test_names(seen: dict[str, Any], name: str) -> None:
    """A page is named after the call, its form, and a status that is no success: a file's name."""
    assert name_of(Hiding(BASE).hide(page(**seen)), BASE) == name


def test_a_page_is_kept_as_it_is(tmp_path: Path) -> None:
    """Written and read again it is the same."""
    seen = replace(Hiding(BASE).hide(page(json={"text": "a"})), optional=("request.json.text",))
    seen.write(tmp_path / "a.json")
    assert Exchange.read(tmp_path / "a.json") == seen
