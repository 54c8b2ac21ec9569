"""A Kaltura Session (KS) of an admin, made in this process from a partner id and an admin secret.

Made by Kaltura's offline algorithm, so the secret leaves the process in no form, and no further
host has to be reachable. Not by the PyPI package KalturaApiClient (23.10.0): it is AGPL where this
is MIT, 15 MB for these lines, and fails to import with the dependencies it names (no lxml, no AES).

Source: Kaltura API Authentication and Security (KS version 2).
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import time
from collections.abc import Callable
from urllib.parse import urlencode

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from avatar_client import Secret

ADMIN = 2  # KalturaSessionType.ADMIN: the avatar service refuses a user's KS with 403
BLOCK = 16  # bytes, of AES
LIFE = 86_400  # seconds, the default of Kaltura's own clients
RENEWED_BELOW = LIFE / 2  # seconds left: no session is opened with a KS about to expire


def checked_partner_id(partner_id: str) -> str:
    """The partner id, when it can be one. Raises `ValueError` with a sentence."""
    if not re.fullmatch(r"[1-9][0-9]{0,9}", partner_id):
        raise ValueError(
            "AVATAR_PARTNER_ID is not a number: copy it from the integration settings of the"
            " Kaltura account."
        )
    return partner_id


def checked_admin_secret(admin_secret: str) -> Secret:
    """The secret, when it can be one. Raises `ValueError` with a sentence that does not show it."""
    if not re.fullmatch(r"[!-~]+", admin_secret):
        raise ValueError(
            "AVATAR_ADMIN_SECRET is empty or has a blank, a line break or another character that no"
            " secret has: copy it anew."
        )
    return Secret(admin_secret)


def minted(
    partner_id: str, admin_secret: str, *, expires_at: int, salt: bytes | None = None
) -> Secret:
    """An admin's KS of version 2 that expires at `expires_at`, in Unix seconds.

    base64url of "v2|partner|" and, AES-128-CBC-encrypted under the SHA-1 of the secret with a zero
    IV and zero padding: the SHA-1 of the rest, a `salt` of 16 random bytes, the fields.
    """
    fields = urlencode({"_e": expires_at, "_t": ADMIN, "_u": ""}).encode()
    salted = (os.urandom(BLOCK) if salt is None else salt) + fields
    signed = hashlib.sha1(salted).digest() + salted
    padded = signed + bytes(-len(signed) % BLOCK)
    key = hashlib.sha1(admin_secret.encode()).digest()[:BLOCK]
    encryptor = Cipher(algorithms.AES128(key), modes.CBC(bytes(BLOCK))).encryptor()
    encrypted = encryptor.update(padded) + encryptor.finalize()
    return Secret(base64.urlsafe_b64encode(f"v2|{partner_id}|".encode() + encrypted).decode())


class AdminKs:
    """A KS that is minted when it is needed, and anew long before it expires: a `KsSource`.

    Raises `ValueError` for a partner id or a secret that can't be one. `clock`: Unix seconds.
    """

    remedy = (
        "Check AVATAR_PARTNER_ID, AVATAR_ADMIN_SECRET and the clock of this machine; if they are"
        " right, ask Kaltura whether the account may use avatars."
    )

    def __init__(
        self, partner_id: str, admin_secret: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._partner_id = checked_partner_id(partner_id)
        self._admin_secret = checked_admin_secret(admin_secret)
        self._clock = clock
        self._minted = self._mint()

    @property
    def expires_at(self) -> float:
        """Unix seconds at which `current()` expires."""
        return self._fresh()[1]

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What every KS is made from."""
        return (self._admin_secret,)

    def current(self) -> str:
        """One that is good for half a day at least."""
        return self._fresh()[0]

    def renew(self, refused: str) -> bool:
        """It was revoked, or made when the clock of this machine was wrong."""
        if self._minted[0] == refused:
            self._minted = self._mint()
        return True

    def _fresh(self) -> tuple[Secret, float]:
        if self._minted[1] - self._clock() < RENEWED_BELOW:
            self._minted = self._mint()
        return self._minted

    def _mint(self) -> tuple[Secret, float]:
        expires_at = int(self._clock()) + LIFE
        return minted(self._partner_id, self._admin_secret, expires_at=expires_at), expires_at
