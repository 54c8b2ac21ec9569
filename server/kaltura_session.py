"""An admin's Kaltura Session (KS), made in this process from a partner id and an admin secret.

Kaltura's offline algorithm keeps the secret in the process and needs no further host. The PyPI
package KalturaApiClient (23.10.0) is no alternative: it is AGPL where this is MIT, has 15 MB, and
fails to import with its declared dependencies (no lxml, no AES).

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

from avatar_client import KsSource, Secret

ADMIN = 2  # KalturaSessionType.ADMIN: the avatar service refuses a user's KS with 403
USER = "talking-avatar"  # kaltura/intelligent-agents-sdk 1.27 mints no admin's KS without a user
PRIVILEGE = "disableentitlement"  # the same SDK, August 2026: always minted for these calls
BLOCK = 16  # bytes, of AES
LIFE = 86_400  # seconds, the default of Kaltura's own clients
RENEWED_BELOW = LIFE / 2  # seconds left, so that no session opens with an expiring KS


def minted(
    partner_id: str, admin_secret: str, *, expires_at: int, salt: bytes | None = None
) -> Secret:
    """An admin's KS of version 2 that expires at `expires_at`, in Unix seconds.

    It is base64url of "v2|partner|" and an AES-128-CBC ciphertext. The key is the SHA-1 of the
    secret, the IV zero, the padding zeros; the plaintext is the SHA-1 of the rest, a `salt` of 16
    random bytes, and the fields.
    """
    fields = urlencode({PRIVILEGE: "", "_e": expires_at, "_t": ADMIN, "_u": USER}).encode()
    salted = (os.urandom(BLOCK) if salt is None else salt) + fields
    signed = hashlib.sha1(salted).digest() + salted
    padded = signed + bytes(-len(signed) % BLOCK)
    key = hashlib.sha1(admin_secret.encode()).digest()[:BLOCK]
    encryptor = Cipher(algorithms.AES128(key), modes.CBC(bytes(BLOCK))).encryptor()
    encrypted = encryptor.update(padded) + encryptor.finalize()
    return Secret(base64.urlsafe_b64encode(f"v2|{partner_id}|".encode() + encrypted).decode())


class AdminKs(KsSource):
    """Mints a KS, and a new one long before it expires.

    Raises `ValueError` for an invalid partner id or secret, with a sentence that does not show it.
    `clock`: Unix seconds.
    """

    remedy = (
        "Check AVATAR_PARTNER_ID, AVATAR_ADMIN_SECRET and the clock of this machine; if they are"
        " right, ask Kaltura whether the account may use avatars."
    )

    def __init__(
        self, partner_id: str, admin_secret: str, *, clock: Callable[[], float] = time.time
    ) -> None:
        if not re.fullmatch(r"[1-9][0-9]{0,9}", partner_id):
            raise ValueError(
                "AVATAR_PARTNER_ID is not a number: copy it from the integration settings of the"
                " Kaltura account."
            )
        if not re.fullmatch(r"[!-~]+", admin_secret):
            raise ValueError(
                "AVATAR_ADMIN_SECRET is empty or has a blank, a line break or another character"
                " that no secret has: copy it anew."
            )
        self._partner_id = partner_id
        self._admin_secret = Secret(admin_secret)
        self.secrets = (self._admin_secret,)
        self._clock = clock
        self._minted = self._mint()

    @property
    def expires_at(self) -> float:
        """Unix seconds at which `current()` expires."""
        return self._fresh()[1]

    def current(self) -> str:
        """A KS that is valid for at least half a day."""
        return self._fresh()[0]

    def renew(self, refused: str) -> bool:
        """Replace a refused KS: it was revoked, or minted while this machine's clock was wrong."""
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
