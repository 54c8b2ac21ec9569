"""The KS that this server makes: as Kaltura's own client makes it, and never an old one."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from server.kaltura_session import ADMIN, LIFE, RENEWED_BELOW, AdminKs, minted

SECRET = "CanaryAdminSecret4cP1tR6vYw"
NOW = 1_800_000_000.5


@pytest.mark.parametrize(
    ("partner_id", "secret", "ks"),
    [
        (
            "1234567",
            "a-test-secret",
            "djJ8MTIzNDU2N3yFESAVMTW7McG0h1tVroBQMPSugGPURyi6GVT_NeQdbuq3pyfHFZUYJopbajnYJuJoCrlQ"
            "YmxNRdh6M475cuOnuxNoCIo8tyT_IFVgsvyiHmQ7ti3695ENbN1PEsHr0D8=",
        ),
        (
            "1",
            "0123456789abcdef0123456789abcdef",
            "djJ8MXyJa6VtrANn2Hv9C1KG-npnzaF-E1-mcXtvVG6zYpTrA_iXDiTaBxcWB4En_Wzkf0mdeHtB2N0kciN0"
            "jaf_I9rkiyR4tJt0csOqzsPoZ4yf_rNb_aItVkMzc8BfA2rX6zM=",
        ),
    ],
)
def test_as_the_official_package_makes_it(partner_id: str, secret: str, ks: str) -> None:
    """Byte for byte what KalturaApiClient 23.10.0's generateSessionV2 made for this user and this
    privilege, salt and time given."""
    assert minted(partner_id, secret, expires_at=1_800_086_400, salt=bytes(range(16))) == ks


def opened(ks: str, secret: str) -> dict[str, list[str]]:
    """The fields of a KS of version 2, its signature checked, as who knows the secret reads it."""
    encrypted = base64.urlsafe_b64decode(ks).split(b"|", 2)[2]
    key = hashlib.sha1(secret.encode()).digest()[:16]
    decryptor = Cipher(algorithms.AES128(key), modes.CBC(bytes(16))).decryptor()
    signed = (decryptor.update(encrypted) + decryptor.finalize()).rstrip(b"\0")
    assert hashlib.sha1(signed[20:]).digest() == signed[:20]
    return parse_qs(signed[36:].decode(), keep_blank_values=True)


@given(
    partner_id=st.integers(1, 9_999_999_999).map(str),
    secret=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1),
    now=st.integers(1, 4_000_000_000),
)
def test_who_knows_the_secret_can_read_it(partner_id: str, secret: str, now: int) -> None:
    """A named admin's, of a day, with the privilege, that any HTTP header can carry."""
    source = AdminKs(partner_id, secret, clock=lambda: now)
    ks = source.current()
    assert base64.urlsafe_b64decode(ks).startswith(f"v2|{partner_id}|".encode())
    assert opened(ks, secret) == {
        "disableentitlement": [""],
        "_e": [str(now + LIFE)],
        "_t": [str(ADMIN)],
        "_u": ["talking-avatar"],
    }
    assert source.expires_at == now + LIFE


def test_it_is_made_anew_before_it_expires() -> None:
    """One is used for half of its life: whenever it is asked for, it has the other half left."""
    now = [NOW]
    source = AdminKs("1234567", SECRET, clock=lambda: now[0])
    sent = []
    for _ in range(9):
        sent.append(source.current())
        assert source.expires_at - now[0] >= RENEWED_BELOW - 1  # it expires at a whole second
        assert float(opened(sent[-1], SECRET)["_e"][0]) == source.expires_at
        now[0] += LIFE / 4
    assert len(set(sent)) == 5
    now[0] += 100 * LIFE  # such as a laptop that was closed
    assert source.expires_at > now[0]


def test_a_refused_one_is_replaced_once() -> None:
    """Two calls that were refused with the same KS agree on the next."""
    source = AdminKs("1234567", SECRET)
    refused = source.current()
    assert source.renew(refused)
    renewed = source.current()
    assert renewed != refused
    assert source.renew(refused)
    assert source.current() == renewed


@pytest.mark.parametrize(
    ("partner_id", "secret", "name"),
    [
        ("", SECRET, "AVATAR_PARTNER_ID"),
        ("0123", SECRET, "AVATAR_PARTNER_ID"),
        ("٣", SECRET, "AVATAR_PARTNER_ID"),
        ("12a", SECRET, "AVATAR_PARTNER_ID"),
        ("1|v2", SECRET, "AVATAR_PARTNER_ID"),
        ("1", "", "AVATAR_ADMIN_SECRET"),
        ("1", f"{SECRET}\n", "AVATAR_ADMIN_SECRET"),
        ("1", f"{SECRET} x", "AVATAR_ADMIN_SECRET"),
        ("1", f"{SECRET}é", "AVATAR_ADMIN_SECRET"),
    ],
)
def test_what_cannot_be_is_named(partner_id: str, secret: str, name: str) -> None:
    """One sentence that names the setting and does not show the secret."""
    with pytest.raises(ValueError, match=rf"^{name} .*\.$") as refused:
        AdminKs(partner_id, secret)
    assert "Canary" not in str(refused.value)


def test_nothing_shows_the_secret_or_the_ks() -> None:
    """A source in a log says nothing."""
    source = AdminKs("1234567", SECRET)
    shown = f"{source!r} {vars(source)!r}"
    assert SECRET not in shown
    assert source.current() not in shown
