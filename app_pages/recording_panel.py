"""A visitor's own voice: recorded in the page or dropped on it, and said by the avatar."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.plain_text import plain
from speech import Recording
from speech.recording import FORMATS, LARGEST, LONGEST, UnreadableAudio, converted

RECORDED = "Recording"
"""What a recording of the page's own is called: Streamlit names it after the second of the day."""


@dataclass(slots=True)
class OwnVoice:
    """A recording on its way, if there is one, from the widget `source`.

    `said` counts those that were said; it is in the widgets' keys, which empties them.
    """

    said: int = 0
    source: str = ""
    converting: Future[Recording] | None = None

    @property
    def outcome(self) -> Recording | UnreadableAudio | None:
        """What can be said, or why it can't, once that is known."""
        if self.converting is None or not self.converting.done():
            return None
        error = self.converting.exception()
        if error is None:
            return self.converting.result()
        if isinstance(error, UnreadableAudio):
            return error
        raise error

    def forget(self) -> None:
        """There is none any more."""
        if self.converting:
            self.converting.cancel()
        self.converting, self.source = None, ""

    def is_said(self) -> None:
        """It is the desk's now, and the widgets are free for the next."""
        self.forget()
        self.said += 1


def take(own: OwnVoice, source: str, redraw: Callable[[], None]) -> None:
    """Convert what the widget `source` now holds, in the background; then `redraw` is called.

    The widget that was used last counts; where that is emptied, there is nothing to say. A
    callback.
    """
    given: UploadedFile | None = st.session_state.to_dict().get(source)
    if given is None and own.source != source:
        return
    own.forget()
    if given is not None:
        name = RECORDED if source.startswith("recorded") else given.name
        own.source = source
        own.converting = converted(given.getvalue(), name)
        own.converting.add_done_callback(lambda done: None if done.cancelled() else redraw())


def draw_own_voice(
    own: OwnVoice, *, ready: bool, redraw: Callable[[], None], say: Callable[[], None]
) -> None:
    """All of it behind one button. `say` has the avatar say what is there."""
    with st.popover(
        "Your own voice",
        icon=":material/mic:",
        width="stretch",
        key="own-voice",
        on_change="rerun",
    ) as popover:
        if popover.open:
            with st.container(key="own-voice-open"):
                draw_recorder(own, ready=ready, redraw=redraw, say=say)


def draw_recorder(
    own: OwnVoice, *, ready: bool, redraw: Callable[[], None], say: Callable[[], None]
) -> None:
    """Where it comes from, what has become of it, and the button that has it said."""
    recorded, dropped = f"recorded-{own.said}", f"dropped-{own.said}"
    st.audio_input("Record", key=recorded, on_change=take, args=(own, recorded, redraw))
    st.file_uploader(
        "Or drop a file",
        FORMATS,
        max_upload_size=LARGEST // 2**20,
        key=dropped,
        on_change=take,
        args=(own, dropped, redraw),
    )
    outcome = own.outcome
    with st.container(key="own-voice-outcome"):
        draw_outcome(own, outcome, ready=ready)
    st.button(
        "Say recording",
        key="say-recording",
        icon=":material/campaign:",
        type="primary",
        on_click=say,
        disabled=not (ready and isinstance(outcome, Recording)),
        width="stretch",
    )


def draw_outcome(
    own: OwnVoice, outcome: Recording | UnreadableAudio | None, *, ready: bool
) -> None:
    """One line."""
    match outcome:
        case Recording():
            then = "" if ready else " · start the avatar to have it said"
            st.caption(f":material/mic: {plain(outcome.name)} · {length_of(outcome)}{then}")
        case UnreadableAudio():
            st.error(plain(str(outcome)), icon=":material/error:")
        case None if own.converting:
            st.caption(":material/hourglass_top: Preparing it…")
        case None:
            st.caption(f"Up to {LONGEST / 60:g} minutes. It is said like a text, in its turn.")


def length_of(recording: Recording) -> str:
    """Such as "0:12"."""
    minutes, seconds = divmod(round(recording.duration), 60)
    return f"{minutes}:{seconds:02}"
