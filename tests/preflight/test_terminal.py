"""`python -m preflight`: what a terminal is told, and its exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.support.app_process import ROOT, environment
from tests.support.simulator_process import SimulatorProcess


def preflight(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """It, with these settings and no others."""
    return subprocess.run(
        [sys.executable, "-m", "preflight"],
        cwd=ROOT,
        # A pipe of Windows has no tick and no cross.
        env=environment(folder, {"PYTHONIOENCODING": "cp1252", **settings}),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )


def test_all_is_well(simulator: SimulatorProcess, tmp_path: Path) -> None:
    """Each step is printed as it is done, with no secret; the exit code is 0."""
    done = preflight(tmp_path, AVATAR_KS="canaryOfTheTerminal", AVATAR_BASE_URL=simulator.base_url)
    assert done.stderr == ""
    assert done.returncode == 0
    assert done.stdout.count("✓") == 10
    assert "Direct, from this machine to the service." in done.stdout
    assert "canary" not in done.stdout
    session = simulator.sessions()[-1]
    assert session["endedBy"] == "end"
    assert session["sessionId"] not in done.stdout


def test_a_setting_that_makes_no_sense(tmp_path: Path) -> None:
    """Its sentence, and what to do; the exit code is 1."""
    done = preflight(tmp_path, AVATAR_DISPLAY="both")
    assert done.returncode == 1
    assert "✗ Settings" in done.stdout
    assert "AVATAR_DISPLAY can be sdk or direct" in done.stdout
    assert "What to do: This is not a matter of your network" in done.stdout
