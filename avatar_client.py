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
what to do; `error.details` has the status and the call. The KS and the tokens are in no repr,
message, pickle or log.

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
import threading
import time
import unicodedata
import uuid
import zlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property, partial, wraps
from typing import (
    Any,
    ClassVar,
    Concatenate,
    Generic,
    Literal,
    NamedTuple,
    NoReturn,
    ParamSpec,
    Protocol,
    Self,
    TypeVar,
    cast,
)
from urllib.parse import quote
from urllib.request import getproxies, proxy_bypass

import httpx

DEFAULT_BASE_URL = "https://api.avatar.us.kaltura.ai/v1/avatar-session"

CONNECT_TIMEOUT = 5.0  # seconds
ANSWER_TIMEOUT = 15.0  # seconds for a whole call; create, which starts machines, gets twice that
ANSWER_LIMIT, CATALOG_LIMIT = 1_000_000, 4_000_000  # bytes of an answer, unpacked
PAUSES = (0.25, 1.0)  # seconds before the second and the third try
# uvicorn drops an idle connection after 5 s: below that, none is used just as it closes.
KEPT = httpx.Limits(keepalive_expiry=4.0)
NOT_KEPT = httpx.Limits(max_keepalive_connections=0)

CALLS_WITH_KS = ("create", "catalog")  # all others carry the session's token
SAYS = ("say-text", "say-audio")  # never repeated: they might be heard twice
HARMLESS = ("catalog", "interrupt", "keep-alive", "end")  # two of them are as good as one
# On a kept connection, a service that answers once too often would hand the next visitor the
# session, or the picture, of the one before.
UNSHARED = ("create", "init-client")

Dialect = Literal["auto", "documented", "live"]
"""How create is put; with "auto" the client finds it out once, and remembers it."""


class Form(NamedTuple):
    """One way to put create: its path below the base URL, and the field that names the face."""

    path: str
    face: str


DOCUMENTED = Form("", "avatarId")  # Control API's endpoint page, the vendor's example
LIVE = Form("/create", "id")  # kaltura/intelligent-agents-sdk, public apps

FORMS: Mapping[Dialect, tuple[Form, ...]] = {
    # The one that was seen to open sessions goes first: there it costs one request.
    "auto": (LIVE, DOCUMENTED),
    "documented": (DOCUMENTED,),
    "live": (LIVE,),
}

NO_SUCH_PATH = frozenset({404, 405, 410, 501})
ANOTHER_FORM = NO_SUCH_PATH | {400, 415, 422}
"""Answers to a create that opened nothing, and may not have been understood. No other 5xx or lost
answer is among them, which may have opened a session, and no 401, 403 or 429, which understood."""

P = ParamSpec("P")
T = TypeVar("T")


# What goes in and comes out


