"""What a preflight tries, one step after the other, and what came of each (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that has to work. It is tried where the steps that it `needs` have passed."""

    name: str
    title: str
    needs: tuple[str, ...] = ()


STEPS = (
    Step("settings", "Settings"),
    Step("ks", "Kaltura Session (KS)", needs=("settings",)),
    Step("network", "Name resolution and TLS", needs=("settings",)),
    Step("create", "Create a session", needs=("ks", "network")),
    Step("init-client", "Address of the picture", needs=("create",)),
    Step("ice", "Route of the media (ICE)", needs=("init-client",)),
    Step("picture", "First picture", needs=("ice",)),
    Step("sound", "First sound", needs=("ice",)),
    Step("interrupt", "Interrupt", needs=("sound",)),
    Step("end", "End the session", needs=("create",)),
)
"""In the order of their trial. The session is ended whatever became of the other steps."""


class Outcome(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    TRYING = "trying"
    PASSED = "passed"
    FAILED = "failed"
    NOT_TRIED = "not tried"


class StepFailed(Exception):
    """A step that did not work: `str()` says what was tried and what came, `to_do` what to do."""

    def __init__(self, problem: str, to_do: str) -> None:
        super().__init__(problem)
        self.to_do = to_do


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one step. `seconds` that it took; `to_do`: only where it failed."""

    step: Step
    outcome: Outcome = Outcome.WAITING
    seconds: float | None = None
    detail: str = ""
    to_do: str = ""


Results = tuple[Result, ...]


def waiting() -> Results:
    """Every step, before the first one is tried."""
    return tuple(Result(step) for step in STEPS)


def verdict(results: Results) -> str:
    """One sentence for all of it."""
    failed = [each for each in results if each.outcome is Outcome.FAILED]
    if not failed:
        whole = all(each.outcome is Outcome.PASSED for each in results)
        return "It works here." if whole else "It was stopped before it had tried everything."
    others = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return f"It does not work here yet: {failed[0].step.title}{others}."
