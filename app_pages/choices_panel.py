"""Avatar, voice and speed: chosen before the start, and remembered for the next visit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Literal
from urllib.parse import quote, unquote

import streamlit as st

from avatar_client import CatalogItem
from components.plain_text import plain
from server.services import Services
from sessions.catalog import Catalog
from sessions.state import Choices

COOKIE = "avatar_choices"
LONGEST_COOKIE = 1000
SPEEDS = (0.75, 0.9, 1.0, 1.1, 1.25)

DEFAULT_VOICE = CatalogItem("", "Default voice")
"""No voice is asked for: the service gives each avatar its own."""

CHOSEN = ":material/check: "
"""Before the name, for people to whom the colour tells nothing."""

A_PAGE = 6
"""Items of a list that are shown at once."""

What = Literal["avatar", "voice"]


@dataclass(slots=True)
class Choosing:
    """What a visitor has chosen.

    `avatar` is empty while there is none to choose, `voice` for the default voice. `by_hand`: the
    visitor has chosen something, and the next visit begins with these choices; until then it
    begins with the server's settings, which may change.
    """

    avatar: str = ""
    voice: str = ""
    speed: float = 1.0
    by_hand: bool = False

    @property
    def choices(self) -> Choices | None:
        """For the desk; None while no avatar is chosen."""
        return Choices(self.avatar, self.voice or None, self.speed) if self.avatar else None

    def begin_with(self, choices: Choices | None) -> None:
        """Take over earlier choices, if there are any."""
        if choices:
            self.avatar, self.voice = choices.avatar_id, choices.voice_id or ""
            self.speed = choices.speed


def to_remember(choosing: Choosing, service: str) -> str | None:
    """The cookie's value, if there is something to remember. `service`: the host of the API."""
    if not choosing.by_hand:
        return None
    held = {"avatar": choosing.avatar, "voice": choosing.voice, "speed": choosing.speed}
    return json.dumps({**held, "service": service})


def remembered(cookies: Mapping[str, str], service: str) -> Choices | None:
    """What this browser chose at its last visit, if it was with the same `service`.

    An id means nothing to another one. None too for a cookie in another form than ours: any page
    of this host can write one.
    """
    try:
        held = json.loads(unquote(cookies.get(COOKIE, "")[:LONGEST_COOKIE]))
        avatar, voice, speed = held["avatar"], held["voice"], held["speed"]
        is_ours = held["service"] == service and speed in SPEEDS
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    are_ids = all(isinstance(each, str) and each.isprintable() for each in (avatar, voice))
    return Choices(avatar, voice or None, speed) if is_ours and are_ids and avatar else None


def poster_for(services: Services, visitor: str | None, cookies: Mapping[str, str]) -> str | None:
    """The picture of the avatar chosen at this visit, else at the last, else in the settings."""
    if (desk := services.desk) is None:
        return None
    before = desk.choices(visitor) if visitor else None
    choices = before or remembered(cookies, services.settings.host)
    avatar = choices.avatar_id if choices else services.settings.avatar_id
    return poster_of(desk.catalog, avatar)


def poster_of(catalog: Catalog, avatar: str) -> str | None:
    """The picture of this avatar; where none is chosen, of the first."""
    pictures = {face.item_id: face.image_url for face in catalog.visuals}
    return pictures.get(avatar) if avatar else next(iter(pictures.values()), None)


def listed(items: Sequence[CatalogItem], *more: str) -> list[CatalogItem]:
    """`items`, after the ids of `more` that are not among them."""
    known = {item.item_id for item in items}
    unknown = dict.fromkeys(item_id for item_id in more if item_id and item_id not in known)
    return [*(CatalogItem(item_id, item_id) for item_id in unknown), *items]


def found(items: Sequence[CatalogItem], query: str) -> list[CatalogItem]:
    """The items with every word of `query` in their id, name, description or language."""
    words = query.casefold().split()

    def has_all(item: CatalogItem) -> bool:
        texts = (item.item_id, item.name, item.description, item.language)
        text = " ".join(filter(None, texts)).casefold()
        return all(word in text for word in words)

    return [item for item in items if has_all(item)]


