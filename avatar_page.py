"""The visitor's page: the controls beside the stage. Callbacks ask the desk and return at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from avatar_client import CatalogItem
from sessions.desk import Catalog, Desk, Refused, View
from sessions.state import LIVE, Choices, Phase
from sessions.turns import ACCEPTED, TextRejected, Turn, TurnState
from settings import Settings

OPENING_TEXT = "Hello! How can I help you today?"
SPEEDS = (0.75, 0.9, 1.0, 1.1, 1.25)
LAST_TURNS = 30
OWN_VOICE = ""

BADGES = {
    TurnState.QUEUED: ":gray-badge[:material/schedule: queued]",
    TurnState.SENDING: ":gray-badge[:material/north_east: sending]",
    TurnState.SENT: ":blue-badge[:material/north_east: sent]",
    TurnState.SPEAKING: ":blue-badge[:material/graphic_eq: speaking]",
    TurnState.SPOKEN: ":green-badge[:material/check: spoken]",
    TurnState.INTERRUPTED: ":orange-badge[:material/stop: interrupted]",
    TurnState.FAILED: ":red-badge[:material/error: failed]",
}


def plain(text: str) -> str:
    """`text` as Markdown that shows it to the letter: no markup, no link, no picture.

    A word joiner, which nobody sees, keeps Streamlit from what no backslash does: making links of
    addresses and signs of "->" (1.67).
    """
    text = re.sub(r"(www(?=\.)|https?:(?=//)|@)", "\\1\u2060", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<!\S)(<->|->|<-|--|>=|<=|~=)(?!\S)", "\u2060\\1", text)
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~:$&@/])", r"\\\1", text).replace("\n", "  \n")


@dataclass(slots=True)
class Leaving:
    """A text on its way out of the box; `has_left` once the browser shows the box without it."""

    turn_id: str
    text: str
    has_left: bool = False


@dataclass(slots=True)
class Memory:
    """What a page remembers of its visitor: the last refusal, the text on its way, who it is."""

    visitor: str
    refusal: str | None = None
    known: tuple[Phase, str | None] = (Phase.IDLE, None)
    leaving: Leaving | None = None
    chosen: Choices | None = None
    said_again: set[str] = field(default_factory=set)
    shown: str = ""
    is_operator: bool = False
    has_asked: bool = False

    def turn_to(self, page: str) -> None:
        """A page that was not shown before begins without the other one's refusals and lists."""
        if page != self.shown:
            self.shown, self.refusal, self.has_asked = page, None, False


@dataclass(frozen=True, slots=True)
class Offers:
    """What can be chosen before the start: ids, and the names of those that have one."""

    avatar: Sequence[str]
    voice: Sequence[str]
    names: Mapping[str, str]


# Callbacks: ask, and return at once. They use no item of `st.session_state`: each access ends the
# callback there when a rerun was asked for meanwhile (Streamlit 1.67), and the click is lost.
# `to_dict()` is no such access; a test in tests/test_page.py watches that.


def start_avatar(desk: Desk, memory: Memory) -> None:
    """Start what is chosen, or say what is missing."""
    chosen = st.session_state.to_dict()
    if not chosen["avatar"]:
        memory.refusal = "Choose an avatar first, or type the id of one from your Kaltura account."
        return
    with refusals_shown(memory):
        desk.start(memory.visitor, chosen_in(chosen))


def chosen_in(held: Mapping[str, Any]) -> Choices:
    """The choices that a page holds."""
    return Choices(held["avatar"], held["voice"] or None, held["speed"])


def make_avatar_speak(desk: Desk, memory: Memory) -> None:
    """Queue the text; it stays in its box until the service has taken it."""
    text = str(st.session_state.to_dict()["text"])
    if memory.leaving and memory.leaving.text == text and not memory.leaving.has_left:
        return  # a double click
    with refusals_shown(memory):
        memory.leaving = Leaving(desk.say(memory.visitor, text).turn_id, text)


