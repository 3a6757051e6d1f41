"""A change of hours, as somebody asks for it: of one counsellor for a time, every week, on one day; of the office.

Invariant: a change says what is wanted and touches nothing; `touching` says whom it touches, `disruptions`
carries it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from booking.intervals import Interval


@dataclass(frozen=True, slots=True)
class Away:
    """A counsellor meets nobody for this long; `kind` is "ill" or "absence"."""

    staff_id: int
    interval: Interval
    kind: str = "absence"


@dataclass(frozen=True, slots=True)
class Series:
    """A counsellor is away every week (or every odd or even one) at this time, from `first` to `last`."""

    staff_id: int
    weekday: int
    starts_minute: int
    ends_minute: int
    first: date
    last: date | None = None
    weeks: str = "every"
    kind: str = "series"


@dataclass(frozen=True, slots=True)
class Rule:
    """Weekly hours to come, in minutes after midnight; `services` (codes) empty means every service."""

    weekday: int
    starts_minute: int
    ends_minute: int
    place: str
    weeks: str = "every"
    services: tuple[str, ...] = ()
    exclusive: bool = False
    kept_percent: int = 0
    season: int | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Hours:
    """From the day `first` on, `rules` instead of the weekly rules with the ids in `replaces`; either may be empty."""

    staff_id: int
    replaces: tuple[int, ...]
    rules: tuple[Rule, ...]
    first: date
    kind: str = "hours"


@dataclass(frozen=True, slots=True)
class OnDay:
    """On this one day a counsellor works at these times only (minutes), more or fewer than every week.

    `place` empty: where they work that day anyway.
    """

    staff_id: int
    day: date
    times: tuple[tuple[int, int], ...]
    place: str = ""
    kind: str = "exception"


@dataclass(frozen=True, slots=True)
class Closed:
    """The office is closed on this day."""

    day: date
    name: str
    kind: str = "closing"


Change = Away | Series | Hours | OnDay | Closed
