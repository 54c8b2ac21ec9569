"""Where a show stands, as JSON, so that it outlives the server.

A recording that waits to be said is not kept: it is a file of the presenter's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from show.model import Cue, Line, Pause, Show, TranscriptLine, Wait
from show.play import Item, Play, Recorded, Saying, resumed
from show.run import Look, Scene
from speech import Word


def to_json(scene: Scene, *, age: float | None) -> bytes:
    """`scene` without its show. `age`: seconds since it began."""
    play = scene.play
    saying = play.saying if play.saying and _is_kept(play.saying.item) else None
    kept = {
        "of": _of(scene.show),
        "age": age,
        "look": asdict(scene.look),
        "transcript": [asdict(line) for line in scene.transcript],
        "items": [_item_to(item) for item in play.items if _is_kept(item)],
        "after": sum(map(_is_kept, play.items[: play.after])),
        "slide": play.slide,
        "said": play.said,
        "added": play.added,
        "saying": saying and {"number": saying.number, "item": _item_to(saying.item)},
    }
    return json.dumps(kept, separators=(",", ":")).encode()


def from_json(kept: bytes, show: Show, now: float) -> Scene:
    """The scene as it was kept, held before what was being said. Raises `ValueError` for anything
    that `to_json` did not write for this show."""
    try:
        return _scene(json.loads(kept), show, now)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no kept scene: {error!r}") from error


def _of(show: Show) -> str:
    return hashlib.sha256(show.source.encode(errors="surrogatepass")).hexdigest()


def _scene(came: Any, show: Show, now: float) -> Scene:
    if came["of"] != _of(show):  # the server was ended between keeping the one and the other
        raise ValueError("it is of another show")
    saying = came["saying"]
    play = Play(
        slides=len(show.slides),
        items=tuple(map(_item_from, came["items"])),
        after=int(came["after"]),
        slide=int(came["slide"]),
        saying=Saying(int(saying["number"]), _item_from(saying["item"])) if saying else None,
        said=int(came["said"]),
        added=int(came["added"]),
    )
    places = {play.slide, *(item.slide for item in play.items)}
    if not (0 <= play.after <= len(play.items) and places <= set(range(play.slides))):
        raise ValueError("no scene of this show")
    return Scene(
        deck=1,
        show=show,
        play=resumed(play),
        look=Look(**came["look"]),
        transcript=tuple(map(_line, came["transcript"])),
        began=None if came["age"] is None else now - float(came["age"]),
    )


def _is_kept(item: Item) -> bool:
    return not isinstance(item.cue, Recorded)


def _item_to(item: Item) -> dict[str, object]:
    return {"id": item.item_id, "slide": item.slide, "by": item.by, **_cue_to(item.cue)}


def _cue_to(cue: Cue | Recorded) -> dict[str, object]:
    match cue:
        case Line(text):
            return {"line": text}
        case Pause(seconds):
            return {"pause": seconds}
    return {}


def _item_from(came: Mapping[str, Any]) -> Item:
    cue: Cue = Wait()
    if "line" in came:
        cue = Line(str(came["line"]))
    elif "pause" in came:
        cue = Pause(float(came["pause"]))
    return Item(str(came["id"]), int(came["slide"]), cue, came["by"])


def _line(came: Mapping[str, Any]) -> TranscriptLine:
    words = tuple(Word(**word) for word in came["words"])
    return TranscriptLine(**{**came, "words": words})
