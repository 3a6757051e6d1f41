"""The invented office's public texts: one file per topic and language, its first line the title."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

from booking import clock
from inquiries.models import TopicText

AUTHOR = "staff:ps"
WRITTEN, OLD = timedelta(days=30), timedelta(days=200)
LONG_AGO = ("german_course", "bullying")
"""Topics nobody has checked for too long."""


async def enter(today: date, zone: ZoneInfo) -> None:
    """Every text as it stands on this day, each in its first version."""
    folder = files("sprechstunde.demo").joinpath("data/topics")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".md"))
    texts = [folder.joinpath(name).read_text(encoding="utf-8") for name in names]
    await TopicText.bulk_create(
        [_text(name, text, today, zone) for name, text in zip(names, texts, strict=True)]
    )


def _text(name: str, text: str, today: date, zone: ZoneInfo) -> TopicText:
    topic, language, _ = name.split(".")
    title, _, rest = text.partition("\n")
    day = today - (OLD if topic in LONG_AGO else WRITTEN)
    at: datetime = clock.instant(day, time(10), zone)
    return TopicText(
        topic=topic,
        language=language,
        version=1,
        title=title.strip(),
        text=rest.strip(),
        at=at,
        author=AUTHOR,
        checked_on=day,
    )
