"""Bake the presenters' drawings into `simulator/faces/`: layers for `face.py`, and a poster each.

A development script: run `python -m simulator.bake_faces [name ...]` after a change to a drawing,
then commit what it wrote. It alone needs `resvg_py` (PyPI); the simulator reads only its output.

One presenter is one `.npz`. Each key is a layer and holds the bytes of a lossy WebP picture with
alpha, `SCALE` times the size of the 512 by 512 canvas and cropped; `<layer>-at` holds the canvas
position (x, y) of its upper left corner. Bottom to top: `backdrop` (alone at the canvas's size, as
it never moves), `back` (hair behind the neck, if any), `body` (with the neck), `head`, `features`
(brows, nose, cheeks), one of the mouths, one of the eyes.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFilter

from simulator.faces import ava, leo, mia
from simulator.faces.eyes import EYES, eyes
from simulator.faces.mouths import MOUTHS, mouth
from simulator.faces.portrait import features

SCALE = 2
OUT = Path(__file__).parent / "faces"
PRESENTERS: dict[str, ModuleType] = {"ava": ava, "leo": leo, "mia": mia}


def rendered(markup: str) -> Image.Image:
    """The drawing as RGBA pixels at `SCALE` times the canvas size."""
    png = resvg_py.svg_to_bytes(svg_string=markup, skip_system_fonts=True, zoom=SCALE)
    return Image.open(io.BytesIO(png)).convert("RGBA")


def layers(presenter: ModuleType) -> dict[str, Image.Image]:
    """Every layer of one presenter, by name, from the bottom to the top."""
    drawings = {
        "backdrop": presenter.backdrop(),
        "back": presenter.back(),
        "body": presenter.body(),
        "head": presenter.head(),
        "features": features(presenter.LOOK),
        **{f"mouth-{shape}": mouth(presenter.LOOK, shape) for shape in MOUTHS},
        **{f"eyes-{state}": eyes(presenter.LOOK, state) for state in EYES},
    }
    return {name: rendered(markup) for name, markup in drawings.items()}


def poster(drawn: dict[str, Image.Image]) -> Image.Image:
    """The presenter at rest, 512 by 512."""
    picture = drawn["backdrop"]
    for name in ("back", "body", "head", "features", "mouth-sil", "eyes-open"):
        picture = Image.alpha_composite(picture, drawn[name])
    return picture.convert("RGB").resize((512, 512), Image.Resampling.LANCZOS)


def visible(back: Image.Image, head: Image.Image) -> Image.Image:
    """The hair behind without what the head always hides, so that less has to be moved."""
    solid = head.getchannel("A").point(lambda alpha: 255 if alpha == 255 else 0)
    hidden = solid.filter(ImageFilter.MinFilter(6 * SCALE + 1))  # they move 2 px apart
    kept = back.copy()
    kept.putalpha(ImageChops.subtract(back.getchannel("A"), hidden))
    return kept


def packed(
    layer: Image.Image, box: tuple[int, int, int, int], quality: int
) -> tuple[NDArray[np.uint8], NDArray[np.int16]]:
    """The layer's WebP bytes, cropped to `box`, and its place on the canvas (x, y)."""
    left, top, right, bottom = box
    left, top = left // SCALE * SCALE, top // SCALE * SCALE
    file = io.BytesIO()
    cropped = layer.crop((left, top, right, bottom))
    cropped.save(file, "WEBP", quality=quality, alpha_quality=90, method=6)
    place = np.array([left // SCALE, top // SCALE], dtype=np.int16)
    return np.frombuffer(file.getvalue(), dtype=np.uint8), place


def bake(name: str) -> None:
    """Write `<name>.npz` and `<name>.jpg`."""
    drawn = layers(PRESENTERS[name])
    poster(drawn).save(OUT / f"{name}.jpg", quality=85, optimize=True)
    drawn["back"] = visible(drawn["back"], drawn["head"])
    drawn["backdrop"] = drawn["backdrop"].reduce(SCALE)
    arrays: dict[str, NDArray[np.uint8] | NDArray[np.int16]] = {}
    for layer, picture in drawn.items():
        quality = (
            96 if layer == "backdrop" else 85
        )  # a wide gradient shows the codec's blocks first
        if box := picture.getbbox():
            arrays[layer], arrays[f"{layer}-at"] = packed(picture, box, quality)
    with (OUT / f"{name}.npz").open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or PRESENTERS:
        bake(wanted)
