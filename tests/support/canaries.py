"""Secrets that are planted where ours are, and every spelling in which they could come out."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Literal

CANARIES = {
    "AVATAR_KS": "CanaryKs7f3a9Zq2LmX8",
    "AVATAR_ADMIN_SECRET": "CanaryAdminSecret4cP1tR6vYw",
    "AVATAR_OPERATOR_PASSWORD": "CanaryOperator9mB3kD5sGh",
}
"""By the names of their settings. The ledger's key is that of `tests.support.redis_server`."""

PARTNER_ID = "1234567"

MADE = "djJ8MTIzNDU2N3"
"""How every KS begins that is made for this partner: base64 of "v2|1234567|", as far as it is
whole."""


def going_live(how: Literal["given", "made"]) -> dict[str, str]:
    """The settings of a KS that is given, or of one that is made, and the operator's password."""
    left_out = "AVATAR_ADMIN_SECRET" if how == "given" else "AVATAR_KS"
    chosen = {name: canary for name, canary in CANARIES.items() if name != left_out}
    return chosen if how == "given" else {**chosen, "AVATAR_PARTNER_ID": PARTNER_ID}


def spellings(secret: str) -> dict[str, bytes]:
    """Each in small letters: what is searched may have changed them, as a host name does."""
    plain = secret.encode()
    spelled = {
        "plain": plain,
        "reversed": plain[::-1],
        "hex": plain.hex().encode(),
        "URL-encoded": b"".join(b"%%%02x" % byte for byte in plain),
        "JSON": b"".join(b"\\u%04x" % byte for byte in plain),
        "UTF-16": secret.encode("utf-16-le"),
    }
    for shift in range(3):
        # The first and the last characters hold bits of the secret's neighbours.
        encoded = base64.b64encode(b"x" * shift + plain)[4 if shift else 0 : -4]
        spelled[f"base64 at {shift}"] = encoded
        spelled[f"base64 for URLs at {shift}"] = encoded.translate(bytes.maketrans(b"+/", b"-_"))
    return {name: spelling.lower() for name, spelling in spelled.items()}


def leaks(secret: str, pieces: Iterable[bytes]) -> list[str]:
    """Where `secret` is found, and how it is spelled there."""
    found = []
    for piece in pieces:
        searched = piece.lower()
        for name, spelling in spellings(secret).items():
            if (at := searched.find(spelling)) >= 0:
                found.append(f"{name}: {piece[max(0, at - 150) : at + 150]!r}")
    return found
