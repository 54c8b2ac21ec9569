"""What a browser is told about our pages, and which pages reach us: policy, headers, Origin."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Error, Page
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from components.assets import asset_path
from components.slides import frame_path
from server.web_security import (
    HEADERS,
    WebSecurity,
    is_at_this_machine,
    is_from_our_page,
    policy,
)
from tests.support.app_process import STREAMLIT, App, running_app
from tests.support.served import served
from tests.support.simulator_process import SimulatorProcess
from tests.support.visitor_page import VisitorPage, browser

__all__ = ["browser"]

LIVE = "https://api.avatar.us.kaltura.ai/v1/avatar-session"
SIMULATED = "http://127.0.0.1:8600/v1/avatar-session"


def directives(policy: str) -> dict[str, list[str]]:
    """A policy by its directives' names."""
    words = (directive.split() for directive in policy.split("; "))
    return {name: sources for name, *sources in words}


def test_only_our_own_scripts_run() -> None:
    """No inline script but those of Streamlit's index, by their hashes."""
    scripts = directives(policy(LIVE))["script-src"]
    hashes = [source for source in scripts if source.startswith("'sha256-")]
    assert hashes
    assert {*scripts} - {*hashes} == {"'self'", "blob:", "'unsafe-eval'"}


def test_a_client_sdk_from_elsewhere_may_be_loaded() -> None:
    """Its origin, and nothing more of its address."""
    scripts = directives(policy(LIVE, "https://cdn.example:8443/sdk/1.4/index.js"))["script-src"]
    assert {*scripts} - {*directives(policy(LIVE))["script-src"]} == {"https://cdn.example:8443"}


@pytest.mark.parametrize("name", ["connect-src", "img-src"])
def test_plain_http_is_for_this_machine_alone(name: str) -> None:
    """And only where the API is on it, too: no page of a live service reaches a visitor's ports."""
    assert not [source for source in directives(policy(LIVE))[name] if source.startswith("http:")]
    assert "https:" in directives(policy(LIVE))[name]
    here = [s for s in directives(policy(SIMULATED))[name] if s.startswith("http:")]
    assert {*here} == {"http://localhost:*", "http://127.0.0.1:*", "http://127.0.0.1:8600"}


def test_an_api_at_an_ipv6_address_can_be_reached() -> None:
    """A policy has no way to name one, so there it allows plain http."""
    assert "http:" in directives(policy("http://[::1]:8600/v1/avatar-session"))["connect-src"]


@pytest.mark.parametrize("name", ["frame-ancestors", "base-uri", "form-action", "default-src"])
def test_all_else_stays_with_us(name: str) -> None:
    """Frames around the page, its base, its forms, and what no directive names."""
    assert directives(policy(LIVE))[name] == ["'self'"]
    assert directives(policy(LIVE))["object-src"] == ["'none'"]


@pytest.mark.parametrize(
    "path", ["", "sessions", "health", "favicon.png", "stage/assets/none", "_stcore/health"]
)
def test_every_answer_has_the_headers(app: App, path: str) -> None:
    """Documents, files, what is ours and what is Streamlit's, errors, and what has not changed."""
    answer = httpx.get(f"{app.url}/{path}")
    unchanged = httpx.get(answer.url, headers={"If-None-Match": answer.headers.get("etag", "none")})
    for headers in (answer.headers, unchanged.headers):
        assert HEADERS.items() <= {name.title(): value for name, value in headers.items()}.items()
        assert "127.0.0.1" in headers["content-security-policy"]


def test_a_route_may_bring_a_policy_of_its_own(app: App) -> None:
    """The slides' frame has a stricter one, with our other headers beside it."""
    headers = httpx.get(f"{app.url}/{frame_path()}").headers
    assert headers.get_list("content-security-policy")[0].startswith("default-src 'none'; ")
    assert len(headers.get_list("content-security-policy")) == 1
    assert HEADERS.items() <= {name.title(): value for name, value in headers.items()}.items()


@pytest.mark.parametrize("path", ["_stcore/stream", "stage/channel"])
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://localhost:1", "null"])
def test_a_page_from_elsewhere_opens_no_websocket(app: App, path: str, origin: str) -> None:
    """Not ours and not Streamlit's, which itself lets in every port of this machine."""
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{app.url.replace('http', 'ws')}/{path}", additional_headers={"Origin": origin})
    assert refused.value.response.status_code == 403


UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
PROXIED = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}


