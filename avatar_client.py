"""Kaltura's avatar-session API: open a paid avatar session, let it speak, end it.

    with AvatarClient(ks) as client:
        session = client.create(avatar_id)
        media = client.init_client(session)  # for the viewer: WHEP address and TURN server
        client.say_text(session, "Hello!")
        client.end(session)

`AsyncAvatarClient` is the same with `await`. Each method raises one of

    AvatarError               .call .status .error .retry_after .sent .fault
      RequestRefused          the request is wrong               fault "ours"
      CredentialRefused       401, 403                           fault "ours"
      SessionGone             404, 410 of a session              fault "ours"
      LimitReached            429: certainly not acted on        fault "limit"
      ServiceFailed           5xx, or not the documented answer  fault "theirs"
      ServiceUnreachable      no answer                          fault "network"

and `ValueError` for a setting or a session that can't be right. `str(error)` says what was tried,
what came back and what to do. The KS and the tokens are in no repr, message, pickle or log.

The file reads from the values through the errors to the pure core (`Api` makes each `Call`,
`judge` reads its answer, `Course` decides what is sent next); the two clients only send.
Source: Kaltura Control API; kaltura/intelligent-agents-sdk, August 2026; public apps that use
@unisphere/models-sdk-js.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import json
import logging
import math
import re
import time
import unicodedata
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial, wraps
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
)
from urllib.parse import quote

import httpx

DEFAULT_BASE_URL = "https://api.avatar.us.kaltura.ai/v1/avatar-session"

CONNECT_TIMEOUT = 5.0  # seconds
ANSWER_TIMEOUT = 15.0  # seconds between two bytes; create, which starts machines, gets twice that
PAUSES = (0.25, 1.0)  # seconds before the second and the third try
LONGEST_PAUSE = 10.0  # seconds; asked to wait longer, we give up and say so
# uvicorn drops an idle connection after 5 s: below that, none is used just as it closes.
LIMITS = httpx.Limits(keepalive_expiry=4.0)

# httpx logs the reason phrase of an answer and httpcore its headers, where a service may repeat a
# credential.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

CALLS_WITH_KS = ("create", "catalog")  # all others carry the session's token

Dialect = Literal["auto", "documented", "live"]
"""How create is put; with "auto" the client finds it out once, and remembers it."""


class Form(NamedTuple):
    """One way to put create: its path below the base URL, and the field that names the face."""

    path: str
    face: str


DOCUMENTED = Form("", "avatarId")  # Control API's endpoint page, the vendor's example
LIVE = Form("/create", "id")  # kaltura/intelligent-agents-sdk, public apps

FORMS: Mapping[Dialect, tuple[Form, ...]] = {
    # The one that was seen to open sessions goes first: there it costs one request, and no other
    # form is tried, of which a lenient service might read half and open a face nobody asked for.
    # The mixed ones are last: Control API's own pages mix the path of one with the field of the
    # other.
    "auto": (LIVE, DOCUMENTED, Form("/create", "avatarId"), Form("", "id")),
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

    def __str__(self) -> str:
        outcome = {"no": "could not be sent", "maybe": "got no answer", "yes": "was answered"}
        status = f" with HTTP {self.status}" if self.status else ""
        error = f" ({self.error})" if self.error else ""
        return f"{self.call} {outcome[self.sent]}{status}{error}. {_advice(self)}"


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
    """No answer: no connection (`sent` is "no"), or it broke or timed out ("maybe")."""

    fault = "network"


def _advice(error: AvatarError) -> str:
    wait = "a little" if error.retry_after is None else f"{math.ceil(error.retry_after)} s"
    match error:
        case RequestRefused(call="create", status=404 | 405 | 410):
            return "Check AVATAR_BASE_URL and AVATAR_API_DIALECT: no such call is known there."
        case RequestRefused(status=404 | 405 | 410):
            return "Check AVATAR_BASE_URL: that address does not know this call."
        case RequestRefused():
            return "Correct that and try again."
        case CredentialRefused() if error.call not in CALLS_WITH_KS:
            return "Start a new session: the token of this one is wrong or has expired."
        case CredentialRefused(remedy=str(remedy)):
            return remedy
        case CredentialRefused(status=403):
            return "Check AVATAR_KS: this call needs the KS of an admin."
        case CredentialRefused():
            return "Check AVATAR_KS: it is wrong or has expired, and a new one is needed."
        case SessionGone():
            return "Start a new session: this one is no longer there."
        case LimitReached():
            return f"Wait {wait} and try again, or end another session first."
        case ServiceFailed() if 300 <= (error.status or 0) < 400:
            return "Set AVATAR_BASE_URL to the final address: a redirect would take the KS along."
        case ServiceFailed() if (error.status or 0) >= 500:
            return f"Wait {wait} and try again; if it goes on, it is for Kaltura to fix."
        case ServiceUnreachable(sent="no"):
            return "Check the network and AVATAR_BASE_URL, then try again."
        case ServiceUnreachable():
            return "Check the network; the service may have acted on it, so repeat it with care."
        case _:
            return "Check AVATAR_BASE_URL: the avatar service is documented to answer otherwise."


# The settings


def checked_ks(ks: str) -> Secret:
    """The KS, when it can be sent. Raises `ValueError` with a sentence that does not show it."""
    if not ks:
        raise ValueError("AVATAR_KS is empty: set it to a Kaltura Session (KS) of an admin.")
    if not _fits_a_header(ks):
        raise ValueError(
            "AVATAR_KS has a blank, a line break or another character that no KS has: copy it anew."
        )
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
    """Where the KS comes from. Asked at each call that carries one, on its thread: never waits."""

    @property
    def remedy(self) -> str | None:
        """What to do when the service refuses its KS, as a sentence; None: check AVATAR_KS."""

    @property
    def expires_at(self) -> float | None:
        """Unix seconds at which `current()` expires; None where that can't be known."""

    def current(self) -> str:
        """The KS to send now."""

    def renew(self, refused: str) -> bool:
        """The service refused that one with 401: whether `current()` is another one now."""


