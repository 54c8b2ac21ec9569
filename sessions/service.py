"""The avatar service as the sessions of this server use it."""

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
"""How the service stands: "refused" means that it does not take our KS."""

BELIEVED_FOR = 60.0
"""Seconds for which the last call tells how the service stands. Nobody starts at a server that says
it can't, so without an end to it, it would never learn that it can."""

LEFT_OVER = "It was left over, and ended by the janitor."


def standing_after(call_error: AvatarError | None) -> Standing | None:
    """How the service stands after a call that raised this, or nothing; None: as it did before.

    A catalog that fails costs names and pictures alone. Only without a connection, or with a KS
    that is not accepted at all, a create would fail as well; 403 is of one that may not list.
    """
    match call_error:
        case RequestRefused(sent="no"):
            return None  # refused here: it was no call
        case CredentialRefused(call="catalog", status=403):
            return None
        case CredentialRefused() if call_error.call in CALLS_WITH_KS:
            return "refused"
        case AvatarError(call="catalog", sent="maybe" | "yes"):
            return None
        case ServiceUnreachable():
            return "unreachable"
        case ServiceFailed(status=502 | 504):
            return "unreachable"  # it is a gateway that answers
        case _:
            return "ok"


def may_have_created(error: AvatarError) -> bool:
    """Whether a create that failed with `error` may have opened a session all the same.

    A 2xx is an answer that can't be read. A 5xx can come after the session was opened, but for 501
    and 503, which say that the call is not known there, or was not handled (RFC 9110). A refused KS
    opens nothing, also where Kaltura says so with status 200 (KalturaAPIException).
    """
    if isinstance(error, CredentialRefused):
        return False
    if error.sent != "yes" or error.status is None:
        return error.sent != "no"
    return error.status < 300 or (error.status >= 500 and error.status not in (501, 503))


class Service:
    """The client, and how the service stood at its last call."""

    def __init__(self, client: AsyncAvatarClient) -> None:
        self.client = client
        self._clock = asyncio.get_running_loop().time
        self._called_at = -BELIEVED_FOR
        self._standing: Standing = "unknown"

    async def ask(self, call: Awaitable[T]) -> T:
        """What `call`, one of the client's, answers. Raises `AvatarError`."""
        try:
            answer = await call
        except AvatarError as error:
            self.note(error)
            raise
        self.note(None)
        return answer

    @property
    def standing(self) -> Standing:
        """From real calls alone; "unknown" when the last one was long ago."""
        fresh = self._clock() - self._called_at < BELIEVED_FOR
        return self._standing if fresh else "unknown"

    def note(self, error: AvatarError | None) -> None:
        """A call has raised this, or nothing."""
        standing = standing_after(error)
        if standing is not None:
            self._standing, self._called_at = standing, self._clock()


async def end_entry(client: AsyncAvatarClient, entry: Entry, reason: str = LEFT_OVER) -> None:
    """End the session of `entry` where it was opened, and note that in the audit log.

    Raises `AvatarError`. An entry without a session's id and token has nothing that can be ended.
    """
    try:
        session = Session(entry.session_id or "", entry.token or "")
        if entry.base_url == client.base_url:
            await client.end(session)
        else:  # its token is for that service alone, and needs no KS
            async with AsyncAvatarClient("none", entry.base_url) as other:
                await other.end(session)
    except ValueError as error:
        raise RequestRefused("end", error=str(error)) from None
    audit.note("end", entry.visitor, session=entry.session_id, outcome="ended", reason=reason)
