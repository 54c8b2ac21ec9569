"""The avatars and voices to choose from, read in the background."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from avatar_client import AvatarError, CatalogItem
from sessions.service import Service

EVERY, FRESH = 10.0, 600.0
"""Seconds between two readings of an incomplete catalog, and of a whole one: a clone made in the
console appears without a restart."""

PAGE, PAGES = 100, 20
"""Items in one request, and requests at most: an id beyond them can still be typed."""

Kind = Literal["Visual", "Voice"]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Avatars and voices; empty until the service has answered.

    `is_whole`: both lists were read to their end.
    """

    visuals: tuple[CatalogItem, ...] = ()
    voices: tuple[CatalogItem, ...] = ()
    is_whole: bool = False

    def of(self, kind: Kind) -> tuple[CatalogItem, ...]:
        """The items of this kind."""
        return self.visuals if kind == "Visual" else self.voices

    def with_items(self, kind: Kind, items: tuple[CatalogItem, ...]) -> Catalog:
        """This catalog with `items` for the items of this kind."""
        return replace(self, visuals=items) if kind == "Visual" else replace(self, voices=items)


def id_of(wanted: str, items: Sequence[CatalogItem]) -> str | None:
    """The id of the item of this name, whatever its case, or of this id; None if there is none."""
    name = wanted.casefold()
    ids = (item.item_id for item in items if item.name.casefold() == name)
    return next(ids, next((i.item_id for i in items if i.item_id.casefold() == name), None))


class CatalogReader:
    """Keeps `catalog`, and calls `changed` when its items change."""

    def __init__(self, service: Service, changed: Callable[[], None]) -> None:
        self.catalog = Catalog()
        self._service = service
        self._changed = changed
        self._reading: asyncio.Task[None] | None = None
        self._asked_at = -EVERY

    def refresh(self) -> None:
        """Read the catalog unless it is fresh or was asked for just now. On the loop."""
        now = asyncio.get_running_loop().time()
        is_reading = self._reading is not None and not self._reading.done()
        due = self._asked_at + (FRESH if self.catalog.is_whole else EVERY)
        if not is_reading and now >= due:
            self._asked_at = now
            self._reading = asyncio.create_task(self._read())

    def close(self) -> None:
        """Stop reading."""
        if self._reading:
            self._reading.cancel()

    async def _read(self) -> None:
        ends = await asyncio.gather(self._read_all("Visual"), self._read_all("Voice"))
        self.catalog = replace(self.catalog, is_whole=all(ends))

    async def _read_all(self, kind: Kind) -> bool:
        """Read all items of this kind; return whether the end was reached.

        The end is a page without new items: the length of a page is not documented, so a short page
        need not be the last, and a service without offsets sends the same page again.
        """
        found: dict[str, CatalogItem] = {}
        offset = 0
        for _ in range(PAGES):
            call = self._service.client.catalog(kind, offset=offset, limit=PAGE)
            try:
                page = await self._service.ask(call)
            except AvatarError:
                return False  # names and pictures are missing; an id can still be typed
            known = len(found)
            found |= {item.item_id: item for item in page}
            if len(found) == known:
                break
            offset += len(page)
            if len(found) > len(self.catalog.of(kind)):
                self._show(self.catalog.with_items(kind, tuple(found.values())))
        self._show(self.catalog.with_items(kind, tuple(found.values())))
        return True

    def _show(self, catalog: Catalog) -> None:
        if catalog != self.catalog:
            self.catalog = catalog
            self._changed()