class GivenKs:
    """A KS that was made elsewhere. Raises `ValueError` as `checked_ks` does."""

    remedy = None

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


# The pure core: calls


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object that the service sent, read by checked names. Its repr shows nothing of it."""

    fields: Mapping[str, object] = field(repr=False)
    credential: str = field(repr=False)

    def text(self, name: str, default: str | None = None) -> str:
        """A text, as it is. Raises `ValueError` where there is none, nor a default."""
        value = self.fields.get(name) or default
        if not isinstance(value, str):
            raise ValueError(f"no {name}")
        return value

    def line(self, name: str) -> str | None:
        """A text for people, if there is one, fit to be shown."""
        value = self.fields.get(name)
        return fit_to_show(value, self.credential) if isinstance(value, str) else None

    def label(self, name: str) -> str | None:
        """A name for people, in which a "#1" or "R&D" is shown, too."""
        value = self.fields.get(name)
        shown = isinstance(value, str) and fit_to_show(value, self.credential, short=SHORT)
        return shown or None

    def part(self, name: str) -> Answer:
        """The object under `name`, an empty one where there is none. Raises `ValueError`."""
        value = self.fields.get(name)
        if not isinstance(value, dict | None):
            raise ValueError(f"{name} is not an object")
        return Answer(value or {}, self.credential)

    def parts(self, name: str) -> Iterator[Answer]:
        """The objects in the list under `name`. Raises `ValueError`."""
        values = self.fields.get(name)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise ValueError(f"{name} is not a list of objects")
        return (Answer(value, self.credential) for value in values)


def _nothing_else(_: AvatarError) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One call of the API: what to send, how to read the answer, and whether it may be repeated.

    `read` raises `ValueError` for an answer that is not as documented. `harmless`: two of it are
    as good as one. `gone_is_done`: 404 and 410 are the wished outcome. `once`: whoever asked for it
    repeats it, so we don't. `remedy`: the source's of the KS. `instead`: what to send in its place
    after an error that certainly did nothing, in another form or with another KS.
    """

    name: str
    request: httpx.Request
    credential: Secret
    read: Callable[[Answer], T]
    harmless: bool = False
    gone_is_done: bool = False
    once: bool = False
    remedy: str | None = None
    instead: Callable[[AvatarError], Call[T] | None] = field(default=_nothing_else, repr=False)


