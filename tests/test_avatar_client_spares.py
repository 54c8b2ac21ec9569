"""The connections that the client opens ahead of its calls."""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import trustme

from avatar_client import (
    ANSWER_TIMEOUT,
    SPARE_KEPT_FOR,
    SPARES,
    AsyncAvatarClient,
    ServiceUnreachable,
)
from tests.support.client_doors import OK, OPENED, SESSION
from tests.support.ledger_owner import until

OPEN = OPENED | OK
"""An answer to every call."""


def as_now(look: Callable[[], bool]) -> Callable[[], Awaitable[bool]]:
    """`look`, to be awaited."""

    async def now() -> bool:
        return look()

    return now


class Service:
    """Answers each call, and notes what came on which connection, in the order they were made."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.gone = 0
        self.answers_from = 0
        self._open: list[asyncio.StreamWriter] = []

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until the client has closed it; the first `answers_from` get no
        answer, as in a network that has changed."""
        calls: list[str] = []
        number = len(self.calls)
        self.calls.append(calls)
        self._open.append(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                name, _, rest = head.decode().partition(" HTTP/1.1\r\n")
                length = rest.lower().partition("content-length: ")[2].partition("\r\n")[0]
                await reader.readexactly(int(length))
                calls.append(name.rpartition("/")[2])
                if number < self.answers_from:
                    continue
                body = json.dumps(OPEN)
                writer.write(
                    f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
                )
        except (asyncio.IncompleteReadError, OSError):
            self.gone += 1
        finally:
            writer.close()

    def hang_up(self) -> None:
        """Close the connections that wait for a request."""
        for calls, writer in zip(self.calls, self._open, strict=True):
            if not calls:
                writer.close()

    @property
    def ready(self) -> int:
        """Connections on which nothing has come yet, and which the client has not closed."""
        return sum(not calls for calls in self.calls)


@pytest.fixture(params=["http", "https"])
def contexts(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext | None:
    """For the service; the client trusts it."""
    if request.param == "http":
        return None
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


def with_client(
    context: ssl.SSLContext | None,
    visit: Callable[[Service, AsyncAvatarClient], Awaitable[None]],
    timeout: float = ANSWER_TIMEOUT,
) -> Service:
    """Run `visit` with a client of a service."""

    async def run() -> Service:
        service = Service()
        async with AsyncExitStack() as stack:
            server = await stack.enter_async_context(
                await asyncio.start_server(service.meet, "localhost", 0, ssl=context)
            )
            port = server.sockets[0].getsockname()[1]
            address = f"http{'s' * bool(context)}://localhost:{port}"
            async with AsyncAvatarClient("a-ks", address, timeout=timeout) as client:
                await visit(service, client)
            await until(as_now(lambda: service.gone == len(service.calls)))
        return service

    return asyncio.run(run())


def test_calls_find_their_connections_open(contexts: ssl.SSLContext | None) -> None:
    """An interrupt and the say after it take connections that were there before, one each, and
    closing the client closes what is left."""

    async def visit(service: Service, client: AsyncAvatarClient) -> None:
        async def they_do() -> bool:
            """The service sees a connection before the client does, so the first turn may be too
            early for one of them."""
            await until(as_now(lambda: service.ready == SPARES))
            open_before = [calls for calls in service.calls if not calls]
            await client.interrupt(SESSION)
            await client.say_text(SESSION, "Hello")
            return sorted(open_before) == [["interrupt"], ["say-text"]]

        await client.keep_alive(SESSION)
        await until(they_do)

    assert max(map(len, with_client(contexts, visit).calls)) == 1


def test_a_spare_that_has_ended_is_not_used(contexts: ssl.SSLContext | None) -> None:
    """A service that closes its idle connections loses no say."""

    async def visit(service: Service, client: AsyncAvatarClient) -> None:
        await client.keep_alive(SESSION)
        await until(as_now(lambda: service.ready == SPARES))
        service.hang_up()
        await until(as_now(lambda: service.gone == 1 + SPARES))
        await client.say_text(SESSION, "Hello")
        assert [calls for calls in service.calls if calls] == [["keep-alive"], ["say-text"]]

    with_client(contexts, visit)


def test_one_dead_connection_ends_the_others(contexts: ssl.SSLContext | None) -> None:
    """A network that has changed costs one say, and not one for each spare."""

    async def visit(service: Service, client: AsyncAvatarClient) -> None:
        await client.keep_alive(SESSION)
        await until(as_now(lambda: service.ready == SPARES))
        service.answers_from = sys.maxsize
        with pytest.raises(ServiceUnreachable):
            await client.say_text(SESSION, "Hello")
        service.answers_from = len(service.calls)
        await client.say_text(SESSION, "Hello again")

    with_client(contexts, visit, timeout=1.0)


@pytest.mark.parametrize("steps", range(8))
def test_a_call_that_is_given_up(contexts: ssl.SSLContext | None, steps: int) -> None:
    """Whenever it is, its connection is closed in the end."""

    async def visit(service: Service, client: AsyncAvatarClient) -> None:
        await client.keep_alive(SESSION)
        await until(as_now(lambda: service.ready == SPARES))
        saying = asyncio.create_task(client.say_text(SESSION, "Hello"))
        for _ in range(steps):
            await asyncio.sleep(0)
        saying.cancel()
        await asyncio.wait({saying})

    with_client(contexts, visit)


@pytest.mark.soak
def test_spares_are_given_up() -> None:
    """Where no call comes, they are closed, and no other is opened."""

    async def visit(service: Service, client: AsyncAvatarClient) -> None:
        await client.keep_alive(SESSION)
        await until(as_now(lambda: service.gone == 1 + SPARES), within=2 * SPARE_KEPT_FOR)

    assert len(with_client(None, visit).calls) == 1 + SPARES
