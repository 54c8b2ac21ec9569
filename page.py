"""What the browser shows, top to bottom: set up, draw; the controls are in `avatar_page.py`.

This is the frame of both pages, so that the stage plays on while the operator looks at Sessions.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import streamlit as st

import sessions_page
from avatar_page import Memory, chosen_in, draw_controls, empty_the_box, plain, poster_of, set_up
from components.stage import stage
from front_desk import front_desk
from sessions.desk import Refused, View
from visitors import nonce_of, visitor_of

HERE = Path(__file__).parent
API = "/v1/avatar-session"

NO_COOKIE = (
    "This browser sends no cookie to this page, and nothing else tells your avatar from another"
    " visitor's: allow cookies for this site, then reload."
)


def draw_banner(problem: str | None) -> None:
    """Which service this is, and what keeps it from working."""
    if problem:
        st.error(plain(problem), icon=":material/error:")
    elif front_desk.settings.simulated:
        st.info(
            "**Simulator** on this machine: nothing is paid for, nothing leaves it."
            f" [What it hears]({front_desk.settings.base_url.removesuffix(API)}/simulator/) ·"
            " To go live, put `AVATAR_KS=…` into `.env`.",
            icon=":material/science:",
        )


# Set things up.

# An icon of our own: Streamlit fetches emoji and Material icons for the tab from the internet.
st.set_page_config(
    page_title="Talking avatar", page_icon=str(HERE / "page_icon.png"), layout="wide"
)
st.html(HERE / "page.css")

if "memory" not in st.session_state:
    st.session_state.memory = Memory(visitor_of(st.context.cookies) or "")
memory: Memory = st.session_state.memory
problem = front_desk.problem or (None if memory.visitor else NO_COOKIE)
desk = None if problem else front_desk.desk
view = desk.view(memory.visitor) if desk else View()
if desk and not desk.catalog.is_whole:
    with suppress(Refused):
        desk.refresh_catalog()
offers = set_up(desk, memory, front_desk.settings)
if (known := (view.state.phase, view.state.problem)) != memory.known:
    memory.known, memory.refusal = known, None
empty_the_box(memory, view)

avatar_page = st.Page(
    lambda: draw_controls(desk, memory, view, offers),
    title="Talking avatar",
    url_path="avatar",
    default=True,
)
operator_page = st.Page(
    lambda: sessions_page.draw(desk, memory, avatar_page),
    title="Sessions",
    url_path="sessions",
)
shown = st.navigation([avatar_page, operator_page], position="hidden")
memory.turn_to(shown.title)

# Draw the page. The stage comes before everything that comes and goes, so that it never moves.

with st.container(key="masthead"):
    st.header("Talking avatar", anchor=False)
    draw_banner(problem)

if desk and st.session_state.avatar:
    chosen = chosen_in(st.session_state.to_dict())
    # Of two tabs, the one in which something was chosen last, not the one that was drawn last.
    if chosen != memory.chosen or desk.choices(memory.visitor) is None:
        memory.chosen = chosen
        with suppress(Refused):
            desk.choose(memory.visitor, chosen)

stage(
    channel=f"stage/channel?nonce={nonce_of(memory.visitor)}",
    drawn=view.revision,
    poster=poster_of(desk.catalog, st.session_state.avatar) if desk else None,
)

shown.run()

with st.container(key="footer"):
    if shown is avatar_page:
        st.page_link(operator_page, label="Sessions", icon=":material/list_alt:")