class Api:
    """Makes the calls. Sends nothing, and raises `RequestRefused` where sending would be in vain.

    `timeout`: seconds to wait for an answer. Raises `ValueError` for `ks` and `base_url`, and
    `CredentialRefused` at create and catalog when the KS has expired.
    """

    def __init__(
        self,
        ks: str | KsSource,
        base_url: str,
        *,
        dialect: Dialect = "auto",
        timeout: float = ANSWER_TIMEOUT,
    ) -> None:
        self._source = GivenKs(ks) if isinstance(ks, str) else ks
        self._forms = FORMS[dialect]
        self.base_url = checked_base_url(base_url)
        self.timeout = timeout

    @property
    def ks_expires_at(self) -> float | None:
        """Unix seconds at which the KS expires that is sent now; None where that can't be known."""
        return self._source.expires_at

    @property
    def may_use_proxy(self) -> bool:
        """No proxy that the environment names can see this machine's own loopback."""
        return not is_loopback(httpx.URL(self.base_url).host)

    def create(
        self, avatar_id: str, *, voice_id: str | None = None, speed: float | None = None
    ) -> Call[Session]:
        """Open a session, which is paid for until `end`. Without `voice_id`: the face's own voice.

        `speed`: 1.0 is the voice's own. A clone's id (`eself-…`) is taken only without a
        `voiceConfig.modelId`, so none is sent for any voice: no source names its values.
        """
        voice: dict[str, object] = {}
        if voice_id is not None:
            voice["id"] = _given("create", "voice_id", voice_id)
        if speed is not None:
            voice["speed"] = _positive("create", "speed", speed)
        face = _given("create", "avatar_id", avatar_id)
        shared = {"voiceConfig": voice} if voice else {}
        put = [
            (
                self.base_url + form.path,
                {"visualConfig": {form.face: face}} | shared,
                partial(self._opened, form),
            )
            for form in self._forms
        ]
        return self._with_ks("create", put, 2 * self.timeout)

    def catalog(
        self, kind: Literal["Visual", "Voice"], *, offset: int = 0, limit: int = 100
    ) -> Call[tuple[CatalogItem, ...]]:
        """The faces or the voices that `create` can be given, `limit` of them from `offset` on."""
        body = {"filter": {"typeEqual": kind}, "pager": {"offset": offset, "limit": limit}}
        url = str(httpx.URL(self.base_url).copy_with(path="/v1/catalog-item/list"))
        put = [(url, body, partial(_catalog, kind))]
        return self._with_ks("catalog", put, self.timeout, harmless=True)

    def init_client(self, session: Session) -> Call[Media]:
        """Ask where the picture is. Once per session: a second call may open a second stream."""
        return self._of(session, "init-client", _media)

    def say_text(
        self,
        session: Session,
        text: str,
        *,
        turn_id: str | None = None,
        is_final: bool = True,
        once: bool = False,
    ) -> Call[Said]:
        """Let the avatar say `text`, without control characters; a whole text is trimmed.

        Chunks of one turn share a `turn_id`, and the last one has `is_final`; they are joined as
        they are, blanks at their ends included. With `once` it is never repeated here.
        """
        text = _without_controls(text)
        if turn_id is None:
            text = text.strip()
        if not text.strip():
            raise RequestRefused("say-text", error="Text is required")
        turn_id = _given("say-text", "turn_id", turn_id or str(uuid.uuid4()))
        body = {"text": text, "turnId": turn_id, "isFinal": is_final}
        return self._of(session, "say-text", partial(_said, turn_id), once=once, json=body)

    def say_audio(
        self,
        session: Session,
        audio: bytes,
        *,
        duration: float,
        turn_id: str | None = None,
        content_type: str = "audio/mpeg",
        once: bool = False,
    ) -> Call[Said]:
        """Let the avatar say `audio`, a whole file that lasts `duration` seconds.

        A wrong duration is no error at the service: the lips are out of step. With `once` it is
        never repeated here.
        """
        if not audio:
            raise RequestRefused("say-audio", error="Audio is required")
        if not re.fullmatch(r"audio/[!-~]+", content_type):
            raise RequestRefused("say-audio", error="content_type must be audio/…")
        turn_id = _given("say-audio", "turn_id", turn_id or str(uuid.uuid4()))
        seconds = f"{_positive('say-audio', 'duration', duration):.3f}"
        form = {"turnId": turn_id, "duration": seconds}
        files = {"audio": ("audio", audio, content_type)}
        read = partial(_said, turn_id)
        return self._of(session, "say-audio", read, once=once, data=form, files=files)

    def interrupt(self, session: Session) -> Call[None]:
        """Silence the avatar now; harmless when it is silent."""
        return self._of(session, "interrupt", _done, harmless=True)

    def keep_alive(self, session: Session) -> Call[None]:
        """Say that the session is still wanted: every 10 s, says the vendor."""
        return self._of(session, "keep-alive", _done, harmless=True)

    def end(self, session: Session) -> Call[None]:
        """End the session; one that is already gone has ended, too."""
        return self._of(session, "end", _done, harmless=True, gone_is_done=True)

    def _opened(self, form: Form, answer: Answer) -> Session:
        session = _opened(answer)
        self._forms = (form,)  # from now on a refusal is about the request
        return session

    def _with_ks(
        self,
        name: str,
        put: Sequence[tuple[str, Mapping[str, object], Callable[[Answer], T]]],
        patience: float,
        *,
        harmless: bool = False,
        renewed: bool = False,
    ) -> Call[T]:
        """`put`: in each form, where the call goes, its body and how its answer is read."""
        ks = self._current_ks(name)
        (url, body, read), *others = put

        def instead(error: AvatarError) -> Call[T] | None:
            again = partial(self._with_ks, name, patience=patience, harmless=harmless)
            if error.status == 401 and not renewed and self._source.renew(ks):
                return again(put, renewed=True)
            if others and error.status in ANOTHER_FORM:
                return again(others, renewed=renewed)
            return None

        request = _post(url, f"KS {ks}", patience, json=body)
        remedy = self._source.remedy
        return Call(name, request, ks, read, harmless, remedy=remedy, instead=instead)

    def _current_ks(self, call: str) -> Secret:
        expires_at = self._source.expires_at
        if expires_at is not None and expires_at <= time.time():
            then = datetime.fromtimestamp(expires_at, UTC)
            error = f"by the clock of this machine the KS expired on {then:%Y-%m-%d at %H:%M} UTC"
            raise CredentialRefused(call, error=error, remedy=self._source.remedy)
        return Secret(self._source.current())

    def _of(
        self,
        session: Session,
        name: str,
        read: Callable[[Answer], T],
        *,
        harmless: bool = False,
        gone_is_done: bool = False,
        once: bool = False,
        **body: Any,
    ) -> Call[T]:
        url = f"{self.base_url}/{quote(session.session_id, safe='')}/{name}"
        token = Secret(session.token)
        request = _post(url, f"Bearer {token}", self.timeout, **body or {"json": {}})
        return Call(name, request, token, read, harmless, gone_is_done, once)


