"""What follows a click: the request at the API, the first sound, the silence after Interrupt."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from playwright.sync_api import Page, expect

from benchmarks.table import Row, Target
from benchmarks.world import World, tone
from tests.support.simulator_caller import Caller, session
from tests.support.visitor_page import VisitorPage

# Fourteen words with no consonant that stops the voice, so that silence means Interrupt.
TEXT = "We were away all year in a yellow room near a lonely narrow lane"
# The plain server's turns are not heard, and the simulator should not be busy with them.
SHORT = "Hi."
TONE = tone((3.0, 0.0))
SPEAKING = 0.6
"""Seconds of sound before the interrupt."""


@dataclass(slots=True)
class Seen:
    """Milliseconds of every round. `heard` is what the listener hears, `track` what is received."""

    request: list[float] = field(default_factory=list)
    sound: list[float] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    track: list[float] = field(default_factory=list)


def turns(world: World, rounds: int) -> list[Row]:
    """One sentence and one interrupt a round: from the page, bare, and through the plain server."""
    ours, bare, plain = Seen(), Seen(), Seen()
    with (
        world.visitor("sdk") as visitor,
        world.bare_page() as bare_page,
        world.plain_page() as plain_page,
        session(world.simulator) as caller,
    ):
        visitor.start.click()
        visitor.until_live()
        session_id = world.simulator.sessions()[-1]["sessionId"]
        visitor.until_turn("I am your avatar assistant", "spoken")
        visitor.page.evaluate("stamps.listen()")
        bare_page.evaluate("watch", caller.whep_url())
        bare_page.evaluate("stamps.listen()")
        for _ in range(rounds + 1):
            _page_round(world, visitor, session_id, ours)
            _bare_round(bare_page, caller, bare)
            _plain_round(world, plain_page, plain)
        visitor.end.click()
        visitor.until_phase("idle")
    return [
        Row(
            "Make Avatar Speak to first sound",
            "ms",
            ours.sound[1:],
            bare.sound[1:],
            Target("ratio", 2),
        ),
        Row(
            "Interrupt to silence, as heard",
            "ms",
            ours.heard[1:],
            bare.track[1:],
            Target("ratio", 1.2),
        ),
        Row("Interrupt to silence, track alone", "ms", ours.track[1:], bare.track[1:]),
        Row("Click to request at the API", "ms", ours.request[1:], plain.request[1:]),
    ]


def _page_round(world: World, visitor: VisitorPage, session_id: str, seen: Seen) -> None:
    page = visitor.page
    visitor.text.fill(TEXT)
    page.evaluate("stamps.clear()")
    visitor.speak.click()
    loud: float = page.evaluate("stamps.loud()")
    click: float = page.evaluate("stamps.click")
    seen.sound.append(loud - click)
    seen.request.append(_received_at(world, session_id) - click)
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


def _plain_round(world: World, page: Page, seen: Seen) -> None:
    turns_before = len(world.simulator.session(world.plain["sessionId"])["turns"])
    page.get_by_label("Text").fill(SHORT)
    with page.expect_response("**/say-text"):
        page.get_by_role("button").click()
    turns_after = world.simulator.session(world.plain["sessionId"])["turns"]
    assert len(turns_after) == turns_before + 1
    click: float = page.evaluate("stamps.click")
    seen.request.append(_received_at(world, world.plain["sessionId"]) - click)


def _received_at(world: World, session_id: str) -> float:
    """When the newest turn of this session came to the simulator, in ms of Unix time."""
    received_at: float = world.simulator.session(session_id)["turns"][-1]["receivedAt"]
    return received_at * 1000
