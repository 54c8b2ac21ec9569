"""Whether the service can be reached from here at all: its name, a connection, TLS."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from typing import Any
from urllib.request import getproxies, proxy_bypass

import httpx

from avatar_client import is_loopback
from preflight import failures

PATIENCE = 8.0
"""Seconds for each of connection and answer, and twice that for all of it: a firewall that drops
packets says nothing."""


async def reach(base_url: str, *, patience: float = PATIENCE) -> str:
    """Ask for `base_url` without a credential; return a sentence, or raise `StepFailed`.

    It goes over the same library, and the same proxy of the environment, as every call. Any answer
    shows that the way is open.
    """
    url = httpx.URL(base_url)
    local = is_loopback(url.host)
    try:
        async with (
            httpx.AsyncClient(trust_env=not local, timeout=patience) as http,
            asyncio.timeout(2 * patience),
            http.stream("GET", url) as answer,
        ):
            tls = answer.extensions["network_stream"].get_extra_info("ssl_object")
    except (httpx.HTTPError, OSError) as error:
        proxy = None if local else proxy_of(url)
        raise failures.unreached(base_url, list(_causes(error)), proxy) from None
    if tls is None:
        return f"{url.host} answers on this machine." if local else f"{url.host} answers."
    return f"{url.host} answers over {tls.version()}; its certificate is from {issuer_of(tls)}."


def proxy_of(url: httpx.URL) -> str | None:
    """The host and port of the proxy that httpx takes from the environment for `url`."""
    named = getproxies()
    proxy = named.get(url.scheme) or named.get("all")
    if not proxy or proxy_bypass(url.host):
        return None
    return httpx.URL(proxy).netloc.decode()


def issuer_of(tls: ssl.SSLObject) -> str:
    """Who signed the certificate; a firewall that reads along signs with its own name."""
    certificate: dict[str, Any] = tls.getpeercert() or {}
    names = {key: value for part in certificate.get("issuer", ()) for key, value in part}
    return str(names.get("organizationName") or names.get("commonName") or "nobody named")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """`error` and its causes: httpx wraps httpcore's, which wraps the system's."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
