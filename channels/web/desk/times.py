"""Free times as the desk lists them: by local day, in order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby, islice

from booking.availability import Slot
from office.settings import current


def by_day(slots: Iterable[Slot], *, limit: int) -> list[tuple[date, list[Slot]]]:
    """The first `limit` local days that have times, with their times."""
    zone = current().zone
    days = groupby(slots, key=lambda slot: slot.starts_at.astimezone(zone).date())
    return [(day, list(some)) for day, some in islice(((day, list(some)) for day, some in days), limit)]