@pytest.mark.parametrize(
    ("name", "proxy", "status"),
    [
        ("http://rebound.example:8501", {}, 403),
        ("https://avatar.example", PROXIED, 101),
        ("http://localhost:8501", {}, 101),
        ("http://127.0.0.1:8501", {}, 101),
    ],
)
def test_a_name_that_is_not_this_machines_needs_a_proxy(
    app: App, name: str, proxy: dict[str, str], status: int
) -> None:
    """A page whose owner points its name at loopback has our Host for its Origin, and no proxy."""
    headers = {**UPGRADE, **proxy, "Host": name.split("//")[1], "Origin": name}
    with httpx.stream("GET", f"{app.url}/_stcore/stream", headers=headers) as answer:
        assert answer.status_code == status


def came(
    scheme: str = "http",
    client: object = ("127.0.0.1", 1),
    server: object = ("127.0.0.1", 2),
    **headers: str,
) -> HTTPConnection:
    """A request that came so."""
    raw = [(n.replace("_", "-").lower().encode(), v.encode()) for n, v in headers.items()]
    scope = {"type": "http", "scheme": scheme, "client": client, "server": server, "headers": raw}
    return HTTPConnection(scope)


@pytest.mark.parametrize(
    ("scheme", "origin", "headers", "is_ours"),
    [
        ("ws", "http://localhost", {}, True),
        ("ws", "https://localhost", {}, False),
        ("wss", "https://localhost", {}, True),
        ("wss", "http://localhost", {}, False),
        ("ws", "https://localhost", {"X_Forwarded_Proto": "https"}, True),
        ("ws", "https://localhost", {"X_Forwarded_Proto": "wss"}, True),
        ("ws", "https://localhost", {"X_Forwarded_Proto": "https, http"}, True),
        ("ws", "https://localhost", {"Forwarded": 'for=192.0.2.1;proto="https"'}, True),
        ("ws", "http://localhost", {"X_Forwarded_Proto": "https"}, False),
        ("ws", "https://localhost", {"X_Forwarded_Proto": "http"}, False),
        ("ws", "https://localhost", {"X_Forwarded_For": "192.0.2.1"}, True),
        ("ws", "http://localhost", {"X_Forwarded_For": "192.0.2.1"}, True),
        ("ws", "ftp://localhost", {}, False),
    ],
)
def test_a_page_of_another_scheme_is_not_ours(
    scheme: str, origin: str, headers: dict[str, str], is_ours: bool
) -> None:
    """The same host over http can be anybody's. A proxy tells the scheme, or it can't be known."""
    asked = came(scheme, Host="localhost", Origin=origin, **headers)
    assert is_from_our_page(asked) is is_ours


HERE, THERE = ("127.0.0.1", 1), ("192.0.2.1", 1)


@pytest.mark.parametrize(
    ("client", "server", "headers", "is_here"),
    [
        (HERE, HERE, {"Host": "127.0.0.1:8501"}, True),
        (HERE, HERE, {"Host": "localhost"}, True),
        (("::1", 1), ("::1", 1), {"Host": "[::1]:8501"}, True),
        (("::ffff:127.0.0.1", 1), ("::ffff:127.0.0.1", 1), {"Host": "localhost"}, True),
        (THERE, HERE, {"Host": "localhost"}, False),
        (THERE, THERE, {"Host": "localhost"}, False),
        (("::ffff:192.0.2.1", 1), ("::ffff:127.0.0.1", 1), {"Host": "localhost"}, False),
        (HERE, THERE, {"Host": "localhost"}, False),
        (None, ("/a/socket", None), {"Host": "localhost"}, False),
        (HERE, None, {"Host": "localhost"}, False),
        (HERE, HERE, {"Host": "avatar.example.com"}, False),
        (HERE, HERE, {"Host": "192.0.2.1:8501"}, False),
        (HERE, HERE, {"Host": "127.0.0.1.example.com"}, False),
        (HERE, HERE, {"Host": "localhost@example.com"}, False),
        (HERE, HERE, {}, False),
        *(
            (HERE, HERE, {"Host": "localhost", header: "127.0.0.1"}, False)
            for header in ("X_Forwarded_For", "X_Forwarded_Port", "Forwarded", "Via", "X_Real_IP")
        ),
    ],
)
def test_who_sits_at_this_machine(
    client: object, server: object, headers: dict[str, str], is_here: bool
) -> None:
    """Both ends and the Host are loopback, and no proxy stands between; else nobody can tell."""
    assert is_at_this_machine(came("http", client, server, **headers)) is is_here


