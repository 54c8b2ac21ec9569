"""The sentences of a preflight: what went wrong, and what to do, to be sent to an IT department.

Each `to_do` names hosts, ports, protocols and from where to where, or says that it is not a matter
of the network.
"""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from avatar_client import (
    AN_HTML_PAGE,
    AvatarError,
    CredentialRefused,
    LimitReached,
    Media,
    RequestRefused,
    ServiceUnreachable,
    SessionGone,
)
from preflight.relays import Relay, any_of, relays_of
from preflight.sightings import Sight, Sighting, Sightings
from preflight.steps import StepFailed
from sessions.desk import Refused
from sessions.ledger import LedgerUnreachable
from sessions.server_voice import NoVoice

E = TypeVar("E", bound=BaseException)

SERVER = "the machine that runs this app"
VIEWERS = "the computers of all who watch"
KALTURAS_HOSTS = (
    "Kaltura's own hosts, for a firewall: api.avatar.us.kaltura.ai, srs.avatar.us.kaltura.ai and"
    " turn.avatar.us.kaltura.ai; in the EU api.avatar.eu.kaltura.ai and, to be expected,"
    " srs.avatar.eu.kaltura.ai and turn.avatar.eu.kaltura.ai. Ports 80 and 443: TCP to all of them,"
    " and UDP to turn."
)
"""Source: kaltura/intelligent-agents-sdk 1.27, conversational-avatar-embed-sdk 2.7.4."""
ASK = "Ask your IT department to"
IF_RIGHT = "Check AVATAR_BASE_URL. If it is right, ask your IT department to"
NOT_NETWORK = "This is not a matter of your network:"
TO_KALTURA = "if it happens again, send this report to Kaltura."
NEW_KS = (
    "have whoever looks after your Kaltura account make a new KS (type admin) and set AVATAR_KS to"
    " it; or set AVATAR_PARTNER_ID and AVATAR_ADMIN_SECRET, from which this app makes its own."
)

_log = logging.getLogger(__name__)


def settings_wrong(problem: str) -> StepFailed:
    """A setting makes no sense, or this server could not start for another reason."""
    return StepFailed(problem, f"{NOT_NETWORK} correct this app's settings, and start it again.")


def ks_expired(hours_ago: float) -> StepFailed:
    """The KS says itself that it is over."""
    return StepFailed(f"It expired {hours_ago:.1f} hours ago.", f"{NOT_NETWORK} {NEW_KS}")


def unreached(base_url: str, causes: Sequence[BaseException], proxy: str | None) -> StepFailed:
    """No answer from the service: httpx's error with its own `causes`.

    `proxy`: the host and port of the proxy that the call had to go through.
    """
    failed = _unreached(base_url, causes, proxy)
    return StepFailed(str(failed), f"{failed.to_do} {KALTURAS_HOSTS}")


def _unreached(base_url: str, causes: Sequence[BaseException], proxy: str | None) -> StepFailed:
    host, port = _host_and_port(base_url)
    allow = _allow_https(SERVER, base_url)
    if proxy and not _among(causes, ssl.SSLError):
        return StepFailed(
            f"{host}, port {port}, was not reached through the proxy {proxy}, which {SERVER} is set"
            f" to use ({causes[0]}).",
            f"{ASK} let that proxy connect to {host}, port {port}; or, if no proxy is needed for"
            " that, name the host in NO_PROXY.",
        )
    if _among(causes, socket.gaierror):
        return StepFailed(
            f"The name {host} was looked up and not found.",
            f"{IF_RIGHT} let {SERVER} resolve {host} (DNS), and to {allow}.",
        )
    if untrusted := _among(causes, ssl.SSLCertVerificationError):
        return StepFailed(
            f"The certificate of {host} is not trusted here ({untrusted.verify_message}): perhaps"
            " a firewall opens TLS to read along.",
            f"{ASK} exempt {host}, port {port}, from TLS inspection, or to give you the root"
            f" certificate of their firewall: save it on {SERVER} and set SSL_CERT_FILE to it.",
        )
    if _among(causes, ssl.SSLError):
        return StepFailed(
            f"{host}, port {port}, was reached, but does not speak TLS.",
            f"{IF_RIGHT} {allow} without a filter that speaks in its place.",
        )
    if _among(causes, httpx.ConnectTimeout):
        return StepFailed(
            f"{host} was called on TCP port {port}, and nothing came back: a firewall drops it.",
            f"{ASK} {allow}.",
        )
    if _among(causes, httpx.ConnectError):
        refused = _among(causes, ConnectionRefusedError)
        came = "refused the connection" if refused else "could not be connected to"
        return StepFailed(f"{host} {came} on TCP port {port}.", f"{IF_RIGHT} {allow}.")
    if isinstance(causes[0], TimeoutError):  # httpx's own kinds are none of these
        return StepFailed(
            f"{host}, port {port}, has not answered in time: its name, the connection, TLS or its"
            " answer takes too long.",
            f"{ASK} {allow}, and to see what slows it down (DNS, a proxy, an inspection of TLS).",
        )
    return StepFailed(
        f"{host}, port {port}, took the connection and did not answer.",
        f"{ASK} {allow}, and not to cut it off before it is answered.",
    )


