"""The forms of the API that the service has been seen to take, where its sources disagree."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """Where create is posted, below the base URL; which fields of `visualConfig` can name the face,
    the first of them in errors; whether a text is spoken or refused; and whether an interrupt drops
    the turns that have not begun."""

    create_paths: tuple[str, ...]
    avatar_fields: tuple[str, ...]
    takes_text: bool
    interrupt_clears: bool


EVERY = Dialect(("", "/create"), ("avatarId", "id"), takes_text=True, interrupt_clears=True)
"""What any caller may be used to: both forms, mixed as they like."""

DIALECTS = {
    # Source: Kaltura Control API, the endpoint's own page; Server Controlled Example.
    "documented": Dialect(("",), ("avatarId",), takes_text=True, interrupt_clears=True),
    # Source: kaltura/intelligent-agents-sdk, August 2026, verified against the live service:
    # say-text "accepts the request but the server answers 503 on every call", interrupt "does not
    # affect queued-but-not-yet-started turns".
    "live": Dialect(("/create",), ("id",), takes_text=False, interrupt_clears=False),
}
