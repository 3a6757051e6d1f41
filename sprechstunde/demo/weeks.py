"""The four weeks ahead, and the day before: about 40 % of the hours taken, less the further away, never all."""

from __future__ import annotations

from datetime import date, timedelta

from booking import intervals
from booking.intervals import Interval
from booking.models import Mode, Status
from sprechstunde.demo.book import MINUTE, Book
from sprechstunde.demo.days import DAY
from sprechstunde.demo.people import Crowd
from sprechstunde.demo.visits import Visit

AHEAD = 28
FULLNESS = (0.55, 0.45, 0.38, 0.3, 0.3)
"""Part of the hours that is taken in the first, second … week from today."""
YESTERDAY = 0.65
LIKED = {"school": 6, "arrival": 4, "transition": 4, "certificate": 2, "short": 2, "pupil": 2, "staff": 1}
MODES = {Mode.OFFICE: 70, Mode.PHONE: 20, Mode.VIDEO: 10}
GERMAN = {"arrival": 0.15, "certificate": 0.3}
AUDIENCES = {"pupil": "pupil", "staff": "teacher"}
CANCELLED, BY_PERSON = 0.06, 0.88
TALKS_A_DAY = 7
"""One less than anybody may have: every day shows a time that can still be booked."""


def fill(book: Book, crowd: Crowd, first: date) -> None:
    """Every counsellor's days from `first` on get their share of visits."""
    day = first
    while day <= book.today + AHEAD * DAY:
        share = YESTERDAY if day < book.today else FULLNESS[(day - book.today).days // 7]
        for who in book.diaries:
            _fill_day(book, crowd, who, day, share * book.chance.uniform(0.75, 1.25))
        day += DAY


def _fill_day(book: Book, crowd: Crowd, who: str, day: date, share: float) -> None:
    hours = book.diaries[who].hours(day)
    wanted = share * _length(hours)
    while (rest := wanted - _taken(book, who, hours)) > timedelta() and book.diaries[who].talks(
        hours
    ) < TALKS_A_DAY:
        if not _one_more(book, crowd, who, day, rest):
            return


def _one_more(book: Book, crowd: Crowd, who: str, day: date, rest: timedelta) -> bool:
    """One more visit of a likely kind, no longer than twice the `rest` to be taken; False when none fits."""
    for service in _in_random_order(book, who):
        children = book.chance.choices((1, 2, 3), (6, 3, 1))[0] if service == "arrival" else 1
        offered = book.office.services[service]
        horizon = book.now + offered.horizon_days * DAY
        starts = [at for at in book.free(who, service, day, children) if at.starts_at < horizon]
        if starts and (offered.minutes + offered.buffer_minutes) * MINUTE <= 2 * rest:
            guest = crowd.next(_language(book, who, service), AUDIENCES.get(service, "parent"), children)
            modes = [Mode(mode) for mode in offered.modes]
            mode = book.chance.choices(modes, [MODES[mode] for mode in modes])[0]
            at = book.chance.choice(starts)
            _go_on(book, book.enter(who, service, guest, at, mode=mode, children=children))
            return True
    return False


def _go_on(book: Book, visit: Visit) -> None:
    """Some are called off; what is near has begun or is over."""
    if book.chance.random() < CANCELLED:
        since = min(book.now, visit.starts_at) - visit.booked_at
        book.change(
            visit,
            status=Status.CANCELLED,
            cancelled_at=visit.booked_at + since * book.chance.random() // MINUTE * MINUTE,
            cancelled_by="person" if book.chance.random() < BY_PERSON else "office",
        )
    else:
        book.settle(visit)


def _in_random_order(book: Book, who: str) -> list[str]:
    """The counsellor's services, the likelier ones more often first."""
    return sorted(
        book.office.given[who], key=lambda service: book.chance.random() ** (1 / LIKED[service]), reverse=True
    )


def _language(book: Book, who: str, service: str) -> str:
    others: list[str] = [language for language in book.office.staff[who].languages if language != "de"]
    if not others or book.chance.random() < GERMAN.get(service, 0.65):
        return "de"
    return book.chance.choices(others, range(2 * len(others), 0, -2))[0]


def _taken(book: Book, who: str, hours: list[Interval]) -> timedelta:
    return _length(hours) - _length(intervals.subtract(hours, book.diaries[who].claimed))


def _length(some: list[Interval]) -> timedelta:
    return sum((one.ends_at - one.starts_at for one in some), timedelta())
