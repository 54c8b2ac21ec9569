"""A preflight as a text to be sent to somebody: what was tried, and what to do. Nothing secret."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from textwrap import fill

from preflight.steps import Outcome, Result, Results, verdict

SIGNS = {
    Outcome.WAITING: " ",
    Outcome.TRYING: "…",
    Outcome.PASSED: "✓",
    Outcome.FAILED: "✗",
    Outcome.NOT_TRIED: "-",
}
WIDTH = 88


def report(results: Results, *, service: str, viewer: str) -> str:
    """All of it."""
    steps = "\n".join(paragraph(each) for each in results)
    return f"{head(service=service, viewer=viewer)}\n\n{steps}\n\n{verdict(results)}\n"


def head(*, service: str, viewer: str) -> str:
    """When, where, by whom."""
    time = datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC")
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return (
        f"Talking avatar: preflight of {time}\n"
        f"Service:    {service}\n"
        f"Watched by: {viewer}\n"
        f"App on:     {system}"
    )


def paragraph(result: Result) -> str:
    """One step, with what to do where it did not work."""
    took = "not tried" if result.outcome is Outcome.NOT_TRIED else ""
    if result.seconds is not None:
        took = f"{result.seconds:.2f} s"
    lines = [f"{SIGNS[result.outcome]} {result.step.title:<28}{took:>10}".rstrip()]
    if result.detail:
        lines.append(_indented(result.detail))
    if result.to_do:
        lines.append(_indented(f"What to do: {result.to_do}"))
    return "\n".join(lines)


def _indented(text: str) -> str:
    margin = "    "
    return fill(
        text, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False
    )