def name_of(items: Sequence[CatalogItem], item_id: str) -> str:
    """The name of an id; the id itself where it has none."""
    return next((item.name for item in items if item.item_id == item_id), item_id)


# Callbacks.


def choose(choosing: Choosing, what: What, item_id: str) -> None:
    """Take this one."""
    setattr(choosing, what, item_id)
    choosing.by_hand = True


def choose_speed(choosing: Choosing) -> None:
    """Take the speed that the slider shows."""
    choosing.speed = st.session_state.to_dict()["speed"]
    choosing.by_hand = True


# Drawing.


def draw_choices(
    catalog: Catalog, choosing: Choosing, preset: Choices, *, changeable: bool
) -> None:
    """All of it behind one button of constant size: nothing moves at the start.

    `preset` is what the settings name, which may be in no catalog. Not `changeable` once it starts.
    """
    faces = listed(catalog.visuals, preset.avatar_id, choosing.avatar)
    voices = [DEFAULT_VOICE, *listed(catalog.voices, preset.voice_id or "", choosing.voice)]
    names = (name_of(faces, choosing.avatar), name_of(voices, choosing.voice))
    label = " · ".join(plain(name) for name in names) if choosing.avatar else "Choose an avatar"
    # Drawn even while closed: with on_change="rerun" it closes at each new label (Streamlit 1.67).
    with st.popover(
        label,
        icon=":material/face:",
        width="stretch",
        disabled=not changeable,
        key="choices",
    ):
        if not changeable:
            return
        with st.container(key="choices-open"):
            avatar_tab, voice_tab = st.tabs(["Avatar", "Voice"])
            with avatar_tab:
                draw_list(choosing, "avatar", faces)
            with voice_tab:
                draw_list(choosing, "voice", voices)
            st.select_slider(
                "Speed",
                SPEEDS,
                value=choosing.speed,
                key="speed",
                format_func=lambda s: f"{s:g}x",
                on_change=choose_speed,
                args=(choosing,),
            )


def draw_list(choosing: Choosing, what: What, items: Sequence[CatalogItem]) -> None:
    """A search, and one page of what it finds; at first the page with the choice."""
    typed = st.text_input(
        f"Find {what}",
        key=f"{what}-query",
        type="search",
        live=True,
        placeholder="Search, or enter an id",
        label_visibility="collapsed",
    )
    query = (typed or "").strip()
    hits, choice = found(items, query), getattr(choosing, what)
    place = {item.item_id: number for number, item in enumerate(items)}
    label_of = picture_and_name if what == "avatar" else name_and_description
    listing = st.container(key=f"{what}-list")
    if query and query not in place:
        st.button(
            f"Use the id {plain(query)}",
            key=f"{what}-typed",
            icon=":material/tag:",
            type="tertiary",
            on_click=choose,
            args=(choosing, what, query),
        )
    elif not items:
        st.caption("No pictures from your Kaltura account yet: enter the id of an avatar.")
    page = 1
    if (pages := ceil(len(hits) / A_PAGE)) > 1:
        at_first = 1 if query else place.get(choice, 0) // A_PAGE + 1
        page = st.pagination(pages, default=at_first, key=f"{what}-page-{query}", width="stretch")
    with listing:
        for item in hits[(page - 1) * A_PAGE : page * A_PAGE]:
            is_chosen = item.item_id == choice
            st.button(
                label_of(item, CHOSEN if is_chosen else ""),
                key=f"{what}-{place[item.item_id]}",
                type="primary" if is_chosen else "secondary",
                width="stretch",
                on_click=choose,
                args=(choosing, what, item.item_id),
            )


def picture_and_name(item: CatalogItem, mark: str = "") -> str:
    """A button's label; `panels.css` gives the picture its size."""
    name = f"{mark}{plain(item.name)}"
    if item.image_url is None:
        return f":material/person: {name}"
    # A sign that could end the address in Markdown is encoded.
    return f"![]({quote(item.image_url, safe='/:?=&%.,+-_~')}) {name}"


def name_and_description(item: CatalogItem, mark: str = "") -> str:
    """A button's label, one line."""
    name = f"{mark}{plain(item.name)}"
    about = " · ".join(filter(None, (item.language, item.description)))
    return f"{name} :small[:gray[{plain(about)}]]" if about else name
