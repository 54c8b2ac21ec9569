"""What the visitor sees, top to bottom; callbacks ask the desk and return at once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from avatar_client import CatalogItem
from components.stage import stage
from front_desk import front_desk
from sessions.desk import Catalog, Desk, Refused, View
from sessions.state import LIVE, Choices, Phase
from sessions.turns import ACCEPTED, TextRejected, Turn, TurnState

HERE = Path(__file__).parent
OPENING_TEXT = "Hello! How can I help you today?"
SPEEDS = (0.75, 0.9, 1.0, 1.1, 1.25)
LAST_TURNS = 30
OWN_VOICE = ""
API = "/v1/avatar-session"

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
    """`text` as Markdown that shows it to the letter: no markup, no link, no picture."""
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~:$&@/])", r"\\\1", text).replace("\n", "  \n")


@dataclass(slots=True)
class Leaving:
    """A text on its way out of the box; `has_left` once the browser shows the box without it."""

    turn_id: str
    text: str
    has_left: bool = False


@dataclass(slots=True)
class Visitor:
    """What this page remembers: a nonce, the last refusal, and the text on its way."""

    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    refusal: str | None = None
    known: tuple[Phase, str | None] = (Phase.IDLE, None)
    leaving: Leaving | None = None


# Callbacks: ask, and return at once. They use no item of `st.session_state`: each access ends the
# callback there when a rerun was asked for meanwhile (Streamlit 1.67), and the click is lost.
# `to_dict()` is no such access; a test in tests/test_page.py watches that.


def start_avatar(desk: Desk, visitor: Visitor) -> None:
    """Start what is chosen, or say what is missing."""
    chosen = st.session_state.to_dict()
    if not chosen["avatar"]:
        visitor.refusal = "Choose an avatar first, or type the id of one from your Kaltura account."
        return
    with refusals_shown(visitor):
        desk.start(visitor.nonce, chosen_in(chosen))


def chosen_in(held: Mapping[str, Any]) -> Choices:
    """The choices that a page holds."""
    return Choices(held["avatar"], held["voice"] or None, held["speed"])


def make_avatar_speak(desk: Desk, visitor: Visitor) -> None:
    """Queue the text; it stays in its box until the service has taken it."""
    text = str(st.session_state.to_dict()["text"])
    if visitor.leaving and visitor.leaving.text == text and not visitor.leaving.has_left:
        return  # a double click
    with refusals_shown(visitor):
        visitor.leaving = Leaving(desk.say(visitor.nonce, text).turn_id, text)


def interrupt(desk: Desk, visitor: Visitor) -> None:
    """Silence the avatar."""
    with refusals_shown(visitor):
        desk.interrupt(visitor.nonce)


def end_session(desk: Desk, visitor: Visitor) -> None:
    """End what is live."""
    with refusals_shown(visitor):
        desk.end(visitor.nonce)


@contextmanager
def refusals_shown(visitor: Visitor) -> Iterator[None]:
    """The sentence of what is refused here is shown until the next click."""
    visitor.refusal = None
    try:
        yield
    except (TextRejected, Refused) as error:
        visitor.refusal = str(error)


def empty_the_box(visitor: Visitor, view: View) -> None:
    """Clear a text that is being said or waits for its turn; put one that failed back.

    Cleared in every run until the browser agrees: a rerun that was asked for before brings the old
    text along.
    """
    if (leaving := visitor.leaving) is None:
        return
    turn = next((t for t in view.state.turns if t.turn_id == leaving.turn_id), None)
    in_the_box = st.session_state.get("text")
    if turn is None or turn.state is TurnState.FAILED:
        if turn and not in_the_box:
            st.session_state.text = leaving.text
        visitor.leaving = None
    elif in_the_box != leaving.text:
        leaving.has_left = True
    elif turn.state in ACCEPTED or turn is not view.saying:
        st.session_state.text = ""


def options_of(items: Sequence[CatalogItem], *first: str) -> list[str]:
    """The ids to choose from: those that go first, where they are set, then the catalog's."""
    return list(dict.fromkeys([*first, *(item.item_id for item in items)]))


def poster_of(catalog: Catalog, avatar_id: str | None) -> str | None:
    """The catalog's picture of an avatar."""
    return next((v.image_url for v in catalog.visuals if v.item_id == avatar_id), None)


# Drawing: values in, nothing out.


def draw_banner() -> None:
    """Which service this is, and what keeps it from working."""
    if front_desk.problem:
        st.error(plain(front_desk.problem), icon=":material/error:")
    elif front_desk.settings.simulated:
        st.info(
            "**Simulator** on this machine: nothing is paid for, nothing leaves it."
            f" [What it hears]({front_desk.settings.base_url.removesuffix(API)}/simulator/) ·"
            " To go live, put `AVATAR_KS=…` into `.env`.",
            icon=":material/science:",
        )


def draw_status(view: View) -> None:
    """The vendor's status line."""
    status = f"Status: **{view.state.phase}**"
    if view.state.session_id and view.state.phase in LIVE:
        status += f" · session {plain(view.state.session_id)}"
    with st.container(key="status"):
        st.markdown(status)


