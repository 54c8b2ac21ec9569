"""The file of a show: open one, write or edit it, save it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.plain_text import plain
from server.services import Services
from sessions.server_voice import ServerVoice
from show.check import Finding, findings
from show.files import LARGEST, edited, load, samples, saved
from show.model import Show, ShowRejected

FORMATS = ["md", "markdown", "txt", "pptx", "pdf", "zip"]
HINT = "Marp's Markdown, PowerPoint, PDF, or a show that was saved here."
NO_DECK = "Choose the deck, too, or again if it was chosen before: both files are read together."

_loader = ThreadPoolExecutor(2, "show-files")


@dataclass(frozen=True, slots=True)
class About:
    """What takes long to find out about a show: what to mend, and the file of it, its name first.
    `by_voice`: whether our voice was asked, too."""

    show: Show
    by_voice: bool
    found: tuple[Finding, ...]
    file: tuple[str, bytes] = field(repr=False)


@dataclass(slots=True)
class Preparing:
    """What a presenter's page remembers.

    `taken`: the ids of the deck and of the file beside it that were read last, or are being read;
    `loading`: the show that they become; `problem`: why they became none. `played`: the id of the
    last deck that became one. `paired`: how many decks were read with a file beside them, after
    which its box is emptied. `rehearsing`: the simulator, while it is opened; `backdrop`: the id of
    the last picture; `source`: what the editor opens with, empty while it is closed.
    """

    taken: tuple[str | None, str | None] = (None, None)
    loading: Future[Show] | None = None
    problem: str | None = None
    played: str | None = None
    paired: int = 0
    rehearsing: Future[Services] | None = None
    about: About | None = None
    backdrop: str = ""
    source: str = field(default="", repr=False)


def about_of(known: About | None, show: Show, voice: ServerVoice) -> About:
    """What is known of `show`, or is found out now."""
    if known and known.show is show and known.by_voice == voice.is_loaded:
        return known
    by_voice = voice.is_loaded
    try:
        found = findings(show, voice.has_sound)
    except ShowRejected as problem:
        found = (Finding(0, None, str(problem)),)
    return About(show, by_voice, found, saved(show))


def take_loaded(here: Services, preparing: Preparing, visitor: str) -> None:
    """Play what was read meanwhile, or say why nothing was."""
    loading = preparing.loading
    if loading is None or not loading.done():
        return
    preparing.loading = None
    match loading.exception():
        case None:
            here.runs.replace(visitor, loading.result())
            preparing.problem = None
            preparing.played = preparing.taken[0]
            if preparing.taken[1]:
                preparing.taken = (preparing.taken[0], None)
                preparing.paired += 1  # it belonged to this deck
        case ShowRejected() as problem:
            preparing.problem = str(problem)
        case BaseException() as error:
            raise error


def take(
    preparing: Preparing,
    deck: UploadedFile | None,
    beside: UploadedFile | None,
    redraw: Callable[[], None],
) -> None:
    """Read what is new in the boxes, in the background: a PowerPoint may take a minute."""
    given = (deck.file_id if deck else None, beside.file_id if beside else None)
    if given == preparing.taken:
        return
    if deck is None:
        # Of a page's files the server keeps the last few (server/flood_control.py).
        if beside or not preparing.taken[0]:
            preparing.problem = NO_DECK if beside else None
            preparing.taken = given
        return
    preparing.taken = given
    preparing.problem = preparing.loading = None
    if beside is None and deck.file_id == preparing.played:
        return  # the file beside it was taken out: the deck is played as it was
    is_pdf = beside is not None and beside.name.lower().endswith(".pdf")
    pdf = beside.getvalue() if beside and is_pdf else None
    text = beside.getvalue().decode("utf-8", "replace") if beside and not is_pdf else None
    preparing.loading = _loader.submit(load, deck.name, deck.getvalue(), pdf=pdf, markdown=text)
    preparing.loading.add_done_callback(lambda _: redraw())


def draw_show(
    here: Services,
    preparing: Preparing,
    about: About,
    visitor: str,
    redraw: Callable[[], None],
) -> None:
    """Open, write, save: behind one button."""
    with (
        st.popover("Show", icon=":material/slideshow:", type="tertiary", key="show-files"),
        st.container(key="show-open"),
    ):
        deck = st.file_uploader(
            "Open a show",
            FORMATS,
            help=HINT,
            max_upload_size=LARGEST // 2**20,
            key="deck",
        )
        beside = st.file_uploader(
            "With a PowerPoint its PDF, or with a PDF the lines (Markdown)",
            ["pdf", "md", "txt"],
            max_upload_size=LARGEST // 2**20,
            key=f"beside-{preparing.paired}",
        )
        take(preparing, deck, beside, redraw)
        if preparing.loading:
            st.caption(":material/hourglass_top: Reading it…")
        for name, sample in samples().items():
            st.button(
                f"Sample: {sample.name}",
                key=f"sample-{name}",
                on_click=here.runs.replace,
                args=(visitor, sample),
                width="stretch",
            )
        name, content = about.file
        st.download_button("Save", content, name, icon=":material/save:", width="stretch")
    st.button(
        "Write or edit",
        key="edit-show",
        icon=":material/edit:",
        type="tertiary",
        on_click=begin_to_edit,
        args=(preparing, about.show),
    )
    if preparing.source:
        edit(here, preparing, visitor, about.show)


def begin_to_edit(preparing: Preparing, show: Show) -> None:
    """Open the editor."""
    preparing.source = show.source


@st.dialog("Write or edit the show", width="large")
def edit(here: Services, preparing: Preparing, visitor: str, show: Show) -> None:
    """The show's Markdown. Playing begins anew with it."""
    source = st.text_area("Marp's Markdown", preparing.source, key="show-source", height=480)
    st.caption(
        "A slide's text is shown and its comments are said: <!-- like this -->. Slides are parted"
        " by a line with three dashes. <!-- pause: 2 -->, <!-- wait --> and <!-- private: a note"
        " --> do what they say; {{customer}} is filled from customer: at the top."
    )
    if st.button("Play this", type="primary", key="apply-show"):
        try:
            changed = edited(show, source)
        except ShowRejected as problem:
            st.error(plain(str(problem)), icon=":material/error:")
            preparing.source = source
            return
        here.runs.replace(visitor, changed)
        preparing.source = ""
        st.rerun()
    preparing.source = ""
