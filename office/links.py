"""Links that prove themselves: an HMAC over (kind, id, generation); nothing is stored.

Invariant: who does not know the key cannot make a link, a link of one kind is no link of another, and
raising the generation ends every link given out before. 128 bits of HMAC-SHA-256 (RFC 2104).
"""

from __future__ import annotations

import base64
import binascii
import hmac
from functools import lru_cache
from hashlib import sha256

from office import errors, settings

MAC_BYTES = 16
MAX_ID_BYTES = 4
LARGEST_ID = 2**31 - 1


def token(kind: str, subject: int, generation: int = 0) -> str:
    """URL-safe text of about 26 characters for subject `subject` of `kind`."""
    raw = subject.to_bytes((subject.bit_length() + 7) // 8 or 1, "big")
    return base64.urlsafe_b64encode(_mac(kind, subject, generation) + raw).rstrip(b"=").decode()


def subject(kind: str, token: str) -> int:
    """The id a token speaks of, *not yet proven*: look the row up, then `verify` with its generation."""
    found = int.from_bytes(_raw(token)[MAC_BYTES:], "big")
    if found > LARGEST_ID:
        raise errors.NotFound
    return found


def verify(kind: str, token: str, subject: int, generation: int = 0) -> None:
    """Raises `NotFound` unless this token was made for exactly this subject and generation."""
    raw = _raw(token)
    if not hmac.compare_digest(raw[:MAC_BYTES], _mac(kind, subject, generation)):
        raise errors.NotFound


def address_token(kind: str, subject: int, generation: int = 0) -> str:
    """A token for the local part of a mail address: lower-case letters and digits only (RFC 4648 base32)."""
    raw = _raw(token(kind, subject, generation))
    return base64.b32encode(raw).rstrip(b"=").decode().lower()


def from_address(written: str) -> str:
    """The token behind an address token, whatever servers did to its case. Raises `NotFound`."""
    text = written.upper()
    try:
        raw = base64.b32decode(text + "=" * (-len(text) % 8))
    except (binascii.Error, ValueError) as error:
        raise errors.NotFound from error
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def four_digits(purpose: str, subject: int) -> str:
    """A number of four digits for this subject, always the same: a second secret beside a link, tried rarely."""
    return digits(purpose, str(subject), 4)


def digits(purpose: str, subject: str, count: int) -> str:
    """So many digits (at most 12) for this subject, always the same; whoever asks for them limits the tries."""
    digest = hmac.new(derived_key(purpose), subject.encode(), sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**count:0{count}}"


def derived_key(purpose: str) -> bytes:
    """A key of its own for each purpose, so that no signature of one can serve as another."""
    return _derived(settings.current().key, purpose)


@lru_cache(maxsize=64)
def _derived(key: bytes, purpose: str) -> bytes:
    return hmac.new(key, purpose.encode(), sha256).digest()


def fingerprint(purpose: str, value: str) -> str:
    """A keyed hash (32 hex digits) that tells equal values apart from others without keeping them."""
    return hmac.new(derived_key(purpose), value.encode(), sha256).hexdigest()[:32]


def _mac(kind: str, subject: int, generation: int) -> bytes:
    message = f"{kind}:{subject}:{generation}".encode()
    return hmac.new(derived_key("links"), message, sha256).digest()[:MAC_BYTES]


def _raw(token: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError) as error:
        raise errors.NotFound from error
    if not MAC_BYTES < len(raw) <= MAC_BYTES + MAX_ID_BYTES or len(token) > 40:
        raise errors.NotFound
    return raw
