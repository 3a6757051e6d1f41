"""The tables of the statistics store: signed ledger lines, sums per day, and the days themselves.

Invariant: nothing here names, dates to the minute or leads back to a person. A line's `key` is a random
number kept by one operational row; once that row is deleted, nobody knows whose line it was.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from office import catalogues

CODES = (
    "channel",
    "topic",
    "audience",
    "outcome",
    "language",
    "district",
    "service",
    "mode",
    "status",
    "form",
    "duration",
    "school_type",
)
"""The code columns of a line, in this order everywhere."""

ROLLED = ("channel", "topic", "audience", "outcome", "language", "district", "status")
"""The codes a rollup keeps apart; a table by several of them is read from it, by any other pair from the lines."""


class Unit(StrEnum):
    """What is counted; the five are never added to one another (docs/counting.md)."""

    INQUIRY = "inquiry"
    CONTACT = "contact"
    CASE = "case"
    APPOINTMENT = "appointment"
    UNMET = "unmet"


def _unit() -> Any:
    # The fixed description keeps a new unit from looking like an altered column: SQLite rebuilds those.
    return fields.CharEnumField(Unit, max_length=12, description="what is counted")


def _code() -> Any:
    return fields.CharField(max_length=48, default=catalogues.UNKNOWN)


class Line(Model):
    """One more (+1) or one fewer (-1) counted thing with these codes; never changed, except by sealing."""

    id = fields.BigIntField(primary_key=True)
    unit = _unit()
    key = fields.CharField(max_length=32)
    turn = fields.IntField()
    """0, 1, 2 … per (unit, key); the constraint below lets one of two writers of the same turn win."""
    sign = fields.SmallIntField()
    entry = fields.BigIntField(null=True)
    """The journal entry this line follows; forgotten when the day is sealed."""
    reaction = fields.CharField(max_length=40, null=True)
    day = fields.DateField()
    """In the office's zone."""
    hour_band = fields.CharField(max_length=8, default=catalogues.UNKNOWN)
    channel = _code()
    topic = _code()
    audience = _code()
    outcome = _code()
    language = _code()
    district = _code()
    service = _code()
    mode = _code()
    status = _code()
    form = _code()
    duration = _code()
    school_type = fields.CharField(max_length=48, default=catalogues.UNKNOWN, db_default=catalogues.UNKNOWN)
    sample = fields.BooleanField(default=False)
    """Invented, for the demonstration."""

    class Meta:
        table = "figures_line"
        unique_together = (("unit", "key", "turn"),)
        indexes = (Index(fields=("unit", "day")), Index(fields=("day",)), Index(fields=("sample", "day")))


class Rollup(Model):
    """How many of a unit one day had with these codes: a cache of the lines, rebuildable for any day."""

    id = fields.BigIntField(primary_key=True)
    day = fields.DateField()
    unit = _unit()
    channel = _code()
    topic = _code()
    audience = _code()
    outcome = _code()
    language = _code()
    district = _code()
    status = _code()
    count = fields.IntField()

    class Meta:
        table = "figures_rollup"
        unique_together = (("day", "unit", *ROLLED),)


class Margin(Model):
    """How many of a unit one day had with this code, whatever their others: the sum most tables ask for."""

    id = fields.BigIntField(primary_key=True)
    unit = _unit()
    dimension = fields.CharField(max_length=12)
    """One of `CODES`, or `hour_band`."""
    day = fields.DateField()
    code = _code()
    count = fields.IntField()

    class Meta:
        table = "figures_margin"
        unique_together = (("unit", "dimension", "day", "code"),)


class Day(Model):
    """A day that has lines. Whoever writes or sums its lines takes this row first, so they take turns."""

    day = fields.DateField(primary_key=True)
    stale = fields.BooleanField(default=True)
    """Lines were written since the rollup was built."""
    sealed = fields.BooleanField(default=False)
    """Its lines no longer know which journal entry they follow."""

    class Meta:
        table = "figures_day"
        indexes = (Index(fields=("stale",)),)


class Checked(Model):
    """What the last self-check of the store found; one row, for to check everything takes seconds in a large store."""

    id = fields.IntField(primary_key=True)
    at = fields.DatetimeField()
    differences: Any = fields.JSONField(default=list)
    """[kind, unit, where, expected, found] each; empty when the figures balance."""

    class Meta:
        table = "figures_checked"
