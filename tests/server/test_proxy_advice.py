"""A proxy that keeps pages from their WebSockets: what the log and the page say."""

from __future__ import annotations

import httpx
import pytest
from starlette.datastructures import Headers

from server.proxy_advice import refused
from tests.support.app_process import App

HOST = "have the reverse proxy in front of this server pass on the browser's Host with its port"


@pytest.mark.parametrize(
    ("page", "headers", "lack", "advice"),
    [
        (
            "https://avatar.example:8443",
            {"Host": "avatar.example", "X-Forwarded-Proto": "https"},
            "with the Host avatar.example.",
            HOST,
        ),
        ("https://avatar.example", {"Host": "127.0.0.1:8501"}, "with the Host 127.0.0.1:85", HOST),
        ("https://avatar.example", {}, "without a Host.", HOST),
        (
            "https://avatar.example",
            {"Host": "avatar.example", "X-Forwarded-Proto": "http"},
            "with X-Forwarded-Proto http.",
            "say https there",
        ),
        (
            "https://avatar.example",
            {"Host": "avatar.example"},
            "with none of a reverse proxy's headers.",
            "send X-Forwarded-For",
        ),
    ],
)
def test_what_to_change(page: str, headers: dict[str, str], lack: str, advice: str) -> None:
    """By what the page's requests lack."""
    sentence = refused(page, Headers(headers))
    assert sentence.startswith(f"The page at {page} stays empty, because")
    assert f"its requests arrive {lack}" in sentence
    assert advice in sentence
    assert "docs/deploy.md" in sentence


def ping(app: App, **headers: str) -> httpx.Response:
    """What a page asks before it opens its WebSocket."""
    return httpx.get(f"{app.url}/_stcore/health", headers=headers)


SOCKETS = ("_stcore/stream", "stage/channel")
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def opened(app: App, **headers: str) -> list[int]:
    """Try to open both WebSockets of a page; the statuses."""
    statuses = []
    for path in SOCKETS:
        with httpx.stream("GET", f"{app.url}/{path}", headers={**UPGRADE, **headers}) as answer:
            statuses.append(answer.status_code)
    return statuses


def test_a_host_without_its_port(app: App) -> None:
    """The log says it once, and the page is answered with the same sentence as JSON."""
    page, host = "https://without-port.example:8443", "without-port.example"
    sentence = refused(page, Headers({"Host": host}))
    for _ in range(2):
        assert opened(app, Origin=page, Host=host) == [403, 403]
    assert app.printed().count(sentence) == 1
    answer = ping(app, Referer=f"{page}/demo/preflight", Host=host)
    assert answer.status_code == 400
    assert answer.json().split() == sentence.split()


def test_no_header_of_a_proxy(app: App) -> None:
    """On loopback that may be a foreign page whose name leads here, so it is refused."""
    answer = ping(app, Referer="https://avatar.example/", Host="avatar.example")
    assert "with none of a reverse proxy's headers" in " ".join(answer.json().split())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "avatar.example"},  # a monitor
        {"Host": "avatar.example", "Referer": "about:client"},
        {"Host": "localhost", "Referer": "http://localhost/"},
        {
            "Referer": "https://avatar.example/demo/",
            "Host": "127.0.0.1:8501",
            "X-Forwarded-Host": "avatar.example",
        },
    ],
)
def test_all_is_well(app: App, headers: dict[str, str]) -> None:
    """A page whose WebSocket will be let in, and whoever has no page."""
    assert ping(app, **headers).status_code == 200


@pytest.mark.parametrize("referer", ["https://[", "https://\N{LATIN SMALL LETTER O WITH STROKE}"])
def test_an_address_that_is_none(app: App, referer: str) -> None:
    """It is refused like any other."""
    answer = httpx.get(
        f"{app.url}/_stcore/health", headers=[(b"Referer", referer.encode("latin-1"))]
    )
    assert answer.status_code == 400


def test_a_proxy_that_passes_no_websocket_on(app: App) -> None:
    """The log says it, and nothing else takes the request for one of a page."""
    dropped = {name: value for name, value in UPGRADE.items() if name != "Upgrade"}
    for path in SOCKETS:
        answer = httpx.get(f"{app.url}/{path}", headers={**dropped, "Connection": "close"})
        assert answer.status_code == 426
        assert answer.json() in app.printed()


def test_a_proxy_that_names_us_in_a_header_of_its_own(app: App) -> None:
    """X-Forwarded-Host, as Apache sends it beside a Host of its own."""
    headers = {
        "Origin": "https://avatar.example",
        "Host": "127.0.0.1:8501",
        "X-Forwarded-Host": "avatar.example",
    }
    assert opened(app, **headers) == [101, 101]