def _post(url: str | httpx.URL, authorization: str, patience: float, **body: Any) -> httpx.Request:
    headers = {
        "Authorization": authorization,
        "Accept": "application/json",
        "User-Agent": "avatar-client",
    }
    timeout = httpx.Timeout(patience, connect=min(CONNECT_TIMEOUT, patience)).as_dict()
    return httpx.Request("POST", url, headers=headers, extensions={"timeout": timeout}, **body)


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


# The pure core: answers


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
    objects = list(answer.parts("objects"))
    ids = [item.fields.get("itemId") for item in objects]
    items = tuple(
        _catalog_item(kind, item_id, item)
        for item_id, item in zip(ids, objects, strict=True)
        if isinstance(item_id, str) and item_id
    )
    if objects and not items:
        raise ValueError("no itemId")
    return items


def _catalog_item(kind: str, item_id: str, item: Answer) -> CatalogItem:
    """All but the id is for people's eyes, and left out where it is not of its shape."""
    image_url = item.fields.get("imageUrl")
    try:
        about = item.part("attributes").part(kind.lower())
    except ValueError:
        about = Answer({}, item.credential)
    return CatalogItem(
        item_id,
        name=about.label("name") or item_id,
        image_url=image_url
        if isinstance(image_url, str) and not _problem_with(image_url)
        else None,
        description=about.label("description"),
        language=about.label("language"),
    )


