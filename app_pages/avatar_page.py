"""The visitor's page: the controls beside the stage. Callbacks ask the desk and return at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from app_pages.choices_panel import Choosing, draw_choices, remembered
from app_pages.recording_panel import NewRecording, draw_recording
from app_pages.say_as_panel import Pronouncing, draw_say_as
from app_pages.say_as_panel import remembered as remembered_say_as
from app_pages.show_file_panel import Preparing
from components.plain_text import plain
from components.transcript import transcript
from server.settings import Settings
from sessions.desk import Catalog, Desk, Refused, View
from sessions.state import LIVE, Choices, Phase
from sessions.troubles import WORDS
from sessions.turns import ACCEPTED, ENDED, TextRejected, Turn, TurnState
from speech import Recording

SPOKEN_HERE = "The service takes no text at present: the server voice speaks the texts."


@dataclass(slots=True)
class Leaving:
    """A text on its way out of the box. `has_left`: the browser has shown the box without it."""

    turn_id: str
    text: str
    has_left: bool = False


@dataclass(slots=True, weakref_slot=True)
class Memory:
    """What a page remembers of its visitor.

    `refusal`: why the last click on it came to nothing, until there is other news; `known` is the
    news that it has shown. `choosing`: what is chosen on the page; `chosen`: what the desk knows of
    that. `has_asked`: the list of sessions was asked for.
    """

    visitor: str
    refusal: str | None = None
    known: tuple[Phase, str | None, str | None] = (Phase.IDLE, None, None)
    leaving: Leaving | None = None
    choosing: Choosing = field(default_factory=Choosing)
    chosen: Choices | None = None
    recording: NewRecording = field(default_factory=NewRecording)
    pronouncing: Pronouncing = field(default_factory=Pronouncing)
    preparing: Preparing = field(default_factory=Preparing)
    shown: str = ""
    is_operator: bool = False
    has_asked: bool = False

    def turn_to(self, page: str, view: View) -> None:
        """Forget the refusal at another page, at a new phase or problem, or once the stage has one.

        A refusal that the stage shows no more is no news.
        """
        if page != self.shown:
            self.shown, self.refusal, self.has_asked = page, None, False
        known = (view.state.phase, view.state.problem, view.refusal)
        if known[:2] != self.known[:2] or view.refusal not in (None, self.known[2]):
            self.refusal = None
        self.known = known


# Callbacks: ask, and return at once. They use no item of `st.session_state`: each access ends the
# callback there when a rerun was asked for meanwhile (Streamlit 1.67), and the click is lost.
# `to_dict()` is no such access; a test in tests/app_pages/test_page.py watches that.


def start_avatar(desk: Desk, memory: Memory) -> None:
    """Start what is chosen."""
    with refusals_shown(memory):
        desk.start(memory.visitor, memory.choosing.choices, click="page")


def make_avatar_speak(desk: Desk, memory: Memory) -> None:
    """Queue the text; it stays in its box until the service has taken it."""
    text = str(st.session_state.to_dict()["text"])
    if is_on_its_way(text, memory, desk.view(memory.visitor)):
        return  # a double click, or a key that is held down
    with refusals_shown(memory):
        memory.leaving = Leaving(desk.say(memory.visitor, text, click="page").turn_id, text)


def say_recording(desk: Desk, memory: Memory) -> None:
    """Queue the visitor's recording."""
    recording = memory.recording.outcome
    if not isinstance(recording, Recording):
        return  # a double click
    with refusals_shown(memory):
        desk.say_recording(memory.visitor, recording)
        memory.recording.is_said()


def interrupt(desk: Desk, memory: Memory) -> None:
    """Silence the avatar."""
    with refusals_shown(memory):
        desk.interrupt(memory.visitor, click="page")


def end_session(desk: Desk, memory: Memory) -> None:
    """End what is live."""
    with refusals_shown(memory):
        desk.end(memory.visitor, click="page")


def redraw(desk: Desk, visitor: str) -> None:
    """Have the page drawn again; from any thread."""
    with suppress(Refused):  # the server is stopping
        desk.redraw(visitor)


@contextmanager
def refusals_shown(memory: Memory) -> Iterator[None]:
    """Remember the sentence of a refusal, for the page to show."""
    memory.refusal = None
    try:
        yield
    except (TextRejected, Refused) as error:
        memory.refusal = str(error)


def is_on_its_way(text: str, memory: Memory, view: View) -> bool:
    """Whether what is in the box was asked for already: its turn goes on, and the box has it, or is
    empty since."""
    leaving = memory.leaving
    if leaving is None or (text.strip() and (leaving.has_left or leaving.text != text)):
        return False
    return any(t.turn_id == leaving.turn_id and t.state not in ENDED for t in view.state.turns)


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
    elif needs_no_box(turn, view):
        st.session_state.text = ""


def needs_no_box(turn: Turn, view: View) -> bool:
    """Whether a text that has not failed is being said, has been, or waits for its turn."""
    return turn.state in ACCEPTED or turn is not view.saying


def last_said(view: View) -> Turn | None:
    """The last text that its box need not keep; not one that failed."""
    texts = (t for t in reversed(view.state.turns) if t.kind == "text")
    return next(
        (t for t in texts if t.state is not TurnState.FAILED and needs_no_box(t, view)), None
    )


