"""The presenter's page: the desk, and what is prepared before a talk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from app_pages.recording_panel import NewRecording, draw_recording
from avatar_client import CatalogItem
from components.plain_text import plain
from components.presenter import desk as presenters_desk
from server import visitors
from server.services import Services, services
from sessions.catalog import Catalog
from sessions.server_voice import ServerVoice
from sessions.state import Phase
from show.check import Finding, findings
from show.files import LARGEST, load, samples, saved
from show.model import Show, ShowRejected
from show.play import Item, Recorded
from show.run import LARGEST_PICTURE, Run
from show.transcript import as_json, as_markdown, as_srt, as_webvtt
from speech import Recording

FORMATS = ["md", "markdown", "txt", "pptx", "pdf", "zip"]

HINT = "Marp's Markdown, PowerPoint, PDF, or a show that was saved here."
FINDINGS_SHOWN = 12

_loader = ThreadPoolExecutor(2, "show-files")


@dataclass(frozen=True, slots=True)
class About:
    """What takes long to find out about a show: what to mend, and the file of it, its name first.
    `by_voice`: whether our voice was asked, too."""

    show: Show
    by_voice: bool
    found: tuple[Finding, ...]
    file: tuple[str, bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was dropped on the page."""

    name: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class Preparing:
    """What a presenter's page remembers. `files`: the deck and the file beside it, as they were
    given last; `loading`: the show that they become; `problem`: why they became none. `rehearsing`:
    the simulator, while it is opened; `backdrop`: the id of the last picture; `source`: what the
    editor opens with, empty while it is closed."""

    files: dict[str, Given] = field(default_factory=dict)
    loading: Future[Show] | None = None
    problem: str | None = None
    rehearsing: Future[Services] | None = None
    about: About | None = None
    backdrop: str = ""
    source: str = field(default="", repr=False)
    seen: dict[str, str] = field(default_factory=dict)

    def takes(self, box: str, file: UploadedFile | None) -> bool:
        """Keep a file that is new in this box. Streamlit has it until the next one is uploaded, in
        whichever box (`server/flood_control.py`)."""
        if file is None or self.seen.get(box) == file.file_id:
            return False
        self.seen[box] = file.file_id
        self.files[box] = Given(file.name, file.getvalue())
        return True


def draw(
    here: Services,
    below: str,
    preparing: Preparing,
    recording: NewRecording,
    visitor: str,
    redraw: Callable[[], None],
) -> None:
    """All of the page but the stage. `here`: the services, whose routes are `below` this path of
    the server; `redraw` draws the page again, from any thread."""
    nonce = visitors.nonce_of(visitor)
    presenters_desk(
        channel=f"{below}presenter/channel?nonce={nonce}",
        script=f"{below}presenter/script?nonce={nonce}",
        stage=f"{below}stage",
        film=f"{below}presenter/film?nonce={nonce}",
    )
    with st.container(key="prepare", horizontal=True):
        run = here.runs.open(visitor)
        take_loaded(here, preparing, visitor)
        about = preparing.about = about_of(preparing.about, run.scene.show, here.voice)
        draw_show(here, preparing, about, visitor, redraw)
        draw_check(here, about, run)
        draw_rehearsal(here, preparing, run, visitor, redraw)
        draw_backdrop(preparing, run)
        draw_recording(
            recording,
            ready=run.scene.session.state.phase is Phase.READY,
            redraw=redraw,
            say=partial(say_recording, recording, run),
        )
        draw_transcript(run)
        if not below:
            draw_remote(here, run, visitor)
        if preparing.problem:
            st.error(plain(preparing.problem), icon=":material/error:")


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


def say_recording(new: NewRecording, run: Run) -> None:
    """A callback: say the presenter's recording now, and then go on with the show."""
    if isinstance(new.outcome, Recording):
        run.ask(Recorded(new.outcome))
        new.is_said()


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
            preparing.files.pop("beside", None)  # it belonged to this deck
        case ShowRejected() as problem:
            preparing.problem = str(problem)
        case BaseException() as error:
            raise error


def begin_to_load(preparing: Preparing, redraw: Callable[[], None]) -> None:
    """Read the files in the background: a PowerPoint may take a minute."""
    deck, beside = preparing.files["deck"], preparing.files.get("beside")
    is_pdf = beside is not None and beside.name.lower().endswith(".pdf")
    pdf = beside.content if beside and is_pdf else None
    text = beside.content.decode("utf-8", "replace") if beside and not is_pdf else None
    preparing.problem = None
    preparing.loading = _loader.submit(load, deck.name, deck.content, pdf=pdf, markdown=text)
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
            key="beside",
        )
        is_new = preparing.takes("deck", deck) | preparing.takes("beside", beside)
        if is_new and "deck" in preparing.files:
            begin_to_load(preparing, redraw)
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
            changed = load("show.md", source.encode())
        except ShowRejected as problem:
            st.error(plain(str(problem)), icon=":material/error:")
            preparing.source = source
            return
        kept = replace(changed, name=changed.name or show.name, pictures=show.pictures)
        here.runs.replace(visitor, kept)
        preparing.source = ""
        st.rerun()
    preparing.source = ""


