"""From a click to the request at the API, beside the same click in the stack of the example."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count

from playwright.sync_api import Page, expect

from benchmarks.proxy import Proxy, proxy
from benchmarks.table import Row, Target
from benchmarks.turns import TEXT
from benchmarks.world import World, world
from tests.support.simulator_process import eventually
from tests.support.visitor_page import VisitorPage

CALLS = {"say": "say-text", "interrupt": "interrupt"}
DELAY = 0.02
"""Seconds that each direction takes to a server that is 40 ms away."""
APART = 0.8
"""Seconds from one request to the next click on any page: what the first began is over by then."""
ROUND = 5.5
"""Seconds, at least. Chromium sends no second preflight for an address within 5 s of the first."""

NUMBERS = count()

TARGETS = (
    ("say", "0 ms", None),
    ("say", "40 ms", Target("ratio", 0.6)),
    ("interrupt", "0 ms", Target("ratio", 1.2)),
    ("interrupt", "40 ms", Target("ratio", 0.6)),
)


@dataclass(frozen=True, slots=True)
class Side:
    """A page with the vendor's controls, and the session that they are for."""

    page: VisitorPage
    session_id: str
    api: Proxy

    def press(self, verb: str) -> float:
        """Milliseconds from the click on the button of this verb to the call at the API."""
        call = CALLS[verb]
        earlier = len(self.api.arrivals(call, self.session_id))
        if verb == "say":
            self.page.say(f"{TEXT} {next(NUMBERS)}")  # a new one: the same is a double click
        else:
            self.page.interrupt.click()
        at, *_ = eventually(lambda: self.api.arrivals(call, self.session_id)[earlier:])
        click: float = self.page.page.evaluate("stamps.click")
        if verb == "interrupt":
            expect(self.page.interrupt).to_be_disabled()
            expect(self.page.text).to_have_value("")
        time.sleep(APART)
        return 1000 * at - click


def clicks(rounds: int) -> list[Row]:
    """Say and interrupt, ours and theirs, with 0 and with 40 ms between browser and server.

    Then the first say of a server that has just started, for every other round.
    """
    seen: defaultdict[str, list[float]] = defaultdict(list)

    def measure(away: str, ours: Side, theirs: Side) -> None:
        for verb in CALLS:
            seen[f"{verb} ours {away}"].append(ours.press(verb))
            seen[f"{verb} theirs {away}"].append(theirs.press(verb))

    with world() as everything, ExitStack() as stack:
        enter = stack.enter_context
        app, server = enter(everything.app()), enter(everything.plain_server())
        far_app, far_server = (enter(proxy(url, DELAY)).url for url in (app, server))
        far = _started(everything, enter(everything.visitor(far_app)))
        near = _started(everything, enter(everything.visitor(app)))
        plain = _plain(everything, enter(everything.page(f"plain.html?server={server}")))
        far_plain = _plain(everything, enter(everything.page(f"plain.html?server={far_server}")))
        for _ in range(rounds + 1):
            began = time.monotonic()
            measure("0 ms", near, plain)
            measure("40 ms", far, far_plain)
            time.sleep(max(0, began + ROUND - time.monotonic()))
    with world() as everything:
        firsts = [_first_and_later(everything) for _ in range(rounds // 2 or 1)]
    kept = {name: values[1:] for name, values in seen.items()}
    rows = [
        Row(
            f"{verb.capitalize()} to request at the API, {away} away",
            "ms",
            kept[f"{verb} ours {away}"],
            kept[f"{verb} theirs {away}"],
            target,
        )
        for verb, away, target in TARGETS
    ]
    name, (first, later) = "First say of a server, and a later one", zip(*firsts, strict=True)
    return [*rows, Row(name, "ms", first, later, Target("ratio", 1.2))]


def _started(everything: World, visitor: VisitorPage) -> Side:
    visitor.start.click()
    visitor.until_live()
    visitor.until_turn("I am your avatar assistant", "spoken")
    return Side(visitor, everything.simulator.sessions()[-1]["sessionId"], everything.api)


def _plain(everything: World, page: Page) -> Side:
    session_id = page.wait_for_function("globalThis.sessionId").json_value()
    return Side(VisitorPage(page), session_id, everything.api)


def _first_and_later(everything: World) -> tuple[float, float]:
    with everything.app() as app, everything.visitor(app) as visitor:
        side = _started(everything, visitor)
        first = side.press("say")  # after the welcome, as the later one is after a turn
        visitor.until_turn(TEXT, "spoken")
        return first, side.press("say")
