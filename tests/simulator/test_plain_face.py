"""The face that a browser draws itself."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from simulator.face import FACES, poster
from simulator.mouth import SIZE
from simulator.plain_face import face_as_json
from speech import VISEMES


def picture(webp: str) -> Image.Image:
    """The picture of a WebP file in base64."""
    return Image.open(io.BytesIO(base64.b64decode(webp))).convert("RGB")


@pytest.fixture(scope="module", params=FACES)
def film(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each face in turn, with its name."""
    face: dict[str, Any] = json.loads(face_as_json(request.param))
    return face | {"name": request.param}


def test_it_begins_as_the_poster(film: dict[str, Any]) -> None:
    """The picture at rest is the poster's, and the film's first step is rest."""
    drawn = np.asarray(picture(film["still"])).astype(int)
    expected = np.asarray(Image.open(io.BytesIO(poster(film["name"]))).convert("RGB"))
    assert np.abs(drawn - expected).mean() < 3
    assert film["film"][0] == [0, 0, 0, 0, "0 0"]


def test_each_eye_and_mouth_has_its_patch(film: dict[str, Any]) -> None:
    """Every picture of the film has its eyes, every viseme its mouth, all within the picture."""
    assert {step[4] for step in film["film"]} <= set(film["eyes"]["pictures"])
    assert set(VISEMES) <= set(film["shapes"])
    assert set(film["shapes"]) == set(film["mouths"]["pictures"])
    for patches in (film["eyes"], film["mouths"]):
        sizes = {picture(webp).size for webp in patches["pictures"].values()}
        ((width, height),) = sizes
        left, top = patches["at"]
        assert 0 < left < left + width < SIZE
        assert 0 < top < top + height < SIZE


def test_it_is_small(film: dict[str, Any]) -> None:
    """It is sent once, and on the worst networks: below 600 kB."""
    assert len(json.dumps(film)) < 600_000