def draw_check(here: Services, about: About, run: Run) -> None:
    """What to mend before it is played, and how long it takes."""
    show, found = about.show, about.found
    unknown = unknown_names(show, here.desk.catalog if here.desk else Catalog())
    label = f"Check · {len(found)}" if found else "Check"
    with (
        st.popover(label, icon=":material/fact_check:", type="tertiary", key="show-check"),
        st.container(key="check-open"),
    ):
        for sentence in unknown:
            st.warning(plain(sentence))
        if not (found or unknown):
            st.success("Nothing to mend.", icon=":material/check:")
        for finding in found[:FINDINGS_SHOWN]:
            st.warning(plain(f"Slide {finding.slide + 1}: {finding.sentence}"))
        if (more := len(found) - FINDINGS_SHOWN) > 0:
            st.caption(f"{more} more.")
        for notice in show.notices:
            st.caption(plain(notice))
        st.dataframe(
            {
                "Slide": [number + 1 for number in range(len(show.slides))],
                "Title": [show.filled(slide.title) for slide in show.slides],
                "Time": [length_of(run, number) for number in range(len(show.slides))],
            },
            hide_index=True,
        )
        st.caption(
            f"In all {minutes(sum(run.length(item) for item in items_of(run)))}, by our voice."
        )


def unknown_names(show: Show, catalog: Catalog) -> list[str]:
    """Of the avatar and the voice that the show wants, where the whole catalog is known."""
    wanted = (("avatar", show.avatar, catalog.visuals), ("voice", show.voice, catalog.voices))
    return [
        f"{name.capitalize()}: {value} is no {name} of this account: correct it."
        for name, value, items in wanted
        if value and catalog.is_whole and value.casefold() not in names_of(items)
    ]


def names_of(items: Sequence[CatalogItem]) -> set[str]:
    """What a show can call them."""
    return {each.casefold() for item in items for each in (item.name, item.item_id)}


def items_of(run: Run) -> tuple[Item, ...]:
    """Everything that the show plays."""
    return tuple(item for item in run.scene.play.items if item.by == "show")


def length_of(run: Run, slide: int) -> str:
    """Such as "0:42"."""
    return minutes(sum(run.length(item) for item in items_of(run) if item.slide == slide))


def minutes(seconds: float) -> str:
    """Such as "3:05"."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def draw_backdrop(preparing: Preparing, run: Run) -> None:
    """A picture behind an avatar that has a green ground."""
    with (
        st.popover("Backdrop", icon=":material/wallpaper:", type="tertiary", key="show-backdrop"),
        st.container(key="backdrop-open"),
    ):
        file = st.file_uploader(
            "Picture for the backdrop",
            ["png", "jpg", "jpeg", "webp"],
            help="It is behind an avatar that has a green ground.",
            max_upload_size=LARGEST_PICTURE // 2**20,
            key="backdrop",
        )
        if file and file.file_id != preparing.backdrop:
            preparing.backdrop = file.file_id
            try:
                run.use_picture(file.getvalue())
            except ShowRejected as problem:
                st.error(plain(str(problem)), icon=":material/error:")


def draw_rehearsal(
    here: Services,
    preparing: Preparing,
    run: Run,
    visitor: str,
    redraw: Callable[[], None],
) -> None:
    """The same desk at a simulator, where nothing is paid for; the way there and back."""
    if here is not services:
        st.button(
            "End the rehearsal",
            icon=":material/logout:",
            type="tertiary",
            on_click=st.query_params.clear,
        )
        return
    if here.settings.simulated or not visitors.is_here(st.context.headers):
        return  # it is one already; the simulator's picture reaches this machine alone
    if preparing.rehearsing and preparing.rehearsing.done():
        opened, preparing.rehearsing = preparing.rehearsing, None
        if problem := opened.exception():
            preparing.problem = str(problem)
        else:
            opened.result().runs.replace(visitor, run.scene.show)
            st.query_params["rehearsal"] = "1"
            st.rerun()
    st.button(
        "Rehearse",
        icon=":material/theater_comedy:",
        type="tertiary",
        help="The same desk at the simulator: nothing is paid for.",
        disabled=preparing.rehearsing is not None,
        on_click=begin_to_rehearse,
        args=(here, preparing, redraw),
    )


def begin_to_rehearse(here: Services, preparing: Preparing, redraw: Callable[[], None]) -> None:
    """Open the simulator in the background."""
    preparing.rehearsing = here.begin_to_rehearse()
    preparing.rehearsing.add_done_callback(lambda _: redraw())


def draw_transcript(run: Run) -> None:
    """What was said, as files."""
    scene = run.scene
    with (
        st.popover(
            "Transcript",
            icon=":material/notes:",
            type="tertiary",
            key="show-transcript",
            on_change="rerun",  # it shows what was said until now
        ) as popover,
        st.container(key="transcript-open"),
    ):
        if not popover.open:
            return
        if not scene.transcript:
            st.caption("Nothing was said yet.")
            return
        name = scene.show.name or "show"
        files = {
            "md": as_markdown(scene.transcript, scene.show, run.started_at),
            "vtt": as_webvtt(scene.transcript),
            "srt": as_srt(scene.transcript),
            "json": as_json(scene.transcript, scene.show, run.started_at),
        }
        for ending, text in files.items():
            st.download_button(
                f"{name}.{ending}", text, f"{name}.{ending}", key=f"transcript-{ending}"
            )


def draw_remote(here: Services, run: Run, visitor: str) -> None:
    """A phone, or another tab, drives the desk."""
    with (
        st.popover("Remote", icon=":material/phone_iphone:", type="tertiary", key="show-remote"),
        st.container(key="remote-open"),
    ):
        st.markdown(
            "Open **/remote** of this server on a phone or in another tab, and type a code."
        )
        if st.button("Show a code", key="remote-code", width="stretch"):
            st.code(here.remotes.code_for(visitor), language=None)
            st.caption("For one device, within ten minutes.")
        st.button(
            "Disconnect all remotes",
            on_click=disconnect_remotes,
            args=(here, run, visitor),
            width="stretch",
        )


def disconnect_remotes(here: Services, run: Run, visitor: str) -> None:
    """A callback: those that are open are closed at once."""
    here.remotes.revoke(visitor)
    run.tell_soon()
