"""Kaltura's avatar-session API: open a paid avatar session, let it speak, end it.

    with AvatarClient(ks) as client:
        session = client.create(avatar_id)
        media = client.init_client(session)  # for the viewer: WHEP address and TURN server
        client.say_text(session, "Hello!")
        client.end(session)

`AsyncAvatarClient` is the same with `await`. Each method raises one of

    AvatarError               .call .status .error .retry_after .sent .fault .details
      RequestRefused          the request is wrong               fault "ours"
      CredentialRefused       the KS or the token is wrong       fault "ours"
      SessionGone             404, 410 of a session              fault "ours"
      LimitReached            429: certainly not acted on        fault "limit"
      ServiceFailed           5xx, or not the documented answer  fault "theirs"
      ServiceUnreachable      no answer                          fault "network"

and `ValueError` for a setting or a session that can't be right. `str(error)` says what happened and
what to do; `error.details` has the status and the call. No repr, message, pickle or log shows the
KS or a token.

`judge` is the heart: a pure function that turns an answer into a value or an error. The async
client sends and decides what is sent next; the sync client runs it on a thread of its own.
Source: Kaltura Control API; kaltura/intelligent-agents-sdk, August 2026; public apps that use
@unisphere/models-sdk-js.
"""

from __future__ import annotations

import asyncio
import base64
import html
import ipaddress
import json
import math
import re
import ssl
import string
import threading
import time
import unicodedata
import uuid
import zlib
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache, partial, wraps
from typing import Any, ClassVar, Concatenate, Generic, Literal, ParamSpec, Self, TypeVar
from urllib.parse import quote
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

DEFAULT_BASE_URL = "https://api.avatar.us.kaltura.ai/v1/avatar-session"

CONNECT_TIMEOUT = 5.0  # seconds
ANSWER_TIMEOUT = 15.0  # seconds for a whole call; create, which starts machines, gets twice that
ANSWER_LIMIT, CATALOG_LIMIT = 1_000_000, 4_000_000  # bytes of an answer, unpacked
LONG_ANSWER = 64_000  # bytes, from which on an answer is read in a thread: it may take seconds
PAUSES = (0.25, 1.0)  # seconds before the second and the third try
# A service that answers once too often leaves the second answer on the connection, where the next
# call takes it for its own: a refused text was "said", a session "ended", another visitor's shown.
# No answer names its call, so no connection has two of them. That they are opened ahead saves what
# a kept one would: the handshakes of TCP and TLS, two or three ways to the service and back.
LIMITS = httpx.Limits(max_keepalive_connections=0)
SPARES = 2  # connections ahead of the calls: an interrupt takes one, and the say after it another
SPARE_KEPT_FOR = 20.0  # seconds; nginx and Node give a new one 60 for its request, uvicorn any
SPARE_OPENED_AFTER = 0.05  # seconds from a call's own connection on: not while it is being sent

CALLS_WITH_KS = ("create", "catalog")  # all others carry the session's token
SAYS = ("say-text", "say-audio")  # never repeated: they might be heard twice
HARMLESS = ("catalog", "interrupt", "keep-alive", "end")  # two of them are as good as one

Dialect = Literal["auto", "documented", "live"]
"""The form of create; with "auto" the client finds it out once, and remembers it."""


# A form of create is its path below the base URL and the field that names the face.
DOCUMENTED = ("", "avatarId")  # Control API's endpoint page, the vendor's example
LIVE = ("/create", "id")  # kaltura/intelligent-agents-sdk, public apps
# The one that was seen to open sessions goes first: there it costs one request.
FORMS = {"auto": (LIVE, DOCUMENTED), "documented": (DOCUMENTED,), "live": (LIVE,)}

NO_SUCH_PATH = frozenset({404, 405, 410, 501})
ANOTHER_FORM = NO_SUCH_PATH | {400, 415, 422}
"""Answers to a create that opened nothing, and may not have been understood. Any other 5xx or a
lost answer may have opened a session; a 401, 403 or 429 was understood."""

P = ParamSpec("P")
T = TypeVar("T")


# Values


