"""The operator's page "Sessions": all that is, or may be, paid for, with a button to end each."""

from __future__ import annotations

import time

import streamlit as st

from app_pages.avatar_page import Memory, refusals_shown
from app_pages.choices_panel import name_of
from components.plain_text import plain
from server.operator_door import operator_door
from server.services import services
from server.visitors import is_here
from sessions import audit
from sessions.desk import Desk
from sessions.ledger import Entry

LOCKED = (
    "Others can open this page, so it needs a password: set AVATAR_OPERATOR_PASSWORD and start the"
    " server again."
)
UNKNOWN = (
    "The answer to create was lost: it may be live at the service, for as long as that does without"
    " our keep-alive. Nothing here can end it."
)


def refresh(desk: Desk, memory: Memory) -> None:
    """Read the ledger in the background, then draw the page again."""
    with refusals_shown(memory):
        desk.refresh_entries(memory.visitor)


def end(desk: Desk, memory: Memory, entry_id: str) -> None:
    """End any visitor's session."""
    with refusals_shown(memory):
        desk.end_entry(entry_id)
        audit.note("operator", memory.visitor, outcome="ends", reason=f"entry {entry_id}")
        desk.refresh_entries(memory.visitor)


def open_up(memory: Memory) -> None:
    """Let the operator in, with the right password."""
    given = str(st.session_state.to_dict()["password"])
    memory.refusal = operator_door.try_password(
        given,
        services.settings.operator_password,
        visitor=memory.visitor,
        here=is_here(st.context.headers),
    )
    memory.is_operator = memory.refusal is None


def age(seconds: float) -> str:
    """How long ago, for people."""
    if seconds < 60:
        return f"{max(0, seconds):.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def draw(desk: Desk | None, memory: Memory) -> None:
    """The page: the list, once the operator is let in."""
    with st.container(key="sessions"):
        st.title("Sessions", anchor=False)
        if desk is None:
            return
        if services.settings.operator_password:
            if not memory.is_operator:
                draw_door(memory)
                return
        elif not is_here(st.context.headers):
            st.info(LOCKED, icon=":material/lock:")
            return
        draw_list(desk, memory)


def draw_door(memory: Memory) -> None:
    """The password, asked for once."""
    if memory.refusal:
        st.error(plain(memory.refusal), icon=":material/error:")
    with st.form("operator", border=False):
        st.text_input("Operator's password", type="password", key="password")
        st.form_submit_button("Open", on_click=open_up, args=(memory,))


def draw_list(desk: Desk, memory: Memory) -> None:
    """The ledger, as last read."""
    if not memory.has_asked:
        memory.has_asked = True
        refresh(desk, memory)
    st.button("Refresh", icon=":material/refresh:", on_click=refresh, args=(desk, memory))
    if problem := memory.refusal or desk.operator.problem:
        st.error(plain(problem), icon=":material/error:")
    if desk.janitor.remark:
        st.warning(plain(desk.janitor.remark), icon=":material/warning:")
    if not problem and desk.operator.entries == ():
        st.caption("Nothing is live, and nothing is paid for.")
    for entry in desk.operator.entries or ():
        draw_entry(desk, memory, entry)


def draw_entry(desk: Desk, memory: Memory, entry: Entry) -> None:
    """One line: its avatar, visitor, age, server; and a button that ends it."""
    line = st.container(key=f"entry-{entry.entry_id}", horizontal=True, vertical_alignment="center")
    whose = "this page" if entry.visitor == memory.visitor else f"visitor {entry.visitor[:8]}"
    where = "this server" if desk.janitor.is_mine(entry) else "another server"
    name = name_of(desk.catalog.visuals, entry.avatar_id)
    with line.container():
        st.markdown(
            f"**{plain(name)}** · {plain(whose)} · {age(time.time() - entry.created_at)} · {where}"
        )
        if entry.unknown:
            st.caption(UNKNOWN)
        else:
            st.caption(plain(f"session {entry.session_id}" if entry.session_id else "starting"))
    line.button(
        "Forget" if entry.unknown else "End",
        key=f"end-{entry.entry_id}",
        on_click=end,
        args=(desk, memory, entry.entry_id),
    )
