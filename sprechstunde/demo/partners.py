"""The invented partners, two of them past the day they should have been checked, and one without an agreement."""

from __future__ import annotations

from datetime import date, timedelta

from inquiries.models import Agreement, Partner
from sprechstunde.demo import tables

FIRST_OF_MAY = (5, 1)


async def enter(today: date) -> None:
    """The directory as it stands on this day."""
    await Partner.bulk_create([_partner(row, today) for row in tables.read("partners")])


def _partner(row: dict[str, str], today: date) -> Partner:
    years = row["agreed_years"]
    return Partner(
        **{name: row[name] for name in ("name", "target", "offer", "hours", "phone", "email", "web")},
        **{name: row[name].split() for name in ("topics", "audiences", "languages")},
        agreement=Agreement(row["agreement"]),
        agreed_on=date(today.year - int(years), *FIRST_OF_MAY) if years else None,
        checked_on=today - timedelta(days=int(row["checked_days"])),
        public=row["public"] == "yes",
    )
