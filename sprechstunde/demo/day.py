"""„Montag im August“: the day the demonstration opens on, the day before, and what the rest of the week must show.

Invariant: whatever the date, school counselling is free from the next open day 9:45, and first registration in
Arabic from the next Thursday 9:00 that can still be booked.
"""

from __future__ import annotations

from datetime import date, time, timedelta

from booking.models import Mode
from booking.slots import Start
from sprechstunde.demo import days, people, tables
from sprechstunde.demo.book import Book
from sprechstunde.demo.days import DAY, Calendar
from sprechstunde.demo.people import Crowd

MORNING = time(8, 25)
"""The demonstration opens at this time unless it is told another."""
NINE = time(9)
ILL, STANDS_IN = "ob", "im"
"""Who is ill, and who has the morning free to take over."""
LEAD = timedelta(hours=48)
LATER = 5


def wednesday(day: date, calendar: Calendar) -> date:
    """The Wednesday of the week that opens on `day`."""
    return calendar.open_from(day + DAY, days.WEDNESDAY)


def thursday(day: date, calendar: Calendar) -> date:
    """Its Thursday."""
    return calendar.open_from(day + DAY, days.THURSDAY)


def enter(book: Book, day: date) -> None:
    """Everybody of `data/day.csv` on the day of the scenario and around it."""
    calendar = book.office.calendar
    before = calendar.open_before(day)
    on = {"today": day, "wednesday": wednesday(day, calendar), "thursday": thursday(day, calendar)}
    if before.year == book.today.year:
        on["yesterday"] = before
    if day == book.today:
        book.keep(STANDS_IN, book.office.at(day, NINE), timedelta(hours=3))
    guests = people.with_a_story()
    for row in tables.read("day"):
        if row["on"] in on or row["on"] == "later":
            children = int(row["children"])
            where = on.get(row["on"]) or _first_day(book, row["staff"], row["service"], day + LATER * DAY)
            at = (
                _named(book, where, row["time"])
                or book.free(row["staff"], row["service"], where, children)[0]
            )
            visit = book.enter(
                row["staff"],
                row["service"],
                guests[row["who"]],
                at,
                mode=Mode(row["mode"]),
                children=children,
                moved=int(row["moved"]),
            )
            if row["on"] == "today" and row["staff"] != ILL:
                book.settle(visit)


def _named(book: Book, day: date, wall: str) -> Start | None:
    if not wall:
        return None
    hour, minute = wall.split(":")
    at = book.office.at(day, time(int(hour), int(minute)))
    return Start(at, at, "linden")


def _first_day(book: Book, staff: str, service: str, day: date) -> date:
    while not book.free(staff, service, day):
        day += DAY
    return day


def keep_first_slot(book: Book, crowd: Crowd) -> None:
    """On the next open day nobody is free for school counselling before 9:45, and somebody then is."""
    day = book.office.calendar.open_from(book.today + DAY)
    nine = book.office.at(day, NINE)
    free = {
        who: at
        for who in sorted(book.diaries)
        for at in book.free(who, "school", day)[:1]
        if at.starts_at == nine
    }
    for place, (who, at) in enumerate(free.items()):
        if place == 0:
            short = next(
                one for one in book.free(who, "short", day) if one.starts_at == nine + timedelta(minutes=20)
            )
            book.enter(who, "short", crowd.next("de", "parent", 1), short, mode=Mode.PHONE)
            book.keep(who, nine + timedelta(minutes=45), timedelta(minutes=60))
        else:
            book.enter(who, "school", crowd.next("de", "parent", 1), at, mode=Mode.OFFICE)


def keep_arabic_thursday(book: Book, crowd: Crowd) -> None:
    """Rania Haddad's mornings are full until a Thursday that is at least 48 hours away, and then free at nine."""
    thursday = next((day for day in _mornings(book) if _bookable_thursday(book, day)), None)
    if thursday is None:
        return
    book.keep("rh", book.office.at(thursday, NINE), timedelta(minutes=75))
    day = book.today
    while day < thursday:
        while starts := book.free("rh", "arrival", day):
            book.settle(
                book.enter("rh", "arrival", crowd.next("ar", "parent", 1), starts[0], mode=Mode.OFFICE)
            )
        day += DAY


def _mornings(book: Book) -> list[date]:
    return sorted(book.diaries["rh"].windows)


def _bookable_thursday(book: Book, day: date) -> bool:
    nine = book.office.at(day, NINE)
    return (
        day.weekday() == days.THURSDAY
        and nine >= book.now + LEAD
        and any(at.starts_at == nine for at in book.free("rh", "arrival", day))
    )
