"""The forms of the API, where its sources disagree."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One form of the API. What has a default is as the documentation has it, or kinder.

    `create_paths`: where create is posted, below the base URL. `avatar_fields`: the fields of
    `visualConfig` that can name the face, the first of them in errors. `takes_text`: whether
    say-text works. `interrupt_clears`: whether an interrupt drops turns that have not begun.
    `ended`: the status of a call to a session that has ended, and its sentence. `takes_jwt`:
    whether a JWT is good as a KS. `catalog_raises`: whether the catalog answers a bad KS with 200
    and a KalturaAPIException. `media_path`: what the `whepUrl` has before the path that a WHEP
    answer's Location begins with. `place_held`: how many seconds a viewer that has gone without
    DELETE keeps its place. `h264_only`: whether the picture is sent as H264 alone.
    """

    create_paths: tuple[str, ...]
    avatar_fields: tuple[str, ...]
    takes_text: bool
    interrupt_clears: bool
    ended: tuple[int, str] = (410, "Session ended")
    takes_jwt: bool = True
    catalog_raises: bool = False
    media_path: str = ""
    place_held: float = 0.0
    h264_only: bool = False


EVERY = Dialect(("", "/create"), ("avatarId", "id"), takes_text=True, interrupt_clears=True)
"""Both forms, mixed at will."""

DIALECTS = {
    # Source: Kaltura Control API, the endpoint's own page; Server Controlled Example.
    "documented": Dialect(("",), ("avatarId",), takes_text=True, interrupt_clears=True),
    # Source: kaltura/intelligent-agents-sdk, August and November 2026, verified against the live
    # service: say-text "accepts the request but the server answers 503 on every call", interrupt
    # "does not affect queued-but-not-yet-started turns", a viewer's place stays held when the
    # DELETE goes to the Location as it stands (how long is not known), H264 alone.
    "live": Dialect(
        ("/create",),
        ("id",),
        takes_text=False,
        interrupt_clears=False,
        ended=(404, "Session not found"),
        takes_jwt=False,
        catalog_raises=True,
        media_path="/media",
        place_held=30.0,
        h264_only=True,
    ),
}
