"""The sentences of a preflight: what went wrong, and what to do, to be sent to an IT department.

Each `to_do` names hosts, ports, protocols and from where to where, or says that it is not a matter
of the network.
"""

from __future__ import annotations

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
from preflight.steps import Cross

E = TypeVar("E", bound=BaseException)

SERVER = "the machine that runs this app"
NOT_THE_NETWORK = "This is not a matter of your network:"


def setting(problem: str) -> Cross:
    """A setting makes no sense, or this server could not start for another reason."""
    return Cross(
        problem,
        f"{NOT_THE_NETWORK} correct the settings of this app as it says, and start it again.",
    )


def ks_expired(hours_ago: float) -> Cross:
    """The KS says itself that it is over."""
    return Cross(f"It expired {hours_ago:.1f} hours ago.", f"{NOT_THE_NETWORK} {_NEW_KS}")


def unreached(url: httpx.URL, causes: Sequence[BaseException], proxy: str | None) -> Cross:
    """No answer from the service: `causes` are what httpx raised and what that came from.

    `proxy`: the host and port of the one that the call had to go through.
    """
    host = url.host
    port = url.port or (443 if url.scheme == "https" else 80)
    allow = f"allow outgoing HTTPS (TCP {port}) from {SERVER} to {host}"
    if proxy and not _among(causes, ssl.SSLError):
        return Cross(
            f"{host}, port {port}, was not reached through the proxy {proxy}, which {SERVER} is set"
            f" to use ({causes[0]}).",
            f"Ask your IT department to let that proxy connect to {host}, port {port}; or, if it is"
            " not needed for that, name the host in NO_PROXY.",
        )
    if _among(causes, socket.gaierror):
        return Cross(
            f"The name {host} was looked up and not found.",
            f"Check AVATAR_BASE_URL. If it is right, ask your IT department to let {SERVER} resolve"
            f" {host} (DNS), and to {allow}.",
        )
    if untrusted := _among(causes, ssl.SSLCertVerificationError):
        return Cross(
            f"The certificate of {host} is not trusted here ({untrusted.verify_message}): perhaps"
            " a firewall opens TLS to read along.",
            f"Ask your IT department to exempt {host}, port {port}, from TLS inspection, or to give"
            f" you the root certificate of their firewall: save it on {SERVER} and set"
            " SSL_CERT_FILE to it.",
        )
    if _among(causes, ssl.SSLError):
        return Cross(
            f"{host}, port {port}, was reached, but does not speak TLS.",
            f"Check AVATAR_BASE_URL. If it is right, ask your IT department to {allow} without a"
            " filter that speaks in its place.",
        )
    if _among(causes, httpx.ConnectTimeout):
        return Cross(
            f"{host} was called on TCP port {port}, and nothing came back: a firewall drops it.",
            f"Ask your IT department to {allow}.",
        )
    if _among(causes, httpx.ConnectError):
        refused = _among(causes, ConnectionRefusedError)
        came = "refused the connection" if refused else "could not be connected to"
        return Cross(
            f"{host} {came} on TCP port {port}.",
            f"Check AVATAR_BASE_URL. If it is right, ask your IT department to {allow}.",
        )
    return Cross(
        f"{host}, port {port}, took the connection and did not answer.",
        f"Ask your IT department to {allow}, and not to cut it off before it is answered.",
    )


def no_avatar() -> Cross:
    """There is no face to create a session with."""
    return Cross(
        "No avatar is chosen, and the catalog names none.",
        f"{NOT_THE_NETWORK} set AVATAR_ID to the id of an avatar of your Kaltura account.",
    )


def full(problem: str) -> Cross:
    """This server has as many sessions as it may have, or is stopping."""
    return Cross(problem, f"{NOT_THE_NETWORK} end another session first, on the page Sessions.")


def ledger(problem: str) -> Cross:
    """What is paid for can't be written down, so nothing is started."""
    return Cross(problem, "Correct AVATAR_LEDGER_URL, or bring that place back.")


