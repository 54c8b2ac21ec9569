"""The settings: from the environment, `.env` or Streamlit's secrets, in that order."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast, get_args
from urllib.parse import urlsplit

from dotenv import dotenv_values

from avatar_client import DEFAULT_BASE_URL, Dialect, KsSource, checked_base_url, checked_ks
from server.brand import LONGEST_NAME, Brand, is_color, logo_at
from server.kaltura_session import AdminKs
from sessions.machine import WELCOME
from sessions.state import Way
from sessions.turns import MAX_TEXT
from speech import AS_PRINTED, SayAs, checked_engine
from speech.say_as import LONGEST_TABLE, TableRejected, from_csv

HERE = Path(__file__).parent.parent

SIMULATOR_KS = "simulator"
"""The simulator takes any KS that does not begin with invalid, expired or forbidden."""


class SettingRejected(ValueError):
    """An invalid setting; the message names it and says what to do.

    The message never repeats a value: it might be a KS in the wrong place.
    """


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked.

    Set `ks`, or `partner_id` and `admin_secret`, or none of them for the simulator. No repr shows a
    secret; the ledger's URL is one, because it may carry a password. `welcome`: what the avatar
    says first, `opening_text`: what stands in the box at first, `disclosure`: the line on the
    presenter's stage that the avatar is artificial; each may be empty.
    """

    ks: str = field(default="", repr=False)
    partner_id: str = ""
    admin_secret: str = field(default="", repr=False)
    base_url: str = DEFAULT_BASE_URL
    dialect: Dialect = "auto"
    avatar_id: str = ""
    voice_id: str = ""
    display: Way = "sdk"
    sdk_url: str = ""
    speech_engine: str = checked_engine("")
    say_as: SayAs = AS_PRINTED
    brand: Brand = field(default_factory=Brand)
    welcome: str = WELCOME
    disclosure: str = "AI-generated presenter"
    opening_text: str = "Hello! How can I help you today?"
    ledger_url: str = field(default="", repr=False)
    grace_seconds: float = 20.0
    idle_minutes: float = 5.0
    max_minutes: float = 30.0
    max_sessions: int = 5
    audit_log: str = ""
    audit_text: bool = False
    operator_password: str = field(default="", repr=False)

    @property
    def simulated(self) -> bool:
        """Whether the service is the simulator, because there are no credentials."""
        return not (self.ks or self.admin_secret)

    @property
    def host(self) -> str:
        """The name of the service, for which a browser remembers its choices."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def credential(self) -> str | KsSource:
        """The credential for the client."""
        if self.admin_secret:
            return AdminKs(self.partner_id, self.admin_secret)
        return self.ks or SIMULATOR_KS


DEFAULTS = Settings()

NUMBERS: dict[str, tuple[float, float, type[int] | type[float]]] = {
    "AVATAR_GRACE_SECONDS": (0, 600, float),
    "AVATAR_IDLE_MINUTES": (0.1, 1440, float),
    "AVATAR_MAX_MINUTES": (0.1, 1440, float),
    "AVATAR_MAX_SESSIONS": (1, 1000, int),
}
"""The lowest and the highest value. Minutes end at a day: about the life of a session's token."""

KS = re.compile(r"(?<!\w)djJ8[\w-]{20}", re.ASCII)
"""The beginning of a KS, the base64 of "v2|". In the wrong setting it could get into a page."""

LONGEST_DISCLOSURE = 120
"""Characters: one line on the presenter's stage."""

SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


def read_settings() -> Settings:
    """Read from the environment, `.env`, then Streamlit's secrets. Raises `SettingRejected`.

    With AVATAR_ENVIRONMENT_ONLY=1 in the environment, nothing else is read: a test must not use a
    developer's live credentials.
    """
    sources: list[Mapping[str, object]] = [os.environ]
    if os.environ.get("AVATAR_ENVIRONMENT_ONLY") != "1":
        secrets = secrets_file(HERE / ".streamlit", Path.home() / ".streamlit")
        sources += [dotenv_file(HERE / ".env"), secrets]
    return replace(read(*sources), say_as=say_as_file(HERE / "say_as.csv"))


