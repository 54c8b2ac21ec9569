"""Avatar, voice and speed: chosen before the start, and remembered for the next visit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote

import streamlit as st

from avatar_client import CatalogItem
from components.plain_text import plain
from sessions.catalog import Catalog
from sessions.state import Choices

COOKIE = "avatar_choices"
LONGEST_COOKIE = 1000
SPEEDS = (0.75, 0.9, 1.0, 1.1, 1.25)

OWN_VOICE = CatalogItem("", "Its own voice")
"""No voice is asked for: the service gives each avatar the one that belongs to it."""

CHOSEN = ":material/check: "
"""Before the name, for whom the colour tells nothing."""

What = Literal["avatar", "voice"]
A_PAGE: dict[What, int] = {"avatar": 6, "voice": 6}


@dataclass(slots=True)
class Choosing:
    """What a visitor has chosen, and which page of each list is shown, once one was turned.

    `avatar` is empty while there is none to choose. `by_hand`: the visitor has chosen something,
    which is what the next visit is to begin with; what a server presets may change until then.
    """

    avatar: str = ""
    voice: str = OWN_VOICE.item_id
    speed: float = 1.0
    by_hand: bool = False
    pages: dict[What, int] = field(default_factory=dict)

    @property
    def choices(self) -> Choices | None:
        """For the desk; None while no avatar is chosen."""
        return Choices(self.avatar, self.voice or None, self.speed) if self.avatar else None

    def begin_with(self, choices: Choices | None) -> None:
        """Take over what was chosen before, if anything was."""
        if choices:
            self.avatar, self.voice = choices.avatar_id, choices.voice_id or OWN_VOICE.item_id
            self.speed = choices.speed


# What a browser remembers.


def to_remember(choosing: Choosing, service: str) -> str | None:
    """The cookie's value, if there is something to remember. `service`: the host of the API."""
    if not choosing.by_hand:
        return None
    held = {"avatar": choosing.avatar, "voice": choosing.voice, "speed": choosing.speed}
    return json.dumps({**held, "service": service})


def remembered(cookies: Mapping[str, str], service: str) -> Choices | None:
    """What this browser chose at its last visit, if it was with the same `service`.

    An id means nothing to another one. None too for a cookie that is not as we write it: any page
    of this host can.
    """
    try:
        held = json.loads(unquote(cookies.get(COOKIE, "")[:LONGEST_COOKIE]))
        avatar, voice, speed = held["avatar"], held["voice"], held["speed"]
        is_ours = held["service"] == service and speed in SPEEDS
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not (
        is_ours and avatar and all(isinstance(v, str) and v.isprintable() for v in (avatar, voice))
    ):
        return None
    return Choices(avatar, voice or None, speed)


# Lists.


def listed(items: Sequence[CatalogItem], *more: str) -> list[CatalogItem]:
    """`items`, and before them those of `more` ids that are not among them."""
    known = {item.item_id for item in items}
    unknown = dict.fromkeys(item_id for item_id in more if item_id and item_id not in known)
    return [*(CatalogItem(item_id, item_id) for item_id in unknown), *items]


def found(items: Sequence[CatalogItem], query: str) -> list[CatalogItem]:
    """Those that have every word of `query` in their id, name, description or language."""
    words = query.casefold().split()

    def has_all(item: CatalogItem) -> bool:
        texts = (item.item_id, item.name, item.description, item.language)
        text = " ".join(filter(None, texts)).casefold()
        return all(word in text for word in words)

    return [item for item in items if has_all(item)]


def name_of(items: Sequence[CatalogItem], item_id: str) -> str:
    """What an id is called, which is itself where nobody has named it."""
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


def turn_page(choosing: Choosing, what: What, page: int) -> None:
    """Show this page of the list, the first of which is 0."""
    choosing.pages[what] = page


# Drawing.


