"""Bake the drawings in `simulator/faces/`: the layers that `face.py` moves, and a poster of each.

A development script: run `python -m simulator.bake_faces [name ...]` after a change to a drawing,
then commit what it wrote. It alone needs `resvg_py` (PyPI); the simulator reads only its output.

A drawing is an SVG file whose groups are the layers, bottom to top: `backdrop`, `back` (hair behind
the neck, if any), `body` (with the neck), `head` (with brows and nose), `whites` and `iris` of the
eyes, the lids from `lids-0` (open) to `lids-6` (shut), `glasses` (if any). As it is opened it shows
the face at rest, without a mouth, which `mouth.py` draws. One presenter is one `.npz`: each key is
a layer and holds the bytes of a lossy WebP picture with alpha, cropped, of a canvas that is
`DETAIL` times the size of the picture that is sent; `<layer>-at` holds the place (x, y) of its
upper left corner. The backdrop alone, out of focus as it is, has the size that is sent.
"""

from __future__ import annotations

import io
import sys
import xml.etree.ElementTree as ET

import numpy as np
import resvg_py
from PIL import Image, ImageFilter

from simulator.builds import GREEN
from simulator.delivery import SILENCE
from simulator.face import BAKED, FACES, Face
from simulator.mouth import SIZE
from simulator.planes import to_rgb, views
from simulator.pose import pose_at
from simulator.warp import DETAIL

GROUP = "{http://www.w3.org/2000/svg}g"


def rendered(name: str) -> dict[str, Image.Image]:
    """Every layer of a drawing, by name: RGBA pixels in `DETAIL`."""
    drawing = ET.parse(BAKED / f"{name}.svg").getroot()
    side = str(DETAIL * SIZE)
    drawing.set("width", side)
    drawing.set("height", side)
    layers = {}
    for layer in (groups := drawing.findall(GROUP)):
        for group in groups:
            group.set("display", "inline" if group is layer else "none")
        png = resvg_py.svg_to_bytes(
            svg_string=ET.tostring(drawing, "unicode"), skip_system_fonts=True
        )
        layers[layer.attrib["id"]] = Image.open(io.BytesIO(png)).convert("RGBA")
    return layers


def _soft(picture: Image.Image) -> Image.Image:
    """A little less sharp, premultiplied so that no dark edge comes of it."""
    return picture.convert("RGBa").filter(ImageFilter.GaussianBlur(0.5)).convert("RGBA")


def bake(name: str) -> None:
    """Write `<name>.npz`."""
    layers = rendered(name)
    layers["backdrop"] = layers["backdrop"].reduce(DETAIL)
    arrays = {}
    for layer, picture in layers.items():
        if box := picture.getbbox():
            file = io.BytesIO()
            # A wide gradient is where a codec's blocks are seen first.
            quality = 95 if layer == "backdrop" else 88
            # What is moved by parts of a pixel flickers where it is sharper than the pixels sent.
            soft = picture if layer == "backdrop" else _soft(picture)
            soft.crop(box).save(file, "WEBP", quality=quality, alpha_quality=90, method=6)
            arrays[layer] = np.frombuffer(file.getvalue(), np.uint8)
            arrays[f"{layer}-at"] = np.array(box[:2], np.int16)
    with (BAKED / f"{name}.npz").open("wb") as out:
        np.savez(out, allow_pickle=False, **arrays)


def bake_poster(name: str) -> None:
    """Write `<name>.jpg`."""
    poster = to_rgb(views(Face(name).frame(pose_at(0.0, SILENCE, name))))
    poster.save(BAKED / f"{name}.jpg", quality=90, optimize=True)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or FACES:
        if not wanted.endswith(GREEN):  # drawn once, before its room
            bake(wanted)
        bake_poster(wanted)
