"""Numbers that want no SMS from us.

Invariant: a number that said stop gets nothing until it says start; only a keyed hash of it is kept, so the wish
outlives the person.
"""

from __future__ import annotations

from datetime import datetime

from channels.models import OptOut
from office import links


async def stop(number: str, word: str, now: datetime) -> None:
    """No SMS to this number (E.164) from now on; `word` is what they wrote or the gateway's code. Idempotent."""
    await OptOut.get_or_create(defaults={"at": now, "word": word[:16]}, fingerprint=fingerprint(number))


async def start(number: str) -> None:
    """SMS may go to this number again. Idempotent."""
    await OptOut.filter(fingerprint=fingerprint(number)).delete()


async def stands(number: str) -> bool:
    """Does this number want no SMS?"""
    return await OptOut.exists(fingerprint=fingerprint(number))


def fingerprint(number: str) -> str:
    """The keyed hash by which a number's wish is kept."""
    return links.fingerprint("opt-out", number)