def judge(call: Call[T], response: httpx.Response) -> T | AvatarError:
    """What an answer means: the value of the call, or the error to raise."""
    status = response.status_code
    gone = status in (404, 410)
    if gone and call.gone_is_done:
        return call.read(Answer({"success": True}, call.credential))
    if 200 <= status < 300:
        try:
            return call.read(_documented(response.content, call.credential))
        except ValueError as problem:
            error: str | None = str(problem)
    else:
        error = _reason(response.content, call.credential)
    kind: type[AvatarError] = ServiceFailed
    if status in (401, 403):
        kind = CredentialRefused
    elif status == 429:
        kind = LimitReached
    elif gone and call.name not in CALLS_WITH_KS:
        kind = SessionGone
    elif 400 <= status < 500:
        kind = RequestRefused
    wait = _retry_after(response.headers)
    return kind(
        call.name, status=status, error=error, retry_after=wait, sent="yes", remedy=call.remedy
    )


def unanswered(call: Call[Any], problem: Exception) -> AvatarError:
    """What it means that `problem` came instead of an answer."""
    # Only the words for a connection that failed are the system's: the others may quote headers.
    match problem:
        case httpx.DecodingError():
            return ServiceFailed(call.name, error="it is not encoded as it says", sent="yes")
        case httpx.ConnectTimeout() | httpx.PoolTimeout():
            return ServiceUnreachable(call.name, error="no connection in time", sent="no")
        case httpx.ConnectError() | httpx.ProxyError():
            reason = fit_to_show(str(problem), call.credential)
            return ServiceUnreachable(call.name, error=reason, sent="no")
        case httpx.TimeoutException():
            return ServiceUnreachable(call.name, error="no answer in time", sent="maybe")
        case _:
            return ServiceUnreachable(call.name, error="the connection broke", sent="maybe")


# Written here, not with tenacity or stamina: those wrap the sending, so two doors would need two
# set-ups and a table test could not list the decisions.
def next_try(call: Call[Any], attempt: int, error: AvatarError) -> float | None:
    """Seconds to wait before the next try after `attempt` tries, or None to give up.

    A call is repeated only where that can't act twice: it is harmless, it was certainly not sent,
    or a 429 says that it was not acted on and when to come again. Never, if it is `once`.
    """
    refused = isinstance(error, LimitReached)
    lost = isinstance(error, ServiceUnreachable)
    passing = refused or lost or error.status in (500, 502, 503, 504)
    if (lost and error.sent == "no") or (call.harmless and passing):
        tries = 3
    else:
        tries = 2 if refused and error.retry_after is not None else 1
    if call.once or attempt >= tries:
        return None
    pause = max(PAUSES[attempt - 1], error.retry_after or 0)
    return pause if pause <= LONGEST_PAUSE else None


