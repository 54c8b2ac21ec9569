"""The frame of all pages, top to bottom: set up, then draw masthead, stage and page.

The stage is in the frame, so it plays on while the visitor looks at another page.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app_pages import present_page, sessions_page
from app_pages.avatar_page import (
    Memory,
    draw_controls,
    empty_the_box,
    last_said,
    redraw,
    set_up,
)
from app_pages.choices_panel import COOKIE, poster_of, to_remember
from app_pages.details_panel import draw_details_panel
from app_pages.say_as_panel import COOKIE as SAY_AS_COOKIE
from app_pages.shell_page import title_of
from components.plain_text import plain
from components.preflight import preflight
from components.remembered import keep_draft, remember
from components.stage import stage
from server import visitors
from server.brand import Brand
from server.services import services
from sessions.desk import Refused, View

HERE = Path(__file__).parent

NO_COOKIE = (
    "This browser sends no cookie to this page, and nothing else tells your avatar from another"
    " visitor's: allow cookies for this site, then reload."
)


def draw_brand(brand: Brand, *, is_heading: bool) -> None:
    """The logo and the name; of the avatar's page they are the heading, which must have a name."""
    alt = "" if brand.name else title_of("", brand)
    logo = f'<img src="{escape(brand.logo)}" alt="{alt}">' if brand.logo else ""
    name = brand.name if logo else brand.name or title_of("", brand)
    tag = "h1" if is_heading else "p"
    st.html(f'<{tag} class="brand">{logo}<span>{escape(name)}</span></{tag}>')


# Set things up.

brand = services.settings.brand
# An icon of our own: Streamlit fetches emoji and Material icons for the tab from the internet.
st.set_page_config(page_icon=str(HERE / "page_icon.png"), layout="wide")

visitor = visitors.visitor_in(st.context.headers)
if "memory" in st.session_state and visitor not in (None, st.session_state.memory.visitor):
    st.session_state.clear()  # whoever lost the cookie of a page has lost the page
if "memory" not in st.session_state:
    st.session_state.memory = Memory(visitor or "")
memory: Memory = st.session_state.memory
if run := get_script_run_ctx():
    visitors.owns(run.session_id, memory)
# A rehearsal is the page Present with the services of a simulator.
rehearsal = services.rehearsal if "rehearsal" in st.query_params else None
here, below = (rehearsal, "rehearsal/") if rehearsal else (services, "")
problem = services.problem or (None if memory.visitor else NO_COOKIE)
desk = None if problem else here.desk
view = desk.view(memory.visitor) if desk else View()
if desk and not (memory.shown and desk.catalog.is_whole):  # once it is, at each page's first run
    with suppress(Refused):
        desk.refresh_catalog()
set_up(desk, memory, here.settings, st.context.cookies)
empty_the_box(memory, view)

avatar_page = st.Page(
    lambda: draw_controls(desk, memory, view, services.settings),
    title=title_of("", brand),
    url_path="avatar",
    default=True,
)
operator_page = st.Page(
    lambda: sessions_page.draw(desk, memory),
    title=title_of("sessions", brand),
    url_path="sessions",
)
presenter_page = st.Page(
    lambda: (
        present_page.draw(
            here,
            below,
            memory.preparing,
            memory.recording,
            memory.visitor,
            partial(redraw, desk, memory.visitor),
        )
        if desk
        else None
    ),
    title=title_of("present", brand),
    url_path="present",
)
check_page = st.Page(
    lambda: preflight(channel=f"preflight/channel?nonce={visitors.nonce_of(memory.visitor)}"),
    title=title_of("preflight", brand),
    url_path="preflight",
)
pages = [avatar_page, presenter_page, operator_page, check_page]
shown = st.navigation(pages, position="hidden")
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
    draw_brand(brand, is_heading=shown is avatar_page)
    if shown is not avatar_page:
        st.page_link(avatar_page, label="Back to the avatar", icon=":material/arrow_back:")
    else:
        st.page_link(presenter_page, label="Present", icon=":material/co_present:")
    draw_details_panel(here, view, (check_page, operator_page))

stage(
    channel=f"{below}stage/channel?nonce={visitors.nonce_of(memory.visitor)}",
    drawn=view.revision,
    poster=poster_of(desk.catalog, memory.choosing.avatar) if desk else None,
)

if problem:
    with st.container(key="problem"):
        st.error(plain(problem), icon=":material/error:")

shown.run()

with st.container(key="kept"):
    keep_draft(last_said(view))
    remember(COOKIE, to_remember(memory.choosing, services.settings.host))
    remember(SAY_AS_COOKIE, memory.pronouncing.to_remember(), key="remembered-say-as")
