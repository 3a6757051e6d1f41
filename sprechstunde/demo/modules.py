"""The text modules of the demonstration: what its counsellors answer often, in every language offered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from channels import languages
from channels.models import TextModule, TextModuleVersion
from sprechstunde.demo import tables

PARAGRAPH = "|"


async def write(now: datetime) -> None:
    """All of `data/modules.csv`, each in its first version."""
    for row in tables.read("modules"):
        texts = {code: row[f"text_{code}"].replace(PARAGRAPH, "\n\n") for code in languages.NAMES}
        said: dict[str, Any] = {"title": row["title"], "topic": row["topic"], "texts": texts, "saved_at": now}
        module = await TextModule.create(version=1, **said)
        await TextModuleVersion.create(module=module, version=1, **said)