def call(error: AvatarError, base_url: str) -> Cross:
    """A call of the API was not answered as it should."""
    host = urlsplit(base_url).hostname
    match error:
        case AvatarError(error=said, status=int(status)) if _is_no_service(said, status):
            to_do = (
                f"This is not how the service answers: perhaps something between {SERVER} and"
                f" {host} answered in its place (a proxy that blocks, or a guest network that wants"
                f" you to sign in). Open any web page on {SERVER}, and sign in if it asks for that;"
                f" or ask your IT department to allow outgoing HTTPS from there to {host} without a"
                " filter that answers itself. If neither is it, check AVATAR_BASE_URL."
            )
        case CredentialRefused(call="create" | "catalog"):
            to_do = f"{NOT_THE_NETWORK} {_NEW_KS}"
        case CredentialRefused() | SessionGone():
            to_do = f"{NOT_THE_NETWORK} the session ended early. Run this again; {_TO_KALTURA}"
        case LimitReached():
            to_do = (
                f"{NOT_THE_NETWORK} the account has reached its limit. End other sessions, or ask"
                " Kaltura for more."
            )
        case RequestRefused():
            to_do = (
                f"{NOT_THE_NETWORK} check AVATAR_ID, AVATAR_VOICE_ID and AVATAR_BASE_URL, then"
                f" {_TO_KALTURA}"
            )
        case ServiceUnreachable():
            to_do = (
                f"Ask your IT department to allow outgoing HTTPS from {SERVER} to {host}, and not"
                " to cut off what takes up to 30 s to be answered."
            )
        case _:
            to_do = f"{NOT_THE_NETWORK} the service failed. Run this again; {_TO_KALTURA}"
    return Cross(f"{error} [{error.details}]", to_do)


def picture_unanswered(whep_url: str, place: str) -> Cross:
    """The address of the picture, which a viewer needs, could not be reached."""
    host = _host_and_port(whep_url)
    return Cross(
        f"Nobody answered {place} at {host}, where the picture is.",
        f"Ask your IT department to allow outgoing HTTPS from the computers of all who watch to"
        f" {host}, and to exempt it from TLS inspection if there is any.",
    )


def picture_refused(whep_url: str, status: str) -> Cross:
    """The server at the address of the picture did not let us watch."""
    return Cross(
        f"{_host_and_port(whep_url)}, where the picture is, refused it with HTTP {status}.",
        f"{NOT_THE_NETWORK} run this again; {_TO_KALTURA}",
    )


def picture_garbled(whep_url: str, place: str) -> Cross:
    """The server at the address of the picture sent something else."""
    host = _host_and_port(whep_url)
    return Cross(
        f"Something answered {place} at {host}, where the picture is, but not with a picture"
        " (SDP).",
        "Perhaps a proxy or a guest network answered in its place: open any web page there, and"
        f" sign in if it asks for that; or ask your IT department to allow outgoing HTTPS to {host}"
        f" without a filter that answers itself. If neither is it, {_TO_KALTURA}",
    )


def no_webrtc() -> Cross:
    """The browser itself can't do it."""
    return Cross(
        "WebRTC, over which the avatar is seen, is switched off in this browser.",
        f"{NOT_THE_NETWORK} switch off the extension that forbids it, or ask your IT department to"
        " allow WebRTC in its policy for this browser; or use another browser.",
    )


def relay_refused(relays: Sequence[Relay], status: str) -> Cross:
    """The relay answers, and does not let us in."""
    return Cross(
        f"The relay {relays[0].host} was reached, and refused its own credential ({status}).",
        f"{NOT_THE_NETWORK} the relay's name and password come from the service. Run this again;"
        f" {_TO_KALTURA}",
    )


def no_way(media: Media, place: str, shut: str) -> Cross:
    """No packet of sound or picture came through. `shut`: where its relay could not be used."""
    relays = relays_of(media.turn)
    plain = " The page shows the simulator over plain HTTP instead, which the live service can't."
    instead = plain if media.plain_url else ""
    if not relays:
        host = urlsplit(media.whep_url).hostname
        return Cross(
            f"Sound and picture found no way {place} to {host}.{instead}",
            "The service names no relay (TURN), so ask your IT department to allow outgoing UDP to"
            f" {host}, all ports, from the computers of all who watch, and the answers to it.",
        )
    used = f" The relay could not be used on {shut}." if shut else ""
    return Cross(
        f"Sound and picture found no way {place}, not over the relay {relays[0].host} either."
        f"{used}{instead}",
        "Ask your IT department to allow, from the computers of all who watch, outgoing"
        f" {any_of(relays)}. One of them is enough, the first is the best; nothing has to be"
        " opened from outside. Exempt it from TLS inspection.",
    )


