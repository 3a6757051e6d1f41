"""A year of the invented office as statistics: what was asked, talked about and agreed, without anybody.

Invariant: with `factor` 1 every total is the one written in `data/months.csv` and `data/shares.csv`, to the unit.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from figures.ledger import Fact, Statement
from figures.models import Unit
from sprechstunde.demo import days, tables
from sprechstunde.demo.days import Calendar
from sprechstunde.demo.tables import Codes

WEEKDAYS = (25, 22, 18, 20, 12, 1.5, 1.5)
TALK_DAYS = (20, 21, 19, 28, 12, 0, 0)
TALK_BANDS = {"08-10": 22, "10-12": 35, "12-14": 10, "14-16": 26, "16-20": 7}
ASYNCHRONOUS = {"email", "web_booking", "web_form", "sms"}
"""The ways that stay open when the office is closed."""
LEVELS = (50, 25, 15, 10)
"""Shares of the first four level-2 topics."""
RETURNING = 13
"""Percent of the inquiries come from people who were here before: no new case."""
EXACT = {("mengede", "topic", "recognition"): 3, ("hombruch", "language", "ku"): 1}
"""Small cells that are always there, so that suppression is seen."""
RARE = ("fa", "rom", "fr", "it", "el", "pt", "sq", "sh", "ti", "ps", "gsg", "other")
"""The languages behind "andere", each under five."""
SERVICE_TOPICS: Mapping[str, Mapping[str, int]] = {
    "school": {
        "school_enrolment": 60,
        "learning_problems": 20,
        "inclusion": 10,
        "all_day_care": 5,
        "finances": 5,
    },
    "arrival": {"newly_arrived": 1},
    "transition": {"school_to_work": 70, "second_chance": 30},
    "certificate": {"recognition": 1},
    "short": {"school_enrolment": 40, "finances": 25, "all_day_care": 20, "school_law": 15},
    "pupil": {"learning_problems": 40, "school_to_work": 40, "school_enrolment": 20},
    "staff": {"inclusion": 40, "learning_problems": 30, "newly_arrived": 20, "school_law": 10},
}


@dataclass
class Year:
    """One year of figures, `factor` times as busy as the tables; `children` maps a topic to its level-2 topics."""

    year: int
    chance: random.Random
    calendar: Calendar
    children: Mapping[str, list[str]]
    factor: float = 1.0
    leanings: tables.Leanings = field(default_factory=tables.Leanings)

    def statements(
        self, until: date, talks_until: date, instead: Counter[date] | None = None
    ) -> Iterator[Statement]:
        """What counts on the days before `until`, appointments and talks on those before `talks_until`.

        `instead`: inquiries per day that the office's own rows bring along; so many are left out here, with
        all their contacts.
        """
        inquiries = self._inquiries()
        agreed = self._appointments()
        talks = [thing for thing in agreed if thing["day"] < talks_until]
        contacts = self._contacts(inquiries, agreed)
        self.chance.shuffle(new := list(inquiries))
        new = new[: len(inquiries) - round(len(inquiries) * RETURNING / 100)]
        out = set(map(id, _left_out(inquiries, instead or Counter())))
        kept = [thing for thing in inquiries if id(thing) not in out]
        yield from self._stated(Unit.INQUIRY, kept, until)
        yield from self._stated(Unit.CASE, [thing for thing in new if id(thing) not in out], until)
        out |= {id(thing) for thing in agreed if thing["day"] >= talks_until}
        yield from self._stated(Unit.CONTACT, [own for own, of in contacts if id(of) not in out], until)
        yield from self._stated(Unit.APPOINTMENT, talks, until)

    def _stated(self, unit: Unit, things: list[Codes], until: date) -> Iterator[Statement]:
        for thing in sorted(things, key=lambda one: one["day"]):
            key = f"{self.chance.getrandbits(128):032x}"
            if thing["day"] < until:
                codes = {name: code for name, code in thing.items() if name != "month"}
                yield Statement(unit, key, Fact(**codes, sample=True))

    def _inquiries(self) -> list[Codes]:
        things: list[Codes] = [
            {"month": month, "channel": channel, "topic": topic}
            for month in range(1, 13)
            for channel, topic in self._month(month)
        ]
        self._share("inquiry", "language", things)
        self._share("inquiry", "district", things, planted=self._planted(things))
        for dimension in ("audience", "outcome", "hour_band"):
            self._share("inquiry", dimension, things)
        for thing in things:
            thing["day"] = self._day(thing["month"], WEEKDAYS, thing["channel"] in ASYNCHRONOUS)
        self._finish(things)
        return things

    def _month(self, month: int) -> Iterator[tuple[str, str]]:
        channels, topics = self._columns["channel", month], self._columns["topic", month]
        total = round(sum(channels.values()) * self.factor)
        ways = _expanded(tables.spread_codes(total, channels))
        about = _expanded(tables.spread_codes(total, topics))
        self.chance.shuffle(about)
        return zip(ways, about, strict=True)

    def _appointments(self) -> list[Codes]:
        booked = {month: self._columns["appointment", month][""] for month in range(1, 13)}
        things: list[Codes] = [
            {"month": month} for month, count in booked.items() for _ in range(round(count * self.factor))
        ]
        for dimension in ("status", "channel"):
            self._share("appointment", dimension, things)
        held = [thing for thing in things if thing["status"] == "attended"]
        for some in (held, [thing for thing in things if thing["status"] != "attended"]):
            for dimension in ("service", "mode"):
                self._share("attended", dimension, some)
        for thing in things:
            thing["topic"] = self._one(SERVICE_TOPICS[thing["service"]])
            thing["hour_band"] = self._one(TALK_BANDS)
            thing["day"] = self._day(thing["month"], TALK_DAYS, closed_too=False)
        self._share("appointment", "language", things)
        for dimension in ("district", "audience"):
            self._share("inquiry", dimension, things)
        self._finish(things)
        return things

    def _contacts(self, inquiries: list[Codes], talks: list[Codes]) -> list[tuple[Codes, Codes]]:
        """Each exchange with what it belongs to: the first of every inquiry, every talk held, and some more."""
        first = [({**thing}, thing) for thing in inquiries]
        held = [({**thing, **_talk(thing)}, thing) for thing in talks if thing["status"] == "attended"]
        total = round(sum(self._shares["contact", "form"].values()) * self.factor)
        more = [
            ({**thing, "channel": "unknown"}, thing)
            for thing in self.chance.choices(inquiries, k=total - len(first) - len(held))
        ]
        forms = Counter(self._shares["contact", "form"])
        for mode, count in self._shares["attended", "mode"].items():
            forms[_talk({"mode": mode})["form"]] -= count
        free = [own for own, _ in first + more]
        self.leanings.allot("form", free, tables.spread_codes(len(free), forms), self.chance)
        for own, _ in more:
            own["channel"] = {"in_person": "walk_in", "group": "event"}.get(own["form"], own["form"])
            own["day"] = self._later(own["day"])
        found = first + held + more
        self._share("contact", "duration", [own for own, _ in found])
        for own, _ in found:
            for name in ("service", "mode", "status"):
                own.pop(name, None)
        return found

    def _finish(self, things: list[Codes]) -> None:
        """Level-2 topics, and the languages behind "other"."""
        rare = 0
        for thing in things:
            below = self.children.get(thing["topic"], [])[: len(LEVELS)]
            if below:
                thing["topic"] = self.chance.choices(below, LEVELS[: len(below)])[0]
            if thing["language"] == "other":
                thing["language"] = RARE[rare % len(RARE)]
                rare += 1

    def _share(
        self, unit: str, dimension: str, things: list[Codes], *, planted: Counter[str] | None = None
    ) -> None:
        """A code of this dimension for each, in the proportions of `data/shares.csv`, `planted` ones included."""
        totals = Counter(tables.spread_codes(len(things), self._shares[unit, dimension]))
        totals.subtract(planted or {})
        free = [thing for thing in things if dimension not in thing] if planted else things
        self.leanings.allot(dimension, free, totals, self.chance)

    def _planted(self, things: list[Codes]) -> Counter[str]:
        """Set the small cells of `EXACT`; how many of each district that makes."""
        done: Counter[str] = Counter()
        for (district, given, code), count in EXACT.items():
            some = [thing for thing in things if thing[given] == code and "district" not in thing]
            for thing in self.chance.sample(some, min(count, len(some))):
                thing["district"] = district
                done[district] += 1
        return done

    def _one(self, shares: Mapping[str, int]) -> str:
        return self.chance.choices(list(shares), list(shares.values()))[0]

    def _day(self, month: int, weekdays: tuple[float, ...], closed_too: bool) -> date:
        """A day of the month, by weekday and season; on closed days only what needs nobody here."""
        some, weights = self._weights(month, weekdays, closed_too)
        return self.chance.choices(some, weights)[0]

    def _weights(
        self, month: int, weekdays: tuple[float, ...], closed_too: bool
    ) -> tuple[list[date], list[float]]:
        key = (month, weekdays, closed_too)
        if key not in self._known_weights:
            some = list(days.of_month(self.year, month))
            self._known_weights[key] = some, [self._weight(day, weekdays, closed_too) for day in some]
        return self._known_weights[key]

    def _weight(self, day: date, weekdays: tuple[float, ...], closed_too: bool) -> float:
        if not self.calendar.is_open(day):
            return 2 * WEEKDAYS[6] * self.calendar.season(day) if closed_too else 0.0
        return weekdays[day.weekday()] * self.calendar.season(day)

    def _later(self, day: date) -> date:
        """Some days after, in the same year."""
        later = self.calendar.open_from(day + self.chance.randint(1, 15) * days.DAY)
        return later if later.year == day.year else day

    @cached_property
    def _known_weights(self) -> dict[Any, tuple[list[date], list[float]]]:
        return {}

    @cached_property
    def _columns(self) -> dict[tuple[str, int], dict[str, int]]:
        found: dict[tuple[str, int], dict[str, int]] = {}
        for row in tables.read("months"):
            for month, count in enumerate(list(row.values())[2:], 1):
                found.setdefault((row["of"], month), {})[row["code"]] = int(count)
        return found

    @cached_property
    def _shares(self) -> dict[tuple[str, str], dict[str, int]]:
        found: dict[tuple[str, str], dict[str, int]] = {}
        for row in tables.read("shares"):
            found.setdefault((row["unit"], row["dimension"]), {})[row["code"]] = int(row["count"])
        return found


def _expanded(counts: Mapping[str, int]) -> list[str]:
    return [code for code, count in counts.items() for _ in range(count)]


def _talk(thing: Mapping[str, str]) -> dict[str, str]:
    """How a talk is counted as a contact."""
    if thing["mode"] == "outreach":
        return {"channel": "outreach", "form": "in_person"}
    return {"channel": "by_appointment", "form": {"office": "in_person"}.get(thing["mode"], thing["mode"])}


def _left_out(inquiries: list[Codes], instead: Counter[date]) -> Iterator[Codes]:
    left = Counter(instead)
    for thing in inquiries:
        if left[thing["day"]] > 0:
            left[thing["day"]] -= 1
            yield thing