class Secret(str):
    """A credential: the `str` it is, with a repr that says nothing. It can't be pickled."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(...)"

    def __deepcopy__(self, memo: object) -> Self:  # for dataclasses.asdict
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
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
    """Where a viewer finds sound and picture: all that a browser needs, and no token.

    `plain_url` is the simulator's own, for a browser that no WebRTC reaches; Kaltura has none.
    """

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


# What can go wrong


class AvatarError(Exception):
    """A call that did not succeed, as facts; the sentence is made when it is asked for.

    `call`: the call's name, such as "say-text". `status`: the HTTP status, if there was an answer.
    `error`: what the service said, as one short line without credentials. `retry_after`: seconds
    the service asks to wait. `sent`, of the last try: "no" (nothing left this machine), "maybe"
    (no answer came) or "yes" (the service answered). `remedy`: what to do, where the source of the
    KS knows it better than we. `fault`: whose it is.
    """

    fault: ClassVar[Literal["ours", "theirs", "network", "limit"]]

    def __init__(
        self,
        call: str,
        *,
        status: int = 0,
        error: str | None = None,
        retry_after: float | None = None,
        sent: Literal["no", "maybe", "yes"] = "no",
        remedy: str | None = None,
    ) -> None:
        super().__init__(call)
        self.call = call
        self.status = status or None
        self.error = error
        self.retry_after = retry_after
        self.sent = sent
        self.remedy = remedy

    @property
    def details(self) -> str:
        """The facts for whoever has to find out more: "create: HTTP 404 (Avatar not found)"."""
        outcome = {"no": "not sent", "maybe": "no answer", "yes": f"HTTP {self.status}"}
        return f"{self.call}: {outcome[self.sent]}{_in_brackets(self.error)}"

    def __str__(self) -> str:
        happened, to_do = _sentences(self)
        if self.sent == "no" and not isinstance(self, ServiceUnreachable):
            happened = f"Nothing was sent: {(self.error or happened).rstrip('.')}"
        else:
            happened += _in_brackets(self.error)
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


def _sentences(error: AvatarError) -> tuple[str, str]:
    """What happened, without a full stop, and what to do, as sentences."""
    asked, status = ASKED.get(error.call, error.call), error.status or 0
    wait = "a little" if error.retry_after is None else f"{math.ceil(error.retry_after)} s"
    match error:
        case RequestRefused():
            return f"The avatar service refused to {asked}", _what_to_ask_instead(error)
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
            happened = "The avatar service has no room for one more session now"
            to_do = f"Wait {wait} and try again, or end another session first."
        case LimitReached():
            happened, to_do = (
                "The avatar service was asked too often",
                f"Wait {wait} and try again.",
            )
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


def _what_to_ask_instead(error: RequestRefused) -> str:
    match error.call, error.status:
        case _, None:
            return ""  # refused here, with a reason that says it
        case "create", 404 | 405 | 410:
            return "Check the avatar, then AVATAR_BASE_URL and AVATAR_API_DIALECT."
        case _, 404 | 405 | 410:
            return "Check AVATAR_BASE_URL: that address does not offer this."
        case "create", _:
            return "Choose another avatar or voice."
        case "say-text", _:
            return "Change the text and try again."
        case "say-audio", _:
            return "Use another recording."
        case _:
            return "Try again; if it goes on, ask Kaltura."


def _in_brackets(words: str | None) -> str:
    return f" ({words})" if words else ""


# The settings


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

    It is base64 of "signature|partner;partner;expiry;type;random;user;privileges". Source: Kaltura
    API Authentication and Security.
    """
    try:
        fields = base64.b64decode(ks.replace("-", "+").replace("_", "/") + "==")
    except ValueError:
        return None
    found = re.match(rb"[0-9a-f]{40}\|[^;]*;[^;]*;([0-9]{1,11});", fields)
    return float(found[1]) if found else None


class KsSource(Protocol):
    """Where the KS comes from. Asked at each call, on the client's event loop: never waits."""

    @property
    def remedy(self) -> str | None:
        """What to do when the service refuses its KS, as a sentence; None: check AVATAR_KS."""

    @property
    def expires_at(self) -> float | None:
        """Unix seconds at which `current()` expires; None where that can't be known."""

    @property
    def secrets(self) -> Sequence[str]:
        """What no error may show besides the KS, such as what the KS is made from."""

    def current(self) -> str:
        """The KS to send now."""

    def renew(self, refused: str) -> bool:
        """The service refused that one: whether `current()` is another one now."""


class GivenKs:
    """A KS that was made elsewhere. Raises `ValueError` as `checked_ks` does."""

    remedy = None
    secrets = ()

    def __init__(self, ks: str) -> None:
        self._ks = checked_ks(ks)
        self.expires_at = ks_expires_at(ks)

    def current(self) -> str:
        """The one that was given."""
        return self._ks

    def renew(self, refused: str) -> bool:
        """Only who made it can make another."""
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


# Words of the service, without credentials

AN_HTML_PAGE = "an HTML page"
"""What an `AvatarError` says of one: no call of the service answers so, but a proxy may."""

LONGEST = 200  # characters of a line that is shown
LONGEST_READ = 10_000  # characters of a text in which that line is looked for
PIECE = 12  # characters of a credential that are too many to be shown

