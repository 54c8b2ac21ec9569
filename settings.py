"""What can be set, from the environment, `.env` or Streamlit's secrets, in that order."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast, get_args

from dotenv import dotenv_values

from avatar_client import DEFAULT_BASE_URL, checked_base_url, checked_ks

SIMULATOR_KS = "simulator"
"""The simulator takes any KS that does not begin with invalid, expired or forbidden."""

Way = Literal["sdk", "direct"]


class SettingRejected(ValueError):
    """A setting that makes no sense; its message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked. `ks` is empty for the simulator."""

    ks: str = field(default="", repr=False)
    base_url: str = DEFAULT_BASE_URL
    avatar_id: str = ""
    voice_id: str = ""
    display: Way = "sdk"
    sdk_url: str = ""

    @property
    def simulated(self) -> bool:
        """There are no credentials, so the service is the simulator on this machine."""
        return not self.ks


def read(*sources: Mapping[str, object]) -> Settings:
    """Settings from `sources`; the first that has a value which is not blank wins.

    Raises `SettingRejected`.
    """

    def value(name: str) -> str:
        found = (str(s[name]).strip() for s in sources if s.get(name) is not None)
        return next((v for v in found if v), "")

    display = value("AVATAR_DISPLAY") or "sdk"
    if display not in get_args(Way):
        raise SettingRejected(
            f"AVATAR_DISPLAY is {display[:40]!r}, and can be sdk or direct: correct it in .env."
        )
    sdk_url = value("AVATAR_SDK_URL")
    try:
        base_url = checked_base_url(value("AVATAR_BASE_URL") or DEFAULT_BASE_URL)
        if sdk_url:
            checked_base_url(sdk_url, name="AVATAR_SDK_URL")
        ks = value("AVATAR_KS")
        if ks:
            checked_ks(ks)
    except ValueError as error:
        raise SettingRejected(str(error)) from None
    return Settings(
        ks=ks,
        base_url=base_url,
        avatar_id=value("AVATAR_ID"),
        voice_id=value("AVATAR_VOICE_ID"),
        display=cast("Way", display),
        sdk_url=sdk_url,
    )


def secrets_file(*folders: Path) -> dict[str, object]:
    """The top level of the first `secrets.toml` in `folders`, as Streamlit would read it.

    Read here because `st.secrets` warns on the page where there is no such file.
    Raises `SettingRejected` for a file that is no TOML.
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
    """What `.env` sets, if there is one. Raises `SettingRejected` where it is no text."""
    try:
        return dotenv_values(path)
    except (OSError, UnicodeDecodeError):
        # PowerShell 5 writes UTF-16 where it is told to `echo … > .env`.
        raise SettingRejected(f"{path.name} can't be read: save it as UTF-8 text.") from None
