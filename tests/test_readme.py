"""The README tells the truth where a test can tell."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.support.app_process import ROOT
from tests.support.simulator_process import SimulatorProcess

README = (ROOT / "README.md").read_text("utf-8")


def test_the_client_example_runs(simulator: SimulatorProcess) -> None:
    """To the letter, in a script of its own; it leaves no session live."""
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (example,) = (block for block in blocks if "with AvatarClient(" in block)
    created = simulator.created_from_now()
    ran = subprocess.run(
        [sys.executable, "-c", example],
        cwd=ROOT,
        env=os.environ | {"AVATAR_KS": "a-script", "AVATAR_BASE_URL": simulator.base_url},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert ran.returncode == 0, ran.stderr
    assert "It can be watched at http" in ran.stdout
    (session,) = created()
    assert session["endedBy"] == "end"
    assert [turn["text"] for turn in session["turns"]] == ["Hello from a script."]


def test_it_is_short_enough_to_be_read() -> None:
    """150 lines at most."""
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("page", ["docs/settings.md", ".env.example"])
def test_every_setting_is_said(page: str) -> None:
    """All that the app reads, but for what its tests alone set; and nothing that it doesn't."""
    reads = (ROOT / "server" / "settings.py").read_text("utf-8")
    names = set(re.findall("AVATAR_[A-Z_]+", reads)) - {"AVATAR_ENVIRONMENT_ONLY"}
    assert set(re.findall("AVATAR_[A-Z_]+", (ROOT / page).read_text("utf-8"))) == names


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)]+)\)", README))
def test_its_links_lead_somewhere(path: str) -> None:
    """Pictures and pages are there."""
    assert (ROOT / path).is_file()


def test_the_map_shows_the_house() -> None:
    """Each room and each file of the top level is on it, and nothing that is not there."""
    house = README.split("## The house")[1].split("```")[1]
    named = {word.rstrip("/") for line in house.splitlines() for word in line.split()[:3:1]}
    python = {path.name for path in ROOT.glob("*.py")}
    rooms = {"sessions", "components/stage", "simulator", "speech", "preflight"}
    rooms |= {"tests", "benchmarks", "docs"}
    assert python | rooms <= named
    assert all((ROOT / room).is_dir() for room in rooms)