class Course(Generic[T]):
    """What is sent for one call, until it succeeds or there is nothing left to try.

    `call` is what to send now. It is another one than at first when the service is asked in another
    form, or with a new KS.
    """

    def __init__(self, call: Call[T]) -> None:
        self.call = call
        self._attempt = 1
        self._refusals: list[AvatarError] = []

    def pause_after(self, error: AvatarError) -> float:
        """Seconds to wait before `call` is sent. Raises the error to tell, where none is left."""
        instead = self.call.instead(error)
        if instead is not None:
            if error.status in ANOTHER_FORM:
                self._refusals.append(error)
            self.call, self._attempt = instead, 1
            return 0.0
        pause = next_try(self.call, self._attempt, error)
        if pause is None:
            raise self._telling(error)
        self._attempt += 1
        return pause

    def _telling(self, last: AvatarError) -> AvatarError:
        """Of the refusals of all forms the first, but sooner one of what was sent than of a path:
        where only one form is known, the others' 404 would hide that the face's id is wrong."""
        if last.status not in ANOTHER_FORM:
            return last
        refusals = [*self._refusals, last]
        return next((e for e in refusals if e.status not in NO_SUCH_PATH), refusals[0])


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


def _documented(body: bytes, credential: str) -> Answer:
    """Raises `ValueError` with what came instead."""
    fields = _json(body)
    if not isinstance(fields, dict):
        raise ValueError(_reason(body, credential) or "an empty answer")
    if fields.get("success", True) is not True:
        raise ValueError(_reason(body, credential) or "success is not true")
    return Answer(fields, credential)


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _reason(body: bytes, credential: str) -> str | None:
    """The `error` of an answer, or its text where it is no object."""
    found = _json(body)
    if isinstance(found, dict):
        return Answer(found, credential).line("error")
    text = found if isinstance(found, str) else body.decode("utf-8", "replace")
    return fit_to_show(text, credential)


SHORT = 8
"""Characters of a word in which no credential can be hidden: a KS has some 100, a token more."""

AN_HTML_PAGE = "an HTML page"
"""What an `AvatarError` says of one: no call of the service answers so, but a proxy may."""

# Plain is: word, Title, CAPS, camelCase, v2, 4K, 123, between signs that no escaping is made of.
# Split first: as one pattern, some words of thirty letters would take hours to be refused.
_SIGNS = re.compile(r"[^A-Za-z0-9#$%&*+<=>@\\^`|~]+")
_PLAIN = re.compile(
    "[A-Z]{0,20}[a-z]{0,30}(?:[A-Z][a-z]{1,30}){0,4}[0-9]{0,3}|[0-9]{1,6}[A-Za-z]{0,2}"
)


def fit_to_show(text: str, credential: str, *, short: int = 0) -> str | None:
    """One short line of `text` for people, or None where it has no words.

    Only plain words are shown, and those of up to `short` characters: a key, a token or a digest,
    in whatever escaping, becomes "…".

    >>> fit_to_show("<p>turnId is missing.<br>Header: a%2Dks</p>", "a-ks")
    'turnId is missing. Header: …'
    >>> fit_to_show("<!DOCTYPE html><title>502</title>", "a-ks")
    'an HTML page'
    """
    text = text[:1000]
    if re.search(r"<(!doctype|html|head|body)\b", text, re.IGNORECASE):
        return AN_HTML_PAGE
    text = re.sub(r"<[^<>]*>", " ", text)
    words = "".join(c if c.isprintable() else " " for c in text).split()
    line = " ".join(word if _is_plain(word) or len(word) <= short else "…" for word in words)
    # The credential itself may look like words: then 12 characters of it are too many.
    parts = {credential[i : i + 12] for i in range(max(1, len(credential) - 11))}
    if any(part in line for part in parts):
        return "a text that repeats a credential"
    return (line if len(line) <= 200 else f"{line[:199]}…") or None


def _is_plain(word: str) -> bool:
    return all(_PLAIN.fullmatch(part) for part in _SIGNS.split(word))


# The doors