def from_error(error: Exception, base_url: str) -> StepFailed:
    """What an error means that a step met at the service at `base_url`, or on this server."""
    match error:
        case AvatarError():
            problem, to_do = f"{error} [{error.details}]", _after_call(error, base_url)
        case LedgerUnreachable():
            problem, to_do = str(error), "Correct AVATAR_LEDGER_URL, or bring that place back."
        case Refused():
            problem = str(error)
            to_do = f"{NOT_NETWORK} end another session first, on the page Sessions."
        case NoVoice():
            problem = f"The service takes no text, and this app can't speak in its place. {error}"
            to_do = f"{NOT_NETWORK} install this app anew, as its README.md says."
        case _:
            _log.error("A preflight failed with %s: %s", type(error).__name__, error)
            problem = f"This app failed ({type(error).__name__})."
            to_do = f"{NOT_NETWORK} run this again. If it happens again, report it with this text."
    return StepFailed(problem, to_do)


def _after_call(error: AvatarError, base_url: str) -> str:
    match error:
        case AvatarError(error=said, status=int(status)) if _is_no_service(said, status):
            return f"{_in_its_place(SERVER, base_url)} check AVATAR_BASE_URL."
        case CredentialRefused(call="create" | "catalog"):
            return f"{NOT_NETWORK} {NEW_KS}"
        case CredentialRefused() | SessionGone():
            return f"{NOT_NETWORK} the session ended early. Run this again; {TO_KALTURA}"
        case LimitReached():
            return (
                f"{NOT_NETWORK} the account has reached its limit. End other sessions, or ask"
                " Kaltura for more."
            )
        case RequestRefused():
            return (
                f"{NOT_NETWORK} check AVATAR_ID, AVATAR_VOICE_ID and AVATAR_BASE_URL; {TO_KALTURA}"
            )
        case ServiceUnreachable():
            allow = _allow_https(SERVER, base_url)
            return f"{ASK} {allow}, and not to cut off calls that take up to 30 s to be answered."
        case _:
            return f"{NOT_NETWORK} the service failed. Run this again; {TO_KALTURA}"


def no_way(seen: Sighting | None, sightings: Sightings, media: Media, place: str) -> StepFailed:
    """Nothing but `seen` came to the viewer, who is "from this browser" or another `place`."""
    host, port = _host_and_port(media.whep_url)
    match seen:
        case Sighting(Sight.UNANSWERED):
            return StepFailed(
                f"Nobody answered {place} at {host}, port {port}, where the picture is.",
                f"{ASK} {_allow_https(VIEWERS, media.whep_url)}, and to exempt it from TLS"
                f" inspection if there is any. {KALTURAS_HOSTS}",
            )
        case Sighting(Sight.REFUSED, status):
            return StepFailed(
                f"{host}, port {port}, where the picture is, refused it with HTTP {status}.",
                f"{NOT_NETWORK} run this again; {TO_KALTURA}",
            )
        case Sighting(Sight.GARBLED):
            return StepFailed(
                f"Something answered {place} at {host}, port {port}, where the picture is, but not"
                " with a picture (SDP).",
                f"{_in_its_place(place.removeprefix('from '), media.whep_url)} {TO_KALTURA}",
            )
        case Sighting(Sight.NO_WEBRTC):
            return StepFailed(
                "WebRTC, over which the avatar is seen, is switched off in this browser.",
                f"{NOT_NETWORK} switch off the extension that forbids it, or ask your IT"
                " department to allow WebRTC in its policy for this browser; or use another"
                " browser.",
            )
    relays = relays_of(media.turn)
    for turned_away in sightings.all(Sight.TURNED_AWAY):
        return StepFailed(
            f"The relay {relays[0].host} was reached, and refused its own credential"
            f" ({turned_away.word}).",
            f"{NOT_NETWORK} the relay's name and password come from the service. Run this again;"
            f" {TO_KALTURA}",
        )
    plain = " The page shows the simulator over plain HTTP instead, which the live service can't."
    instead = plain if media.plain_url else ""
    if not relays:
        return StepFailed(
            f"Sound and picture found no way {place} to {host}.{instead}",
            "The service names no relay (TURN), so ask your IT department to allow outgoing UDP to"
            f" {host}, all ports, from {VIEWERS}, and the answers to it. {KALTURAS_HOSTS}",
        )
    shut = ", ".join(each.word for each in sightings.all(Sight.SHUT))
    used = f" The relay could not be used on {shut}." if shut else ""
    return StepFailed(
        f"Sound and picture found no way {place}, not over the relay {relays[0].host} either."
        f"{used}{instead}",
        f"{ASK} allow, from {VIEWERS}, outgoing {any_of(relays)}. One of them is enough, the first"
        " is the best; nothing has to be opened from outside. Exempt it from TLS inspection."
        f" {KALTURAS_HOSTS}",
    )


