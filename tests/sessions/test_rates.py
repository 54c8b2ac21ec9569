"""How often something may happen."""

from __future__ import annotations

import pytest

from sessions.rates import MOST_KEYS, Rate


def test_so_often_at_once_and_then_so_often_a_second() -> None:
    """Each key has its own; time gives back what was used, and never more."""
    now = 100.0
    rate = Rate(3, 2.0, clock=lambda: now)
    assert [rate.allows("a") for _ in range(5)] == [True, True, True, False, False]
    assert rate.allows("b")
    now += 0.5
    assert [rate.allows("a") for _ in range(2)] == [True, False]
    now += 1000
    assert [rate.allows("a") for _ in range(4)] == [True, True, True, False]


def test_who_waits_is_counted() -> None:
    """Each one waits longer, until it would be too long, which is not counted."""
    rate = Rate(1, 2.0, clock=lambda: 0.0)
    waits = [rate.wait("a", at_most=1.0) for _ in range(5)]
    assert waits == pytest.approx([0.0, 0.5, 1.0, 1.5, 1.5])


def test_keys_are_forgotten() -> None:
    """Those that were used long ago first; a flood of new ones never fills the memory."""
    now = 0.0
    rate = Rate(1, 1.0, clock=lambda: now)
    for key in range(MOST_KEYS):
        rate.wait(key)
    now = 10.0
    assert rate.allows("one")
    assert rate.allows("two")
    assert not rate.allows("one")
    for key in range(3 * MOST_KEYS):
        rate.wait(key)
    assert len(vars(rate)["_used_until"]) <= MOST_KEYS + 1
