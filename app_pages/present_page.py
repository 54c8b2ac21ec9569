"""The presenter's page: the desk, and what is prepared before a talk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from app_pages.recording_panel import NewRecording, draw_recording, minutes
from app_pages.show_file_panel import About, Preparing, about_of, draw_show, take_loaded
from components.plain_text import plain
from components.presenter import desk as presenters_desk
from server import visitors
from server.services import Services, services
from sessions.catalog import Catalog, id_of
from sessions.state import Phase
from show.model import Show, ShowRejected
from show.play import Item, Recorded
from show.run import LARGEST_PICTURE, Run
from show.transcript import as_json, as_markdown, as_srt, as_webvtt
from speech import Recording

FINDINGS_SHOWN = 12


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


def say_recording(new: NewRecording, run: Run) -> None:
    """A callback: say the presenter's recording now, and then go on with the show."""
    if isinstance(new.outcome, Recording):
        run.ask(Recorded(new.outcome))
        new.is_said()


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
        if value and catalog.is_whole and id_of(value, items) is None
    ]


def items_of(run: Run) -> tuple[Item, ...]:
    """Everything that the show plays."""
    return tuple(item for item in run.scene.play.items if item.by == "show")


def length_of(run: Run, slide: int) -> str:
    """Such as "0:42"."""
    return minutes(sum(run.length(item) for item in items_of(run) if item.slide == slide))


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
