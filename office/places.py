"""Where we meet."""

from __future__ import annotations

from office.models import Place


async def all_places() -> dict[str, Place]:
    """Every place by its code, in the office's order."""
    return {place.code: place for place in await Place.all().order_by("position", "code")}