def _blocking(
    make: Callable[Concatenate[Api, P], Call[T]],
) -> Callable[Concatenate[AvatarClient, P], T]:
    """The method that makes a call and sends it."""

    @wraps(make)
    def method(self: AvatarClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self._send(make(self._api, *args, **kwargs))

    return method


def _awaitable(
    make: Callable[Concatenate[Api, P], Call[T]],
) -> Callable[Concatenate[AsyncAvatarClient, P], Coroutine[Any, Any, T]]:
    """The coroutine method that makes a call and sends it."""

    @wraps(make)
    async def method(self: AsyncAvatarClient, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._send(make(self._api, *args, **kwargs))

    return method


class AvatarClient:
    """The API for a script or a notebook. See `Api` for what each method does.

    `ks`: one, or where it comes from. `timeout`: seconds to wait for an answer. `transport` stays
    the caller's to close.
    """

    def __init__(
        self,
        ks: str | KsSource,
        base_url: str = DEFAULT_BASE_URL,
        *,
        dialect: Dialect = "auto",
        timeout: float = ANSWER_TIMEOUT,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = Api(ks, base_url, dialect=dialect, timeout=timeout)
        self._http = httpx.Client(
            transport=transport, limits=LIMITS, trust_env=self._api.may_use_proxy
        )
        self._owns_transport = transport is None
        self._sleep = sleep

    create = _blocking(Api.create)
    catalog = _blocking(Api.catalog)
    init_client = _blocking(Api.init_client)
    say_text = _blocking(Api.say_text)
    say_audio = _blocking(Api.say_audio)
    interrupt = _blocking(Api.interrupt)
    keep_alive = _blocking(Api.keep_alive)
    end = _blocking(Api.end)

    @property
    def base_url(self) -> str:
        """Where the calls go."""
        return self._api.base_url

    @property
    def ks_expires_at(self) -> float | None:
        """See `Api.ks_expires_at`."""
        return self._api.ks_expires_at

    def close(self) -> None:
        """Close the connections; no session is ended by that."""
        if self._owns_transport:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, call: Call[T]) -> T:
        course = Course(call)
        while isinstance(outcome := self._try(course.call), AvatarError):
            self._sleep(course.pause_after(outcome))
        return outcome

    def _try(self, call: Call[T]) -> T | AvatarError:
        # Errors are values up to `_send`: raised here, they would carry httpx's, with its headers.
        try:
            return judge(call, self._http.send(call.request))
        except (httpx.HTTPError, OSError) as problem:
            return unanswered(call, problem)


class AsyncAvatarClient:
    """The API for asyncio. See `Api` for what each method does.

    `ks`: one, or where it comes from. `timeout`: seconds to wait for an answer. `transport` stays
    the caller's to close.
    """

    def __init__(
        self,
        ks: str | KsSource,
        base_url: str = DEFAULT_BASE_URL,
        *,
        dialect: Dialect = "auto",
        timeout: float = ANSWER_TIMEOUT,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._api = Api(ks, base_url, dialect=dialect, timeout=timeout)
        self._http = httpx.AsyncClient(
            transport=transport, limits=LIMITS, trust_env=self._api.may_use_proxy
        )
        self._owns_transport = transport is None
        self._sleep = sleep

    create = _awaitable(Api.create)
    catalog = _awaitable(Api.catalog)
    init_client = _awaitable(Api.init_client)
    say_text = _awaitable(Api.say_text)
    say_audio = _awaitable(Api.say_audio)
    interrupt = _awaitable(Api.interrupt)
    keep_alive = _awaitable(Api.keep_alive)
    end = _awaitable(Api.end)

    @property
    def base_url(self) -> str:
        """Where the calls go."""
        return self._api.base_url

    @property
    def ks_expires_at(self) -> float | None:
        """See `Api.ks_expires_at`."""
        return self._api.ks_expires_at

    async def aclose(self) -> None:
        """Close the connections; no session is ended by that."""
        if self._owns_transport:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def _send(self, call: Call[T]) -> T:
        course = Course(call)
        while isinstance(outcome := await self._try(course.call), AvatarError):
            await self._sleep(course.pause_after(outcome))
        return outcome

    async def _try(self, call: Call[T]) -> T | AvatarError:
        # See AvatarClient._try for why errors are values here.
        try:
            return judge(call, await self._http.send(call.request))
        except (httpx.HTTPError, OSError) as problem:
            return unanswered(call, problem)
