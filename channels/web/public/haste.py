"""A form sent faster than anybody can read it is shown once more: no captcha, and nobody has to prove anything.

Invariant: nothing typed is lost, and a second try counts from the first showing.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from office import links
from office.settings import current

FIELD = "since"
CODE = "haste"


def since(fields: Mapping[str, Any], now: datetime) -> str:
    """The hidden field of a form: when it was first shown, signed."""
    given = str(fields.get(FIELD, ""))
    return given if _shown_at(given) is not None else _signed(int(now.timestamp() * 1000))


def wrong(fields: Mapping[str, Any], button: str, now: datetime) -> dict[str, str]:
    """What to say at the button when it was pressed too soon; nothing for people."""
    shown = _shown_at(str(fields.get(FIELD, "")))
    soonest = current().shortest_form * 1000
    if not soonest or (shown is not None and now.timestamp() * 1000 - shown >= soonest):
        return {}
    return {button: CODE}


def _shown_at(given: str) -> int | None:
    number = given.partition(".")[0][:15]
    if not (number.isascii() and number.isdecimal()):
        return None
    ours = hmac.compare_digest(given.encode(errors="replace"), _signed(int(number)).encode())
    return int(number) if ours else None


def _signed(moment: int) -> str:
    return f"{moment}.{links.fingerprint('form shown', str(moment))}"