def way(route: str, place: str, relays: Sequence[Relay]) -> str:
    """No cross: how it travels; and where that is a detour, which way would be a better one."""
    found = f"{route[:1].upper()}{route[1:]}, {place} to the service."
    better = [relay for relay in relays if relay.protocol == "UDP"]
    if route in ("direct", "relay UDP") or not better:
        return found
    return (
        f"{found} That will do; outgoing {any_of(better)} would be smoother, and is not let"
        " through."
    )


def no_picture() -> Cross:
    """There is a way, and no picture came over it."""
    return Cross(
        "The connection was made, but no picture came over it in time.",
        "Run this again on a network without a firewall (a phone's hotspot). If it works there, ask"
        " your IT department not to filter or slow down UDP and TURN; if not, the service sends"
        " none: send this report to Kaltura.",
    )


def blocked() -> Cross:
    """The browser keeps the page silent."""
    return Cross(
        "The sound arrived, but this browser does not let the page be heard (autoplay).",
        f"{NOT_THE_NETWORK} allow sound for this site in the browser's settings (click the icon"
        " beside the address), or have your IT department allow it by policy (Chrome and Edge:"
        " AutoplayAllowlist). On the avatar's page, Tap to unmute does it for one visit.",
    )


def no_voice(problem: str) -> Cross:
    """The service takes no text, and we can't speak in its place."""
    return Cross(
        f"The service takes no text, and this app can't speak in its place. {problem}",
        f"{NOT_THE_NETWORK} install this app anew, as its README.md says.",
    )


def no_sound() -> Cross:
    """A text was taken, and no voice came."""
    return Cross(
        "The service took the text, but no voice was heard in time.",
        f"{NOT_THE_NETWORK} try another voice (AVATAR_VOICE_ID); if it stays silent, {_TO_KALTURA}",
    )


def not_silent() -> Cross:
    """Interrupt was answered, and the voice went on."""
    return Cross(
        "The service answered Interrupt, but the voice went on.",
        f"{NOT_THE_NETWORK} {_TO_KALTURA}",
    )


def viewer_left() -> Cross:
    """The viewer has gone in the middle of it."""
    return Cross(
        "The page that watched was closed, or lost its line to this server.",
        "Keep the page open until the preflight is over. If it happens by itself, ask your IT"
        " department to let WebSockets through to this app.",
    )


def bug(error: Exception) -> Cross:
    """Something is wrong with this app itself."""
    return Cross(
        f"This app failed ({type(error).__name__}).",
        f"{NOT_THE_NETWORK} run this again, and report it with this report if it happens again.",
    )


def _is_no_service(said: str | None, status: int) -> bool:
    """Whether it is a redirect, or a page for people where the service answers in JSON.

    Servers like the service's own tell 404 and their failures in HTML, so those don't count.
    """
    is_page = said == AN_HTML_PAGE and (status < 300 or status in (401, 403, 451))
    return is_page or 300 <= status < 400 or status == 511


def _among(causes: Sequence[BaseException], kind: type[E]) -> E | None:
    return next((cause for cause in causes if isinstance(cause, kind)), None)


def _host_and_port(url: str) -> str:
    """The host, with its port where that is not the usual one: no path, which may be a key."""
    parts = urlsplit(url)
    return f"{parts.hostname}, port {parts.port or (443 if parts.scheme == 'https' else 80)}"


_NEW_KS = (
    "have whoever looks after your Kaltura account make a new KS (type admin) and set AVATAR_KS to"
    " it; or set AVATAR_PARTNER_ID and AVATAR_ADMIN_SECRET, from which this app makes its own."
)
_TO_KALTURA = "if it happens again, send this report to Kaltura."