def draw_messages(visitor: Visitor, view: View) -> None:
    """One sentence: what was refused, else what failed, else what is wrong for the time being."""
    if problem := visitor.refusal or view.state.problem:
        st.error(plain(problem), icon=":material/error:")
    elif view.state.notice:
        st.warning(plain(view.state.notice), icon=":material/sync_problem:")


def draw_choices(offers: Mapping[str, Sequence[Any]], names: Mapping[str, str], live: bool) -> None:
    """Avatar, voice and speed, behind one button of constant size: nothing moves at the start."""

    def draw_choice(label: str, key: str) -> None:
        st.selectbox(
            label,
            offers[key],
            format_func=lambda item_id: names.get(item_id, item_id),
            key=key,
            accept_new_options=True,  # an id that is not in the catalog
            placeholder=f"Type the id of the {label.lower()}",
        )

    chosen = [
        names.get(st.session_state[key], st.session_state[key]) for key in ("avatar", "voice")
    ]
    label = " · ".join(plain(name) for name in chosen if name) or "Choose an avatar"
    with st.popover(
        label,
        icon=":material/face:",
        width="stretch",
        disabled=live,
        help="Avatar, voice and speed",
    ):
        draw_choice("Avatar", "avatar")
        draw_choice("Voice", "voice")
        st.select_slider("Speed", offers["speed"], key="speed", format_func=lambda s: f"{s:g}x")


def draw_turn(turn: Turn, banner: str | None) -> None:
    """One line of what was said, and what became of it, unless the banner says that already."""
    st.markdown(f"{BADGES[turn.state]} {plain(turn.text)}")
    if turn.reason and turn.reason != banner:
        st.caption(plain(turn.reason))


# Set things up.

# An icon of our own: Streamlit fetches emoji and Material icons for the tab from the internet.
st.set_page_config(
    page_title="Talking avatar", page_icon=str(HERE / "page_icon.png"), layout="wide"
)
st.html(HERE / "page.css")

if "visitor" not in st.session_state:
    st.session_state.visitor = Visitor()
    st.session_state.text = OPENING_TEXT
    st.session_state.speed = 1.0
visitor: Visitor = st.session_state.visitor
desk, preset = front_desk.desk, front_desk.settings
view = desk.view(visitor.nonce) if desk else View()
catalog = desk.catalog if desk else Catalog()
if desk and not catalog.is_whole:
    with suppress(Refused):
        desk.refresh_catalog()
offers: dict[str, Sequence[Any]] = {
    "avatar": options_of(catalog.visuals, *filter(None, [preset.avatar_id])),
    "voice": options_of(catalog.voices, *filter(None, [preset.voice_id]), OWN_VOICE),
    "speed": SPEEDS,
}
names = {item.item_id: item.name for item in (*catalog.visuals, *catalog.voices)}
names[OWN_VOICE] = "Its own voice"
for key in ("avatar", "voice"):
    if st.session_state.get(key) is None:
        st.session_state[key] = next(iter(offers[key]), None)
if (known := (view.state.phase, view.state.problem)) != visitor.known:
    visitor.known, visitor.refusal = known, None
empty_the_box(visitor, view)

phase = view.state.phase
live, ready = phase in LIVE, phase is Phase.READY

# Draw the page. The stage comes before everything that comes and goes, so that it never moves.

with st.container(key="masthead"):
    st.header("Talking avatar", anchor=False)
    draw_banner()

if desk and st.session_state.avatar:
    with suppress(Refused):
        desk.choose(visitor.nonce, chosen_in(st.session_state.to_dict()))

stage(
    channel=f"stage/channel?visitor={visitor.nonce}",
    drawn=view.revision,
    poster=poster_of(catalog, st.session_state.avatar),
)

with st.container(key="controls"):
    draw_status(view)
    draw_choices(offers, names, live)
    buttons = st.container(horizontal=True)
    buttons.button(
        "Start Avatar",
        icon=":material/play_arrow:",
        type="primary" if not live else "secondary",
        on_click=start_avatar,
        args=(desk, visitor),
        disabled=desk is None or live,
        width="stretch",
    )
    buttons.button(
        "End Session",
        icon=":material/call_end:",
        on_click=end_session,
        args=(desk, visitor),
        disabled=not live or phase is Phase.ENDING,
        width="stretch",
    )
    with st.container(key="messages"):
        draw_messages(visitor, view)
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
            icon=":material/campaign:",
            type="primary" if ready else "secondary",
            on_click=make_avatar_speak,
            args=(desk, visitor),
            disabled=not ready,
            width="stretch",
        )
        verbs.form_submit_button(
            "Interrupt",
            icon=":material/stop_circle:",
            on_click=interrupt,
            args=(desk, visitor),
            disabled=not (ready and view.saying),
            width="stretch",
        )
    with st.container(key="turns"):
        for turn in reversed(view.state.turns[-LAST_TURNS:]):
            draw_turn(turn, view.state.problem)
        if (earlier := len(view.state.turns) - LAST_TURNS) > 0:
            st.caption(f"{earlier} earlier")
