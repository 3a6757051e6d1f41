"""A small office on a free port, for the browser tests: `python -m tests.browser.small_office FOLDER PORT`."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from pathlib import Path

import uvicorn

from channels.web import site
from office import catalogues, settings, upgrade
from office.models import Place
from office.settings import Settings
from sprechstunde import house
from sprechstunde.demo import partners, topics
from tests import factories

KEY = "a key of the browser tests, long enough"


def made(folder: Path, port: int) -> Settings:
    """Settings of the small office; sample data, no limits, nothing sent."""
    values = {"demo": True, "var_dir": folder, "port": port, "secret_key": KEY, "rate_limits": False}
    return Settings(_env_file=None, **values)


async def furnish() -> None:
    """Two counsellors, one of whom speaks Arabic, two services, free the whole week."""
    await catalogues.seed()
    await partners.enter(date(2026, 3, 2))
    await topics.enter(date(2026, 3, 2), factories.ZONE)
    details = {
        "floor": {"de": "2. Etage (mit Aufzug)", "en": "2nd floor (lift)", "ar": "الطابق الثاني (يوجد مصعد)"},
        "directions": {
            "de": "Haltestelle Lindenplatz, 2 Minuten zu Fuß.",
            "ar": "محطة Lindenplatz، دقيقتان سيرًا.",
        },
    }
    await factories.make_place()
    await Place.filter(code="linden").update(details=details)
    members = [
        await factories.make_staff(code="jb", name="Jonas Brückner", languages=["de", "en"]),
        await factories.make_staff(code="rh", name="Rania Haddad", languages=["de", "ar", "en"]),
    ]
    for who in members:
        for weekday in range(5):
            await factories.make_hours(who, weekday, 9, 12)
            await factories.make_hours(who, weekday, 13, 16)
    await factories.make_service(
        *members,
        code="school",
        per_person=50,
        step_minutes=30,
        titles={
            "de": "Schule und Schulwechsel",
            "en": "School and changing school",
            "ar": "المدرسة وتغيير المدرسة",
        },
        bring={"de": ["letztes Zeugnis", "Brief der Schule"], "ar": ["آخر شهادة مدرسية", "رسالة من المدرسة"]},
    )
    await factories.make_service(
        *members,
        code="pupil",
        minutes=30,
        minutes_per_child=0,
        per_person=50,
        step_minutes=30,
        position=1,
        titles={"de": "Für Schülerinnen und Schüler", "en": "For pupils", "ar": "للتلاميذ والتلميذات"},
    )


async def prepare(chosen: Settings) -> None:
    """Tables and rows."""
    databases = house.databases(chosen)
    await upgrade.upgrade(databases)
    async with house.opened(chosen):
        await furnish()


if __name__ == "__main__":
    ours = made(Path(sys.argv[1]), int(sys.argv[2]))
    settings.use(ours)
    asyncio.run(prepare(ours))
    app = site.build(ours, house.opened(ours))
    uvicorn.run(app, host="127.0.0.1", port=ours.port, log_level="warning", access_log=False)
