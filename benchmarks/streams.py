"""What arrives while it speaks: pictures a second, and lips in step with the sound."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise

import numpy as np
import psutil
from playwright.sync_api import Page

from benchmarks.table import Row, Target
from benchmarks.world import World, tone, world
from tests.support.simulator_caller import session

WATCHED = 8.0
"""Seconds over which frames are counted."""
SETTLED = 4.0
"""Seconds after a connection in which the browser has put sound and picture in step."""
LONG = "The avatar goes on speaking while somebody counts the pictures that come. " * 6
BURST = (0.4, 0.41)
"""Seconds of tone and of silence: each burst begins at another moment of a picture's 40 ms."""
WORDS = ("Ah.", "Open.", "I am.", "Apple.")
"""They begin with an open mouth, so that picture and sound begin together."""
APART = 1.0
"""Seconds between two words, each of which is over by then."""
NEAR = 150
"""Milliseconds around the beginning of a sound in which the mouth opens, and does not close yet."""
IN_STEP = Target("p95", 40)


def frames(_: int) -> list[Row]:
    """Pictures a second sent and decoded, and the simulator's share of a core, at 1, 2, 4 streams.

    Loopback loses nothing, so what was sent is what was received complete, and what was lost.
    """
    rows = []
    with world() as everything:
        for count in (1, 2, 4):
            sent, decoded, cpu = _watch(everything, count)
            name = f"{count} stream{'s' if count > 1 else ''}"
            least = (Target("least", 24.8), Target("least", 24)) if count == 1 else (None, None)
            rows += [
                Row(f"Frames sent, {name}", "fps", sent, target=least[0]),
                Row(f"Frames decoded, {name}", "fps", decoded, target=least[1]),
                Row(f"Simulator's use of a core, {name}", "%", [cpu]),
            ]
    return rows


def _watch(everything: World, count: int) -> tuple[list[float], list[float], float]:
    """Frames sent and decoded a second by each stream, and the simulator's use of a core in %."""
    process = psutil.Process(everything.simulator.process.pid)
    with ExitStack() as stack:
        pages = []
        for _ in range(count):
            caller = stack.enter_context(session(everything.simulator))
            page = stack.enter_context(everything.page("bare.html"))
            page.evaluate("watch", caller.whep_url())
            caller.say(LONG)
            pages.append(page)
        time.sleep(SETTLED)
        before, cpu, began = _received(pages), sum(process.cpu_times()[:2]), time.perf_counter()
        time.sleep(WATCHED)
        after, cpu = _received(pages), sum(process.cpu_times()[:2]) - cpu
        share = 100 * cpu / (time.perf_counter() - began)
    gains = [(b - a) / [(b[0] - a[0]) / 1000] for a, b in zip(before, after, strict=True)]
    sent = [float(received + lost) for _, received, _, lost in gains]
    return sent, [float(decoded) for _, _, decoded, _ in gains], share


def _received(pages: Sequence[Page]) -> list[np.ndarray]:
    return [np.array(page.evaluate("received()")) for page in pages]


def lips(rounds: int) -> list[Row]:
    """Between the beginning of a sound and the mouth's opening for it, as the browser has them.

    The moment at which a picture was given to the compositor (requestVideoFrameCallback) and the
    moment at which samples were given to WebAudio (AudioWorklet), both on the page's clock.
    MediaRecorder would have to encode both once more, on a machine that is measuring.
    """
    with (
        world() as everything,
        session(everything.simulator) as caller,
        everything.page("bare.html") as page,
    ):
        page.evaluate("watch", caller.whep_url())
        page.evaluate("stamps.listen()")
        page.evaluate("watchMouth()")
        time.sleep(SETTLED)
        audio, length = tone((0.0, 0.2), *[BURST] * 2 * rounds)
        caller.say_audio(audio, length)
        time.sleep(length + 1)
        bursts = _offsets(page, 2 * rounds)
        page.evaluate("stamps.clear()")
        for number in range(rounds):
            caller.say(WORDS[number % len(WORDS)])
            time.sleep(APART)
        words = _offsets(page, rounds)
    return [
        row
        for name, offsets in (("recorded bursts", bursts), ("spoken words", words))
        for row in (
            Row(f"Mouth against sound, {name}", "ms", list(map(abs, offsets)), target=IN_STEP),
            Row(f"Mouth after sound, {name}", "ms", offsets),
        )
    ]


def _offsets(page: Page, expected: int) -> list[float]:
    """Milliseconds from each beginning of sound to the mouth's opening; negative: it was first.

    An opening takes two or three pictures, one of which changes the mouth's pixels several times as
    much as the head's nod does.
    """
    sounds = [(at, loud) for at, loud in page.evaluate("stamps.sound")]
    mouth = np.array(page.evaluate("mouth"))
    moves = mouth[mouth[:, 1] > 0.4 * mouth[:, 1].max(), 0]
    begins = [b for (a, _), (b, loud) in pairwise([(0.0, False), *sounds]) if loud and b - a > NEAR]
    near = [moves[abs(moves - begin) < NEAR] - begin for begin in begins]
    offsets = [float(found[0]) for found in near if len(found)]
    assert len(offsets) >= 0.9 * expected, f"{len(offsets)} of {expected} were seen and heard"
    return offsets
