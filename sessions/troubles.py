"""What can be wrong with a session that goes on: one table of the words, and who comes first.

The page's status line and message, and the stage's notice, are drawn from what this says. What a
browser alone can know (no line to this server) is in `components/stage/js/troubles.js`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """The present trouble of a session."""

    REFUSED = "refused"  # the picture is asked for, and refused
    TAKEN = "taken"  # somebody else is watching
    MISSING = "missing"  # no picture has come in time
    STALLED = "stalled"  # the picture has stopped
    NO_STAGE = "no stage"  # the page's own connection to this server is not there
    SILENT = "silent"  # the service does not answer keep-alives
    SLOW = "slow"  # the service has not answered a call for `SLOW` seconds


SLOW = 3.0
"""Seconds without an answer to create, or to the present turn, until the page says so."""

UNSEEN = frozenset({Trouble.REFUSED, Trouble.TAKEN, Trouble.MISSING, Trouble.STALLED})
"""The troubles in which nobody sees the avatar."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says. `status`: in its status line. `sentence`: what is wrong, and what
    happens next; a stage may know better."""

    status: str
    sentence: str


WORDS = {
    Trouble.REFUSED: Words(
        "picture does not come",
        "The avatar's picture does not come. It is asked for again by itself.",
    ),
    Trouble.TAKEN: Words(
        "another viewer is watching",
        "Another viewer is watching this avatar. Close the other page, or end the session and"
        " start again; until then the picture is asked for again by itself.",
    ),
    Trouble.MISSING: Words(
        "no picture",
        "The avatar's picture did not arrive. It is asked for again by itself.",
    ),
    Trouble.STALLED: Words(
        "picture stopped",
        "The picture has stopped; the page is reconnecting by itself.",
    ),
    Trouble.NO_STAGE: Words(
        "this page is not connected",
        "The page's own connection to this server is not there. It is tried again by itself;"
        " reload the page if this lasts.",
    ),
    Trouble.SILENT: Words(
        "the service does not answer",
        "The avatar service does not answer. It is asked again by itself.",
    ),
    Trouble.SLOW: Words(
        "the service is slow",
        "The avatar service has not answered yet. The page goes on waiting.",
    ),
}

ASKED_AGAIN = "It is asked again by itself; after {:g} s without an answer the session ends."
ENDS_UNSEEN = "A session that nobody sees for {:g} s ends by itself."
