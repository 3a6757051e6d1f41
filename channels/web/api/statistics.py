"""The figures, for programs: exact and internal; whoever publishes them suppresses small numbers first."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from channels.web import clock
from channels.web.api import inputs, keys
from figures import tables
from figures.models import Unit
from office.settings import current

MOST = 4
"""Dimensions of one table."""


class StatisticsQuery(inputs.Input):
    """What is counted, from when to when, and how it is told apart."""

    first: inputs.Day | None = Field(None, alias="from", description="Else 1 January of this year")
    last: inputs.Day | None = Field(None, alias="to", description="This day included; else today")
    by: str = Field(
        "",
        max_length=100,
        description=f"Up to {MOST} dimensions, separated by commas; none: the total. "
        f"There are: {', '.join(sorted(tables.DIMENSIONS))}",
    )
    unit: Unit = Unit.CONTACT


class Statistics(BaseModel):
    """How many; each row has one code per dimension, and `count`. Rows add up to `total`."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    unit: Unit
    first: date = Field(alias="from")
    last: date = Field(alias="to", description="This day included")
    by: list[str]
    rows: list[dict[str, str | int]]
    total: int
    valid: dict[str, int] = Field(description="Per dimension: how many have a value")
    missing: dict[str, int] = Field(description="Per dimension: how many are unknown or not stated")
    sample: bool = Field(description="Invented figures are in it")


@keys.required
async def show(request: Request) -> Response:
    """One table."""
    asked = inputs.query(request, StatisticsQuery)
    today = clock.now().astimezone(current().zone).date()
    last = asked.last or today
    first = asked.first or min(date(today.year, 1, 1), last)
    by = [name.strip() for name in asked.by.split(",") if name.strip()]
    if first > last:
        raise inputs.InvalidRequest({"from": "lies after `to`"})
    if len(by) > MOST:
        raise inputs.InvalidRequest({"by": f"names more than {MOST} dimensions"})
    try:
        table = await tables.table(asked.unit, by, first, last)
    except tables.NoSuchDimension as error:
        raise inputs.InvalidRequest({"by": "names an unknown dimension, or one twice"}) from error
    return Response(_said(table).model_dump_json(), media_type="application/json")


def _said(table: tables.Table) -> Statistics:
    return Statistics(
        unit=table.unit,
        first=table.first,
        last=table.last,
        by=list(table.by),
        rows=[{**dict(zip(table.by, row.values, strict=True)), "count": row.count} for row in table.rows],
        total=table.total,
        valid=dict(table.valid),
        missing=dict(table.missing),
        sample=table.sample or current().demo,
    )
