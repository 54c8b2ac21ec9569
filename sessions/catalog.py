"""What can be chosen before a start: faces and voices, read in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from avatar_client import AvatarError, CatalogItem
from sessions.service import Service

EVERY = 10.0
"""Seconds between two requests for a catalog that was not answered."""


@dataclass(frozen=True, slots=True)
class Catalog:
    """What can be chosen before the start; empty until the service has answered."""

    visuals: tuple[CatalogItem, ...] = ()
    voices: tuple[CatalogItem, ...] = ()

    @property
    def is_whole(self) -> bool:
        """There is nothing left to ask for."""
        return bool(self.visuals and self.voices)


class CatalogReader:
    """Keeps `catalog`; `changed` is called when there is more in it."""

    def __init__(self, service: Service, changed: Callable[[], None]) -> None:
        self.catalog = Catalog()
        self._service = service
        self._changed = changed
        self._reading: asyncio.Task[None] | None = None
        self._asked_at = -EVERY

    def refresh(self) -> None:
        """Ask for it, unless it is there or was asked for just now. On the loop."""
        now = asyncio.get_running_loop().time()
        if not self.catalog.is_whole and now - self._asked_at >= EVERY:
            self._asked_at = now
            self._reading = asyncio.create_task(self._read())

    def close(self) -> None:
        """Ask no more."""
        if self._reading:
            self._reading.cancel()

    async def _read(self) -> None:
        async def items(kind: Literal["Visual", "Voice"]) -> tuple[CatalogItem, ...]:
            try:
                return await self._service.ask(self._service.client.catalog(kind))
            except AvatarError:
                return ()  # it costs the names and pictures: an id can still be typed

        visuals, voices = await asyncio.gather(items("Visual"), items("Voice"))
        catalog = Catalog(visuals or self.catalog.visuals, voices or self.catalog.voices)
        if catalog != self.catalog:
            self.catalog = catalog
            self._changed()