class Secret(str):
    """A credential: a `str` whose repr says nothing. It can't be pickled."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(...)"

    def __deepcopy__(self, memo: object) -> Self:  # for dataclasses.asdict
        return self

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("A credential is not pickled: store it by itself, where secrets are kept.")


@dataclass(frozen=True, slots=True)
class Session:
    """A live avatar session, as `create` gives it or as a ledger kept it.

    `token` commands this session alone, for about 24 h. Raises `ValueError` when the id can't be
    one part of a path, or the token can't be in a header.
    """

    session_id: str
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w-][\w.~:=@+-]{0,199}", self.session_id, re.ASCII):
            raise ValueError("The session id is not one plain part of a path.")
        if not _fits_a_header(self.token):
            raise ValueError("The session token has characters that no HTTP header can carry.")
        object.__setattr__(self, "token", Secret(self.token))


@dataclass(frozen=True, slots=True)
class TurnServer:
    """The relay for the media. `url` may be a bare host name."""

    url: str
    username: str
    credential: str = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "credential", Secret(self.credential))


@dataclass(frozen=True, slots=True)
class Media:
    """Where a viewer finds sound and picture: all that a browser needs, and no token. `plain_url`
    is the simulator's own, for a browser that no WebRTC reaches."""

    whep_url: str
    turn: TurnServer | None
    plain_url: str | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A turn, or a chunk of one, that the service took. `warning` is its own remark, if any."""

    turn_id: str
    warning: str | None


@dataclass(frozen=True, slots=True)
class CatalogItem:
    """A face ("Visual") or a voice; `item_id` is what `create` takes."""

    item_id: str
    name: str
    image_url: str | None = None
    description: str | None = None
    language: str | None = None


# Errors


@dataclass(eq=False, repr=False)
class AvatarError(Exception):
    """A call that did not succeed, as facts; `str` makes the sentence from them.

    `call`: the call's name, such as "say-text". `status`: the HTTP status, if there was an answer.
    `error`: the service's words, as one short line without credentials. `retry_after`: seconds
    the service asks to wait. `sent`, of the last try: "no" (nothing left this machine), "maybe"
    (no answer came) or "yes" (the service answered). `remedy`: what to do, where the source of the
    KS knows it better. `fault`: whose it is.
    """

    call: str
    _: KW_ONLY
    status: int | None = None
    error: str | None = None
    retry_after: float | None = None
    sent: Literal["no", "maybe", "yes"] = "no"
    remedy: str | None = None
    fault: ClassVar[Literal["ours", "theirs", "network", "limit"]]

    @property
    def details(self) -> str:
        """The facts for an engineer: "create: HTTP 404 (Avatar not found)"."""
        outcome = {"no": "not sent", "maybe": "no answer", "yes": f"HTTP {self.status}"}
        return f"{self.call}: {outcome[self.sent]}" + (f" ({self.error})" if self.error else "")

    def __str__(self) -> str:
        happened, to_do = _sentences(self)
        if self.sent == "no" and not isinstance(self, ServiceUnreachable):
            happened = f"Nothing was sent: {(self.error or happened).rstrip('.')}"
        elif self.error:
            happened += f" ({self.error})"
        return f"{happened}. {self.remedy or to_do}".strip()


class RequestRefused(AvatarError):
    """The request is wrong. With `sent` "no", it was refused here, before it was sent."""

    fault = "ours"


class CredentialRefused(AvatarError):
    """The KS (create, catalog) or the session's token (all others) is not accepted.

    With `sent` "no", the KS was seen here to have expired.
    """

    fault = "ours"


class SessionGone(AvatarError):
    """The session has ended, or never was."""

    fault = "ours"


class LimitReached(AvatarError):
    """Too many sessions or calls. The service did not act on the call."""

    fault = "limit"


class ServiceFailed(AvatarError):
    """The service failed, or its answer is not the documented one."""

    fault = "theirs"


class ServiceUnreachable(AvatarError):
    """No answer: no connection (`sent` is "no"), or it broke or took too long ("maybe")."""

    fault = "network"


ASKED = {
    "create": "start a session",
    "catalog": "list its avatars and voices",
    "init-client": "show the picture",
    "say-text": "say the text",
    "say-audio": "play the sound",
    "interrupt": "stop speaking",
    "keep-alive": "keep the session open",
    "end": "end the session",
}
"""What the service was asked to do, by the names of the calls."""

REFUSED = {
    "create": "Choose another avatar or voice.",
    "say-text": "Change the text and try again.",
    "say-audio": "Use another recording.",
}
"""What to do about a request that the service refused, by the names of the calls."""


ACCOUNT_LIMIT = "an account may have only so many at a time, five by one source"
"""The source is a public app that uses @unisphere/models-sdk-js."""


def _sentences(error: AvatarError) -> tuple[str, str]:
    """What happened, without a full stop, and what to do, as sentences."""
    asked, status = ASKED.get(error.call, error.call), error.status or 0
    wait = "a little" if error.retry_after is None else f"{math.ceil(error.retry_after)} s"
    match error:
        case RequestRefused():
            happened = f"The avatar service refused to {asked}"
            to_do = REFUSED.get(error.call, "Try again; if it goes on, ask Kaltura.")
            if status == 0:  # refused here, with a reason that says it
                to_do = ""
            elif status in (404, 405, 410) and error.call == "create":
                to_do = "Check the avatar, then AVATAR_BASE_URL and AVATAR_API_DIALECT."
            elif status in (404, 405, 410):
                to_do = "Check AVATAR_BASE_URL: that address does not offer this."
        case CredentialRefused() if error.call not in CALLS_WITH_KS:
            happened = "The avatar service does not accept this session's token"
            to_do = "Start a new session: the token is wrong or has expired."
        case CredentialRefused(status=403):
            happened = f"The avatar service does not let this KS {asked}"
            to_do = "Set AVATAR_KS to the KS of an admin."
        case CredentialRefused():
            happened = "The avatar service does not accept the KS"
            to_do = "Set AVATAR_KS to a new one: this one is wrong or has expired."
        case SessionGone():
            happened = "The session is no longer there: the avatar service has ended it"
            to_do = "Start a new session."
        case LimitReached(call="create"):
            happened = "The avatar service has no room for one more session of this account"
            to_do = f"Wait {wait} and try again, or end another session first: {ACCOUNT_LIMIT}."
        case LimitReached():
            happened = "The avatar service was asked too often"
            to_do = f"Wait {wait} and try again."
        case ServiceFailed() if 300 <= status < 400:
            happened = f"The avatar service sent us elsewhere when it was asked to {asked}"
            to_do = "Set AVATAR_BASE_URL to its final address: no KS follows a redirect."
        case ServiceFailed() if status >= 500:
            happened = f"The avatar service failed when it was asked to {asked}"
            to_do = f"Wait {wait} and try again; if it goes on, tell Kaltura."
        case ServiceUnreachable(sent="no"):
            happened = "The avatar service could not be reached"
            to_do = "Check the network and AVATAR_BASE_URL, then try again."
        case ServiceUnreachable():
            happened = f"The avatar service gave no answer when it was asked to {asked}"
            to_do = f"Check the network{', then try again' if error.call in HARMLESS else ''}."
        case _:
            happened = f"The avatar service was asked to {asked}, and its answer makes no sense"
            to_do = "Check AVATAR_BASE_URL; if it is right, tell Kaltura."
    return happened, to_do


# What an answer means

Fields = Mapping[str, object]
Show = Callable[[object], str | None]
"""Makes a line for people of the service's words; None where there are none."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One call of the API. `body`: as `httpx.Request` takes it. `read` makes the value from an
    answer, and raises `ValueError` for one that is not as documented."""

    name: str
    url: str
    body: Mapping[str, Any] = field(repr=False)
    read: Callable[[Fields, Show], T]

    @property
    def limit(self) -> int:
        """Bytes that the answer may have."""
        return CATALOG_LIMIT if self.name == "catalog" else ANSWER_LIMIT


def judge(
    call: Call[T], status: int, headers: httpx.Headers, body: bytes, credentials: Sequence[str]
) -> T | AvatarError:
    """What an answer means: the value of the call, or the error to raise, without `credentials`.
    `body`: as it came, still packed; it may be cut off beyond `call.limit` bytes."""

    def show(words: object) -> str | None:
        return fit_to_show(words, *credentials) if isinstance(words, str) else None

    gone = status in (404, 410)
    if gone and call.name == "end":
        return call.read({"success": True}, show)
    kind: type[AvatarError] = ServiceFailed
    if status in (401, 403):
        kind = CredentialRefused
    elif status == 429:
        kind = LimitReached
    elif gone and call.name not in CALLS_WITH_KS:
        kind = SessionGone
    elif 400 <= status < 500:
        kind = RequestRefused
    try:
        unpacked = _unpacked(headers, body, call.limit)
        try:
            came = json.loads(unpacked)
        except (ValueError, RecursionError):
            came = unpacked.decode("utf-8", "replace")
        if isinstance(came, dict) and isinstance(token := came.get("token"), str):
            credentials = (token, *credentials)
        if _is_about_the_ks(came, call.name):
            kind = CredentialRefused  # seen with status 200, so the status does not matter
        elif 200 <= status < 300:
            if not isinstance(came, dict):
                raise ValueError(show(_words(came)) or "an empty answer")
            if came.get("success", True) is not True:
                raise ValueError(show(_words(came)) or "success is not true")
            return call.read(came, show)
        error = show(_words(came))
    except ValueError as problem:
        error = str(problem)
    wait = _retry_after(headers)
    return kind(call.name, status=status, error=error, retry_after=wait, sent="yes")


def unanswered(call: str, problem: Exception, credentials: Sequence[str]) -> ServiceUnreachable:
    """What it means that `problem` came instead of an answer to `call`."""
    # Only the words for a connection that failed are the system's: the others may quote headers.
    match problem:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return ServiceUnreachable(call, error="no connection in time", sent="no")
        case httpx.ConnectError() | httpx.ProxyError():
            error = fit_to_show(str(problem), *credentials)
            return ServiceUnreachable(call, error=error, sent="no")
        case TimeoutError() | httpx.TimeoutException():
            return ServiceUnreachable(call, error="not in time", sent="maybe")
        case _:
            return ServiceUnreachable(call, error="the connection broke", sent="maybe")


def may_be_repeated(error: AvatarError, pause: float) -> bool:
    """Whether the client sends the call again after a pause in seconds: not if it could act twice,
    and never a say, even one that was not sent: only its caller knows if it is still wanted."""
    lost = isinstance(error, ServiceUnreachable)
    if lost and error.sent == "no":
        return error.call not in SAYS
    passing = lost or error.status in (429, 500, 502, 503, 504)
    return error.call in HARMLESS and passing and (error.retry_after or 0) <= pause


def _unpacked(headers: httpx.Headers, body: bytes, limit: int) -> bytes:
    """Raises `ValueError` before more than `limit` bytes have been unpacked."""
    encoding = headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("gzip", "x-gzip", "deflate"):
        try:
            body = zlib.decompressobj(wbits=47).decompress(body, limit + 1)
        except zlib.error:
            raise ValueError("it is not packed as it says") from None
    elif encoding not in ("", "identity"):
        often = "more than once" if "," in encoding else "as nobody asked for"
        raise ValueError(f"it is packed {often}")
    if len(body) > limit:
        raise ValueError(f"it is larger than {limit // 1_000_000} MB")
    return body


def _words(came: object) -> str:
    """What an answer says went wrong, in each form that was seen: `{"error": "…"}` (documented),
    `{"message": ["…"], "error": "Bad Request"}` (NestJS), `{"detail": [{"loc": ["body", "text"],
    "msg": "…"}]}` (FastAPI), `{"code": "…", "message": "…"}` (Kaltura's other API)."""
    match came:
        case str():
            return came
        case list():
            return "; ".join(filter(None, map(_words, came[:10])))
        case {"loc": list(place), "msg": str(words)}:
            return f"{'.'.join(str(part) for part in place[:10])}: {words}"
        case dict():
            named = (came.get(name) for name in ("message", "detail", "error", "code"))
            return next(filter(None, map(_words, named)), "")
        case _:
            return ""


_KS_WORDS = re.compile(
    r"\b(invalid|missing|expired)\s(ks|kaltura session)\b"
    r"|\b(ks|kaltura session)\s(is |has )?(invalid|missing|expired)\b",
    re.IGNORECASE,
)


def _is_about_the_ks(came: object, call: str) -> bool:
    """Whether an answer that is no success speaks of the credential: it is a `KalturaAPIException`,
    in JSON or in XML, has a code such as "INVALID_KS", or, where the KS was sent, such words."""
    match came:
        case {"success": True}:
            return False
        case {"objectType": "KalturaAPIException"}:
            return True
        case {"code": str(code)} if re.search(r"(^|_)KS(_|$)", code):
            return True
        case dict():
            inner = [came.get(name) for name in ("error", "result", "message", "detail")]
            return any(_is_about_the_ks(each, call) for each in inner)
        case list():
            return any(_is_about_the_ks(each, call) for each in came[:10])
        case str():
            words = came[:LONGEST_READ]
            in_xml = re.search(r">KalturaAPIException<|<code>(\w+_)?KS(_\w+)?</code>", words)
            return bool(in_xml or (call in CALLS_WITH_KS and _KS_WORDS.search(words)))
        case _:
            return False


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds; a date counts from the answer's own Date, so that no clock of ours matters."""
    value = headers.get("Retry-After", "")
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
        return float(value)
    try:
        until = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, TypeError):  # TypeError: one of them names no time zone
        return None
    return max(0.0, until.total_seconds())


