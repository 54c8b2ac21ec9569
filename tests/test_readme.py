"""The README tells the truth where a test can tell."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from avatar_client import AvatarClient
from tests.support.app_process import ROOT
from tests.support.simulator_process import SimulatorProcess, eventually, running_simulator

README = (ROOT / "README.md").read_text("utf-8")
SIMULATOR = "http://127.0.0.1:8600/v1/avatar-session"
"""Where `python -m simulator` listens."""


def run_example(simulator: SimulatorProcess, **settings: str) -> dict[str, Any]:
    """The client's example as printed, in a script of its own; the one session that it opened.

    Its simulator is on another port than the README's, which may be taken.
    """
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (example,) = (block for block in blocks if "with AvatarClient(" in block)
    assert example.count(SIMULATOR) == 1
    created = simulator.created_from_now()
    ran = subprocess.run(
        [sys.executable, "-c", example.replace(SIMULATOR, simulator.base_url)],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if not k.startswith("AVATAR_")} | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    assert "It can be watched at http" in ran.stdout
    assert "Ava says: Hello from a script." in ran.stdout
    (session,) = created()
    assert session["endedBy"] == "end"
    return session


def speak(simulator: SimulatorProcess) -> None:
    """Wait until its voice is loaded, which takes seconds, and more where others use the cores."""
    created = simulator.created_from_now()
    with AvatarClient("a-test", simulator.base_url) as client:
        session = client.create(client.catalog("Visual")[0].item_id)
        client.say_text(session, "Hello.")
        eventually(lambda: created()[0]["turns"][0]["outcome"] == "spoken", within=60)
        client.end(session)


def test_the_client_example_is_spoken(simulator: SimulatorProcess) -> None:
    """To the end, with the settings of the environment; the session is ended after it."""
    speak(simulator)
    settings = {"AVATAR_KS": "a-script", "AVATAR_BASE_URL": simulator.base_url}
    (turn,) = run_example(simulator, **settings)["turns"]
    assert (turn["text"], turn["outcome"]) == ("Hello from a script.", "spoken")


def test_the_client_example_is_spoken_where_the_service_takes_no_text() -> None:
    """In the server voice, with no settings at all."""
    with running_simulator("--dialect", "live") as simulator:
        (turn,) = run_example(simulator)["turns"]
    assert (turn["kind"], turn["outcome"]) == ("audio", "spoken")


def test_it_is_short_enough_to_be_read() -> None:
    """150 lines at most."""
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize(
    ("page", "not_in_it"),
    [("docs/settings.md", set()), (".env.example", {"AVATAR_ENVIRONMENT_ONLY"})],
)
def test_every_setting_is_said(page: str, not_in_it: set[str]) -> None:
    """All that the app reads, and nothing that it doesn't; one setting says that `.env` is not."""
    reads = set(re.findall("AVATAR_[A-Z_]+", (ROOT / "server" / "settings.py").read_text("utf-8")))
    said = set(re.findall("AVATAR_[A-Z_]+", (ROOT / page).read_text("utf-8")))
    assert said == reads - not_in_it


def links() -> Iterator[tuple[str, str]]:
    """To files of ours, with the page that they are on: the README, or one of the docs."""
    for page in (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md"))):
        text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text("utf-8"), flags=re.DOTALL)
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
            yield str(page.relative_to(ROOT)), link


@pytest.mark.parametrize(("page", "path"), [*links()])
def test_links_lead_somewhere(page: str, path: str) -> None:
    """Pictures and pages are there."""
    assert ((ROOT / page).parent / path).is_file()


def test_the_map_shows_the_house() -> None:
    """Each room and each file of the top level is on it, and nothing that is not there."""
    house = README.split("## The house")[1].split("```")[1]
    named = set(re.findall(r"^\S+|(?<=/  )\w+/", house, re.MULTILINE))
    rooms = {f"{path.parent.name}/" for path in ROOT.glob("*/__init__.py")}
    assert named == rooms | {"docs/"} | {path.name for path in ROOT.glob("*.py")}


def imported(room: str) -> Iterator[str]:
    """The top-level modules that a room's files import."""
    for path in [*ROOT.glob(f"{room}.py"), *ROOT.glob(f"{room}/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from (name.name.partition(".")[0] for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield (node.module or "").partition(".")[0]


def test_imports_run_one_way() -> None:
    """As the README's arrows say."""
    house = README.split("## The house")[1]
    arrows = [re.split(r"\s>\s|,\s", line) for line in re.findall(r"`(\w+\s>[^`]+)`", house)]
    rooms = {room for line in arrows for room in line}
    assert rooms >= {"app", "app_pages", "sessions", "avatar_client", "simulator"}
    last = {"avatar_client", "speech"}
    for line in arrows:
        for place, room in enumerate(line):
            below = set() if room in last else set(line[place + 1 :])
            assert set(imported(room)) & rooms <= below | {room}


@pytest.mark.parametrize(
    ("path", "function"), re.findall(r"\| `(\S+\.py)` \| `(\w+)` \|$", README, re.MULTILINE)
)
def test_a_behaviour_is_where_it_is_said_to_be(path: str, function: str) -> None:
    """The file that is named has the function that is named."""
    assert f"def {function}(" in (ROOT / path).read_text("utf-8")