def draw_choices(
    catalog: Catalog, choosing: Choosing, preset: Choices, *, changeable: bool
) -> None:
    """All of it behind one button of constant size: nothing moves at the start.

    `preset` is what the settings name, which may be in no catalog. Not `changeable` once it starts.
    """
    faces = listed(catalog.visuals, preset.avatar_id, choosing.avatar)
    voices = [OWN_VOICE, *listed(catalog.voices, preset.voice_id or "", choosing.voice)]
    names = (name_of(faces, choosing.avatar), name_of(voices, choosing.voice))
    label = " · ".join(plain(name) for name in names) if choosing.avatar else "Choose an avatar"
    # Drawn though it is closed: one that tells when it is opened closes with each new label (1.67).
    with st.popover(
        label,
        icon=":material/face:",
        width="stretch",
        disabled=not changeable,
        help="Avatar, voice and speed",
        key="choices",
    ):
        if changeable:
            with st.container(key="choices-open"):
                draw_lists(choosing, faces, voices)


def draw_lists(
    choosing: Choosing, faces: Sequence[CatalogItem], voices: Sequence[CatalogItem]
) -> None:
    """The faces, the voices, the speed."""
    for tab, what, items in zip(st.tabs(["Avatar", "Voice"]), A_PAGE, (faces, voices), strict=True):
        with tab:
            draw_list(choosing, what, items)
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
    """A search, a page of what it has found, at first that of what is chosen; the others."""
    query = st.text_input(
        f"Find {what}",
        key=f"{what}-query",
        type="search",
        live=True,
        placeholder="Search, or enter an id",
        label_visibility="collapsed",
        on_change=turn_page,
        args=(choosing, what, 0),
    )
    query = (query or "").strip()
    hits, a_page = found(items, query), A_PAGE[what]
    place = {item.item_id: number for number, item in enumerate(items)}
    first = place.get(getattr(choosing, what), 0) // a_page
    page = min(choosing.pages.get(what, first), max(0, len(hits) - 1) // a_page)
    label_of = picture_and_name if what == "avatar" else name_and_description
    with st.container(key=f"{what}-list"):
        for item in hits[page * a_page : (page + 1) * a_page]:
            is_chosen = item.item_id == getattr(choosing, what)
            st.button(
                label_of(item, CHOSEN if is_chosen else ""),
                key=f"{what}-{place[item.item_id]}",
                type="primary" if is_chosen else "secondary",
                width="stretch",
                on_click=choose,
                args=(choosing, what, item.item_id),
            )
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
    if len(hits) > a_page:
        draw_pager(choosing, what, page, pages=-(-len(hits) // a_page))


def draw_pager(choosing: Choosing, what: What, page: int, *, pages: int) -> None:
    """Back, where we are, on."""
    with st.container(
        key=f"{what}-pager",
        horizontal=True,
        horizontal_alignment="distribute",
        vertical_alignment="center",
    ):
        st.button(
            "Back",
            key=f"{what}-back",
            icon=":material/chevron_left:",
            type="tertiary",
            disabled=page == 0,
            on_click=turn_page,
            args=(choosing, what, page - 1),
        )
        st.caption(f"{page + 1} of {pages}", width="content")
        st.button(
            "More",
            key=f"{what}-more",
            icon=":material/chevron_right:",
            icon_position="right",
            type="tertiary",
            disabled=page == pages - 1,
            on_click=turn_page,
            args=(choosing, what, page + 1),
        )


def picture_and_name(item: CatalogItem, mark: str = "") -> str:
    """A button's label; `page.css` gives the picture its size."""
    name = f"{mark}{plain(item.name)}"
    if item.image_url is None:
        return f":material/person: {name}"
    # What could end the address in Markdown, or stand for another sign, is encoded.
    return f"![]({quote(item.image_url, safe='/:?=&%.,+-_~')}) {name}"


def name_and_description(item: CatalogItem, mark: str = "") -> str:
    """A button's label, one line."""
    name = f"{mark}{plain(item.name)}"
    about = " · ".join(filter(None, (item.language, item.description)))
    return f"{name} :small[:gray[{plain(about)}]]" if about else name
