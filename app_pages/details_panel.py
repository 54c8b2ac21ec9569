"""What a customer need not see first, behind one button: service, session, other pages."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from components.plain_text import plain
from server.services import Services
from sessions.desk import View
from sessions.state import LIVE

API = "/v1/avatar-session"

SIMULATED = (
    "**Simulator** on this machine: nothing is paid for, nothing leaves it."
    " [What it hears]({}/simulator/) · To go live, put `AVATAR_KS=…` into `.env`."
)
BILLED = "**Live** at {}: a session costs money from Start Avatar to End Session."


def draw_details_panel(services: Services, view: View, pages: Sequence[StreamlitPage]) -> None:
    """All of it behind one button; `pages`: Preflight and Sessions."""
    settings, state = services.settings, view.state
    with (
        st.popover("Details", icon=":material/info:", type="tertiary", key="about"),
        st.container(key="about-open"),
    ):
        if settings.simulated:
            st.markdown(SIMULATED.format(settings.base_url.removesuffix(API)))
        else:
            st.markdown(BILLED.format(plain(settings.host)))
        if state.session_id and state.phase in LIVE:
            st.markdown(f"Session {plain(state.session_id)}")
        check_page, operator_page = pages
        st.page_link(check_page, label="Preflight", icon=":material/network_check:")
        st.page_link(operator_page, label="Sessions", icon=":material/list_alt:")
