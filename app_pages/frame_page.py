"""The frame of all pages, top to bottom: set up, then draw masthead, stage, page and footer.

The stage is in the frame, so it plays on while the visitor looks at another page.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app_pages import sessions_page
from app_pages.avatar_page import Memory, draw_controls, empty_the_box, last_said, set_up
from app_pages.choices_panel import COOKIE, to_remember
from app_pages.say_as_panel import COOKIE as SAY_AS_COOKIE
from components.plain_text import plain
from components.preflight import preflight
from components.remembered import keep_draft, remember
from components.stage import stage
from server import visitors
from server.services import services
from sessions.desk import Refused, View

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
    elif services.settings.simulated:
        st.info(
            "**Simulator** on this machine: nothing is paid for, nothing leaves it."
            f" [What it hears]({services.settings.base_url.removesuffix(API)}/simulator/) ·"
            " To go live, put `AVATAR_KS=…` into `.env`.",
            icon=":material/science:",
        )


# Set things up.

# An icon of our own: Streamlit fetches emoji and Material icons for the tab from the internet.
st.set_page_config(
    page_title="Talking avatar", page_icon=str(HERE / "page_icon.png"), layout="wide"
)
st.html(HERE / "page.css")

visitor = visitors.visitor_in(st.context.headers)
if "memory" in st.session_state and visitor not in (None, st.session_state.memory.visitor):
    st.session_state.clear()  # whoever lost the cookie of a page has lost the page
if "memory" not in st.session_state:
    st.session_state.memory = Memory(visitor or "")
memory: Memory = st.session_state.memory
if run := get_script_run_ctx():
    visitors.owns(run.session_id, memory)
problem = services.problem or (None if memory.visitor else NO_COOKIE)
desk = None if problem else services.desk
view = desk.view(memory.visitor) if desk else View()
if desk and not (memory.shown and desk.catalog.is_whole):  # once it is, at each page's first run
    with suppress(Refused):
        desk.refresh_catalog()
service = urlsplit(services.settings.base_url).hostname or ""
set_up(desk, memory, services.settings, service, st.context.cookies)
empty_the_box(memory, view)

avatar_page = st.Page(
    lambda: draw_controls(desk, memory, view, services.settings),
    title="Talking avatar",
    url_path="avatar",
    default=True,
)
operator_page = st.Page(
    lambda: sessions_page.draw(desk, memory, avatar_page),
    title="Sessions",
    url_path="sessions",
)
check_page = st.Page(
    lambda: preflight(channel=f"preflight/channel?nonce={visitors.nonce_of(memory.visitor)}"),
    title="Preflight",
    url_path="preflight",
)
shown = st.navigation([avatar_page, operator_page, check_page], position="hidden")
memory.turn_to(shown.title, view)

chosen = memory.choosing.choices
# Of two tabs, the last choice counts, not the last drawing.
if desk and chosen and (chosen != memory.chosen or desk.choices(memory.visitor) is None):
    memory.chosen = chosen
    with suppress(Refused):
        desk.choose(memory.visitor, chosen)
if desk:
    memory.pronouncing.tell(desk, memory.visitor)

# Draw the page. The stage comes before everything that comes and goes, so that it never moves.

with st.container(key="masthead"):
    st.header("Talking avatar", anchor=False)
    draw_banner(problem)

faces = desk.catalog.visuals if desk else ()
stage(
    channel=f"stage/channel?nonce={visitors.nonce_of(memory.visitor)}",
    drawn=view.revision,
    poster=next((f.image_url for f in faces if f.item_id == memory.choosing.avatar), None),
)

shown.run()

with st.container(key="footer"):
    links = st.container(horizontal=True, horizontal_alignment="right")
    if shown is avatar_page:
        links.page_link(check_page, label="Preflight", icon=":material/network_check:")
        links.page_link(operator_page, label="Sessions", icon=":material/list_alt:")
    elif shown is check_page:
        links.page_link(avatar_page, label="Back to the avatar", icon=":material/arrow_back:")
    keep_draft(last_said(view))
    remember(COOKIE, to_remember(memory.choosing, service))
    pronouncing = memory.pronouncing.to_remember()
    remember(SAY_AS_COOKIE, pronouncing, key="remembered-say-as")