def set_up(desk: Desk | None, memory: Memory, preset: Settings, cookies: Mapping[str, str]) -> None:
    """First values for text and choices: of this visit, else of the last, else of the settings."""
    held, choosing = st.session_state, memory.choosing
    if "text" not in held:
        held.text = preset.opening_text
        choosing.voice = preset.voice_id
        before = desk.choices(memory.visitor) if desk else None
        choosing.begin_with(before or remembered(cookies, preset.host))
        memory.pronouncing.take(remembered_say_as(cookies))
    if not choosing.avatar:
        visuals = desk.catalog.visuals if desk else ()
        choosing.avatar = preset.avatar_id or next((v.item_id for v in visuals), "")


# Drawing: values in, nothing out.


@st.fragment(run_every=1.0)
def look_again(desk: Desk, visitor: str, drawn: tuple[object, ...]) -> None:
    """Draw the page again when there is news: without a stage, nothing else asks for it."""
    if shown_of(desk.view(visitor)) != drawn:
        st.rerun()


def shown_of(view: View) -> tuple[object, ...]:
    """What a page without a stage shows of a view."""
    return view.revision, view.state.turns


def draw_status(view: View, *, billed: bool) -> None:
    """The vendor's status line, and what is wrong.

    Where the server can't be heard, the stage writes its own line into the empty element.
    """
    state = view.state
    status = f"Status: **{state.word}**"
    if state.trouble:
        status += f" · {WORDS[state.trouble].status}"
    with st.container(key="status", horizontal=True):
        st.markdown(status)
        st.html('<p class="stage-status"></p>')
        if billed and state.phase in LIVE:
            st.html('<span class="billed">billed</span>')


def draw_messages(memory: Memory, view: View) -> None:
    """One sentence: the refusal, else the problem, else the notice."""
    details = None if memory.refusal else view.state.details
    if problem := memory.refusal or view.state.problem:
        st.error(plain(problem), icon=":material/error:")
    elif view.state.notice:
        st.warning(plain(view.state.notice), icon=":material/sync_problem:")
    else:
        return
    if details:
        draw_details(details, key="details")


def draw_details(details: str, *, key: str) -> None:
    """The facts behind a sentence, one click away: for whoever looks after the server, to send on.

    `details` quotes the service, without credentials.
    """
    with st.popover("Technical details", icon=":material/info:", type="tertiary", key=key):
        st.code(details, language=None, wrap_lines=True)


def draw_session(desk: Desk | None, memory: Memory, view: View, settings: Settings) -> None:
    """Who speaks, and the one button that starts or ends the session: the style sheet hides the
    other one from sight, where it can do nothing."""
    phase = view.state.phase
    live = phase in LIVE
    with st.container(key="session", horizontal=True):
        catalog = desk.catalog if desk else Catalog()
        preset = Choices(settings.avatar_id, settings.voice_id)
        draw_choices(catalog, memory.choosing, preset, changeable=desk is not None and not live)
        # Its type never changes: with another one, Streamlit 1.67 exchanges the element under the
        # click, which is lost. Disabled, both types look the same.
        st.button(
            "Start Avatar",
            key="start",
            icon=":material/play_arrow:",
            type="primary",
            on_click=start_avatar,
            args=(desk, memory),
            disabled=desk is None or live,
            width="stretch",
        )
        st.button(
            "End Session",
            key="end",
            icon=":material/call_end:",
            on_click=end_session,
            args=(desk, memory),
            disabled=not live or phase is Phase.ENDING,
            width="stretch",
        )


def draw_composer(desk: Desk | None, memory: Memory, view: View) -> None:
    """What to say next: a text, or a recording; and how words are said."""
    ready = view.state.phase is Phase.READY
    with st.form("say", border=False):
        st.text_area(
            "Text",
            key="text",
            height=120,
            # Set in each run instead, an older text stood in the box for a moment (Streamlit 1.67).
            persist_state="session",
            placeholder="What should the avatar say? Ctrl+Enter speaks.",
        )
        verbs = st.container(horizontal=True)
        verbs.form_submit_button(
            "Make Avatar Speak",
            key="speak",
            icon=":material/campaign:",
            type="primary",
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
            disabled=not (ready and view.can_interrupt),
            width="stretch",
        )
    with st.container(key="more", horizontal=True):
        if desk:
            draw_recording(
                memory.recording,
                ready=ready,
                redraw=partial(redraw, desk, memory.visitor),
                say=partial(say_recording, desk, memory),
            )
        draw_say_as(desk, memory.pronouncing, memory.visitor)


def draw_controls(desk: Desk | None, memory: Memory, view: View, settings: Settings) -> None:
    """All of the visitor's page but the stage."""
    live = view.state.phase in LIVE
    with st.container(key="controls"):
        draw_status(view, billed=not settings.simulated)
        draw_session(desk, memory, view, settings)
        draw_composer(desk, memory, view)
        # After the controls, which no message moves.
        with st.container(key="messages"):
            draw_messages(memory, view)
            if view.state.server_voice:
                st.caption(f":material/record_voice_over: {SPOKEN_HERE}")
            if live and view.state.remark:
                st.caption(f":material/extension_off: {plain(view.state.remark)}")
        is_watched = desk is not None and desk.is_watched(memory.visitor)
        with st.container(key="turns"):
            transcript(() if is_watched else view.state.turns)
        # At the end: above a button it would move it to another place, out of the click's way.
        if desk and live and not is_watched:
            look_again(desk, memory.visitor, shown_of(view))
