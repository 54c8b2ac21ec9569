"""The avatar service, and how it stood at its last call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Literal, TypeVar

from avatar_client import (
    CALLS_WITH_KS,
    AsyncAvatarClient,
    AvatarError,
    CredentialRefused,
    RequestRefused,
    ServiceFailed,
    ServiceUnreachable,
    Session,
)
from sessions import audit
from sessions.ledger import Entry

T = TypeVar("T")

Standing = Literal["ok", "unreachable", "refused", "unknown"]
"""The service's standing; "refused": it does not take our KS."""

BELIEVED_FOR = 60.0
"""Seconds for which a standing holds. Visitors are kept from a server that reports an error, so
without this end no call would ever show that the service works again."""

LEFT_OVER = "It was left over, and ended by the janitor."


def standing_after(call_error: AvatarError | None) -> Standing | None:
    """The standing after a call that raised `call_error`; None leaves it unchanged.

    A failed catalog costs only names and pictures. It counts if a create would fail as well:
    without a connection, or with a refused KS. A 403 is of a KS that may not list.
    """
    match call_error:
        case RequestRefused(sent="no"):
            return None  # refused by our client: no call was made
        case CredentialRefused(call="catalog", status=403):
            return None
        case CredentialRefused() if call_error.call in CALLS_WITH_KS:
            return "refused"
        case AvatarError(call="catalog", sent="maybe" | "yes"):
            return None
        case ServiceUnreachable():
            return "unreachable"
        case ServiceFailed(status=502 | 504):
            return "unreachable"  # a gateway answered
        case _:
            return "ok"


def may_have_created(error: AvatarError) -> bool:
    """Whether a create that failed with `error` may still have opened a session.

    A 2xx here is an unreadable answer. A 5xx can follow an opened session, except 501 and 503,
    which say that the call is unknown or was not handled (RFC 9110). A refused KS opens nothing,
    even if Kaltura says so with status 200 (KalturaAPIException).
    """
    if isinstance(error, CredentialRefused):
        return False
    if error.sent != "yes" or error.status is None:
        return error.sent != "no"
    return error.status < 300 or (error.status >= 500 and error.status not in (501, 503))


class Service:
    """The client, and the service's standing."""

    def __init__(self, client: AsyncAvatarClient) -> None:
        self.client = client
        self._clock = asyncio.get_running_loop().time
        self._called_at = -BELIEVED_FOR
        self._standing: Standing = "unknown"

    async def ask(self, call: Awaitable[T]) -> T:
        """Await `call`, one of the client's, and note its result. Raises `AvatarError`."""
        try:
            answer = await call
        except AvatarError as error:
            self.note(error)
            raise
        self.note(None)
        return answer

    @property
    def standing(self) -> Standing:
        """The standing after the last call; "unknown" after `BELIEVED_FOR` seconds."""
        fresh = self._clock() - self._called_at < BELIEVED_FOR
        return self._standing if fresh else "unknown"

    def note(self, error: AvatarError | None) -> None:
        """Note that a call has raised `error`, or (None) succeeded."""
        standing = standing_after(error)
        if standing is not None:
            self._standing, self._called_at = standing, self._clock()


async def end_entry(client: AsyncAvatarClient, entry: Entry, reason: str = LEFT_OVER) -> None:
    """End the session of `entry` at the service that opened it, and write to the audit log.

    Raises `AvatarError`: `RequestRefused` for an entry without a session id and token.
    """
    try:
        session = Session(entry.session_id or "", entry.token or "")
        if entry.base_url == client.base_url:
            await client.end(session)
        else:  # the session's token is enough there: no KS is needed
            async with AsyncAvatarClient("none", entry.base_url) as other:
                await other.end(session)
    except ValueError as error:
        raise RequestRefused("end", error=str(error)) from None
    audit.note("end", entry.visitor, session=entry.session_id, outcome="ended", reason=reason)