def _text(fields: Fields, name: str, default: str | None = None) -> str:
    value = fields.get(name) or default
    if not isinstance(value, str):
        raise ValueError(f"no {name}")
    return value


def _part(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    if not isinstance(value, dict | None):
        raise ValueError(f"{name} is not an object")
    return value or {}


def _address(value: object) -> str | None:
    return value if isinstance(value, str) and not _problem_with(value) else None


def _done(fields: Fields, _: Show) -> None:
    if "success" not in fields:
        raise ValueError("no success")


def _session(fields: Fields, _: Show) -> Session:
    return Session(_text(fields, "sessionId"), _text(fields, "token"))


def _media(fields: Fields, _: Show) -> Media:
    whep_url, turn = _address(fields.get("whepUrl")), _part(fields, "turn")
    if not whep_url:
        raise ValueError("whepUrl is not an https address")
    relay = None
    if url := _text(turn, "url", ""):
        relay = TurnServer(url, _text(turn, "username", ""), _text(turn, "credential", ""))
    return Media(whep_url, relay, _address(fields.get("plainUrl")))


def _said(turn_id: str, fields: Fields, show: Show) -> Said:
    _done(fields, show)
    return Said(turn_id, show(fields.get("warning")))


def _catalog(kind: str, fields: Fields, show: Show) -> tuple[CatalogItem, ...]:
    """The list comes as `objects`, as all lists of Kaltura's do. One odd item costs no other."""
    objects = fields.get("objects")
    if not isinstance(objects, list):
        raise ValueError("no list of objects")
    items = []
    for item in objects:
        if not (isinstance(item, dict) and isinstance(item.get("itemId"), str) and item["itemId"]):
            continue
        try:
            about = _part(_part(item, "attributes"), kind.lower())
        except ValueError:
            about = {}
        texts = (about.get(name) for name in ("name", "description", "language"))
        name, *others = (show(t[:LONGEST_NAME] if isinstance(t, str) else None) for t in texts)
        item_id, image_url = item["itemId"], _address(item.get("imageUrl"))
        items.append(CatalogItem(item_id, name or item_id, image_url, *others))
    if objects and not items:
        raise ValueError("no itemId")
    return tuple(items)


# Words of the service, without credentials

AN_HTML_PAGE = "an HTML page"
"""What an `AvatarError` says of one: no call of the service answers so, but a proxy may."""

LONGEST = 200  # characters of a line that is shown
LONGEST_READ = 10_000  # characters of a text in which that line is looked for
LONGEST_NAME = 1_000  # the same in a catalog, which has many texts
PIECE = 12  # characters of a credential that are too many to be shown

# One character of a text, in whatever spelling: A, %41, %2541, \u0041, \x41.
_SPELLED = re.compile(r"(?:%(?:25)*|\\+u00|\\+x)([0-9A-Fa-f]{2})|\S")
# Hex comes in small and in capital letters, base64 in two alphabets.
_ALIKE = str.maketrans(string.ascii_uppercase + "-_", string.ascii_lowercase + "+/")
# A session's token is a JWT, and a KS of version 2 begins with base64 of "v2|". One in an answer
# that can't be read is in no other way known.
_CREDENTIALS = re.compile(r"eyJ[\w-]{6,}\.[\w.-]+|djJ8[\w+/=-]{8,}")


def fit_to_show(text: str, *credentials: str) -> str | None:
    """One short line of `text` for people, without these credentials; None where it has no words.

    They are found whole or in pieces, plain, percent-encoded, escaped for JSON or HTML, in hex and
    in base64.

    >>> fit_to_show("<p>Avatar 68b5a1f3c2d94e0017a4e6c1 not found.<br>KS: a%2Dks</p>", "a-ks")
    'Avatar 68b5a1f3c2d94e0017a4e6c1 not found. KS: …'
    >>> fit_to_show("<!DOCTYPE html><title>502</title>", "a-ks")
    'an HTML page'
    """
    text = text[:LONGEST_READ]
    if re.search(r"<(!doctype|html|head|body)\b", text, re.IGNORECASE):
        return AN_HTML_PAGE
    text = html.unescape(re.sub(r"<[/!?]?[A-Za-z][^<>]*>", " ", text))
    text = _without(credentials, _CREDENTIALS.sub("…", text))
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return (line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…") or None


def _without(credentials: Sequence[str], text: str) -> str:
    spelled, meant = _read(text)
    pieces = frozenset[str]().union(*map(_pieces, credentials))
    hidden: set[int] = set()
    for length in {len(piece) for piece in pieces}:
        for at in range(len(meant) - length + 1):
            if meant[at : at + length] in pieces:
                hidden.update(range(at, at + length))
    shown = list(text)
    for start, end in (spelled[at].span() for at in hidden):
        shown[start:end] = ["…"] + [""] * (end - start - 1)
    return re.sub(r"…(\s*…)+", "…", "".join(shown))


def _read(text: str) -> tuple[list[re.Match[str]], str]:
    """The characters of a text as they are spelled, and what they mean; without blanks."""
    spelled = list(_SPELLED.finditer(text))
    meant = "".join(chr(int(found[1], 16)) if found[1] else found[0] for found in spelled)
    return spelled, meant.translate(_ALIKE)


@lru_cache(maxsize=8)
def _pieces(credential: str) -> frozenset[str]:
    """The pieces of a credential that must not be shown, in each of its encodings."""
    plain = credential.encode(errors="replace")
    encoded = [credential, plain.hex()]
    for before in range(3):  # bytes of something else, encoded with it: only its own part counts
        start, end = -(-8 * before // 6), 8 * (before + len(plain)) // 6
        encoded.append(base64.b64encode(bytes(before) + plain).decode()[start:end])
    pieces: set[str] = set()
    for _, meant in map(_read, encoded):
        length = min(PIECE, len(meant))
        pieces.update(meant[at : at + length] for at in range(len(meant) - length + 1))
    return frozenset(pieces)


# Settings


def checked_ks(ks: str) -> Secret:
    """The KS, when it can be sent. Raises `ValueError` with a sentence that does not show it."""
    if not ks:
        raise ValueError("AVATAR_KS is empty: set it to a Kaltura Session (KS) of an admin.")
    if not _fits_a_header(ks):
        problem = "has a blank, a line break or another character that no KS has: copy it anew"
        raise ValueError(f"AVATAR_KS {problem}.")
    return Secret(ks)


def ks_expires_at(ks: str) -> float | None:
    """Unix seconds at which a KS of version 1 expires; None for others: version 2 is encrypted.
    Version 1 is base64 of "signature|partner;partner;expiry;type;random;user;privileges" (Kaltura
    API Authentication and Security)."""
    try:
        fields = base64.b64decode(ks.replace("-", "+").replace("_", "/") + "==")
    except ValueError:
        return None
    found = re.match(rb"[0-9a-f]{40}\|[^;]*;[^;]*;([0-9]{1,11});", fields)
    return float(found[1]) if found else None


class KsSource:
    """A KS that was made elsewhere; a subclass may make its own. Raises `ValueError` as
    `checked_ks` does.

    It is asked at each call, on the client's event loop, and never waits. `remedy`: what to do when
    the service refuses the KS, as a sentence; None: set AVATAR_KS to another. `secrets`: what no
    error may show besides the KS, such as the secret that signs it.
    """

    remedy: str | None = None
    secrets: Sequence[str] = ()

    def __init__(self, ks: str) -> None:
        self._ks = checked_ks(ks)

    @property
    def expires_at(self) -> float | None:
        """Unix seconds at which `current()` expires; None where that can't be known."""
        return ks_expires_at(self._ks)

    def current(self) -> str:
        """The KS to send now."""
        return self._ks

    def renew(self, refused: str) -> bool:
        """The service refused that one: whether `current()` is another one now."""
        return False


def checked_base_url(url: str, *, name: str = "AVATAR_BASE_URL") -> str:
    """`url` without its last slash, when a credential may be sent there; `name` is the setting's.

    Raises `ValueError` with a sentence.

    >>> checked_base_url("http://127.0.0.1:8600/v1/avatar-session/")
    'http://127.0.0.1:8600/v1/avatar-session'
    >>> checked_base_url("http://example.com")
    Traceback (most recent call last):
    ValueError: AVATAR_BASE_URL is plain http to another machine: use https.
    """
    problem = _problem_with(url)
    if not problem and ("?" in url or "#" in url):
        problem = "has a query or a fragment: leave it out"
    if problem:
        raise ValueError(f"{name} {problem}.")
    return url.rstrip("/")


def _problem_with(url: str) -> str | None:
    no_address = "is not a web address: give it as https://host/path"
    try:
        parsed = httpx.URL(url)
        parsed.raw_host.decode("ascii").encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        return no_address
    if parsed.scheme not in ("http", "https") or not parsed.host or (parsed.port or 0) > 65535:
        return no_address
    if parsed.userinfo:
        return "has a user name or a password: leave it out"
    if parsed.scheme == "http" and not is_loopback(parsed.host):
        return "is plain http to another machine: use https"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host name or address, IPv6 without brackets, is this machine's own loopback."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _fits_a_header(credential: str) -> bool:
    return re.fullmatch("[!-~]+", credential) is not None


# The doors

CLOSED = "this client is closed, open a new one"


class AsyncAvatarClient:
    """The API for asyncio, on one event loop.

    `ks`: one, or where it comes from. `timeout`: seconds that a call may take in all, twice that
    for create. `pauses`: seconds before each further try of a harmless call. `transport` stays the
    caller's to close. Raises `ValueError` for `ks` and `base_url`.
    """

    def __init__(
        self,
        ks: str | KsSource,
        base_url: str = DEFAULT_BASE_URL,
        *,
        dialect: Dialect = "auto",
        timeout: float = ANSWER_TIMEOUT,
        pauses: Sequence[float] = PAUSES,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.ks_source = KsSource(ks) if isinstance(ks, str) else ks
        self.dialect = dialect
        self._forms: tuple[tuple[str, str], ...] = FORMS[dialect]
        self.base_url = checked_base_url(base_url)
        self._timeout = timeout
        self._pauses = pauses
        self._closed = False
        self._owns_transport = transport is None
        self._transport = transport or _transport(self.base_url)

    async def create(
        self, avatar_id: str, *, voice_id: str | None = None, speed: float | None = None
    ) -> Session:
        """Open a session, which is paid for until `end`. Without `voice_id`: the default voice.

        `speed`: 1.0 is the voice's own. A clone's id (`eself-…`) is taken only without a
        `voiceConfig.modelId`, so none is sent for any voice: no source names its values.
        """
        voice: dict[str, object] = {}
        if voice_id is not None:
            voice["id"] = _given("create", "voice_id", voice_id)
        if speed is not None:
            voice["speed"] = _positive("create", "speed", speed)
        face = _given("create", "avatar_id", avatar_id)
        # No client was ever seen to send a voiceConfig without an id: not where it says nothing.
        shared = {} if voice in ({}, {"speed": 1.0}) else {"voiceConfig": voice}
        return await self._finished("create", self._opened_by(face, shared), 2 * self._timeout)

    async def catalog(
        self, kind: Literal["Visual", "Voice"], *, offset: int = 0, limit: int = 100
    ) -> tuple[CatalogItem, ...]:
        """The faces or the voices that `create` can be given, `limit` of them from `offset` on."""
        url = str(httpx.URL(self.base_url).copy_with(path="/v1/catalog-item/list"))
        body = {"filter": {"typeEqual": kind}, "pager": {"offset": offset, "limit": limit}}
        call = Call("catalog", url, {"json": body}, partial(_catalog, kind))
        listing = self._with_ks(call)
        return await self._finished("catalog", listing)

    async def init_client(self, session: Session) -> Media:
        """Ask where the picture is. Once per session: a second call may open a second stream."""
        return await self._of(session, "init-client", _media)

    async def say_text(
        self, session: Session, text: str, *, turn_id: str | None = None, is_final: bool = True
    ) -> Said:
        """Let the avatar say `text`, without control characters; a whole text is trimmed.

        Chunks of one turn share a `turn_id`, and the last one has `is_final`; they are joined as
        they are, blanks at their ends included. It is sent once, whatever comes of it. One public
        app refuses more than 1,000 characters for one call; nobody documents such a limit.
        """
        # Newlines and tabs stay; halves of surrogates can't be encoded.
        text = "".join(
            c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")
        )
        if turn_id is None:
            text = text.strip()
        if not text.strip():
            raise RequestRefused("say-text", error="Text is required")
        turn_id = _given("say-text", "turn_id", turn_id or str(uuid.uuid4()))
        body = {"text": text, "turnId": turn_id, "isFinal": is_final}
        return await self._of(session, "say-text", partial(_said, turn_id), json=body)

    async def say_audio(
        self,
        session: Session,
        audio: bytes,
        *,
        duration: float,
        turn_id: str | None = None,
        content_type: str = "audio/mpeg",
    ) -> Said:
        """Let the avatar say `audio`, a whole file that lasts `duration` seconds.

        A wrong duration is no error at the service: the lips are out of step. It is sent once,
        whatever comes of it.
        """
        if not audio:
            raise RequestRefused("say-audio", error="Audio is required")
        if not re.fullmatch(r"audio/[!-~]+", content_type):
            raise RequestRefused("say-audio", error="content_type must be audio/…")
        turn_id = _given("say-audio", "turn_id", turn_id or str(uuid.uuid4()))
        seconds = f"{_positive('say-audio', 'duration', duration):.3f}"
        form = {"turnId": turn_id, "duration": seconds}
        files = {"audio": ("audio", audio, content_type)}
        return await self._of(session, "say-audio", partial(_said, turn_id), data=form, files=files)

    async def interrupt(self, session: Session) -> None:
        """Silence the avatar now; harmless when it is silent."""
        return await self._of(session, "interrupt", _done)

    async def keep_alive(self, session: Session) -> None:
        """Say that the session is still wanted: every 10 s, says the vendor."""
        return await self._of(session, "keep-alive", _done)

    async def end(self, session: Session) -> None:
        """End the session; one that is already gone has ended, too."""
        return await self._of(session, "end", _done)

    async def aclose(self) -> None:
        """Close the connections, for good; no session is ended by that."""
        self._closed = True
        if self._owns_transport:
            await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _finished(
        self, name: str, outcome: Awaitable[T | AvatarError], seconds: float | None = None
    ) -> T:
        """The value, or the error, raised here alone: below, it would carry httpx's, with its
        headers. `seconds`: for the whole call, `timeout` by default."""
        seconds = seconds or self._timeout
        came: T | AvatarError
        try:
            async with asyncio.timeout(seconds):
                came = await outcome
        except TimeoutError:
            came = ServiceUnreachable(name, error=f"within {seconds:g} s", sent="maybe")
        if isinstance(came, AvatarError):
            raise came
        return came

    async def _of(
        self, session: Session, name: str, read: Callable[[Fields, Show], T], **body: Any
    ) -> T:
        url = f"{self.base_url}/{quote(session.session_id, safe='')}/{name}"
        call = Call(name, url, body or {"json": {}}, read)
        sending = self._sent(call, "Bearer", session.token)
        return await self._finished(name, sending)

    async def _opened_by(self, face: str, shared: Fields) -> Session | AvatarError:
        """What came of the first form that the service takes; from then on it is the only one."""
        refusals = []
        for path, face_field in self._forms:
            body = {"visualConfig": {face_field: face}, **shared}
            call = Call("create", self.base_url + path, {"json": body}, _session)
            outcome = await self._with_ks(call)
            if isinstance(outcome, Session):
                self._forms = ((path, face_field),)
            if isinstance(outcome, Session) or outcome.status not in ANOTHER_FORM:
                return outcome
            refusals.append(outcome)
        # The first refusal, but one of the body rather than one of the path: where the service
        # knows only one form, the other's 404 would hide that the avatar's id is wrong.
        return min(refusals, key=lambda refusal: refusal.status in NO_SUCH_PATH)

    async def _with_ks(self, call: Call[T]) -> T | AvatarError:
        source = self.ks_source
        if source.expires_at is not None and source.expires_at <= time.time():
            then = datetime.fromtimestamp(source.expires_at, UTC)
            error = f"by the clock of this machine the KS expired on {then:%Y-%m-%d at %H:%M} UTC"
            return CredentialRefused(call.name, error=error, remedy=source.remedy)
        ks = source.current()
        outcome = await self._sent(call, "KS", ks)
        # A 403 means another kind of KS, not a newer one.
        if isinstance(outcome, CredentialRefused) and outcome.status != 403 and source.renew(ks):
            outcome = await self._sent(call, "KS", source.current())
        if isinstance(outcome, CredentialRefused):
            outcome.remedy = source.remedy
        return outcome

    async def _sent(self, call: Call[T], scheme: str, credential: str) -> T | AvatarError:
        """What came of it in the end: of another try, where that can do no harm."""
        headers = {
            "Authorization": Secret(f"{scheme} {credential}"),
            "Accept": "application/json",
            "User-Agent": "avatar-client",
        }
        # The deadline of the whole call is asyncio's: httpx has only one between two bytes.
        timeout = {"connect": min(CONNECT_TIMEOUT, self._timeout)}
        extensions = {"timeout": timeout, "trace": _out_of_the_log}
        request = httpx.Request(
            "POST", call.url, headers=headers, extensions=extensions, **call.body
        )
        credentials = (credential, self.ks_source.current(), *self.ks_source.secrets)
        for pause in self._pauses:
            outcome = await self._sent_once(call, request, credentials)
            if not (isinstance(outcome, AvatarError) and may_be_repeated(outcome, pause)):
                return outcome
            await asyncio.sleep(pause)
        return await self._sent_once(call, request, credentials)

    async def _sent_once(
        self, call: Call[T], request: httpx.Request, credentials: Sequence[str]
    ) -> T | AvatarError:
        if self._closed:
            return RequestRefused(call.name, error=CLOSED)
        body = bytearray()
        try:
            response = await self._transport.handle_async_request(request)
            assert isinstance(response.stream, httpx.AsyncByteStream)
            try:
                async for some in response.stream:
                    body += some
                    if len(body) > call.limit:
                        break
                    await asyncio.sleep(0)  # one read can bring thousands of tiny chunks
            finally:
                await response.aclose()
        except (httpx.HTTPError, OSError) as problem:
            return unanswered(call.name, problem, credentials)
        headers = response.headers
        means = partial(judge, call, response.status_code, headers, bytes(body), credentials)
        if len(body) > LONG_ANSWER or "Content-Encoding" in headers:
            return await asyncio.to_thread(means)
        return means()


def _given(call: str, name: str, value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise RequestRefused(call, error=f"{name} must be a plain, non-empty text")
    return value


def _positive(call: str, name: str, value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise RequestRefused(call, error=f"{name} must be a number above 0")
    return value


class _Ahead(httpcore.AsyncNetworkBackend):
    """Opens connections to one address before a call needs them, see `SPARES`.

    A spare is read until a call takes it, so its end is seen at once; nothing else may come.
    """

    def __init__(self, context: ssl.SSLContext | None) -> None:
        self._context = context
        self._network = httpcore.AnyIOBackend()
        self._spares: dict[httpcore.AsyncNetworkStream, asyncio.Task[None]] = {}
        self._keeping: set[asyncio.Task[None]] = set()
        self._closed = False

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's name
        *_: object,
        **__: object,
    ) -> httpcore.AsyncNetworkStream:
        """A spare, else a new connection."""
        stream = await self._taken() or await self._opened(host, port, timeout)
        while len(self._keeping) < SPARES and not self._closed:
            keeping = asyncio.create_task(self._keep(host, port))
            self._keeping.add(keeping)
            keeping.add_done_callback(self._keeping.discard)
        return _Secured(stream) if self._context else stream

    def drop(self) -> None:
        """Close the spares: a network that has changed lets none of them know."""
        for keeping in self._keeping:
            keeping.cancel()

    async def aclose(self) -> None:
        """Close the spares, for good."""
        self._closed = True
        self.drop()
        await asyncio.gather(*self._keeping, return_exceptions=True)

    async def _taken(self) -> httpcore.AsyncNetworkStream | None:
        while self._spares:
            stream = next(iter(self._spares))  # the oldest
            keeping = self._spares.pop(stream)
            keeping.cancel()
            is_good = False
            try:
                await asyncio.wait({keeping})
                self._keeping.discard(keeping)
                is_good = keeping.cancelled() and not stream.get_extra_info("is_readable")
            finally:
                if not is_good:  # it has just ended, or the call is no longer wanted
                    await stream.aclose()
            if is_good:
                return stream
        return None

    async def _keep(self, host: str, port: int) -> None:
        await asyncio.sleep(SPARE_OPENED_AFTER)
        with suppress(httpcore.NetworkError, httpcore.TimeoutException, OSError):
            stream = await self._opened(host, port, CONNECT_TIMEOUT)
            keeping = asyncio.current_task()
            assert keeping
            self._spares[stream] = keeping
            try:
                await stream.read(1, SPARE_KEPT_FOR)
            finally:
                if self._spares.pop(stream, None):
                    await stream.aclose()

    async def _opened(
        self, host: str, port: int, within: float | None
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._network.connect_tcp(host, port, within)
        if self._context is None:
            return stream
        try:
            return await stream.start_tls(self._context, host, within)
        except BaseException:
            await stream.aclose()
            raise


class _Secured(httpcore.AsyncNetworkStream):
    """A connection whose TLS handshake is over."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def start_tls(self, *_: object, **__: object) -> httpcore.AsyncNetworkStream:
        return self._stream

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Transport(httpx.AsyncHTTPTransport):
    """Takes its connections from `_Ahead`."""

    def __init__(self, context: ssl.SSLContext | None) -> None:
        super().__init__(verify=context or False, limits=LIMITS)
        self._ahead = _Ahead(context)
        # httpx 0.28 has no parameter for it; httpcore's pool has.
        self._pool._network_backend = self._ahead

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return await super().handle_async_request(request)
        except BaseException:  # the call's deadline cancels it
            self._ahead.drop()
            raise

    async def aclose(self) -> None:
        await self._ahead.aclose()
        await super().aclose()


def _transport(base_url: str) -> httpx.AsyncHTTPTransport:
    """Without `httpx.AsyncClient`: that logs an answer's reason phrase, in which a service may
    repeat a credential, and has no use here for its cookies and redirects."""
    url, proxies = httpx.URL(base_url), getproxies()
    address = proxies.get(url.scheme) or proxies.get("all")
    proxy = None
    # No proxy that the environment names can see this machine's own loopback.
    if address and not is_loopback(url.host) and not proxy_bypass(url.host):
        proxy = httpx.Proxy(address if "://" in address else f"http://{address}")
    # Reading the certificates takes longer than a call. Plain http needs none.
    context = httpx.create_ssl_context() if url.scheme == "https" else None
    if proxy:
        return httpx.AsyncHTTPTransport(verify=context or False, limits=LIMITS, proxy=proxy)
    return _Transport(context)


async def _out_of_the_log(_: str, info: dict[str, Any]) -> None:
    """Keep an answer's headers, and errors that quote ours, out of httpcore's log at DEBUG."""
    info.update((name, None) for name in ("return_value", "exception") if name in info)


def _blocking(
    method: Callable[Concatenate[AsyncAvatarClient, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[AvatarClient, P], T]:
    """The method of `AvatarClient` that waits for this one."""

    @wraps(method)
    def waiting(self: AvatarClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        name = method.__name__.replace("_", "-")
        if self._loop.is_closed():
            raise RequestRefused(name, error=CLOSED)
        try:
            return self._run(method(self._client, *args, **kwargs))
        except CancelledError:  # closed meanwhile, in another thread
            raise ServiceUnreachable(name, error=CLOSED, sent="maybe") from None

    return waiting


class AvatarClient:
    """The API for a script or a notebook: `AsyncAvatarClient` on an event loop in a thread of its
    own. No other way ends a blocking read at a deadline."""

    def __init__(
        self,
        ks: str | KsSource,
        base_url: str = DEFAULT_BASE_URL,
        *,
        dialect: Dialect = "auto",
        timeout: float = ANSWER_TIMEOUT,
        pauses: Sequence[float] = PAUSES,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._client = AsyncAvatarClient(
            ks, base_url, dialect=dialect, timeout=timeout, pauses=pauses, transport=transport
        )
        self.base_url = self._client.base_url
        self._loop = asyncio.new_event_loop()
        # A daemon: a script that forgets to close must end all the same.
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    create = _blocking(AsyncAvatarClient.create)
    catalog = _blocking(AsyncAvatarClient.catalog)
    init_client = _blocking(AsyncAvatarClient.init_client)
    say_text = _blocking(AsyncAvatarClient.say_text)
    say_audio = _blocking(AsyncAvatarClient.say_audio)
    interrupt = _blocking(AsyncAvatarClient.interrupt)
    keep_alive = _blocking(AsyncAvatarClient.keep_alive)
    end = _blocking(AsyncAvatarClient.end)

    def close(self) -> None:
        """Close the connections, for good; no session is ended by that. A call that another
        thread waits for is over, too."""
        if not self._loop.is_closed():
            self._run(self._close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    async def _close(self) -> None:
        calls = asyncio.all_tasks() - {asyncio.current_task()}
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await self._client.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        finally:
            future.cancel()  # where a KeyboardInterrupt came first
