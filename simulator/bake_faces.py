"""Bake the drawings in `simulator/faces/`: the layers that `face.py` moves, and a poster of each.

A development script: run `python -m simulator.bake_faces [name ...]` after a change to a drawing,
then commit what it wrote. It alone needs `resvg_py` (PyPI); the simulator reads only its output.

A drawing is an SVG file whose groups are the layers, bottom to top: `backdrop`, `back` (hair behind
the neck, if any), `body` (with the neck), `head`, `features` (brows, nose, cheeks), one of the
mouths, one of the eyes. As it is opened it shows the face at rest. One presenter is one `.npz`:
each key is a layer and holds the bytes of a lossy WebP picture with alpha, cropped and `SCALE`
times the size of the canvas; `<layer>-at` holds the place (x, y) of its upper left corner on the
canvas. The backdrop alone has the canvas's size, as it never moves.
"""

from __future__ import annotations

import io
import sys
import xml.etree.ElementTree as ET

import numpy as np
import resvg_py
from PIL import Image, ImageChops, ImageFilter

from simulator.face import BAKED, FACES, SCALE, SIZE

GROUP = "{http://www.w3.org/2000/svg}g"
AT_REST = ("back", "body", "head", "features", "mouth-sil", "eyes-open")


def rendered(name: str) -> dict[str, Image.Image]:
    """Every layer of a drawing, by name: RGBA pixels at `SCALE` times the canvas's size."""
    drawing = ET.parse(BAKED / f"{name}.svg").getroot()
    layers = {}
    for layer in (groups := drawing.findall(GROUP)):
        for group in groups:
            group.set("display", "inline" if group is layer else "none")
        png = resvg_py.svg_to_bytes(
            svg_string=ET.tostring(drawing, "unicode"), skip_system_fonts=True, zoom=SCALE
        )
        layers[layer.attrib["id"]] = Image.open(io.BytesIO(png)).convert("RGBA")
    return layers


def visible(back: Image.Image, head: Image.Image) -> Image.Image:
    """The hair behind without the part that the head always hides, so that less has to move."""
    solid = head.getchannel("A").point(lambda alpha: 255 if alpha == 255 else 0)
    hidden = solid.filter(ImageFilter.MinFilter(6 * SCALE + 1))  # they move 2 px apart
    kept = back.copy()
    kept.putalpha(ImageChops.subtract(back.getchannel("A"), hidden))
    return kept


def bake(name: str) -> None:
    """Write `<name>.npz` and `<name>.jpg`."""
    layers = rendered(name)
    poster = layers["backdrop"]
    for layer in AT_REST:
        poster = Image.alpha_composite(poster, layers[layer])
    poster = poster.convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    poster.save(BAKED / f"{name}.jpg", quality=85, optimize=True)
    layers["back"] = visible(layers["back"], layers["head"])
    layers["backdrop"] = layers["backdrop"].reduce(SCALE)
    arrays = {}
    for layer, picture in layers.items():
        if box := picture.getbbox():
            left, top = (side // SCALE * SCALE for side in box[:2])
            file = io.BytesIO()
            # A wide gradient is where a codec's blocks are seen first.
            quality = 96 if layer == "backdrop" else 85
            cropped = picture.crop((left, top, *box[2:]))
            cropped.save(file, "WEBP", quality=quality, alpha_quality=90, method=6)
            arrays[layer] = np.frombuffer(file.getvalue(), np.uint8)
            arrays[f"{layer}-at"] = np.array([left // SCALE, top // SCALE], np.int16)
    with (BAKED / f"{name}.npz").open("wb") as out:
        np.savez_compressed(out, allow_pickle=False, **arrays)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or FACES:
        bake(wanted)
