"""The stage's WebSocket: a `Message` down for each view; `Asked`, `Wished`, `Saw` and `Lost` up.

Between the views there is a `Beat`, in time and after each verb: a server that hangs sends none.

`python -m components.typings` writes the same types for JavaScript (`js/protocol.d.ts`).
"""

from __future__ import annotations

import json
from itertools import zip_longest
from typing import Literal, NotRequired, TypedDict, final

from avatar_client import TurnServer
from components.door import LongestMessage as LongestMessage  # its type is written for JavaScript
from components.line import Beat as Beat  # so is this one's
from sessions import turns
from sessions.limits import LimitName
from sessions.state import LIVE, DirectAvatar, Phase, SdkAvatar, Sight, Way
from sessions.troubles import Trouble
from sessions.turns import Turn
from sessions.visit import View

Verb = Literal["start", "say", "interrupt", "end"]
Wish = Literal["stay", "take"]
"""The stage's own buttons: let the session last longer, show the avatar here."""

_LONGEST_SESSION_ID = 200
_LONGEST_TURN_ID = 36
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


class TurnMessage(TypedDict):
    """A thing said. `seconds`: the length of a recording, whose name is the `text`.

    `again`: it can be said once more. `reason`: why it failed or was cut; `details`: the facts
    behind that.
    """

    turnId: str
    text: str
    state: turns.TurnState
    seconds: float | None
    again: bool
    reason: str | None
    details: str | None


class Message(TypedDict):
    """The whole view, each time.

    `revision` moves when the page's widgets must be drawn again. `caption` is the text of the turn
    being said, `canInterrupt`: there is something to stop. `interrupts` counts the interrupt calls
    that were answered, `interrupting` is true while one is under way. `way` says how an avatar will
    be shown. `avatar` is null where another tab shows it, and `elsewhere` is true there. `endsIn`
    is in seconds from the message on, until the session ends by itself, and `limit` is the reason.
    `refusal` says why the last verb without a click on the page was refused, and `refusals` counts
    them: the same sentence twice is news twice. `trouble` is what is wrong with a session that goes
    on, `problem` or `notice` the page's sentence about it, and `lasts` the seconds since it, or the
    phase, began. `againIn` is for how many seconds the service wants no other start. `server` is
    another one after a restart; `stopping`: it is being stopped.
    `turns`: those that have changed since the last message of this channel, in the order in which
    they were asked for; `afresh`: the ones that are not among them are no more. `billed`: a live
    session costs money.
    """

    revision: int
    phase: Phase
    caption: str | None
    canInterrupt: bool
    interrupts: int
    interrupting: bool
    way: Way
    avatar: Avatar | None
    elsewhere: bool
    endsIn: float | None
    limit: LimitName | None
    refusal: str | None
    refusals: int
    trouble: Trouble | None
    problem: str | None
    notice: str | None
    lasts: float
    againIn: float | None
    server: str
    stopping: bool
    turns: list[TurnMessage]
    afresh: bool
    billed: bool


class _TurnNews(TypedDict):
    turns: list[TurnMessage]
    afresh: bool


@final
class Asked(TypedDict):
    """A verb; `text` is for `say`, or the id of a turn to say `again`. `at` is when it was asked
    for, by the clock of the beats.

    `click`: on the page's own button, whose callback arrives through Streamlit's script as well.
    """

    verb: Verb
    text: NotRequired[str]
    again: NotRequired[str]
    at: NotRequired[float]
    click: NotRequired[Literal[True]]


@final
class Wished(TypedDict):
    """A click on one of the stage's own buttons."""

    wish: Wish


@final
class Lost(TypedDict):
    """The id of a session that this page has shown, of a server before this one."""

    lost: str


@final
class Saw(TypedDict):
    """A sight of the session that the stage shows, with a sentence for the visitor."""

    sight: Sight
    sessionId: str
    sentence: NotRequired[str]


def message(
    view: View,
    *,
    now: float,
    is_holder: bool,
    server: str = "",
    billed: bool = False,
    known: tuple[Turn, ...] = (),
) -> Message:
    """`view` for one stage. `now`: seconds on the event loop's clock. `server`: its desk's id.

    The picture has one viewer, so only the holder is given the avatar. `known`: the turns of the
    last message.
    """
    state, said = view.state, view.state.said
    words = said.text if said and said.kind == "text" else None  # a recording has but a name
    return {
        "revision": view.revision,
        "phase": state.phase,
        "caption": words if said and said.state is not turns.TurnState.SENDING else None,
        "canInterrupt": view.can_interrupt,
        "interrupts": state.interrupts,
        "interrupting": state.interrupting,
        "way": view.way,
        "avatar": _avatar(state.avatar) if state.avatar and is_holder else None,
        "elsewhere": bool(state.avatar and not is_holder),
        "endsIn": None if state.ends_at is None else max(0.0, state.ends_at - now),
        "limit": state.limit,
        "refusal": view.refusal,
        "refusals": view.refusals,
        "trouble": state.trouble,
        "problem": state.problem,
        "notice": state.notice,
        "lasts": round(max(0.0, now - state.since), 1) if state.phase in LIVE else 0.0,
        "againIn": None if state.again_at is None else max(0.0, state.again_at - now),
        "server": server,
        "stopping": view.stopping,
        **_turn_news(known, state.turns),
        "billed": billed,
    }


def _turn_news(known: tuple[Turn, ...], now: tuple[Turn, ...]) -> _TurnNews:
    """Those of `now` that differ from those `known`; all of them where one has gone or moved."""
    afresh = [t.turn_id for t in known] != [t.turn_id for t in now[: len(known)]]
    changed = now if afresh else [t for t, k in zip_longest(now, known) if t is not k and t]
    return {"turns": [turn_message(turn) for turn in changed], "afresh": afresh or not known}


def turn_message(turn: Turn) -> TurnMessage:
    """`turn` for a browser."""
    recording = turn.recording
    return {
        "turnId": turn.turn_id,
        "text": turn.text,
        "state": turn.state,
        "seconds": recording.duration if recording else None,
        "again": turn.state in turns.ENDED and (recording is None or bool(recording.audio)),
        "reason": turn.reason,
        "details": turn.details,
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


def parse(text: str) -> Asked | Wished | Saw | Lost | None:
    """A message from our page, or None for anything else. A long sentence is cut."""
    try:
        came = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match came:
        case {"verb": "start" | "interrupt" | "end" as verb}:
            return _clicked({"verb": verb}, came)
        case {"verb": "say", "again": str(turn_id)} if 0 < len(turn_id) <= _LONGEST_TURN_ID:
            return _clicked({"verb": "say", "again": turn_id}, came)
        case {"verb": "say", "text": str(said)}:
            return _clicked({"verb": "say", "text": said}, came)
        case {"wish": "stay" | "take" as wish}:
            return {"wish": wish}
        case {"lost": str(session_id)} if 0 < len(session_id) <= _LONGEST_SESSION_ID:
            return {"lost": session_id}
        case {"sight": str(sight), "sessionId": str(session_id)}:
            if sight not in set(Sight) or not 0 < len(session_id) <= _LONGEST_SESSION_ID:
                return None
            saw: Saw = {"sight": Sight(sight), "sessionId": session_id}
            if isinstance(sentence := came.get("sentence"), str):
                saw["sentence"] = sentence[:_LONGEST_SENTENCE]
            return saw
    return None


def _clicked(asked: Asked, came: dict[str, object]) -> Asked:
    if isinstance(at := came.get("at"), int | float):
        asked = {**asked, "at": float(at)}
    return {**asked, "click": True} if came.get("click") is True else asked
