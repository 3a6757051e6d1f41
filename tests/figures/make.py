"""Facts and keys to state, with overrides."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from figures.ledger import Fact

DAY = date(2025, 9, 1)


def make_fact(**overrides: Any) -> Fact:
    return Fact(
        **{"day": DAY, "hour_band": "08-10", "channel": "phone", "topic": "enrolment", "language": "ar"}
        | overrides
    )


def make_key() -> str:
    return secrets.token_hex(16)
