"""The avatar service, and how it stood at its last call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Literal, TypeVar

from avatar_client import (
    AN_HTML_PAGE,
    CALLS_WITH_KS,
    AsyncAvatarClient,
    AvatarError,
    CredentialRefused,
    Media,
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

TEXT_REFUSED_FOR = 3600.0
"""Seconds for which a service that has refused texts is given none. Where say-text was refused, it
stayed refused (kaltura/intelligent-agents-sdk, November 2026); a session begun later, or after a
restart, asks once more, which costs its first words a second and a half."""

ANOTHERS_PICTURE = "it was the picture of another session"

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
    """The client, the service's standing, and what was learnt of the service."""

    def __init__(self, client: AsyncAvatarClient) -> None:
        self.client = client
        self._clock = asyncio.get_running_loop().time
        self._called_at = -BELIEVED_FOR
        self._standing: Standing = "unknown"
        self._text_refused_at = -TEXT_REFUSED_FOR
        self._pictures: dict[str, str] = {}

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

    @property
    def takes_text(self) -> bool:
        """Whether a text is worth a say-text: not where the dialect is known to refuse it, nor
        within `TEXT_REFUSED_FOR` of a refusal in any session."""
        fresh = self._clock() - self._text_refused_at < TEXT_REFUSED_FOR
        return self.client.dialect != "live" and not fresh

    def note_text_refused(self) -> None:
        """Note that this service takes no text, for every session that begins from now on."""
        self._text_refused_at = self._clock()

    async def picture_of(self, session: Session) -> Media:
        """Ask where the picture of `session` is, which the service is to be asked once.

        Raises `AvatarError`, also for an answer that was meant for another live session. Call
        `forget_picture` when the session is over.
        """
        media = await self.ask(self.client.init_client(session))
        if self._pictures.setdefault(media.whep_url, session.session_id) != session.session_id:
            raise ServiceFailed("init-client", status=200, error=ANOTHERS_PICTURE, sent="yes")
        return media

    def forget_picture(self, session: Session) -> None:
        """`session` is over."""
        pictures = self._pictures.items()
        self._pictures = {url: whose for url, whose in pictures if whose != session.session_id}

    def note(self, error: AvatarError | None) -> None:
        """Note that a call has raised `error`, or (None) succeeded."""
        standing = standing_after(error)
        if standing is not None:
            self._standing, self._called_at = standing, self._clock()


async def end_session(client: AsyncAvatarClient, session: Session) -> None:
    """End `session`, which was live when its token was given. Raises `AvatarError`.

    A refused token is no error: end itself invalidates it (Control API), so the session is gone, or
    past our reach, and another try would change nothing. A 403 or a web page may be a proxy's.
    """
    try:
        await client.end(session)
    except CredentialRefused as error:
        if error.status == 403 or error.error == AN_HTML_PAGE:
            raise


async def end_entry(client: AsyncAvatarClient, entry: Entry, reason: str = LEFT_OVER) -> None:
    """End the session of `entry` at the service that opened it, and write to the audit log.

    Raises `AvatarError`: `RequestRefused` for an entry without a session id and token.
    """
    try:
        session = Session(entry.session_id or "", entry.token or "")
        if entry.base_url == client.base_url:
            await end_session(client, session)
        else:  # the session's token is enough there: no KS is needed
            async with AsyncAvatarClient("none", entry.base_url) as other:
                await end_session(other, session)
    except ValueError as error:
        raise RequestRefused("end", error=str(error)) from None
    audit.note("end", entry.visitor, session=entry.session_id, outcome="ended", reason=reason)
