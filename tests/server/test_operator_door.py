"""The operator's password: how guesses are slowed down, and who is not kept out by them."""

from __future__ import annotations

import re

from server.operator_door import FREE, FREE_FOR_ALL, LONGEST, TOO_EARLY, WRONG, OperatorDoor

RIGHT = "let me in"


class Doorway:
    """A door, and a clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.door = OperatorDoor(clock=lambda: self.now)

    def __call__(self, given: str, visitor: str = "v", *, here: bool = False) -> str | None:
        """What is said to this guess."""
        return self.door.try_password(given, RIGHT, visitor=visitor, here=here)

    def wait(self, said: str | None) -> int:
        """The seconds that a sentence tells to wait, which pass."""
        found = re.fullmatch(TOO_EARLY.format(r"(\d+)"), said or "")
        assert found
        self.now += int(found[1])
        return int(found[1])


def test_the_right_one_opens() -> None:
    """At once, after some that were mistyped, whatever language they are in."""
    door = Doorway()
    for guess in ("", "let me", "let me in ", "пароль")[:FREE]:
        assert door(guess) == WRONG
    waits = door.wait(door(RIGHT))
    assert waits == 1
    assert door(RIGHT) is None


def test_each_wait_is_longer() -> None:
    """Up to a minute; the right password, too, is not looked at before."""
    door = Doorway()
    for _ in range(FREE):
        assert door("wrong") == WRONG
    waits = []
    for _ in range(9):
        waits.append(door.wait(door(RIGHT)))
        assert door("wrong") == WRONG
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, LONGEST]


def test_a_new_visitor_is_no_way_around() -> None:
    """Those of the network wait together; who sits at the machine, and who was let in before, wait
    for themselves alone."""
    door = Doorway()
    assert door(RIGHT, "known") is None
    for number in range(FREE_FOR_ALL):
        assert door("wrong", f"stranger {number}") == WRONG
    assert door.wait(door(RIGHT, "another stranger"))
    door.now -= 1
    assert door(RIGHT, "known") is None
    assert door(RIGHT, "at the machine", here=True) is None


def test_a_quarter_of_an_hour_later() -> None:
    """All is forgotten, so that nobody is kept out for ever."""
    door = Doorway()
    for _ in range(30):
        said = door("wrong")
        if said != WRONG:
            door.wait(said)
    door.now += 901
    assert door(RIGHT) is None


def test_a_flood_fills_no_memory() -> None:
    """What is kept of visitors has an end."""
    door = Doorway()
    for number in range(3000):
        door("wrong", f"stranger {number}", here=True)
        door.now += 61
    assert len(vars(door.door)["_wrong"]) <= 1001
