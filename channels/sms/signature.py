"""The signature on what the SMS gateway posts to us (X-Twilio-Signature): HMAC-SHA-1 over address and form.

Invariant: the address is made of BASE_URL, never of what the request says about itself; compared in constant
time; a header that is missing, empty or no ASCII is just wrong.
"""

from __future__ import annotations

import hmac
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from office.settings import current

HEADER = "X-Twilio-Signature"
Fields = list[tuple[str, str]]


class _Form(dict[str, str]):
    """A form as the validator reads it; a name may come more than once."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(fields)
        self._fields = fields

    def getlist(self, name: str) -> list[str]:
        return [value for known, value in self._fields if known == name]


def url(target: str) -> str:
    """The address the gateway knows for this path and query."""
    return current().origin + target


def of(target: str, fields: Fields) -> str:
    """The signature of this form, posted to this path and query."""
    token = current().gateway_token
    return str(RequestValidator(token).compute_signature(url(target), _Form(fields)))


def stands(target: str, fields: Fields, given: str | None) -> bool:
    """Was this form signed with our token for this address?"""
    if not given or not given.isascii():
        return False
    return hmac.compare_digest(of(target, fields), given)


def signed(target: str, fields: dict[str, str]) -> tuple[bytes, str]:
    """Body and signature as the gateway would post them."""
    return urlencode(fields).encode(), of(target, list(fields.items()))
