"""What the visitor sees, top to bottom; callbacks ask the desk and return at once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from avatar_client import CatalogItem
from components.stage import stage
from front_desk import front_desk
from sessions.desk import Catalog, Desk, Refused, View
from sessions.session import LIVE, Choices, Phase
from sessions.turns import ACCEPTED, TextRejected, Turn, TurnState
from settings import Settings

HERE = Path(__file__).parent
OPENING_TEXT = "Hello! How can I help you today?"
CHOICES = ("avatar", "voice", "speed")
SPEEDS = (0.75, 0.9, 1.0, 1.1, 1.25)

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
class Visitor:
    """What this page remembers of its visitor: a nonce, the last refusal, and the text on its way.

    One object, because every access to `st.session_state` can end a callback in its middle, when a
    rerun was asked for meanwhile (Streamlit 1.67): clicks were lost so. A callback reads what it
    needs from there first, and acts after.
    """

    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    problem: str | None = None
    leaving: tuple[str, str] = ("", "")  # turnId, and the text as it was in the box


# Callbacks: ask, and return at once.


def start_avatar(desk: Desk, visitor: Visitor) -> None:
    """Start what is chosen, or say what is missing."""
    avatar, voice, speed = (st.session_state[name] for name in CHOICES)
    if not avatar:
        visitor.problem = "Choose an avatar first, or type the id of one from your Kaltura account."
        return
    visitor.problem = None
    try:
        desk.start(visitor.nonce, Choices(avatar, voice or None, speed))
    except Refused as error:
        visitor.problem = str(error)


def make_avatar_speak(desk: Desk, visitor: Visitor) -> None:
    """Queue the text; it stays in its box until the service has taken it."""
    text = st.session_state.text
    visitor.problem = None
    try:
        turn = desk.say(visitor.nonce, text)
    except (TextRejected, Refused) as error:
        visitor.problem = str(error)
    else:
        visitor.leaving = (turn.turn_id, text)


def empty_the_box(visitor: Visitor, view: View) -> None:
    """Clear the text that the service has taken, unless other text is in the box by now.

    In every run until the browser agrees: a rerun that was already asked for brings the old text.
    """
    turn_id, text = visitor.leaving
    taken = any(t.turn_id == turn_id and t.state in ACCEPTED for t in view.state.turns)
    if taken and st.session_state.get("text") == text:
        st.session_state.text = ""


def options_of(items: Sequence[CatalogItem], preset: str) -> list[str]:
    """The ids to choose from: the one that is set, then the catalog's."""
    return list(dict.fromkeys([*([preset] if preset else []), *(item.item_id for item in items)]))


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
            "**Simulator** on this machine: nothing is paid for, nothing leaves it. To go live,"
            " put `AVATAR_KS=…` into `.env`.",
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
    """What was asked for and failed, and what is wrong for the time being."""
    if problem := visitor.problem or view.state.problem:
        st.error(plain(problem), icon=":material/error:")
    if view.state.notice:
        st.warning(plain(view.state.notice), icon=":material/sync_problem:")


def draw_choices(catalog: Catalog, preset: Settings) -> None:
    """Avatar, voice and speed; an id that is not in the catalog can be typed."""
    draw_choice("Avatar", "avatar", catalog.visuals, preset.avatar_id)
    voice, speed = st.columns([3, 2])
    with voice:
        draw_choice("Voice", "voice", catalog.voices, preset.voice_id)
    with speed:
        st.select_slider("Speed", SPEEDS, key="speed", format_func=lambda s: f"{s:g}x")


def draw_choice(label: str, key: str, items: Sequence[CatalogItem], preset: str) -> None:
    """One choice from the catalog."""
    names = {item.item_id: item.name for item in items}
    st.selectbox(
        label,
        options_of(items, preset),
        format_func=lambda item_id: names.get(item_id, item_id),
        key=key,
        accept_new_options=True,
        placeholder=f"Type the id of the {label.lower()}",
    )


def draw_turn(turn: Turn) -> None:
    """One line of what was said, and what became of it."""
    st.markdown(f"{BADGES[turn.state]} {plain(turn.text)}")
    if turn.reason and turn.state is not TurnState.INTERRUPTED:
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
if desk:
    desk.refresh_catalog()
for name, options in (
    ("avatar", options_of(catalog.visuals, preset.avatar_id)),
    ("voice", options_of(catalog.voices, preset.voice_id)),
    ("speed", SPEEDS),
):
    # Set in every run: Streamlit forgets what a widget held once a run does not draw it.
    st.session_state[name] = st.session_state.get(name) or next(iter(options), None)
empty_the_box(visitor, view)

phase = view.state.phase
live, ready = phase in LIVE, phase is Phase.READY

# Draw the page. The stage comes before everything that comes and goes, so that it never moves.

with st.container(key="masthead"):
    st.markdown("## Talking avatar")
    draw_banner()

stage(
    channel=f"stage/channel?visitor={visitor.nonce}",
    drawn=view.revision,
    poster=poster_of(catalog, st.session_state.avatar),
)

with st.container(key="controls"):
    draw_status(view)
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
        on_click=desk.end if desk else None,
        args=(visitor.nonce,),
        disabled=not live or phase is Phase.ENDING,
        width="stretch",
    )
    # Below the buttons, which stay where the hand is while messages and choices come and go.
    with st.container(key="messages"):
        draw_messages(visitor, view)
    with st.container(key="choices"):
        if not live:
            draw_choices(catalog, preset)
    with st.form("say", border=False):
        st.text_area("Text", key="text", height=120, placeholder="What should the avatar say?")
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
            on_click=desk.interrupt if desk else None,
            args=(visitor.nonce,),
            disabled=not (ready and view.saying),
            width="stretch",
        )
    with st.container(key="turns"):
        for turn in reversed(view.state.turns):
            draw_turn(turn)