def interrupt(desk: Desk, memory: Memory) -> None:
    """Silence the avatar."""
    with refusals_shown(memory):
        desk.interrupt(memory.visitor)


def end_session(desk: Desk, memory: Memory) -> None:
    """End what is live."""
    with refusals_shown(memory):
        desk.end(memory.visitor)


def say_again(desk: Desk, memory: Memory, turn: Turn) -> None:
    """Queue what may have been said, or was not, once more: only a person decides that."""
    if turn.turn_id in memory.said_again:
        return  # a double click
    with refusals_shown(memory):
        desk.say(memory.visitor, turn.text)
        memory.said_again.add(turn.turn_id)


@contextmanager
def refusals_shown(memory: Memory) -> Iterator[None]:
    """The sentence of what is refused here is shown until the next click."""
    memory.refusal = None
    try:
        yield
    except (TextRejected, Refused) as error:
        memory.refusal = str(error)


def empty_the_box(memory: Memory, view: View) -> None:
    """Clear a text that is being said or waits for its turn; put one that failed back.

    Cleared in every run until the browser agrees: a rerun that was asked for before brings the old
    text along.
    """
    if (leaving := memory.leaving) is None:
        return
    turn = next((t for t in view.state.turns if t.turn_id == leaving.turn_id), None)
    in_the_box = st.session_state.get("text")
    if turn is None or turn.state is TurnState.FAILED:
        if turn and not in_the_box:
            st.session_state.text = leaving.text
        memory.leaving = None
    elif in_the_box != leaving.text:
        leaving.has_left = True
    elif turn.state in ACCEPTED or turn is not view.saying:
        st.session_state.text = ""


def set_up(desk: Desk | None, memory: Memory, preset: Settings) -> Offers:
    """What can be chosen, and a first value for each choice that has none."""
    catalog = desk.catalog if desk else Catalog()
    offers = Offers(
        avatar=options_of(catalog.visuals, *filter(None, [preset.avatar_id])),
        voice=options_of(catalog.voices, *filter(None, [preset.voice_id]), OWN_VOICE),
        names={item.item_id: item.name for item in (*catalog.visuals, *catalog.voices)}
        | {OWN_VOICE: "Its own voice"},
    )
    held = st.session_state
    before = desk.choices(memory.visitor) if desk else None
    if "text" not in held:
        held.text = OPENING_TEXT
        held.speed = before.speed if before else 1.0
        held.avatar = before.avatar_id if before else None
        held.voice = before.voice_id or OWN_VOICE if before else None
    for key in ("text", "speed", "avatar", "voice"):
        held[key] = held[key]  # Streamlit forgets what a page has no widget for
    held.avatar = held.avatar or next(iter(offers.avatar), None)
    if held.voice is None:
        held.voice = offers.voice[0]
    return offers


def options_of(items: Sequence[CatalogItem], *first: str) -> list[str]:
    """The ids to choose from: those that go first, where they are set, then the catalog's."""
    return list(dict.fromkeys([*first, *(item.item_id for item in items)]))


def poster_of(catalog: Catalog, avatar_id: str | None) -> str | None:
    """The catalog's picture of an avatar."""
    return next((v.image_url for v in catalog.visuals if v.item_id == avatar_id), None)


# Drawing: values in, nothing out.


def draw_status(view: View) -> None:
    """The vendor's status line."""
    status = f"Status: **{view.state.phase}**"
    if view.state.session_id and view.state.phase in LIVE:
        status += f" · session {plain(view.state.session_id)}"
    with st.container(key="status"):
        st.markdown(status)


def draw_messages(memory: Memory, view: View) -> None:
    """One sentence: what was refused, else what failed, else what is wrong for the time being."""
    if problem := memory.refusal or view.state.problem:
        st.error(plain(problem), icon=":material/error:")
    elif view.state.notice:
        st.warning(plain(view.state.notice), icon=":material/sync_problem:")