def read(*sources: Mapping[str, object]) -> Settings:
    """Settings from `sources`; the first non-blank value wins. Raises `SettingRejected`."""

    def value(name: str) -> str:
        found = (str(s[name]).strip() for s in sources if s.get(name) is not None)
        text = next((v for v in found if v), "")
        if KS.search(text) and name != "AVATAR_KS":
            raise SettingRejected(
                f"{name} has a Kaltura Session in it: move it to AVATAR_KS, and correct the other."
            )
        return text

    def rejected(name: str, allowed: str) -> SettingRejected:
        return SettingRejected(
            f"{name} can be {allowed}, and is something else: correct it in .env."
        )

    def number(name: str, default: float) -> float:
        low, high, kind = NUMBERS[name]
        try:
            found: float = kind(value(name) or default)
        except ValueError:
            found = -1.0
        if not low <= found <= high:
            words = "a whole number" if kind is int else "a number"
            raise rejected(name, f"{words} from {low:g} to {high:g}")
        return found

    def switch(name: str) -> bool:
        text = value(name).lower() or "0"
        if text not in SWITCH:
            raise rejected(name, "1 or 0")
        return SWITCH[text]

    def one_of(name: str, words: Sequence[str]) -> str:
        """One of `words`, by default the first."""
        word = value(name) or words[0]
        if word not in words:
            raise rejected(name, " or ".join(words))
        return word

    def words(name: str, default: str, longest: int = MAX_TEXT) -> str:
        """A text; a setting that is there and empty is none, whatever another source has."""
        value(name)  # is no KS
        given = (str(source[name]).strip() for source in sources if source.get(name) is not None)
        text = next(given, default)
        if len(text) > longest or not text.replace("\n", " ").isprintable():
            raise rejected(name, f"a text of up to {longest:,} characters, all of them visible")
        return text

    def color(name: str, default: str) -> str:
        text = value(name) or default
        if not is_color(text):
            raise rejected(name, "a colour such as #2f4fd0")
        return text.lower()

    def logo(name: str) -> str:
        try:
            return logo_at(value(name), HERE)
        except ValueError as error:
            raise rejected(name, str(error)) from None

    sdk_url = value("AVATAR_SDK_URL")
    ks = value("AVATAR_KS")
    partner_id, admin_secret = value("AVATAR_PARTNER_ID"), value("AVATAR_ADMIN_SECRET")
    try:
        base_url = checked_base_url(value("AVATAR_BASE_URL") or DEFAULT_BASE_URL)
        speech_engine = checked_engine(value("AVATAR_SPEECH_ENGINE"))
        if sdk_url:
            checked_base_url(sdk_url, name="AVATAR_SDK_URL")
        _check_credentials(ks, partner_id, admin_secret)
    except ValueError as error:
        raise SettingRejected(str(error)) from None
    return Settings(
        ks=ks,
        partner_id=partner_id,
        admin_secret=admin_secret,
        base_url=base_url,
        dialect=cast("Dialect", one_of("AVATAR_API_DIALECT", get_args(Dialect))),
        avatar_id=value("AVATAR_ID"),
        voice_id=value("AVATAR_VOICE_ID"),
        display=cast("Way", one_of("AVATAR_DISPLAY", get_args(Way))),
        sdk_url=sdk_url,
        speech_engine=speech_engine,
        brand=Brand(
            words("AVATAR_BRAND_NAME", DEFAULTS.brand.name, LONGEST_NAME),
            logo("AVATAR_BRAND_LOGO"),
            color("AVATAR_BRAND_COLOR", DEFAULTS.brand.color),
            color("AVATAR_BRAND_ACCENT", DEFAULTS.brand.accent),
        ),
        welcome=words("AVATAR_WELCOME", DEFAULTS.welcome),
        disclosure=words("AVATAR_DISCLOSURE", DEFAULTS.disclosure, LONGEST_DISCLOSURE),
        opening_text=words("AVATAR_OPENING_TEXT", DEFAULTS.opening_text),
        ledger_url=value("AVATAR_LEDGER_URL"),
        grace_seconds=number("AVATAR_GRACE_SECONDS", DEFAULTS.grace_seconds),
        idle_minutes=number("AVATAR_IDLE_MINUTES", DEFAULTS.idle_minutes),
        max_minutes=number("AVATAR_MAX_MINUTES", DEFAULTS.max_minutes),
        max_sessions=int(number("AVATAR_MAX_SESSIONS", DEFAULTS.max_sessions)),
        audit_log=value("AVATAR_AUDIT_LOG"),
        audit_text=switch("AVATAR_AUDIT_TEXT"),
        operator_password=value("AVATAR_OPERATOR_PASSWORD"),
    )


def _check_credentials(ks: str, partner_id: str, admin_secret: str) -> None:
    """Accept `ks`, or the other two, or none. Raises `ValueError` with a sentence."""
    if ks and (partner_id or admin_secret):
        raise ValueError(
            "AVATAR_KS is set, and so is AVATAR_PARTNER_ID or AVATAR_ADMIN_SECRET, from which"
            " another one would be made: leave out the one or the others."
        )
    if bool(partner_id) != bool(admin_secret):
        given, missing = "AVATAR_PARTNER_ID", "AVATAR_ADMIN_SECRET"
        if admin_secret:
            given, missing = missing, given
        raise ValueError(
            f"{given} is set without {missing}, and a KS is made from both: set the other one too,"
            " or AVATAR_KS alone."
        )
    if ks:
        checked_ks(ks)
    if admin_secret:
        AdminKs(partner_id, admin_secret)


def secrets_file(*folders: Path) -> dict[str, object]:
    """The top level of the first `secrets.toml` in `folders`, as Streamlit would read it.

    `st.secrets` itself warns on the page if there is no such file.
    Raises `SettingRejected` for a file that is not TOML.
    """
    for folder in folders:
        path = folder / "secrets.toml"
        if path.is_file():
            try:
                return tomllib.loads(path.read_text("utf-8"))
            except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
                raise SettingRejected(f"{path.name} can't be read ({error}): correct it.") from None
    return {}


def dotenv_file(path: Path) -> Mapping[str, object]:
    """The variables in `.env`, if it exists. Raises `SettingRejected` if it is not text."""
    try:
        return dotenv_values(path)
    except (OSError, UnicodeDecodeError):
        # PowerShell 5 writes UTF-16 for `echo … > .env`.
        raise SettingRejected(f"{path.name} can't be read: save it as UTF-8 text.") from None


def say_as_file(path: Path) -> SayAs:
    """How words are said, `printed,spoken` on each line; nothing where there is no such file.

    Raises `SettingRejected` for one with a row that can't be used.
    """
    if not path.exists():
        return AS_PRINTED
    try:
        if path.stat().st_size > 4 * LONGEST_TABLE:
            raise SettingRejected(f"{path.name} is larger than {4 * LONGEST_TABLE // 1000} kB.")
        return from_csv(path.read_text("utf-8-sig"))
    except TableRejected as problem:
        raise SettingRejected(f"{path.name} can't be used. {problem}") from None
    except (OSError, UnicodeDecodeError):
        raise SettingRejected(f"{path.name} can't be read: save it as UTF-8 text.") from None
