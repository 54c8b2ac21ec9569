"""The sessions on record: their credentials, their number, their turns.

Pure: no clock, no network, no sound. The caller gives the time (Unix seconds).
"""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from simulator.dialects import Dialect

TEXT_LIMIT = 20_000
"""Characters in one turn."""
TOKEN_LIFE = 24 * 3600
"""Seconds. Source: kaltura/intelligent-agents-sdk, August 2026 ("about 24 h")."""
ENDED_KEPT = 200
"""Ended sessions that stay on record and answer `Dialect.ended`; older ones answer 404."""
RETRY_AFTER = 10
"""Seconds, told to a caller when every place is taken."""

Outcome = Literal["spoken", "interrupted"] | None
EndedBy = Literal["end", "timeout"] | None


class Refusal(Exception):
    """A call that is answered with an error. Its message is that of the answer."""

    def __init__(self, status: int, error: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.headers = headers


@dataclass(slots=True, eq=False)
class Turn:
    """One thing said. `final`: no further chunk can come. `heard`: it has given sound."""

    turn_id: str
    kind: Literal["text", "audio"]
    received_at: float
    text: str = ""
    final: bool = True
    heard: bool = False
    started_at: float | None = None
    ended_at: float | None = None
    outcome: Outcome = None

    def start(self, now: float) -> None:
        """Note that its first sound is sent."""
        if self.started_at is None:
            self.started_at = now

    def end(self, outcome: Outcome, now: float) -> None:
        """Note that its last sound is sent, or that it never will be."""
        self.outcome = outcome
        self.ended_at = now

    def as_json(self) -> dict[str, object]:
        """The turn as `GET /simulator/sessions` lists it."""
        return _listed(self, "turn_id text kind received_at started_at ended_at outcome")


@dataclass(slots=True)
class Session:
    """One avatar session, live or ended.

    `init_clients`: the calls of init-client; after the first each may open another stream at the
    service (kaltura/intelligent-agents-sdk, August 2026), so there should be one.
    """

    avatar_id: str
    voice_id: str | None
    speed: float
    created_at: float
    session_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    token: str = field(default="", repr=False)
    whep_key: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    ended_at: float | None = None
    ended_by: EndedBy = None
    init_clients: int = 0
    keep_alives: int = 0
    viewers: int = 0
    interrupts: int = 0
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.token = _token(self.session_id, self.created_at)

    @property
    def state(self) -> Literal["live", "ended"]:
        """Whether it can still be watched and spoken to."""
        return "live" if self.ended_at is None else "ended"

    def add_text(self, text: object, turn_id: str | None, final: bool, now: float) -> Turn:
        """The turn of this text: a new one, or the open one that it continues.

        A blank chunk may continue or close a turn. A text with another `turn_id` closes the open
        turn. Without a `turn_id` the simulator makes one. Raises `Refusal` (400).
        """
        last = self.turns[-1] if self.turns else None
        continued = last if last and not last.final and last.turn_id == turn_id else None
        if not isinstance(text, str) or not (continued or text.strip()):
            raise Refusal(400, "Text is required")
        length = len(text) + (len(continued.text) if continued else 0)
        if length > TEXT_LIMIT:
            raise Refusal(
                400,
                f"Text is too long: {length:,} characters, and a turn has at most"
                f" {TEXT_LIMIT:,}. Send it in several turns.",
            )
        if continued:
            continued.text += text
            continued.final = final
            return continued
        return self._add(Turn(turn_id or _turn_id(), "text", now, text, final))

    def add_audio(self, turn_id: str | None, received_at: float) -> Turn:
        """A new turn for a recording. It closes the open turn."""
        return self._add(Turn(turn_id or _turn_id(), "audio", received_at))

    def _add(self, turn: Turn) -> Turn:
        if self.turns:
            self.turns[-1].final = True
        self.turns.append(turn)
        return turn

    def as_json(self) -> dict[str, object]:
        """The session as `GET /simulator/sessions` lists it: no token, no WHEP key."""
        names = "session_id avatar_id voice_id state ended_by created_at ended_at init_clients"
        listed = _listed(self, f"{names} keep_alives viewers interrupts")
        return listed | {"turns": [turn.as_json() for turn in self.turns]}


class Sessions:
    """Every session on record, oldest first; at most `limit` of them live."""

    def __init__(self, limit: int, dialect: Dialect) -> None:
        self.limit = limit
        self._dialect = dialect
        self._sessions: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        return iter(self._sessions.values())

    def create(self, avatar_id: str, voice_id: str | None, speed: float, now: float) -> Session:
        """A new live session. Raises `Refusal` with 429."""
        live = sum(session.state == "live" for session in self)
        if live >= self.limit:
            raise Refusal(
                429,
                f"Too many sessions: {live} are live and at most {self.limit} may be."
                " End one, or try again later.",
                {"Retry-After": f"{RETRY_AFTER}"},
            )
        session = Session(avatar_id, voice_id, speed, now)
        self._sessions[session.session_id] = session
        return session

    def find(self, session_id: str, token: str | None, now: float) -> Session:
        """The live session that this token is for. Raises `Refusal` with 401, 404 or
        `Dialect.ended`."""
        if not token:
            raise Refusal(401, "Invalid or expired token")
        session = self._sessions.get(session_id)
        if session is None:
            raise Refusal(404, "Session not found")
        expired = now >= session.created_at + TOKEN_LIFE
        if expired or not hmac.compare_digest(token.encode(), session.token.encode()):
            raise Refusal(401, "Invalid or expired token")
        return self._live(session)

    def by_whep_key(self, whep_key: str) -> Session:
        """The live session that this `whepUrl` shows. Raises `Refusal` with 404 or
        `Dialect.ended`."""
        for session in self:
            if hmac.compare_digest(whep_key.encode(), session.whep_key.encode()):
                return self._live(session)
        raise Refusal(404, "Session not found")

    def end(self, session: Session, by: EndedBy, now: float) -> None:
        """Note the end, and forget the oldest ended sessions."""
        session.ended_at, session.ended_by, session.viewers = now, by, 0
        ended = [s.session_id for s in self if s.state == "ended"]
        for session_id in ended[:-ENDED_KEPT]:
            del self._sessions[session_id]

    def _live(self, session: Session) -> Session:
        if session.state == "ended":
            raise Refusal(*self._dialect.ended)
        return session


def authorize_account(ks: str | None, dialect: Dialect) -> None:
    """Take any KS whose name does not say otherwise. Raises `Refusal` (401, 403)."""
    if not ks or ks.startswith(("invalid", "expired")) or (_is_jwt(ks) and not dialect.takes_jwt):
        raise Refusal(401, "Invalid Kaltura Session")
    if ks.startswith("forbidden"):
        raise Refusal(403, "Kaltura Session not authorized")


def _is_jwt(text: str) -> bool:
    """Whether it has the three parts of a JWT, the first of which is a JSON object."""
    header, *others = text.split(".")
    try:
        content = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except ValueError:
        return False
    return len(others) == 2 and isinstance(content, dict)


def _listed(record: object, names: str) -> dict[str, object]:
    """These attributes, under names in the API's style: "turnId"."""
    return {
        re.sub("_(.)", lambda part: part[1].upper(), name): getattr(record, name)
        for name in names.split()
    }


def _turn_id() -> str:
    return f"turn-{uuid.uuid4()}"


def _token(session_id: str, now: float) -> str:
    """A JWT with a random signature: nobody reads it but the simulator, which compares it."""
    claims = {"sub": session_id, "iat": int(now), "exp": int(now) + TOKEN_LIFE}
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    parts.append(secrets.token_bytes(32))
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
