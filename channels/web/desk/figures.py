"""The figures at the desk: one table at a time, with its total, what is missing, and the self-check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import dates
from starlette.requests import Request
from starlette.responses import Response

from booking import services
from channels import languages
from channels.web import clock, log_in, pages
from channels.web.desk import page
from figures import check, tables
from figures.models import Unit
from figures.tables import Table
from office import catalogues
from office.errors import Invalid
from office.settings import current

UNITS = tuple(str(unit) for unit in (Unit.CONTACT, Unit.INQUIRY, Unit.CASE, Unit.APPOINTMENT, Unit.UNMET))
BY = (
    "month", "year", "weekday", "hour_band", "channel", "topic", "audience", "outcome", "language", "district",
    "school_type", "service", "mode", "status",
)  # fmt: skip
IN_CATALOGUES = frozenset({"channel", "topic", "audience", "outcome", "language", "district", "school_type"})


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the page: `label` is empty where the template says the code in words."""

    code: str
    label: str
    count: int
    share: float
    """In per cent of the total."""
    bar: int
    """In per cent of the largest."""


@log_in.for_roles(*log_in.SEES_FIGURES)
async def show(request: Request) -> Response:
    """The table asked for."""
    table = await _table(request)
    report, checked_at = await check.last()
    return await page.render(
        request,
        "desk/figures.html",
        table=table,
        by=table.by[0],
        lines=await _lines(table, pages.language_of(request)),
        units=UNITS,
        dimensions=BY,
        report=report,
        checked_at=checked_at,
        invented=tables.INVENTED if current().demo or table.sample else "",
        csv_address=f"/desk/figures.csv?unit={table.unit}&by={table.by[0]}&first={table.first}&last={table.last}",
    )


@log_in.for_roles(*log_in.SEES_FIGURES)
async def csv(request: Request) -> Response:
    """The same table as a file."""
    table = await _table(request)
    notes = {"note": tables.INVENTED} if current().demo else {}
    name = f"sprechstunde-{table.unit}-{table.by[0]}-{table.first}-{table.last}.csv"
    return Response(
        tables.csv(table, **notes).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def _table(request: Request) -> Table:
    """Raises `Invalid` for a question that cannot be asked."""
    asked, today = request.query_params, page.today(clock.now())
    unit, by = asked.get("unit") or UNITS[0], asked.get("by") or BY[0]
    first = page.day_named(asked.get("first", ""), date(today.year, 1, 1))
    last = page.day_named(asked.get("last", ""), today)
    if unit not in UNITS or by not in BY or first > last:
        raise Invalid(by="unknown")
    return await tables.table(Unit(unit), [by], first, last)


async def _lines(table: Table, language: str) -> list[Line]:
    labels, counts = await _labels(table, language), await _counts(table)
    largest = max(counts.values(), default=0)
    found = [
        Line(
            code=code,
            label=labels.get(code, ""),
            count=count,
            share=100 * count / table.total if table.total else 0.0,
            bar=max(0, round(100 * count / largest)) if largest > 0 else 0,
        )
        for code, count in counts.items()
    ]
    in_order = table.by[0] in tables.PERIODS or table.by[0] == "hour_band"
    return found if in_order else sorted(found, key=lambda line: (line.code in tables.MISSING, -line.count))


async def _counts(table: Table) -> dict[str, int]:
    """Value → how many; what was counted under a value that ended, stands under the one its series goes on as."""
    by, today = table.by[0], page.today(clock.now())
    goes_on = await catalogues.successors(by, today) if by in IN_CATALOGUES else {}
    counts: dict[str, int] = {}
    for row in table.rows:
        code = goes_on.get(row.values[0], row.values[0])
        counts[code] = counts.get(code, 0) + row.count
    return counts


async def _labels(table: Table, language: str) -> dict[str, str]:
    by, codes = table.by[0], [row.values[0] for row in table.rows]
    if by in IN_CATALOGUES:
        return await catalogues.labels(by, language)
    if by == "service":
        return {one.code: services.title(one, language) for one in await services.bookable()}
    return {code: said for code in codes if (said := _period(by, code, language))}


def _period(by: str, code: str, language: str) -> str:
    locale: Any = languages.locale(language)
    if by == "month":
        return str(dates.format_skeleton("yMMMM", date.fromisoformat(f"{code}-01"), locale=locale))
    if by == "weekday":
        return str(dates.get_day_names("wide", locale=locale)[int(code) - 1])
    return code if by in {"year", "hour_band"} and code not in tables.MISSING else ""
