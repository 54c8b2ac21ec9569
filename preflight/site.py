"""What a preflight tries out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from avatar_client import AsyncAvatarClient, CatalogItem
from sessions.janitor import Janitor
from sessions.own_voice import Voice
from sessions.state import Choices


@dataclass(frozen=True, slots=True)
class Site:
    """A service, whoever keeps account of its sessions, and what is chosen.

    `choices`: None is the catalog's first face; `faces` are those whose names are known. `voice`
    speaks where the service takes no text. `admitted`: one more session is live while this is open;
    it raises `sessions.desk.Refused` where none may be.
    """

    client: AsyncAvatarClient
    janitor: Janitor
    visitor: str
    choices: Choices | None
    faces: Sequence[CatalogItem]
    simulated: bool
    voice: Voice
    admitted: Callable[[], AbstractContextManager[None]]


def preset(avatar_id: str, voice_id: str) -> Choices | None:
    """What the settings choose; None where they name no avatar."""
    return Choices(avatar_id, voice_id or None) if avatar_id else None