_TAG = r"<[/!?]?[A-Za-z][^<>]*>"
# One character of a text, in whatever spelling: %41, %2541, \u0041, \x41, &#65;, &#x41;, &amp;.
_SPELLED = re.compile(
    rf"(?:%(?:25)*|\\+u00|\\+x)(?P<hex>[0-9A-Fa-f]{{2}})|(?P<entity>&#?\w{{1,8}};)|{_TAG}|(?P<as_is>\S)"
)
# A session's token is a JWT, and a KS of version 2 begins with base64 of "v2|". One that fails to
# be read is in no other way known.
_CREDENTIALS = re.compile(r"eyJ[\w-]{6,}\.[\w.-]+|djJ8[\w+/=-]{8,}")


class Redactor:
    """Makes lines for people of what a service said, without these credentials.

    They are found plain and in their usual spellings: percent-encoded, as escapes of JSON and HTML,
    in hex, in base64; whole, or a piece of them.
    """

    def __init__(self, *credentials: str) -> None:
        self._credentials = credentials

    def line(self, text: str) -> str | None:
        """One short line of `text`, or None where it has no words."""
        text = text[:LONGEST_READ]
        if re.search(r"<(!doctype|html|head|body)\b", text, re.IGNORECASE):
            return AN_HTML_PAGE
        text = re.sub(_TAG, " ", self._redacted(text))
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return (line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…") or None

    def _redacted(self, text: str) -> str:
        text = _CREDENTIALS.sub("…", text)
        spans, meant = _read(text)
        hidden = [False] * len(meant)
        for length, pieces in self._pieces.items():
            for at in range(len(meant) - length + 1):
                if meant[at : at + length] in pieces:
                    hidden[at : at + length] = [True] * length
        shown = list(text)
        for at in (at for at, is_hidden in enumerate(hidden) if is_hidden):
            start, end = spans[at]
            shown[start:end] = [""] * (end - start)
            if at == 0 or not hidden[at - 1]:
                shown[start] = "…"
        return "".join(shown)

    @cached_property
    def _pieces(self) -> dict[int, set[str]]:
        """By their length, the pieces of a credential that must not be shown."""
        pieces: dict[int, set[str]] = {}
        for credential in filter(None, self._credentials):
            for spelling in (credential, credential.encode().hex(), *_in_base64(credential)):
                _, meant = _read(spelling)
                length = min(PIECE, len(meant))
                for at in range(len(meant) - length + 1):
                    pieces.setdefault(length, set()).add(meant[at : at + length])
        return pieces


def _read(text: str) -> tuple[list[tuple[int, int]], str]:
    """The characters that a text means, without blanks and tags, and where each of them is.

    In small letters, and those of base64 as in its first alphabet.
    """
    spans, meant = [], []
    for found in _SPELLED.finditer(text):
        char = found["as_is"] or (chr(int(found["hex"], 16)) if found["hex"] else "")
        if found["entity"]:
            char = html.unescape(found["entity"])[:1]
        if char:
            spans.append(found.span())
            meant.append({"-": "+", "_": "/"}.get(char, char.lower() if char.isascii() else char))
    return spans, "".join(meant)


def _in_base64(credential: str) -> Iterator[str]:
    """The part that is the credential's alone, after any number of bytes of something else."""
    plain = credential.encode()
    for before in range(3):
        bits = 8 * before, 8 * (before + len(plain))
        yield base64.b64encode(bytes(before) + plain).decode()[-(-bits[0] // 6) : bits[1] // 6]


def fit_to_show(text: str, *credentials: str) -> str | None:
    """One short line of `text` for people, without these credentials; None where it has no words.

    >>> fit_to_show("<p>Avatar 68b5a1f3c2d94e0017a4e6c1 not found.<br>KS: a%2Dks</p>", "a-ks")
    'Avatar 68b5a1f3c2d94e0017a4e6c1 not found. KS: …'
    >>> fit_to_show("<!DOCTYPE html><title>502</title>", "a-ks")
    'an HTML page'
    """
    return Redactor(*credentials).line(text)


# The pure core


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object that the service sent, read by checked names. Its repr shows nothing of it."""

    fields: Mapping[str, object] = field(repr=False)
    redactor: Redactor = field(repr=False)

    def text(self, name: str, default: str | None = None) -> str:
        """A text, as it is. Raises `ValueError` where there is none, nor a default."""
        value = self.fields.get(name) or default
        if not isinstance(value, str):
            raise ValueError(f"no {name}")
        return value

    def line(self, name: str) -> str | None:
        """A text for people, if there is one, fit to be shown."""
        value = self.fields.get(name)
        return self.redactor.line(value) if isinstance(value, str) else None

    def part(self, name: str) -> Answer:
        """The object under `name`, an empty one where there is none. Raises `ValueError`."""
        value = self.fields.get(name)
        if not isinstance(value, dict | None):
            raise ValueError(f"{name} is not an object")
        return Answer(value or {}, self.redactor)


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One call of the API: what to send where, but for the credential, and how to read the answer.

    `body`: as `httpx.Request` takes it. `read` raises `ValueError` for an answer that is not as
    documented.
    """

    name: str
    url: str
    body: Mapping[str, Any] = field(repr=False)
    read: Callable[[Answer], T]

    @property
    def limit(self) -> int:
        """Bytes that the answer may have."""
        return CATALOG_LIMIT if self.name == "catalog" else ANSWER_LIMIT


def judge(
    call: Call[T], status: int, headers: httpx.Headers, body: bytes, redactor: Redactor
) -> T | AvatarError:
    """What an answer means: the value of the call, or the error to raise.

    `body`: as it came, still packed; what is beyond `call.limit` may be left out of it.
    """
    gone = status in (404, 410)
    if gone and call.name == "end":
        return call.read(Answer({"success": True}, redactor))
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
        came = _json(_unpacked(headers, body, call.limit))
        if isinstance(came, dict) and came.get("objectType") == "KalturaAPIException":
            kind = CredentialRefused  # seen with status 200: it is about the KS, whatever it says
        elif 200 <= status < 300:
            return call.read(_documented(came, redactor))
        error = _reason(came, redactor)
    except ValueError as problem:
        error = str(problem)
    wait = _retry_after(headers)
    return kind(call.name, status=status, error=error, retry_after=wait, sent="yes")


def unanswered(call: str, problem: Exception, redactor: Redactor) -> ServiceUnreachable:
    """What it means that `problem` came instead of an answer to `call`."""
    # Only the words for a connection that failed are the system's: the others may quote headers.
    match problem:
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return ServiceUnreachable(call, error="no connection in time", sent="no")
        case httpx.ConnectError() | httpx.ProxyError():
            return ServiceUnreachable(call, error=redactor.line(str(problem)), sent="no")
        case TimeoutError() | httpx.TimeoutException():
            return ServiceUnreachable(call, error="not in time", sent="maybe")
        case _:
            return ServiceUnreachable(call, error="the connection broke", sent="maybe")


def may_be_repeated(error: AvatarError, pause: float) -> bool:
    """Whether the client itself sends a call again that failed so, after a pause in seconds.

    Only where that can't act twice: the call is harmless, or it was certainly not sent. A say is
    never repeated: whoever asked for it knows better whether it is still wanted.
    """
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


def _json(body: bytes) -> object:
    """The value; where it is no JSON, the text."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")


def _documented(came: object, redactor: Redactor) -> Answer:
    """Raises `ValueError` with what came instead."""
    if not isinstance(came, dict):
        raise ValueError(_reason(came, redactor) or "an empty answer")
    if came.get("success", True) is not True:
        raise ValueError(_reason(came, redactor) or "success is not true")
    return Answer(came, redactor)


def _reason(came: object, redactor: Redactor) -> str | None:
    words = _words(came)
    if isinstance(came, dict) and isinstance(token := came.get("token"), str):
        redactor = Redactor(token, *redactor._credentials)
    return redactor.line(words)


def _words(came: object) -> str:
    """What an answer says went wrong, in whichever of the forms that were seen.

    `{"error": "…"}` is the documented one, `{"message": ["…"], "error": "Bad Request"}` NestJS's,
    `{"detail": [{"loc": ["body", "text"], "msg": "…"}]}` FastAPI's, and
    `{"code": "…", "message": "…"}` that of Kaltura's other API.
    """
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


def _done(answer: Answer) -> None:
    if "success" not in answer.fields:
        raise ValueError("no success")


def _opened(answer: Answer) -> Session:
    return Session(answer.text("sessionId"), answer.text("token"))


def _media(answer: Answer) -> Media:
    whep_url, turn = answer.text("whepUrl"), answer.part("turn")
    if _problem_with(whep_url):
        raise ValueError("whepUrl is not an https address")
    plain_url = answer.text("plainUrl", "")
    plain = None if not plain_url or _problem_with(plain_url) else plain_url
    if not turn.text("url", ""):
        return Media(whep_url, None, plain)
    relay = TurnServer(turn.text("url"), turn.text("username", ""), turn.text("credential", ""))
    return Media(whep_url, relay, plain)


def _said(turn_id: str, answer: Answer) -> Said:
    _done(answer)
    return Said(turn_id, answer.line("warning"))


def _catalog(kind: str, answer: Answer) -> tuple[CatalogItem, ...]:
    """The list comes as `objects`, as all lists of Kaltura's do. One odd item costs no other."""
    objects = answer.fields.get("objects")
    if not isinstance(objects, list):
        raise ValueError("no list of objects")
    found = [Answer(item, answer.redactor) for item in objects if isinstance(item, dict)]
    items = tuple(filter(None, (_catalog_item(kind, item) for item in found)))
    if objects and not items:
        raise ValueError("no itemId")
    return items


def _catalog_item(kind: str, item: Answer) -> CatalogItem | None:
    """All but the id is for people's eyes, and left out where it is not of its shape."""
    item_id, image_url = item.fields.get("itemId"), item.fields.get("imageUrl")
    if not (isinstance(item_id, str) and item_id):
        return None
    if not isinstance(image_url, str) or _problem_with(image_url):
        image_url = None
    try:
        about = item.part("attributes").part(kind.lower())
    except ValueError:
        about = Answer({}, item.redactor)
    name, description, language = map(about.line, ("name", "description", "language"))
    return CatalogItem(item_id, name or item_id, image_url, description, language)


def _given(call: str, name: str, value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise RequestRefused(call, error=f"{name} must be a plain, non-empty text")
    return value


def _positive(call: str, name: str, value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise RequestRefused(call, error=f"{name} must be a number above 0")
    return value


def _without_controls(text: str) -> str:
    """`text` without control characters but newline and tab, and without halves of surrogates."""
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))


# The doors

CLOSED = "this client is closed, open a new one"


class AsyncAvatarClient:
    """The API for asyncio, on one event loop.

    `ks`: one, or where it comes from. `timeout`: seconds that a call may take in all, twice that
    for create. `pauses`: seconds before each further try of what is harmless. `transport` stays the
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
        self._source = GivenKs(ks) if isinstance(ks, str) else ks
        self._forms = FORMS[dialect]
        self.base_url = checked_base_url(base_url)
        self._timeout = timeout
        self._pauses = pauses
        self._closed = False
        self._owns_transports = transport is None
        self._kept, self._not_kept = (
            (transport, transport) if transport else _transports(self.base_url)
        )

    @property
    def ks_expires_at(self) -> float | None:
        """Unix seconds at which the KS expires that is sent now; None where that can't be known."""
        return self._source.expires_at

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
        calls = {
            form: Call(
                "create",
                self.base_url + form.path,
                {"json": {"visualConfig": {form.face: face}} | shared},
                _opened,
            )
            for form in self._forms
        }
        return await self._finished("create", 2 * self._timeout, self._opened_by(calls))

    async def catalog(
        self, kind: Literal["Visual", "Voice"], *, offset: int = 0, limit: int = 100
    ) -> tuple[CatalogItem, ...]:
        """The faces or the voices that `create` can be given, `limit` of them from `offset` on."""
        url = str(httpx.URL(self.base_url).copy_with(path="/v1/catalog-item/list"))
        body = {"filter": {"typeEqual": kind}, "pager": {"offset": offset, "limit": limit}}
        call = Call("catalog", url, {"json": body}, partial(_catalog, kind))
        listing = self._with_ks(call)
        return await self._finished("catalog", self._timeout, listing)

    async def init_client(self, session: Session) -> Media:
        """Ask where the picture is. Once per session: a second call may open a second stream."""
        return await self._of(session, "init-client", _media)

    async def say_text(
        self, session: Session, text: str, *, turn_id: str | None = None, is_final: bool = True
    ) -> Said:
        """Let the avatar say `text`, without control characters; a whole text is trimmed.

        Chunks of one turn share a `turn_id`, and the last one has `is_final`; they are joined as
        they are, blanks at their ends included. It is sent once, whatever comes of it.
        """
        text = _without_controls(text)
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
        if self._owns_transports:
            await self._kept.aclose()
            await self._not_kept.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _finished(self, name: str, seconds: float, outcome: Awaitable[T | AvatarError]) -> T:
        """The value, within so many seconds in all, or the error, raised here alone.

        Errors are values up to here: raised below, they would carry httpx's, with its headers.
        """
        came: T | AvatarError
        try:
            async with asyncio.timeout(seconds):
                came = await outcome
        except TimeoutError:
            came = ServiceUnreachable(name, error=f"within {seconds:g} s", sent="maybe")
        if isinstance(came, AvatarError):
            raise came
        return came

    async def _of(self, session: Session, name: str, read: Callable[[Answer], T], **body: Any) -> T:
        url = f"{self.base_url}/{quote(session.session_id, safe='')}/{name}"
        call = Call(name, url, body or {"json": {}}, read)
        sending = self._sent(call, Secret(f"Bearer {session.token}"), session.token)
        return await self._finished(name, self._timeout, sending)

    async def _opened_by(self, calls: Mapping[Form, Call[Session]]) -> Session | AvatarError:
        """What came of the first form that the service takes; from then on it is the only one."""
        refusals = []
        for form, call in calls.items():
            outcome = await self._with_ks(call)
            if isinstance(outcome, Session):
                self._forms = (form,)
            if isinstance(outcome, Session) or outcome.status not in ANOTHER_FORM:
                return outcome
            refusals.append(outcome)
        # The first, but sooner one of what was sent than of a path: where only one form is known,
        # the other's 404 would hide that the face's id is wrong.
        return min(refusals, key=lambda refusal: refusal.status in NO_SUCH_PATH)

    async def _with_ks(self, call: Call[T], *, renewed: bool = False) -> T | AvatarError:
        expires_at, remedy = self._source.expires_at, self._source.remedy
        if expires_at is not None and expires_at <= time.time():
            then = datetime.fromtimestamp(expires_at, UTC)
            error = f"by the clock of this machine the KS expired on {then:%Y-%m-%d at %H:%M} UTC"
            return CredentialRefused(call.name, error=error, remedy=remedy)
        ks = Secret(self._source.current())
        outcome = await self._sent(call, Secret(f"KS {ks}"), ks)
        if isinstance(outcome, CredentialRefused):
            outcome.remedy = remedy
            if outcome.status != 403 and not renewed and self._source.renew(ks):
                return await self._with_ks(call, renewed=True)
        return outcome

    async def _sent(self, call: Call[T], authorization: Secret, credential: str) -> T | AvatarError:
        """What came of it in the end: of another try, where that can do no harm."""
        redactor = Redactor(credential, self._source.current(), *self._source.secrets)
        for pause in self._pauses:
            outcome = await self._sent_once(call, authorization, redactor)
            if not (isinstance(outcome, AvatarError) and may_be_repeated(outcome, pause)):
                return outcome
            await asyncio.sleep(pause)
        return await self._sent_once(call, authorization, redactor)

    async def _sent_once(
        self, call: Call[T], authorization: Secret, redactor: Redactor
    ) -> T | AvatarError:
        if self._closed:
            return RequestRefused(call.name, error=CLOSED)
        transport = self._not_kept if call.name in UNSHARED else self._kept
        body = bytearray()
        try:
            response = await transport.handle_async_request(self._request(call, authorization))
            try:
                async for some in cast("httpx.AsyncByteStream", response.stream):
                    body += some
                    if len(body) > call.limit:
                        break
            finally:
                await response.aclose()
        except (httpx.HTTPError, OSError) as problem:
            return unanswered(call.name, problem, redactor)
        return judge(call, response.status_code, response.headers, bytes(body), redactor)

    def _request(self, call: Call[Any], authorization: Secret) -> httpx.Request:
        headers = {
            "Authorization": authorization,
            "Accept": "application/json",
            "User-Agent": "avatar-client",
        }
        # Of the whole call the deadline is asyncio's: httpx has none but between two bytes.
        timeout = {"connect": min(CONNECT_TIMEOUT, self._timeout)}
        extensions = {"timeout": timeout, "trace": _out_of_the_log}
        return httpx.Request("POST", call.url, headers=headers, extensions=extensions, **call.body)


def _transports(base_url: str) -> tuple[httpx.AsyncHTTPTransport, httpx.AsyncHTTPTransport]:
    """One that keeps its connections, and one that keeps none.

    Without `httpx.AsyncClient`: that logs an answer's reason phrase, in which a service may repeat
    a credential, and has no use here for its cookies and redirects.
    """
    url, proxies = httpx.URL(base_url), getproxies()
    address = proxies.get(url.scheme) or proxies.get("all")
    proxy = None
    # No proxy that the environment names can see this machine's own loopback.
    if address and not is_loopback(url.host) and not proxy_bypass(url.host):
        proxy = httpx.Proxy(address if "://" in address else f"http://{address}")
    # Once for both: reading the certificates takes longer than a call. Plain http needs none.
    verify = httpx.create_ssl_context() if url.scheme == "https" else False
    return (
        httpx.AsyncHTTPTransport(verify=verify, limits=KEPT, proxy=proxy),
        httpx.AsyncHTTPTransport(verify=verify, limits=NOT_KEPT, proxy=proxy),
    )


async def _out_of_the_log(_: str, info: dict[str, Any]) -> None:
    """httpcore logs at DEBUG what it calls this with: the headers of an answer, and errors that
    quote ours. It leaves them out where they are taken away, for our calls alone."""
    info.update((name, None) for name in ("return_value", "exception") if name in info)


def _blocking(
    method: Callable[Concatenate[AsyncAvatarClient, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[AvatarClient, P], T]:
    """The method of `AvatarClient` that waits for this one."""

    @wraps(method)
    def waiting(self: AvatarClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if self._loop.is_closed():
            raise RequestRefused(method.__name__.replace("_", "-"), error=CLOSED)
        return self._run(method(self._client, *args, **kwargs))

    return waiting


class AvatarClient:
    """The API for a script or a notebook; all else as `AsyncAvatarClient`, which it runs on an
    event loop in a thread of its own: no other way ends a blocking read at a deadline.
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
        self._client = AsyncAvatarClient(
            ks, base_url, dialect=dialect, timeout=timeout, pauses=pauses, transport=transport
        )
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

    @property
    def base_url(self) -> str:
        """Where the calls go."""
        return self._client.base_url

    @property
    def ks_expires_at(self) -> float | None:
        """See `AsyncAvatarClient.ks_expires_at`."""
        return self._client.ks_expires_at

    def close(self) -> None:
        """Close the connections, for good; no session is ended by that."""
        if not self._loop.is_closed():
            self._run(self._client.aclose())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

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
