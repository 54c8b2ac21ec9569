"""Another voice plugs in: the one of docs/settings.md, to the letter, in place of ours."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from server.services import Services
from server.settings import Settings
from sessions.server_voice import ServerVoice
from speech import EngineFailed, checked_engine, load_engine
from tests.support.app_process import ROOT, running_app
from tests.support.simulator_process import eventually

SETTINGS = (ROOT / "docs" / "settings.md").read_text("utf-8")
(EXAMPLE,) = re.findall(r"```python\n(# my_voice\.py.*?)```", SETTINGS, re.DOTALL)

# What espeak-ng prints for `--stdout`, as far as the example goes: a wav, here of a plain tone.
ESPEAK = f"""#!{sys.executable}
import math, struct, sys, wave
with wave.open(sys.stdout.buffer, "wb") as sound:
    sound.setparams((1, 2, 22050, 22050, "NONE", ""))
    tone = (int(9000 * math.sin(i / 10)) for i in range(22050))
    sound.writeframesraw(struct.pack("<22050h", *tone))
"""


@pytest.fixture
def my_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with that example, and with an espeak-ng."""
    (tmp_path / "my_voice.py").write_text(EXAMPLE, "utf-8")
    program = tmp_path / "espeak-ng"
    program.write_text(ESPEAK, "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.anyio
async def test_a_text_is_spoken_by_another_voice(my_voice: Path) -> None:
    """As mp3, with its true duration, as ours would be."""
    voice = ServerVoice(lambda: load_engine(checked_engine("my_voice:load")))
    spoken = [recording async for recording in voice.recordings("Hello there.", 1.0)]
    voice.close()
    assert [recording.duration for recording in spoken] == [pytest.approx(1.0, abs=0.1)]


def test_the_simulator_speaks_with_it(my_voice: Path) -> None:
    """The app hands the setting on, and starts with it."""
    path = f"{my_voice}:{ROOT}"
    with running_app(AVATAR_SPEECH_ENGINE="my_voice:load", PYTHONPATH=path) as app:
        eventually(lambda: app.health()["status"] == "ok")


@pytest.mark.parametrize(
    "name",
    ["espeak", "no_such_module:load", "json:no_such_function", "json:decoder", "os.path:", ":load"],
)
def test_a_voice_that_is_not_there_is_named(name: str) -> None:
    """Before anything is started, in a sentence."""
    with pytest.raises(ValueError, match="AVATAR_SPEECH_ENGINE"):
        checked_engine(name)


@pytest.mark.parametrize(
    "name", ["json:loads", "gc:collect", "builtins:dict", "builtins:print", "threading:Lock"]
)
def test_a_voice_that_can_not_be_loaded_says_why(name: str) -> None:
    """It raises an error, or gives nothing, or a thing that is no voice."""
    with pytest.raises(EngineFailed, match=f"{name} .*could not be loaded.*\\.$"):
        load_engine(checked_engine(name))


@pytest.mark.anyio
async def test_what_is_no_voice_is_told_at_the_start() -> None:
    """Before anything is opened that costs."""
    services = Services()
    await services.open(Settings(speech_engine="gc:collect"))
    assert services.desk is None
    assert "AVATAR_SPEECH_ENGINE" in (services.problem or "")
