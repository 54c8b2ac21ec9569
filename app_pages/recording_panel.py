"""A visitor's recording: made in the page or dropped on it, and said by the avatar."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.microphone import microphone
from components.plain_text import plain
from speech import Recording
from speech.recording import FORMATS, LARGEST, LONGEST, UnreadableAudio, converted

RECORDED = "Recording"
"""The name of a recording made in the page: Streamlit's own is the second of the day."""

HINT = f"Up to {LONGEST / 60:g} minutes. It is said like a text, in its turn."


@dataclass(slots=True)
class NewRecording:
    """The recording that the widget `source` holds, on its way to be said; none at first.

    `said` counts the earlier ones; it is in the widgets' keys, so that each one empties them.
    `seen`: the id of the file that each open widget had in the last run.
    """

    said: int = 0
    source: str = ""
    seen: dict[str, str | None] = field(default_factory=dict)
    converting: Future[Recording] | None = None

    @property
    def outcome(self) -> Recording | UnreadableAudio | None:
        """What can be said, or why nothing can; None until either is known."""
        if self.converting is None or not self.converting.done():
            return None
        error = self.converting.exception()
        if error is None:
            return self.converting.result()
        if isinstance(error, UnreadableAudio):
            return error
        raise error

    def forget(self) -> None:
        """Drop it."""
        if self.converting:
            self.converting.cancel()
        self.converting, self.source = None, ""

    def is_said(self) -> None:
        """It is the desk's now, and the widgets are free for the next."""
        self.forget()
        self.said += 1


def take(
    new: NewRecording, source: str, given: UploadedFile | None, redraw: Callable[[], None]
) -> None:
    """Convert what the widget `source` was newly `given` in the background, then call `redraw`.

    The widget that was used last counts; where it is emptied, there is nothing to say. This is no
    callback: Streamlit 1.67 drops one when another run is asked for just then, but not its value.
    """
    file_id = given.file_id if given else None
    if new.seen.get(source) == file_id:
        return
    new.seen[source] = file_id
    if given is None and new.source != source:
        return
    new.forget()
    if given is not None:
        name = RECORDED if source.startswith("recorded") else given.name
        new.source = source
        new.converting = converted(given.getvalue(), name)
        new.converting.add_done_callback(lambda done: None if done.cancelled() else redraw())


def draw_recording(
    new: NewRecording, *, ready: bool, redraw: Callable[[], None], say: Callable[[], None]
) -> None:
    """All of it behind one button. `say` has the avatar say the recording."""
    popover = st.popover(
        "Your recording", icon=":material/mic:", type="tertiary", key="recording", on_change="rerun"
    )
    if not popover.open:
        new.seen.clear()  # a closed popover empties its widgets, not what they gave
        return
    with popover, st.container(key="recording-open"):
        recorded, dropped = f"recorded-{new.said}", f"dropped-{new.said}"
        microphone("recording-open")
        take(new, recorded, st.audio_input("Record", key=recorded), redraw)
        file = st.file_uploader(
            "Or drop a file", FORMATS, max_upload_size=LARGEST // 2**20, key=dropped
        )
        take(new, dropped, file, redraw)
        outcome = new.outcome
        with st.container(key="recording-outcome"):
            match outcome:
                case Recording(name=name):
                    then = "" if ready else " · start the avatar to have it said"
                    st.caption(f":material/mic: {plain(name)} · {minutes(outcome.duration)}{then}")
                case UnreadableAudio():
                    st.error(plain(str(outcome)), icon=":material/error:")
                case None if new.converting:
                    st.caption(":material/hourglass_top: Preparing it…")
                case None:
                    st.caption(HINT)
        st.button(
            "Say recording",
            key="say-recording",
            icon=":material/campaign:",
            type="primary",
            on_click=say,
            disabled=not (ready and isinstance(outcome, Recording)),
            width="stretch",
        )


def minutes(seconds: float) -> str:
    """Such as "3:05"."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02}"