def way(route: str, place: str, relays: Sequence[Relay]) -> str:
    """No failure: how the media travels, and which way would be better than a detour."""
    found = f"{route[:1].upper()}{route[1:]}, {place} to the service."
    better = [relay for relay in relays if relay.protocol == "UDP"]
    if route in ("direct", "relay UDP") or not better:
        return found
    return (
        f"{found} That will do; outgoing {any_of(better)} would be smoother, and is not let"
        " through."
    )


NO_AVATAR = (
    "No avatar is chosen, and the catalog names none.",
    f"{NOT_NETWORK} set AVATAR_ID to the id of an avatar of your Kaltura account.",
)
NO_PICTURE = (
    "The connection was made, but no picture came over it in time.",
    "Run this again on a network without a firewall (a phone's hotspot). If it works there, ask"
    " your IT department not to filter or slow down UDP and TURN; if not, the service sends none:"
    " send this report to Kaltura.",
)
USE_ANOTHER = (
    "use Chrome, Edge or Safari, or Firefox with its plugin OpenH264 (Add-ons, Plugins); or have"
    " your IT department allow H264 in this browser."
)
NO_H264 = (
    "No picture came: this browser does not decode H264, and Kaltura's service sends nothing else.",
    f"{NOT_NETWORK} {USE_ANOTHER}",
)
H264_IS_MISSING = (
    " But this browser does not decode H264, and Kaltura's service sends nothing else: for the live"
    f" service, {USE_ANOTHER}"
)
"""Added to a picture that came all the same, as from the simulator."""
BLOCKED = (
    "The sound arrived, but this browser does not let the page be heard (autoplay).",
    f"{NOT_NETWORK} allow sound for this site in the browser's settings (click the icon beside the"
    " address), or have your IT department allow it by policy (Chrome and Edge: AutoplayAllowlist)."
    " On the avatar's page, Tap to unmute does it for one visit.",
)
NO_SOUND = (
    "The service took the text, but no voice was heard in time.",
    f"{NOT_NETWORK} try another voice (AVATAR_VOICE_ID); if it stays silent, {TO_KALTURA}",
)
NOT_SILENT = (
    "The service answered Interrupt, but the voice went on.",
    f"{NOT_NETWORK} {TO_KALTURA}",
)
VIEWER_LEFT = (
    "The page that watched was closed, or lost its line to this server.",
    "Keep the page open until the preflight is over. If it happens by itself, ask your IT"
    " department to let WebSockets through to this app.",
)


def _allow_https(origin: str, url: str) -> str:
    host, port = _host_and_port(url)
    return f"allow outgoing HTTPS (TCP {port}) from {origin} to {host}"


def _in_its_place(origin: str, url: str) -> str:
    return (
        f"This is not how the service answers: perhaps something between {origin} and"
        f" {_host_and_port(url)[0]} answered in its place (a proxy that blocks, or a guest network"
        " that wants you to sign in). Open any web page there, and sign in if it asks for that; or"
        f" ask your IT department to {_allow_https(origin, url)} without a filter that answers"
        " itself. If neither is it,"
    )


def _is_no_service(said: str | None, status: int) -> bool:
    """Whether it is a redirect, or a page for people where the service answers in JSON.

    Servers like the service's own tell 404 and their failures in HTML, so those don't count.
    """
    is_page = said == AN_HTML_PAGE and (status < 300 or status in (401, 403, 451))
    return is_page or 300 <= status < 400 or status == 511


def _among(causes: Sequence[BaseException], kind: type[E]) -> E | None:
    return next((cause for cause in causes if isinstance(cause, kind)), None)


def _host_and_port(url: str) -> tuple[str | None, int]:
    """No path, which may be a key."""
    parts = urlsplit(url)
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
