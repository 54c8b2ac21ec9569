"""The pages of calls: how they are named, and where two of them differ."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulator.api import INVALID_KS
from simulator.exchange import LARGEST, Exchange, NoAnswer, answer_to, differences
from tests.simulator.test_hiding import BASE, hidden


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
    _, ours = hidden(**usual, answer={"success": True, "warning": "Late."})
    ours = replace(ours, optional=("answer.json.warning",))
    found = differences(hidden(**usual | change)[1], ours)
    assert len(found) == len(told)
    assert all(sentence.startswith(start) for sentence, start in zip(found, told, strict=True))


def test_of_a_list_the_first_item_is_compared() -> None:
    """A catalog of a hundred is as good as ours of one; an empty one tells nothing."""
    lists: list[list[object]] = [[{"itemId": "a"}], [{"itemId": "b"}, {"id": 1}], [], [{"id": 1}]]
    ours, other, none, odd = (hidden(answer={"objects": objects})[1] for objects in lists)
    assert differences(other, ours) == []
    assert differences(none, ours) == []
    told = differences(odd, ours)
    assert sorted(told) == [
        "answer.json.objects.id is new",
        "answer.json.objects.itemId is missing",
    ]


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
        ({"path": "/v1/catalog-item/get", "json": {"itemId": "a"}}, "catalog-get"),
        (
            {"path": "/v1/catalog-item/list", "json": {}, "answer": INVALID_KS},
            "catalog-invalid-ks",
        ),
        ({"path": f"{BASE}/create", "content": b"["}, "create-at-create-id"),
        ({"path": "/../../etc/passwd"}, "passwd"),
        ({"path": "/"}, "other"),
    ],
)
def test_names(seen: dict[str, Any], name: str) -> None:
    """A page is named after the call, its form, and a status that is no success: a file's name."""
    assert hidden(**seen)[0] == name


def test_a_page_is_kept_as_it_is(tmp_path: Path) -> None:
    """Written and read again it is the same, and nobody but its owner can read it any more."""
    seen = replace(hidden(json={"text": "a"})[1], optional=("request.json.text",))
    file = tmp_path / "a.json"
    file.touch(0o644)
    seen.write(file)
    assert Exchange.read(file) == seen
    assert file.stat().st_mode & 0o777 == 0o600


async def drip() -> AsyncIterator[bytes]:
    """A byte now and then, for ever."""
    while True:
        yield b" "
        await asyncio.sleep(0.01)


async def flood() -> AsyncIterator[bytes]:
    """All at once."""
    yield bytes(LARGEST + 1)


@pytest.mark.parametrize(
    ("body", "reason"), [(flood, "more than 5,000,000 bytes"), (drip, "TimeoutError")]
)
def test_an_answer_has_an_end(body: Callable[[], AsyncIterator[bytes]], reason: str) -> None:
    """In bytes and in seconds, however it comes."""
    service = httpx.MockTransport(lambda _: httpx.Response(200, content=body()))

    async def ask() -> None:
        async with httpx.AsyncClient(transport=service) as http:
            await answer_to(httpx.Request("GET", "https://api.example"), http, 0.5)

    with pytest.raises(NoAnswer, match=reason):
        asyncio.run(ask())
