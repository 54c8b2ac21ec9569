"""Programs that take apart what strangers send, each in a process of its own, with limits.

Such a process can be ended, may use little memory and time, and has none of the server's settings
in its environment. A program is a file with `main(given, *words)`: it yields what it makes of the
bytes that it is given, or raises `SystemExit` with a clause that says why it refuses them. Its
`prepare(*words)`, if there is one, imports libraries first: under the limits, Python could not keep
them compiled, and would compile them anew each time (0.56 s of a processor, else 0.21). This
file starts it by its path: importing its package would take longer than the work.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Timer
from typing import IO, Literal

REFUSED = 3
"""The exit code of a program that refuses what it was given."""

_LONGEST_CLAUSE = 1000
_OUR_SETTINGS = ("AVATAR_", "STREAMLIT_", "COVERAGE_")
"""How their names begin. What measures coverage would write a file, which the limits forbid."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a program: bytes of `memory` beyond those of the interpreter, its libraries and what it is
    given; `seconds` of a processor; `deadline`, seconds by the clock; bytes of its `answer`, and of
    a `file` that it writes."""

    memory: int
    seconds: int
    deadline: float
    answer: int
    file: int = 0


class NotDone(RuntimeError):
    """A program has made nothing of what it was given.

    `why`: it refused it, and the message is its clause; it came to its limits, or crashed; its
    answer is too large; it could not be started.
    """

    def __init__(self, why: Literal["refused", "limits", "large", "no room"], clause: str = ""):
        self.why = why
        super().__init__(clause)


def command(program: str, words: tuple[str, ...], limits: Limits) -> list[str]:
    """What starts the file `program`."""
    # With -P a module of ours beside it can't take the place of one that Python knows by that name.
    start = [sys.executable, "-P", __file__, program]
    return [*start, *map(str, (limits.memory, limits.seconds, limits.file)), *words]


def run(
    program: str,
    *words: str,
    given: bytes,
    limits: Limits,
    stop: Future[None] | None = None,
) -> bytes:
    """The answer of the file `program` to these bytes. Blocks. Raises `NotDone`.

    What the program has started, in a process group of its own, is ended with it. It is ended as at
    its limits when `stop` is done or cancelled.
    """
    try:
        process = subprocess.Popen(
            command(program, words, limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        _log.error("%s could not be started: %s", program, error)
        raise NotDone("no room") from error
    overdue = Timer(limits.deadline, _end, (process,))
    overdue.start()

    def stopped(_: Future[None]) -> None:
        if process.returncode is None:  # later on, others may have its number
            _end(process)

    if stop:
        stop.add_done_callback(stopped)
    try:
        with process, ThreadPoolExecutor(1) as reader:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            told = reader.submit(_beginning, process.stderr)
            with suppress(OSError), process.stdin:  # it has gone
                process.stdin.write(given)
            answer = process.stdout.read(limits.answer + 1)
            if len(answer) > limits.answer:
                _end(process)
                raise NotDone("large")
            clause = told.result().decode(errors="replace").strip()
    finally:
        overdue.cancel()
        _end(process)
    if process.returncode == REFUSED:
        raise NotDone("refused", clause)
    if process.returncode > 0:  # a signal is below: one of the limits, or a crash of a library
        _log.error("%s failed: %s", program, clause)
    if process.returncode:
        raise NotDone("limits")
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    """With what it has started, if it made itself a group."""
    if sys.platform == "win32":
        if process.poll() is None:
            taskkill = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
            subprocess.run(taskkill, stdout=subprocess.DEVNULL)
    else:
        with suppress(OSError):  # it has none
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()


def _beginning(stream: IO[bytes]) -> bytes:
    """The first bytes of all that comes: it is read to its end, or its writer would wait."""
    begins = stream.read(_LONGEST_CLAUSE)
    while stream.read(2**16):
        pass
    return begins


def environment() -> dict[str, str]:
    """This process's, without our settings."""
    return {n: text for n, text in os.environ.items() if not n.startswith(_OUR_SETTINGS)}


def _main() -> None:
    """Be the process: all of standard input is read first, then the limits are set."""
    path, memory, seconds, file, *words = sys.argv[1:]
    spec = spec_from_file_location(Path(path).stem, path)
    assert spec
    assert spec.loader
    program = module_from_spec(spec)
    spec.loader.exec_module(program)
    if hasattr(program, "prepare"):
        program.prepare(*words)
    given = sys.stdin.buffer.read()
    _limit(int(memory), int(seconds), int(file))
    try:
        for part in program.main(given, *words):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
    except SystemExit as refusal:
        print(refusal, file=sys.stderr, flush=True)
        os._exit(REFUSED)  # what it has opened may be damaged, and is not closed


def _limit(memory: int, seconds: int, file: int) -> None:
    """These, and a low priority, where the system has such limits; where it sets tighter ones
    already, they stay."""
    with suppress(AttributeError, OSError):
        os.nice(5)  # the server and the stream go first
    try:
        import resource
    except ImportError:
        return
    wanted = {resource.RLIMIT_CPU: seconds, resource.RLIMIT_FSIZE: file}
    if sys.platform == "linux":
        with suppress(OSError), open("/proc/self/statm", encoding="ascii") as statm:
            held = int(statm.read().split()[0]) * resource.getpagesize()
            wanted = {resource.RLIMIT_AS: held + memory, **wanted}
    for limit, most in wanted.items():
        with suppress(OSError, ValueError):
            hard = resource.getrlimit(limit)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    _main()
