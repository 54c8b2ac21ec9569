"""The stage's WebSocket: a `Message` down for each view, and `Asked`, `Wished` and `Saw` up.

`python -m components.typings` writes the same types for JavaScript (`js/protocol.d.ts`).
"""

from __future__ import annotations

import json
from typing import Literal, NotRequired, TypedDict, final

from avatar_client import TurnServer
from components.door import LongestMessage as LongestMessage  # its type is written for JavaScript
from sessions import turns
from sessions.limits import LimitName
from sessions.state import DirectAvatar, Phase, SdkAvatar, Sight, Way
from sessions.visit import View

Verb = Literal["start", "say", "interrupt", "end"]
Wish = Literal["stay", "take"]
"""The stage's own buttons: let the session last longer, show the avatar here."""

_LONGEST_SESSION_ID = 200
_LONGEST_SENTENCE = 500


class Relay(TypedDict):
    """A TURN server, as init-client answers it."""

    url: str
    username: str
    credential: str


class SdkAvatarMessage(TypedDict):
    """For a client SDK, with the answer to init-client, which it need not ask for again.

    `sdkUrl` is empty for the one that ships with the stage.
    """

    kind: Literal["sdk"]
    sdkUrl: str
    baseUrl: str
    sessionId: str
    token: str
    whepUrl: str
    turn: Relay | None
    plainUrl: str | None


class DirectAvatarMessage(TypedDict):
    """For a WHEP player. `plainUrl` is the simulator's own; the live service has none."""

    kind: Literal["direct"]
    sessionId: str
    whepUrl: str
    turn: Relay | None
    plainUrl: str | None


Avatar = SdkAvatarMessage | DirectAvatarMessage


class Message(TypedDict):
    """The whole view, each time.

    `revision` moves when the page's widgets must be drawn again. `caption` is the text of the turn
    being said. `interrupts` counts the interrupt calls that were answered, `interrupting` is true
    while one is under way. `way` says how an avatar will be shown. `avatar` is null where another
    tab shows it, and `elsewhere` is true there. `endsIn` is in seconds from the message on, until
    the session ends by itself, and `limit` is the reason. `refusal` says why the last verb
    without a click on the page was refused.
    """

    revision: int
    phase: Phase
    caption: str | None
    interrupts: int
    interrupting: bool
    way: Way
    avatar: Avatar | None
    elsewhere: bool
    endsIn: float | None
    limit: LimitName | None
    refusal: str | None


@final
class Asked(TypedDict):
    """A verb; `text` is for `say`.

    `click`: on the page's own button, whose callback arrives through Streamlit's script as well.
    """

    verb: Verb
    text: NotRequired[str]
    click: NotRequired[Literal[True]]


@final
class Wished(TypedDict):
    """A click on one of the stage's own buttons."""

    wish: Wish


@final
class Saw(TypedDict):
    """A sight of the session that the stage shows, with a sentence for the visitor."""

    sight: Sight
    sessionId: str
    sentence: NotRequired[str]


def message(view: View, *, now: float, is_holder: bool) -> Message:
    """`view` for one stage. `now`: seconds on the event loop's clock.

    The picture has one viewer, so only the holder is given the avatar.
    """
    state, said = view.state, view.state.said
    words = said.text if said and said.kind == "text" else None  # a recording has but a name
    return {
        "revision": view.revision,
        "phase": state.phase,
        "caption": words if said and said.state is not turns.TurnState.SENDING else None,
        "interrupts": state.interrupts,
        "interrupting": state.interrupting,
        "way": view.way,
        "avatar": _avatar(state.avatar) if state.avatar and is_holder else None,
        "elsewhere": bool(state.avatar and not is_holder),
        "endsIn": None if state.ends_at is None else max(0.0, state.ends_at - now),
        "limit": state.limit,
        "refusal": view.refusal,
    }


def _avatar(avatar: SdkAvatar | DirectAvatar) -> Avatar:
    if isinstance(avatar, SdkAvatar):
        return {
            "kind": "sdk",
            "sdkUrl": avatar.sdk_url,
            "baseUrl": avatar.base_url,
            "sessionId": avatar.session_id,
            "token": avatar.token,
            "whepUrl": avatar.whep_url,
            "turn": relay_message(avatar.turn),
            "plainUrl": avatar.plain_url,
        }
    return {
        "kind": "direct",
        "sessionId": avatar.session_id,
        "whepUrl": avatar.whep_url,
        "turn": relay_message(avatar.turn),
        "plainUrl": avatar.plain_url,
    }


def relay_message(turn: TurnServer | None) -> Relay | None:
    """`turn` for a browser."""
    if turn is None:
        return None
    return {"url": turn.url, "username": turn.username, "credential": turn.credential}


def parse(text: str) -> Asked | Wished | Saw | None:
    """A message from our page, or None for anything else. A long sentence is cut."""
    try:
        came = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match came:
        case {"verb": "start" | "interrupt" | "end" as verb}:
            return _clicked({"verb": verb}, came)
        case {"verb": "say", "text": str(said)}:
            return _clicked({"verb": "say", "text": said}, came)
        case {"wish": "stay" | "take" as wish}:
            return {"wish": wish}
        case {"sight": str(sight), "sessionId": str(session_id)}:
            if sight not in set(Sight) or not 0 < len(session_id) <= _LONGEST_SESSION_ID:
                return None
            saw: Saw = {"sight": Sight(sight), "sessionId": session_id}
            if isinstance(sentence := came.get("sentence"), str):
                saw["sentence"] = sentence[:_LONGEST_SENTENCE]
            return saw
    return None


def _clicked(asked: Asked, came: dict[str, object]) -> Asked:
    return {**asked, "click": True} if came.get("click") is True else asked
