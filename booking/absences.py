"""Who is away, as whoever plans a day or hands on work asks it."""

from __future__ import annotations

from datetime import datetime

from booking.models import Absence


async def staff_away(first: datetime, last: datetime) -> set[int]:
    """Ids of those who are away at some time between these moments; why is nobody's business."""
    absent = Absence.filter(starts_at__lt=last, ends_at__gt=first)
    return set(await absent.values_list("staff_id", flat=True))  # type: ignore[arg-type]
