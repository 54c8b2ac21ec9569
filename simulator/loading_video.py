"""What a gallery shows while a face is loading: some seconds of it at rest."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from io import BytesIO

import av

from simulator.delivery import SILENCE
from simulator.face import Face
from simulator.mouth import SIZE
from simulator.pose import pose_at

LENGTH = 2
"""Seconds."""
RATE = 25


@cache
def loading_video(name: str) -> bytes:
    """The face of this name, as an MP4 file without sound; takes about half a second once."""
    file, face = BytesIO(), Face(name)
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", RATE, options={"preset": "superfast"})
        stream.width = stream.height = SIZE
        for number in range(LENGTH * RATE):
            planes = face.frame(pose_at(number / RATE, SILENCE, name))
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()
