"""Codes for a phone that drives the presenter's desk."""

from __future__ import annotations

import re

import pytest

from show.remotes import (
    ALPHABET,
    CODE_LIVES,
    TOKEN_LIVES,
    TRIES,
    TRIES_OF_ALL,
    Remote,
    Remotes,
    TooManyTries,
)


class Clock:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Now."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock that stands."""
    return Clock()


@pytest.fixture
def remotes(clock: Clock) -> Remotes:
    """Those of a server that has just begun."""
    return Remotes(clock=clock)


def joined(remotes: Remotes, code: str, peer: str = "phone") -> Remote:
    """The remote that this code makes."""
    remote = remotes.redeem(code, peer)
    assert remote is not None
    return remote


def test_a_code_is_easy_to_read_out(remotes: Remotes) -> None:
    """It is two times four characters, none of which is taken for another."""
    code = remotes.code_for("ada")
    assert re.fullmatch(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", code)
    assert not set(ALPHABET) & set("01IOLU")


def test_a_code_makes_a_remote_once(remotes: Remotes) -> None:
    """Its token leads to the visitor's desk; the same code again leads nowhere."""
    code = remotes.code_for("ada")
    remote = joined(remotes, code)
    assert remotes.visitor_of(remote.token) == "ada"
    assert remotes.redeem(code, "phone") is None
    assert remotes.visitor_of(remote.token) == "ada"


def test_a_code_is_read_as_people_type_it(remotes: Remotes) -> None:
    """Small letters, blanks and a missing hyphen make no difference."""
    typed = (
        lambda code: f" {code.lower()}\n",
        lambda code: code.replace("-", ""),
        lambda code: " ".join(code.replace("-", "")),
    )
    for by_hand in typed:
        assert joined(remotes, by_hand(remotes.code_for("ada"))).visitor == "ada"


def test_a_new_code_replaces_the_old(remotes: Remotes) -> None:
    """A visitor has one code at a time, each visitor another."""
    old, new, other = (remotes.code_for(visitor) for visitor in ("ada", "ada", "bob"))
    assert remotes.redeem(old, "phone") is None
    assert joined(remotes, new).visitor == "ada"
    assert joined(remotes, other).visitor == "bob"


@pytest.mark.parametrize("wrong", ["", "-", "AAAA-AAAA", "é" * 8, "K" * 100_000, "\0", "K7QM3XR"])
def test_what_is_no_code_makes_no_remote(remotes: Remotes, wrong: str) -> None:
    """Whatever is typed, there is no remote, and the code stays good."""
    code = remotes.code_for("ada")
    assert remotes.redeem(wrong, "phone") is None
    assert remotes.redeem(code[:-1], "phone") is None
    assert joined(remotes, code).visitor == "ada"


def test_a_code_ends_after_ten_minutes(remotes: Remotes, clock: Clock) -> None:
    """Until then it is good."""
    in_time, late = remotes.code_for("ada"), remotes.code_for("bob")
    clock.now += CODE_LIVES - 1
    assert joined(remotes, in_time).visitor == "ada"
    clock.now += 1
    assert remotes.redeem(late, "phone") is None


def test_a_token_ends_after_twelve_hours(remotes: Remotes, clock: Clock) -> None:
    """Until then it is good, and no made-up token ever is."""
    remote = joined(remotes, remotes.code_for("ada"))
    clock.now += TOKEN_LIVES - 1
    assert remotes.visitor_of(remote.token) == "ada"
    clock.now += 1
    assert remotes.visitor_of(remote.token) is None
    assert remotes.visitor_of("") is None


def test_a_visitor_revokes_all_remotes(remotes: Remotes) -> None:
    """Tokens and the open code end; another visitor's go on."""
    first, second = (joined(remotes, remotes.code_for("ada")) for _ in range(2))
    other, code = joined(remotes, remotes.code_for("bob")), remotes.code_for("ada")
    remotes.revoke("ada")
    assert [remotes.visitor_of(remote.token) for remote in (first, second)] == [None, None]
    assert remotes.redeem(code, "phone") is None
    assert remotes.visitor_of(other.token) == "bob"
    remotes.revoke("nobody")


def test_a_peer_guesses_ten_times_a_minute(remotes: Remotes, clock: Clock) -> None:
    """Then even the right code is refused, until some time has passed; others may go on."""
    code = remotes.code_for("ada")
    for _ in range(TRIES):
        assert remotes.redeem("AAAA-AAAA", "thief") is None
    with pytest.raises(TooManyTries, match="wait a minute"):
        remotes.redeem(code, "thief")
    assert joined(remotes, code, "phone").visitor == "ada"
    clock.now += 60
    assert remotes.redeem("AAAA-AAAA", "thief") is None


def test_all_peers_together_guess_sixty_times_a_minute(remotes: Remotes, clock: Clock) -> None:
    """Many addresses guess no faster, and one that is refused uses up no one else's tries."""
    for _ in range(3 * TRIES_OF_ALL):
        try:
            remotes.redeem("AAAA-AAAA", "thief")
        except TooManyTries:
            continue
    for number in range(TRIES_OF_ALL - TRIES):
        assert remotes.redeem("AAAA-AAAA", f"thief {number}") is None
    with pytest.raises(TooManyTries):
        remotes.redeem("AAAA-AAAA", "one more")
    clock.now += 2
    assert remotes.redeem("AAAA-AAAA", "one more") is None


def test_what_has_ended_is_forgotten(remotes: Remotes, clock: Clock) -> None:
    """Codes and tokens that nobody uses don't fill the memory."""
    for number in range(100):
        joined(remotes, remotes.code_for(f"visitor {number}"), f"phone {number}")
        remotes.code_for(f"visitor {number}")
        clock.now += 1
    clock.now += TOKEN_LIVES
    remotes.code_for("ada")
    assert len(vars(remotes)["_codes"]) == 1
    assert not vars(remotes)["_remotes"]


def test_no_secret_is_printed(remotes: Remotes) -> None:
    """A remote in a log shows whose it is, and not its token."""
    remote = joined(remotes, remotes.code_for("ada"))
    assert remote.token not in repr(remote)
    assert "ada" in repr(remote)