def draw_choices(offers: Offers, live: bool) -> None:
    """Avatar, voice and speed, behind one button of constant size: nothing moves at the start."""

    def draw_choice(label: str, key: str, options: Sequence[str]) -> None:
        st.selectbox(
            label,
            options,
            format_func=lambda item_id: offers.names.get(item_id, item_id),
            key=key,
            accept_new_options=True,  # an id that is not in the catalog
            placeholder=f"Type the id of the {label.lower()}",
        )

    chosen = [st.session_state.avatar, st.session_state.voice]
    names = [offers.names.get(item_id, item_id) for item_id in chosen]
    label = " · ".join(plain(name) for name in names if name) or "Choose an avatar"
    with st.popover(
        label,
        icon=":material/face:",
        width="stretch",
        disabled=live,
        help="Avatar, voice and speed",
    ):
        draw_choice("Avatar", "avatar", offers.avatar)
        draw_choice("Voice", "voice", offers.voice)
        st.select_slider("Speed", SPEEDS, key="speed", format_func=lambda s: f"{s:g}x")


def draw_turn(desk: Desk | None, memory: Memory, turn: Turn, view: View) -> None:
    """One line of what was said, and what became of it, unless the banner says that already.

    What failed can be said again here: what may have been heard is never sent again unasked.
    """
    st.markdown(f"{BADGES[turn.state]} {plain(turn.text)}")
    if turn.reason and turn.reason != view.state.problem:
        st.caption(plain(turn.reason))
    may_ask = view.state.phase is Phase.READY and turn.turn_id not in memory.said_again
    if turn.state is TurnState.FAILED and may_ask:
        st.button(
            "Say it again",
            key=f"again-{turn.turn_id}",
            icon=":material/replay:",
            type="tertiary",
            on_click=say_again,
            args=(desk, memory, turn),
        )


def draw_controls(desk: Desk | None, memory: Memory, view: View, offers: Offers) -> None:
    """All of the visitor's page but the stage."""
    phase = view.state.phase
    live, ready = phase in LIVE, phase is Phase.READY
    with st.container(key="controls"):
        draw_status(view)
        draw_choices(offers, live)
        buttons = st.container(horizontal=True)
        # With a key, a button that looks different stays the same one, under the click, too.
        buttons.button(
            "Start Avatar",
            key="start",
            icon=":material/play_arrow:",
            type="primary" if not live else "secondary",
            on_click=start_avatar,
            args=(desk, memory),
            disabled=desk is None or live,
            width="stretch",
        )
        buttons.button(
            "End Session",
            key="end",
            icon=":material/call_end:",
            on_click=end_session,
            args=(desk, memory),
            disabled=not live or phase is Phase.ENDING,
            width="stretch",
        )
        with st.container(key="messages"):
            draw_messages(memory, view)
        with st.form("say", border=False):
            st.text_area(
                "Text",
                key="text",
                height=120,
                placeholder="What should the avatar say? Ctrl+Enter speaks.",
            )
            verbs = st.container(horizontal=True)
            verbs.form_submit_button(
                "Make Avatar Speak",
                key="speak",
                icon=":material/campaign:",
                type="primary" if ready else "secondary",
                on_click=make_avatar_speak,
                args=(desk, memory),
                disabled=not ready,
                width="stretch",
            )
            verbs.form_submit_button(
                "Interrupt",
                key="interrupt",
                icon=":material/stop_circle:",
                on_click=interrupt,
                args=(desk, memory),
                disabled=not (ready and view.saying),
                width="stretch",
            )
        with st.container(key="turns"):
            for turn in reversed(view.state.turns[-LAST_TURNS:]):
                draw_turn(desk, memory, turn, view)
            if (earlier := len(view.state.turns) - LAST_TURNS) > 0:
                st.caption(f"{earlier} earlier")
