"""Settings → databases → site → workers: what belongs together is put together here."""

from __future__ import annotations

from typing import Any

from office import database
from office.settings import Settings

ROOMS = {database.MAIN: ["office", "inquiries", "booking", "channels"], database.STATISTICS: ["figures"]}


def databases(settings: Settings) -> dict[str, Any]:
    """Tortoise's configuration of both databases with all rooms."""
    return database.config(settings, ROOMS)
