"""Programs in processes of their own: their limits, and what they tell."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from speech.confined import Limits, NotDone, command, environment, run

LIMITS = Limits(memory=200 * 2**20, seconds=120, deadline=30, answer=1000, file=4096)


def program(folder: Path, *rows: str) -> str:
    """A program whose `main` has these rows."""
    file = folder / "program.py"
    file.write_text("\n    ".join(("import sys\ndef main(given, *words):", *rows)))
    return str(file)


TELLS = (
    "import json, os, resource",
    "limits = resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_AS",
    "yield json.dumps([[*map(resource.getrlimit, limits)], os.nice(0)]).encode()",
)


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of others has no limit")
@pytest.mark.parametrize(("given", "seconds"), [("unlimited", 120), ("60", 60)])
def test_each_limit_is_set(tmp_path: Path, given: str, seconds: int) -> None:
    """Also where another one is tighter already."""
    words = shlex.join(command(program(tmp_path, *TELLS), (), LIMITS))
    shell = ["sh", "-c", f"ulimit -t {given}; exec {words}"]
    told = subprocess.run(
        shell, stdin=subprocess.DEVNULL, capture_output=True, check=True, env=environment()
    )
    (processor, file, (memory, _)), nice = json.loads(told.stdout)
    assert processor == [seconds, seconds]
    assert file == [4096, 4096]
    assert LIMITS.memory < memory < 10 * LIMITS.memory
    assert nice >= 5


def test_a_program_that_tells_too_much(tmp_path: Path) -> None:
    """It need not wait for a reader, and its clause is cut off."""
    chatty = program(tmp_path, "print('x' * 300_000, file=sys.stderr, flush=True)", "yield given")
    assert run(chatty, given=b"answer", limits=LIMITS) == b"answer"
    refusing = program(tmp_path, "raise SystemExit('why ' + 'x' * 300_000)")
    with pytest.raises(NotDone, match=r"^why x{996}$") as refused:
        run(refusing, given=b"", limits=LIMITS)
    assert refused.value.why == "refused"


def test_too_large_an_answer(tmp_path: Path) -> None:
    """The program is ended."""
    large = program(tmp_path, "while True:", "    yield bytes(1000)")
    with pytest.raises(NotDone) as refused:
        run(large, given=b"", limits=LIMITS)
    assert refused.value.why == "large"