def test_hosts_can_be_named(simulator: SimulatorProcess) -> None:
    """With Streamlit's own setting, which holds for our WebSockets, too."""
    live = {"AVATAR_KS": "a-test", "AVATAR_BASE_URL": simulator.base_url}
    with running_app(STREAMLIT, STREAMLIT_SERVER_ALLOWED_HOSTS="localhost", **live) as app:
        for path in ("_stcore/stream", "stage/channel"):
            for name, status in (("localhost", 101), ("127.0.0.1", 403)):
                host = f"{name}:{app.port}"
                headers = {**UPGRADE, "Host": host, "Origin": f"http://{host}"}
                with httpx.stream("GET", f"{app.url}/{path}", headers=headers) as answer:
                    assert answer.status_code == status


def test_it_listens_to_this_machine_alone(app: App) -> None:
    """Unless told otherwise."""
    sockets = psutil.Process(app.process.pid).net_connections("inet")
    listening = {socket.laddr.ip for socket in sockets if socket.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


def test_our_routes_have_no_effect(app: App) -> None:
    """What changes something goes over a WebSocket, so a form of another site finds no route."""
    for path in ("health", asset_path("stage/js/stage.js"), "stage/channel"):
        assert httpx.post(f"{app.url}/{path}").status_code in (404, 405)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page."""
    with browser.new_context() as context:
        yield context.new_page()


def test_streamlit_can_work_with_the_policy(app: App, page: Page) -> None:
    """Opening the page violates nothing. What comes after, each test's `VisitorPage` watches."""
    page.add_init_script(
        "window.violations = []; addEventListener('securitypolicyviolation', (violation) =>"
        " violations.push([violation.effectiveDirective, violation.blockedURI]))"
    )
    VisitorPage(page).open(app.url)
    assert page.evaluate("violations") == []


@pytest.fixture(scope="module")
def foreign() -> Iterator[str]:
    """A site of another origin: a script, and a page that puts another into a frame."""

    def frame(request: Request) -> HTMLResponse:
        return HTMLResponse(f'<iframe src="{request.query_params.get("around", "")}"></iframe>')

    def script(_: Request) -> Response:
        shared = {"Access-Control-Allow-Origin": "*"}
        return Response("window.foreign = true", media_type="text/javascript", headers=shared)

    with served(Starlette(routes=[Route("/", frame), Route("/script.js", script)])) as url:
        yield url


INJECTIONS = {
    "script-src-elem": """
      const script = Object.assign(document.createElement("script"), { src: foreign });
      document.body.append(script);""",
    "script-src-attr": """
      const image = '<img src="x:" onerror="window.foreign = true">';
      document.body.insertAdjacentHTML("beforeend", image);""",
    "connect-src": "fetch('http://192.0.2.1/').catch(() => {});",
    "frame-src": """
      const frame = Object.assign(document.createElement("iframe"), { src: foreign });
      document.body.append(frame);""",
    "base-uri": """
      document.head.append(Object.assign(document.createElement("base"), { href: foreign }));""",
}


def test_what_is_injected_is_blocked(app: App, page: Page, foreign: str) -> None:
    """Should foreign text ever become part of the page, it runs nothing and reaches nobody."""
    page.goto(app.url)
    for directive, injection in INJECTIONS.items():
        violated = page.evaluate(
            f"""(foreign) => new Promise((resolve) => {{
              const say = (event) => resolve(event.effectiveDirective);
              addEventListener("securitypolicyviolation", say, {{ once: true }});
              setTimeout(resolve, 5000, "nothing");
              {injection}
            }})""",
            f"{foreign}/script.js",
        )
        assert violated == directive
    assert page.evaluate("window.foreign") is None


def test_a_page_from_elsewhere_has_ours_in_no_frame(app: App, page: Page, foreign: str) -> None:
    """A click on what lies over our page would press our buttons."""
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(f"{foreign}/?around={app.url}")


def test_the_client_sdk_that_was_named_is_loaded(page: Page, foreign: str) -> None:
    """The browser takes a module from there, and from nowhere else."""
    named = f"{foreign}/script.js"
    secured = Middleware(WebSecurity, policy=lambda: policy(LIVE, named))
    ours = Starlette(routes=[Route("/", lambda _: HTMLResponse(""))], middleware=[secured])
    with served(ours) as url:
        page.goto(url)
        page.evaluate("(named) => import(named)", named)
        assert page.evaluate("window.foreign") is True
        with pytest.raises(Error, match="Failed to fetch"):
            page.evaluate("(other) => import(other)", f"{url.replace('127.0.0.1', 'localhost')}/")
