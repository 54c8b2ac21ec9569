"""What a viewer has seen and heard, in the order of its coming."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from avatar_client import Media


class Sight(StrEnum):
    """What a viewer can tell."""

    CONNECTED = "connected"  # the media has a way; the word says which
    PICTURE = "picture"  # the first one is on screen
    SOUND = "sound"  # a voice is heard
    QUIET = "quiet"  # it is heard no more
    NO_H264 = "no h264"  # the viewer can't decode what Kaltura's service sends
    BLOCKED = "blocked"  # it arrives, but the browser does not let the page be heard
    UNANSWERED = "unanswered"  # nobody answered at the address of the picture
    REFUSED = "refused"  # that address did not let us watch; the word is the HTTP status
    GARBLED = "garbled"  # that address answered with no description of media (SDP)
    SHUT = "shut"  # the relay (TURN) gives nothing on the port that the word names
    TURNED_AWAY = "turned away"  # the relay answered, and refused us; the word is its status
    NO_WAY = "no way"  # the media found none
    NO_WEBRTC = "no webrtc"  # the viewer itself can't watch
    LEFT = "left"  # the viewer itself has gone


NO_WAYS = (Sight.UNANSWERED, Sight.REFUSED, Sight.GARBLED, Sight.NO_WAY, Sight.NO_WEBRTC)
"""Any one of them ends the search for a way."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One sight, and when it came. `at`: seconds on the event loop's clock."""

    sight: Sight
    word: str
    at: float


class Sightings:
    """Noted by a viewer, awaited by the preflight, on one event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._seen: list[Sighting] = []
        self._more = asyncio.Event()

    def note(self, sight: Sight, word: str = "") -> None:
        """Add a sighting of this moment."""
        self._seen.append(Sighting(sight, word, self._loop.time()))
        self._more.set()

    def all(self, sight: Sight) -> list[Sighting]:
        """Every sighting of this kind so far."""
        return [each for each in self._seen if each.sight is sight]

    async def until(self, *sights: Sight, within: float, since: float = 0.0) -> Sighting | None:
        """The first of these from `since` on; None after `within` seconds without one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while True:
                    self._more.clear()
                    for each in self._seen:
                        if each.sight in sights and each.at >= since:
                            return each
                    await self._more.wait()
        return None


class Viewer(Protocol):
    """Somebody who watches a session: a browser, or this process itself."""

    @property
    def name(self) -> str:
        """What it is, for the report."""

    @property
    def place(self) -> str:
        """Where it is, as in "from this browser to …"."""

    def watching(self, media: Media, sightings: Sightings, /) -> AbstractAsyncContextManager[None]:
        """Watch `media` while this is open, and note each sight."""
