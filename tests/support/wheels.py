"""Whether `requirements.txt` can be installed from wheels alone wherever people are: on each system
and Python that the README promises. `make soak` runs it: `python -m tests.support.wheels`.

pip is asked for another system with --platform and --python-version, and then takes the wheels of
that system, but still evaluates the markers of every requirement (`; sys_platform != "win32"`)
against the Python that runs it. So it is started here with the markers of the system in question.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
GLIBC = range(28, 4, -1)
"""The minor versions of glibc 2 whose wheels are taken: that of Debian 10 and RHEL 8, and older."""

UNPROMISED = {("Mac with Intel", "3.14")}
"""onnxruntime made its last wheels for Intel Macs before Python 3.14 came (November 2026)."""

PIP = """
import json, sys
from pip._internal.cli.main import main
from pip._vendor.packaging import markers
markers.default_environment = lambda: json.loads(sys.argv[1])
sys.exit(main(sys.argv[2:]))
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A system: pip's names for its wheels, the best first, and what its markers say."""

    name: str
    platforms: tuple[str, ...]
    os_name: str
    sys_platform: str
    platform_system: str
    platform_machine: str

    def markers(self, python: str) -> dict[str, str]:
        """Every variable of a marker (PEP 508), but for the releases of kernels, which no
        requirement of ours asks for."""
        return {
            "os_name": self.os_name,
            "sys_platform": self.sys_platform,
            "platform_system": self.platform_system,
            "platform_machine": self.platform_machine,
            "platform_release": "",
            "platform_version": "",
            "platform_python_implementation": "CPython",
            "implementation_name": "cpython",
            "implementation_version": f"{python}.0",
            "python_version": python,
            "python_full_version": f"{python}.0",
        }


def _linux(machine: str) -> Target:
    platforms = tuple(f"manylinux_2_{minor}_{machine}" for minor in GLIBC)
    aliases = (f"manylinux2014_{machine}", f"linux_{machine}")
    return Target(f"Linux {machine}", (*platforms, *aliases), "posix", "linux", "Linux", machine)


def _mac(name: str, machine: str) -> Target:
    return Target(name, (f"macosx_14_0_{machine}",), "posix", "darwin", "Darwin", machine)


TARGETS = (
    _linux("x86_64"),
    _linux("aarch64"),
    Target("Windows", ("win_amd64",), "nt", "win32", "Windows", "AMD64"),
    _mac("Mac with Apple silicon", "arm64"),
    _mac("Mac with Intel", "x86_64"),
)


def resolved(target: Target, python: str, requirements: Path) -> dict[str, str]:
    """The version of each package that pip would install. Raises `CalledProcessError`, with pip's
    own words, where it finds no wheel."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        subprocess.run(
            [
                *(sys.executable, "-c", PIP, json.dumps(target.markers(python))),
                *("install", "--dry-run", "--quiet", "--ignore-installed", "--no-compile"),
                *("--disable-pip-version-check", "--only-binary=:all:"),
                *(f"--platform={platform}" for platform in target.platforms),
                *(f"--python-version={python}", "--implementation=cp"),
                *(f"--target={folder}", f"--report={report}", f"--requirement={requirements}"),
            ],
            check=True,
            capture_output=True,
            text=True,
        )
        installed = json.loads(report.read_text())["install"]
    return {item["metadata"]["name"]: item["metadata"]["version"] for item in installed}


def missing(target: Target, python: str) -> str | None:
    """Why it can't be installed there, in pip's words; `None` where it can."""
    try:
        resolved(target, python, ROOT / "requirements.txt")
    except subprocess.CalledProcessError as failure:
        words = [line for line in failure.stderr.splitlines() if line.startswith("ERROR")]
        return words[-1] if words else str(failure.stderr)
    return None


def main() -> int:
    """Print a line for each system and Python. Exit code 1: one is not as promised."""
    surprises = 0
    for target in TARGETS:
        for python in PYTHONS:
            reason = missing(target, python)
            promised = (target.name, python) not in UNPROMISED
            surprises += promised == bool(reason)
            note = "" if promised else " (not promised)"
            print(f"{target.name}, Python {python}: {reason or 'wheels alone'}{note}", flush=True)
    return int(surprises > 0)


if __name__ == "__main__":
    sys.exit(main())
