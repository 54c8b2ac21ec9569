"""The faces and voices on offer, in the form of Kaltura's catalog.

Source: `POST /v1/catalog-item/list` as read in kaltura/intelligent-agents-sdk, August 2026:
`{"objects": [...], "totalCount": n}`, item ids of 24 hexadecimal digits. What a gallery shows of a
face beside its name: the same, November 2026, `createVisual`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Visual:
    """One face: `face` names its layers and its poster, `voice_id` its default voice."""

    item_id: str
    name: str
    face: str
    voice_id: str
    gallery: dict[str, object]


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice. `speed` and `pitch` are factors, 1.0 the voice as it was recorded."""

    item_id: str
    name: str
    description: str
    language: str
    speed: float
    pitch: float


# One recorded voice; the pitch makes it another person's.
VOICES = (
    Voice("68b5a2079d3b7c001f60d8a1", "Clara", "Clear and friendly", "english", 1.0, 1.0),
    Voice("68b5a2079d3b7c001f60d8a2", "Theo", "Deep and calm", "english", 0.95, 0.8),
    Voice("68b5a2079d3b7c001f60d8a3", "Nora", "Bright and brisk", "english", 1.1, 1.1),
)


def _gallery(
    gender: str, skin: str, age: str, hair: str, *style: str, glasses: bool = False
) -> dict[str, object]:
    return {
        "background": "Image",
        "genderPresentation": gender,
        "skinTone": skin,
        "ageGroup": age,
        "hairColor": hair,
        "hairStyle": list(style),
        "clothing": ["Business"],
        "glasses": glasses,
    }


VISUALS = (
    Visual(
        "68b5a1f3c2d94e0017a4e6c1",
        "Ava",
        "ava",
        VOICES[0].item_id,
        _gallery("Feminine", "Light", "YoungAdult", "Brown", "Straight"),
    ),
    Visual(
        "68b5a1f3c2d94e0017a4e6c2",
        "Leo",
        "leo",
        VOICES[1].item_id,
        _gallery("Masculine", "Medium", "Adult", "Gray", "Short", glasses=True),
    ),
    Visual(
        "68b5a1f3c2d94e0017a4e6c3",
        "Mia",
        "mia",
        VOICES[2].item_id,
        _gallery("Feminine", "Dark", "Adult", "Black", "Curly"),
    ),
    Visual(
        "68b5a1f3c2d94e0017a4e6c4",
        "Mia, green screen",
        "mia-green",
        VOICES[2].item_id,
        _gallery("Feminine", "Dark", "Adult", "Black", "Curly"),
    ),
)
CREATED = {"createdAt": "2025-09-01T08:00:00.000Z", "createdBy": "kaltura"}
CLONE = "eself-"
"""How the id of a cloned voice begins. It must be sent without a `modelId` (public apps that use
@unisphere/models-sdk-js)."""


def visual(item_id: str) -> Visual:
    """The face with this id. Any other id, as those of the live service, shows the first face."""
    return next((item for item in VISUALS if item.item_id == item_id), VISUALS[0])


def voice(item_id: str | None, face: Visual) -> Voice:
    """The voice with this id. Any other id, and no id, is the face's default voice."""
    by_id = {item.item_id: item for item in VOICES}
    return by_id.get(item_id or "", by_id[face.voice_id])


def listing(kind: Literal["Visual", "Voice"] | None, origin: str) -> list[dict[str, object]]:
    """The items of this kind, or all. `origin` ("http://host:port") is where their files are."""
    faces = [_visual_as_json(item, f"{origin}/simulator/faces/{item.face}") for item in VISUALS]
    voices = [_voice_as_json(item, f"{origin}/simulator/voices/{item.item_id}") for item in VOICES]
    return {"Visual": faces, "Voice": voices, None: [*faces, *voices]}[kind]


def _visual_as_json(item: Visual, file: str) -> dict[str, object]:
    return {
        "itemId": item.item_id,
        "type": "Visual",
        "imageUrl": f"{file}.jpg",
        "loadingVideo": f"{file}.mp4",
        "attributes": {"visual": {"name": item.name, **item.gallery}},
        **CREATED,
    }


def _voice_as_json(item: Voice, file: str) -> dict[str, object]:
    shown = ("name", "description", "language")
    return {
        "itemId": item.item_id,
        "type": "Voice",
        "voiceSampleUrl": f"{file}.mp3",
        "attributes": {"voice": {name: getattr(item, name) for name in shown}},
        **CREATED,
    }
