"""The appointment book while it is being filled: who has which time, by the same rules as families book.

Invariant: no two visits of a counsellor share a minute, buffers included, and a kept time stays free.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from booking import hours, intervals, slots
from booking.hours import Rule, Window
from booking.intervals import Interval
from booking.models import Absence, Mode, Status, WorkingHours
from booking.slots import Start
from sprechstunde.demo import days, visits
from sprechstunde.demo.office import Office
from sprechstunde.demo.people import Guest
from sprechstunde.demo.visits import Visit

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
EARLY = 9 * MINUTE
"""So long before their time people are here."""
NO_SHOWS = 176 / 1978


@dataclass
class Diary:
    """One counsellor's time."""

    windows: dict[date, list[Window]]
    absences: list[Interval]
    claimed: list[Interval] = field(default_factory=list)
    kept: list[Interval] = field(default_factory=list)

    def hours(self, day: date) -> list[Interval]:
        """When they can be met on this day."""
        return intervals.subtract((window.interval for window in self.windows.get(day, [])), self.absences)

    def talks(self, hours: list[Interval]) -> int:
        """How many are agreed in these hours."""
        return sum(any(one.overlaps(talk) for one in hours) for talk in self.claimed)


@dataclass
class Book:
    """Everybody's diary and the visits entered so far, as they stand at `now`."""

    office: Office
    chance: random.Random
    now: datetime
    diaries: dict[str, Diary]
    visits: list[Visit] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.office.zone).date()

    def free(self, staff: str, service: str, day: date, children: int = 1) -> list[Start]:
        """The starts still to be had."""
        diary, offered = self.diaries[staff], self.office.services[service]
        wanted = slots.Wanted(
            length=slots.length(offered.minutes, offered.minutes_per_child, children),
            buffer=offered.buffer_minutes * MINUTE,
            step=offered.step_minutes * MINUTE,
            not_before=self.office.at(day, time()),
            not_after=self.office.at(day + days.DAY, time()),
            service=service,
        )
        return slots.starts(diary.windows.get(day, []), diary.absences, diary.claimed + diary.kept, wanted)

    def enter(
        self,
        staff: str,
        service: str,
        who: Guest,
        at: Start,
        *,
        mode: Mode,
        children: int = 1,
        moved: int = 0,
    ) -> Visit:
        """Somebody comes at this time; booked some time ago, within the rules where that was possible."""
        booked_at, by_staff = self._booked(service, who, at.starts_at)
        visit = Visit(
            staff=staff,
            service=service,
            who=who,
            starts_at=at.starts_at,
            place=at.place,
            mode=mode,
            booked_at=booked_at,
            language=who.introduction.language,
            children=children,
            by_staff=by_staff,
            times_moved=moved,
        )
        self.visits.append(visit)
        _, until = visits.ends(self.office.services[service], at.starts_at, children)
        self.diaries[staff].claimed.append(Interval(at.starts_at, until))
        return visit

    def keep(self, staff: str, starts_at: datetime, length: timedelta) -> None:
        """This time stays free for whoever opens the demonstration."""
        self.diaries[staff].kept.append(Interval(starts_at, starts_at + length))

    def change(self, visit: Visit, **what: object) -> None:
        """The visit as it is now; a cancelled one gives its time back."""
        changed = replace(visit, **what)  # type: ignore[arg-type]
        self.visits[self.visits.index(visit)] = changed
        if changed.status == Status.CANCELLED:
            diary = self.diaries[visit.staff]
            diary.claimed = [one for one in diary.claimed if one.starts_at != visit.starts_at]

    def settle(self, visit: Visit) -> None:
        """What has become of it by now: held or missed, waiting for its outcome, or here."""
        ends_at, _ = visits.ends(self.office.services[visit.service], visit.starts_at, visit.children)
        arrived = visit.starts_at - EARLY if visit.mode is Mode.OFFICE else None
        if ends_at <= self.now - HOUR:
            missed = self.chance.random() < NO_SHOWS
            self.change(
                visit,
                status=Status.NO_SHOW if missed else Status.ATTENDED,
                arrived_at=None if missed else arrived,
            )
        elif arrived and arrived <= self.now:
            self.change(visit, arrived_at=arrived)

    def _booked(self, service: str, who: Guest, starts_at: datetime) -> tuple[datetime, bool]:
        """When it was booked, never before this year began: the figures of last year are complete."""
        offered = self.office.services[service]
        year = self.office.at(date(self.today.year, 1, 1), time())
        earliest = max(starts_at - timedelta(days=offered.horizon_days), year)
        latest = min(self.now, starts_at - timedelta(minutes=offered.notice_minutes)) - MINUTE
        if latest <= earliest:
            early = max(min(self.now, starts_at) - 4 * HOUR, year)
            return early + (min(self.now, starts_at) - early) * self.chance.random() // MINUTE * MINUTE, True
        at = latest - (latest - earliest) * self.chance.random() ** 1.5 // MINUTE * MINUTE
        likely = (moment for moment in self._awake(at, who) if earliest <= moment <= latest)
        return next(likely, at), False

    def _awake(self, at: datetime, who: Guest) -> Iterator[datetime]:
        """Likely hours on that day and the days before; open days, if somebody here had to write it down."""
        alone = who.channel in {"web_booking", "email", "sms"}
        day = at.astimezone(self.office.zone).date() + days.DAY
        for _ in range(4):
            day = day - days.DAY if alone else self.office.calendar.open_before(day)
            hour = self.chance.randint(7, 21) if alone else self.chance.randint(9, 11)
            yield self.office.at(day, time(hour, self.chance.randint(0, 59)))


async def opened(office: Office, chance: random.Random, now: datetime, first: date, last: date) -> Book:
    """An empty book from `first` to `last`, with the hours and absences as stored."""
    rules: dict[int, list[Rule]] = defaultdict(list)
    for row in await WorkingHours.all().order_by("id"):
        rules[row.staff_id].append(_rule(row))
    away: dict[int, list[Interval]] = defaultdict(list)
    for absence in await Absence.all().order_by("id"):
        away[absence.staff_id].append(Interval(absence.starts_at, absence.ends_at))
    diaries = {
        code: Diary(
            _by_day(
                hours.windows(rules[member.id], office.zone, first, last, office.calendar.closed), office
            ),
            away[member.id],
        )
        for code, member in sorted(office.staff.items())
        if code in office.given
    }
    return Book(office, chance, now, diaries)


def _by_day(windows: Iterable[Window], office: Office) -> dict[date, list[Window]]:
    found: dict[date, list[Window]] = defaultdict(list)
    for window in windows:
        found[window.interval.starts_at.astimezone(office.zone).date()].append(window)
    return dict(found)


def _rule(row: WorkingHours) -> Rule:
    return Rule(
        weekday=row.weekday,
        starts=time(row.starts_minute // 60, row.starts_minute % 60),
        ends=time(row.ends_minute // 60, row.ends_minute % 60),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        place=row.place,
        services=frozenset(row.services) or None,
        weeks=row.weeks,
    )
