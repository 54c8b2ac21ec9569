"""What follows a click: the first sound after Make Avatar Speak, the silence after Interrupt."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from benchmarks.table import Row, Target
from benchmarks.world import tone, world
from tests.support.simulator_caller import Caller, session
from tests.support.visitor_page import VisitorPage

# Fourteen words with no consonant that stops the voice, so that silence means Interrupt.
TEXT = "We were away all year in a yellow room near a lonely narrow lane"
TONE = tone((3.0, 0.0))
SPEAKING = 0.6
"""Seconds of sound before the interrupt."""


@dataclass(slots=True)
class Seen:
    """Milliseconds of every round. `heard` is what the listener hears, `track` what is received."""

    sound: list[float] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    track: list[float] = field(default_factory=list)


def turns(rounds: int) -> list[Row]:
    """One sentence and one interrupt a round: from the page, and bare."""
    ours, bare = Seen(), Seen()
    with (
        world() as everything,
        everything.app() as app,
        everything.visitor(app) as visitor,
        everything.page("bare.html") as bare_page,
        session(everything.simulator) as caller,
    ):
        visitor.start.click()
        visitor.until_live()
        visitor.until_turn("I am your avatar assistant", "spoken")
        visitor.page.evaluate("stamps.listen()")
        bare_page.evaluate("watch", caller.whep_url())
        bare_page.evaluate("stamps.listen()")
        for _ in range(rounds + 1):
            _page_round(visitor, ours)
            _bare_round(bare_page, caller, bare)
    sound, heard = Target("ratio", 2), Target("ratio", 1.2)
    return [
        Row("Make Avatar Speak to first sound", "ms", ours.sound[1:], bare.sound[1:], sound),
        Row("Interrupt to silence, as heard", "ms", ours.heard[1:], bare.track[1:], heard),
        Row("Interrupt to silence, track alone", "ms", ours.track[1:], bare.track[1:]),
    ]


def _page_round(visitor: VisitorPage, seen: Seen) -> None:
    page = visitor.page
    visitor.text.fill(TEXT)
    page.evaluate("stamps.clear()")
    visitor.speak.click()
    loud: float = page.evaluate("stamps.loud()")
    click: float = page.evaluate("stamps.click")
    seen.sound.append(loud - click)
    time.sleep(SPEAKING)
    visitor.interrupt.click()
    quiet: float = page.evaluate("stamps.quiet()")
    click = page.evaluate("stamps.click")
    muted: float = page.evaluate("stamps.muted")
    seen.track.append(quiet - click)
    seen.heard.append(min(muted, quiet) - click)
    expect(visitor.interrupt).to_be_disabled()
    expect(visitor.text).to_have_value("")
    visitor.page.wait_for_function("!document.querySelector('video').muted")


def _bare_round(page: Page, caller: Caller, seen: Seen) -> None:
    page.evaluate("stamps.clear()")
    began = time.time() * 1000
    caller.say_audio(*TONE)
    loud: float = page.evaluate("stamps.loud()")
    seen.sound.append(loud - began)
    time.sleep(SPEAKING)
    began = time.time() * 1000
    caller.call("interrupt")
    quiet: float = page.evaluate("stamps.quiet()")
    seen.track.append(quiet - began)
