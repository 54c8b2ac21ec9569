"""From a click to the request at the API, beside the same click in the stack of the example."""

from __future__ import annotations

import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from benchmarks.proxy import Proxy, proxy
from benchmarks.table import Row, Target
from benchmarks.world import World, world
from tests.support.simulator_process import eventually
from tests.support.visitor_page import VisitorPage

TEXT = "We were away all year in a yellow room near a lonely narrow lane"
CALLS = {"say": "say-text", "interrupt": "interrupt"}
DELAY = 0.02
"""Seconds that each direction takes to a server that is 40 ms away."""
APART = 0.3
"""Seconds from one request to the next click on any page: what the first began is over by then."""
ROUND = 5.5
"""Seconds, at least. Chromium sends no second preflight for an address within 5 s of the first."""

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
            self.page.say(TEXT)
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
    """Say and interrupt, ours and theirs, with 40 and with 0 ms between browser and server.

    Our page that is near starts a session in every round, and its first say is measured, too.
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
        visitor = enter(everything.visitor(app))
        plain = _plain(everything, enter(everything.page(f"plain.html?server={server}")))
        far_plain = _plain(everything, enter(everything.page(f"plain.html?server={far_server}")))
        for _ in range(rounds + 1):
            began = time.monotonic()
            near = _started(everything, visitor)
            measure("40 ms", far, far_plain)
            visitor.until_turn("I am your avatar assistant", "spoken")
            seen["first"].append(near.press("say"))
            near.press("interrupt")
            measure("0 ms", near, plain)
            visitor.end.click()
            visitor.until_phase("idle")
            time.sleep(max(0, began + ROUND - time.monotonic()))
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
    name, later = "First say after a start, and later ones", kept["say ours 0 ms"]
    return [*rows, Row(name, "ms", kept["first"], later, Target("ratio", 1.2))]


def _started(everything: World, visitor: VisitorPage) -> Side:
    visitor.start.click()
    visitor.until_live()
    return Side(visitor, everything.simulator.sessions()[-1]["sessionId"], everything.api)


def _plain(everything: World, page: Page) -> Side:
    session_id = page.wait_for_function("globalThis.sessionId").json_value()
    return Side(VisitorPage(page), session_id, everything.api)
