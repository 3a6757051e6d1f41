"""The invented office: the figures it promises, slots on any day of the year, and nobody real in it."""

from __future__ import annotations

import asyncio
import csv
import random
import re
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import phonenumbers
import pytest
from tortoise import Tortoise
from tortoise.backends.base.executor import EXECUTOR_CACHE

from booking import availability, claims, disruptions, hours, intervals, sessions
from booking.changes import Away
from booking.intervals import Interval
from booking.models import Absence, Appointment, Mode, Service, Status, WorkingHours
from booking.rules import rule_of
from booking.services import Wish
from channels.models import Incoming, IncomingState, Message, State
from figures import check, tables
from figures.models import Line, Unit
from inquiries import counter, gaps
from inquiries.models import Inquiry
from office import catalogues, closing_days, staff
from office import database as office_database
from office import settings as office_settings
from office.models import ClosingDay, DayKind, Due, JournalEntry, Place, Staff
from office.settings import Settings
from sprechstunde import house
from sprechstunde.demo import seed as demo
from sprechstunde.demo import tables as demo_tables
from tests.conftest import make_settings
from workers import counting

ROOT = Path(__file__).parents[2]
MONDAY = date(2026, 8, 24)
DAY = timedelta(days=1)
ZONE = make_settings(Path()).zone
DATES = [
    *(date(2026, 12, day) for day in range(20, 32)),
    date(2026, 1, 1), date(2026, 1, 2), date(2026, 2, 13), date(2026, 4, 2), date(2026, 5, 13), date(2026, 5, 23),
    date(2026, 7, 8), date(2026, 8, 24), date(2026, 10, 1), date(2026, 11, 10), date(2027, 3, 27), date(2027, 6, 30),
]  # fmt: skip
"""Around Christmas day by day, then holidays, weekends, training weeks and an ordinary Monday over two years."""


# The house, seeded


@asynccontextmanager
async def opened(folder: Path, template: Path) -> AsyncIterator[Settings]:
    """The house of `template` (two files), copied into `folder`."""
    copied(template, folder)
    settings = make_settings(folder, demo=True)
    office_settings.use(settings)
    async with office_database.opened(house.databases(settings)):
        yield settings


def copied(template: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for file in template.glob("*.sqlite3"):
        shutil.copy(file, folder / file.name)


@asynccontextmanager
async def doors_open(
    folder: Path, template: Path, today: date, now: datetime | None = None, *, full: bool = True
) -> AsyncIterator[Settings]:
    """Everything but the figures, which take longest."""
    async with opened(folder, template) as settings:
        now = now or at(today, 8, 25)
        await demo.open_doors(settings, random.Random(f"2025 {today}"), today, now, full=full)
        yield settings


@pytest.fixture(scope="session")
def monday_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house of Monday, 24 August 2026, seeded once."""

    async def make(folder: Path) -> None:
        async with opened(folder, sqlite_template) as settings:
            await demo.seed(settings, today=MONDAY)

    folder = tmp_path_factory.mktemp("monday")
    EXECUTOR_CACHE.clear()
    asyncio.run(make(folder))
    return folder


@pytest.fixture
async def monday(tmp_path: Path, monday_template: Path) -> AsyncIterator[Settings]:
    """Monday, 24 August 2026, 8:25."""
    EXECUTOR_CACHE.clear()
    async with opened(tmp_path, monday_template) as settings:
        yield settings


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


async def of_day(day: date, code: str) -> list[Appointment]:
    found = Appointment.filter(starts_at__gte=at(day, 0), starts_at__lt=at(day + DAY, 0), staff__code=code)
    return await found.order_by("starts_at").prefetch_related("person", "service")


# The year in figures


def expected() -> Iterator[tuple[str, str, str, str, int]]:
    """The tables of the demo year as they were written down, copied by a script that shares nothing with ours."""
    with (Path(__file__).parent / "demo_year.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["unit"], row["dimension"], row["code"], row["month"], int(row["count"])


async def counted(parents: dict[str, str]) -> Counter[tuple[str, str, str, str]]:
    """Last year's lines, under every name the expected tables know them by."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for line in await Line.filter(day__gte=date(2025, 1, 1), day__lte=date(2025, 12, 31)):
        month, unit = str(line.day.month), str(line.unit)
        topic = parents.get(line.topic) or line.topic
        language = line.language if line.language in NAMED else "other"
        status = line.status.partition("_by_")[0]
        codes = {"total": "", "channel": line.channel, "topic": topic, "language": language, "status": status}
        codes |= {
            name: getattr(line, name) for name in ("district", "audience", "outcome", "form", "duration")
        }
        codes |= {name: getattr(line, name) for name in ("service", "mode")}
        for name, code in codes.items():
            found[unit, name, code, month] += line.sign
            found[unit, name, code, ""] += line.sign
            if status == "attended":
                found["attended", name, code, ""] += line.sign
    return found


NAMED = {"de", "ar", "ro", "uk", "tr", "bg", "es", "en", "ru", "pl", "ku"}


async def test_last_year_is_the_demo_year_to_the_unit(monday: Settings) -> None:
    topics = await catalogues.values("topic", "de", MONDAY)
    found = await counted({topic.code: topic.parent for topic in topics})
    wrong = {
        (unit, dimension, code, month): (count, found[unit, dimension, code, month])
        for unit, dimension, code, month, count in expected()
        if found[unit, dimension, code, month] != count
    }
    assert wrong == {}
    totals = {
        unit: (await tables.table(unit, [], date(2025, 1, 1), date(2025, 12, 31))).total for unit in Unit
    }
    agreed = {Unit.INQUIRY: 3480, Unit.CONTACT: 5560, Unit.CASE: 3028, Unit.APPOINTMENT: 2310}
    assert totals == {**agreed, Unit.UNMET: 0}


async def test_every_line_is_marked_as_invented(monday: Settings) -> None:
    assert not await Line.filter(sample=False).exists()
    year = (date(2025, 1, 1), date(2025, 12, 31))
    assert (await tables.table(Unit.INQUIRY, ["channel"], *year)).sample


async def test_every_code_of_the_figures_is_in_the_catalogues(monday: Settings) -> None:
    for name in ("channel", "topic", "audience", "outcome", "language", "district", "form", "duration"):
        used = set(await Line.all().distinct().values_list(name, flat=True))
        assert used <= set(await catalogues.labels(name, "de")), name


async def test_small_cells_are_there_to_be_suppressed(monday: Settings) -> None:
    inquiries = Line.filter(unit=Unit.INQUIRY, day__lt=date(2026, 1, 1))
    recognition = [
        "recognition",
        "school_certificates",
        "vocational_qualification",
        "university_degree",
        "translation",
    ]
    assert await inquiries.filter(district="mengede", topic__in=recognition).count() == 3
    assert await inquiries.filter(district="hombruch", language="ku").count() == 1


async def test_nobody_rings_or_comes_when_the_office_is_closed(monday: Settings) -> None:
    closed = await closing_days.closed(date(2025, 1, 1), MONDAY)
    for line in await Line.filter(
        unit=Unit.INQUIRY, channel__in=["phone", "walk_in"], day__lt=date(2026, 1, 1)
    ):
        assert line.day.weekday() < 5 and line.day not in closed
        assert line.hour_band not in {"00-08", "20-24"}


async def test_the_running_year_ends_yesterday_and_what_follows_is_agreed(monday: Settings) -> None:
    rows = await Line.filter(day__gte=MONDAY)
    assert {line.status for line in rows if line.unit == Unit.APPOINTMENT} <= {
        "booked", "cancelled", "cancelled_by_person", "cancelled_by_office",
    }  # fmt: skip
    this = (await tables.table(Unit.INQUIRY, [], date(2026, 1, 1), MONDAY)).total
    last = (await tables.table(Unit.INQUIRY, [], date(2025, 1, 1), MONDAY.replace(year=2025))).total
    assert 0.95 * last < this < 1.15 * last


async def test_figures_and_claims_agree_with_the_rows_on_each_engine(settings: Settings) -> None:
    shown = settings.model_copy(update={"demo": True})
    office_settings.use(shown)
    async with office_database.opened(house.databases(shown)):
        await demo.seed(shown, today=MONDAY)
        recount = await counting.recount(date(2000, 1, 1), date(2100, 1, 1))
        assert str(await check.balance() + await check.compare(recount)) == ""
        assert await claims.differences() == []
        keys = set(await Appointment.all().values_list("count_key", flat=True))
        assert await Line.filter(unit=Unit.APPOINTMENT, key__in=keys).count() == len(keys)
        assert (await Place.create(code="garden", name="Garten")).id  # the counters of ids have gone on


@pytest.mark.parametrize("shares", [(1, 1, 1), (7, 0, 3), (1, 2, 3, 4)])
def test_spreading_loses_nothing_and_keeps_a_proportion(shares: tuple[int, ...]) -> None:
    for total in range(50):
        found = demo_tables.spread(total, shares)
        assert sum(found) == total
        assert all(
            abs(got - total * share / sum(shares)) < 1 for got, share in zip(found, shares, strict=True)
        )


def test_allotting_keeps_totals_even_against_all_leanings() -> None:
    things: list[demo_tables.Codes] = [{"channel": "web_booking"} for _ in range(10)]
    demo_tables.Leanings().allot("district", things, {"unknown": 4, "eving": 6}, random.Random("x"))
    assert Counter(thing["district"] for thing in things) == {"unknown": 4, "eving": 6}
    with pytest.raises(ValueError, match="district"):
        demo_tables.Leanings().allot("district", things, {"eving": 6}, random.Random("x"))


# Slots on any day


async def free(service: str, today: date, **wish: str) -> list[availability.Slot]:
    return await availability.search(
        Wish(service, **wish), first=today, last=today + 28 * DAY, now=at(today, 8, 25), zone=ZONE
    )


@pytest.mark.parametrize("today", [MONDAY, date(2026, 12, 20)], ids=str)
async def test_group_evening_is_open_in_the_coming_four_weeks(
    today: date, tmp_path: Path, sqlite_template: Path
) -> None:
    async with doors_open(tmp_path, sqlite_template, today):
        [evening] = await sessions.upcoming(await Service.get(code="evening"), at(today, 8, 25))
        assert evening.free == evening.session.seats
        assert evening.session.starts_at < at(today, 8, 25) + 28 * DAY
        assert await claims.differences() == []


@pytest.mark.parametrize(
    "today",
    [day if place % 3 == 0 else pytest.param(day, marks=pytest.mark.long) for place, day in enumerate(DATES)],
    ids=str,
)
async def test_slots_are_free_whatever_the_date(today: date, tmp_path: Path, sqlite_template: Path) -> None:
    async with doors_open(tmp_path, sqlite_template, today):
        school = await free("school", today)
        assert len(school) >= 30
        first = school[0].starts_at.astimezone(ZONE)
        assert (first.hour, first.minute) == (9, 45)
        closing = today.month == 12 and today.day >= 17
        assert closing or first.date() <= today + 10 * DAY
        arabic = (await free("arrival", today, language="ar"))[0].starts_at.astimezone(ZONE)
        assert (arabic.strftime("%a"), arabic.hour, arabic.minute) == ("Thu", 9, 0)
        for service in await Service.filter(group=False):
            assert await availability.search(
                Wish(service.code, mode=Mode(service.modes[0])),
                first=today, last=today + 28 * DAY, now=at(today, 8, 25), zone=ZONE,
            )  # fmt: skip
        assert await claims.differences() == []
        shares = await _taken(today)
        taken, there = (sum(part, timedelta()) for part in zip(*shares.values(), strict=True))
        assert 0.25 <= taken / there <= 0.55
        assert all(taken < there for taken, there in shares.values())


async def _taken(today: date) -> dict[str, tuple[timedelta, timedelta]]:
    """Per counsellor: how much of the hours of the coming four weeks is taken, and how much there is."""
    closed = await closing_days.closed(today, today + 28 * DAY)
    found = {}
    for member in await staff.counsellors():
        rules = [rule_of(row) for row in await WorkingHours.filter(staff=member)]
        windows = [one.interval for one in hours.windows(rules, ZONE, today + DAY, today + 28 * DAY, closed)]
        away = [Interval(row.starts_at, row.ends_at) for row in await Absence.filter(staff=member)]
        booked = await Appointment.filter(staff=member).exclude(status=Status.CANCELLED)
        there = intervals.subtract(windows, away)
        rest = intervals.subtract(there, [Interval(row.starts_at, row.claimed_until) for row in booked])
        found[member.code] = (_sum(there) - _sum(rest), _sum(there))
    return {code: (taken, there) for code, (taken, there) in found.items() if there}


def _sum(some: list[Interval]) -> timedelta:
    return sum((one.ends_at - one.starts_at for one in some), timedelta())


async def test_everybody_who_is_booked_could_have_been(monday: Settings) -> None:
    """Every talk lies where its counsellor gives this service, and nowhere near another."""
    ill = await Staff.get(code="ob")
    for row in await Appointment.filter(status=Status.BOOKED).prefetch_related("service", "staff"):
        if row.staff_id != ill.id or row.starts_at > at(MONDAY + DAY, 0):
            wish = Wish(row.service.code, row.children, Mode(row.mode), by_staff=True)
            now = row.booked_at
            spot = await availability.spot_if_free(
                row.service, wish, row.staff, row.starts_at, now=now, zone=ZONE, ignoring=row.id
            )
            assert spot and spot.place == row.place, (row.starts_at, row.service.code)
            assert row.mode in row.service.modes
            assert row.booked_at < at(MONDAY, 8, 25)


async def test_nobody_has_more_than_eight_talks_a_day(monday: Settings) -> None:
    per_day = Counter(
        (row.staff_id, row.starts_at.date()) for row in await Appointment.exclude(status=Status.CANCELLED)
    )
    assert max(per_day.values()) <= 8


async def test_pupils_come_in_the_afternoon_and_new_families_on_three_mornings(monday: Settings) -> None:
    pupils = [slot.starts_at.astimezone(ZONE) for slot in await free("pupil", MONDAY)]
    families = [slot.starts_at.astimezone(ZONE) for slot in await free("arrival", MONDAY)]
    assert min(moment.hour for moment in pupils) == 14
    assert {moment.weekday() for moment in families} <= {1, 2, 3}
    assert max(moment.hour for moment in families) < 12


# The day it opens on


async def test_monday_in_august(monday: Settings) -> None:
    day = [
        (
            row.starts_at.astimezone(ZONE).strftime("%H:%M"),
            row.person.name,
            row.service.code,
            str(row.mode),
            row.language,
        )
        for row in await of_day(MONDAY, "jb")
    ]
    assert day == [
        ("08:30", "Li U", "school", "office", "de"),
        ("09:30", "Şükrü Öztürk", "short", "phone", "tr"),
        ("10:00", "Birgit Marquardt", "school", "office", "de"),
        ("11:00", "أحمد درويش", "school", "office", "ar"),
        ("12:00", "Ute Brandt", "short", "phone", "de"),
        ("13:00", "Kevin Drews", "transition", "office", "de"),
        ("14:00", "Leo", "pupil", "phone", "de"),
        ("14:45", "Anna-Katharina Freifrau von der Lindenhöhe zu Wiesengrund", "school", "video", "de"),
    ]
    here = (await of_day(MONDAY, "jb"))[0]
    assert here.arrived_at == at(MONDAY, 8, 21)


async def test_a_colleague_is_ill_and_four_people_come_to_her(monday: Settings) -> None:
    names = [row.person.name for row in await of_day(MONDAY, "ob")]
    assert names == ["Оксана Литвиненко", "Дмитро Коваль", "Nguyễn Thị Hồng Ánh", "Łukasz Wiśniewski"]
    assert await Absence.filter(
        staff__code="ob", starts_at__lte=at(MONDAY, 8), ends_at__gte=at(MONDAY, 18)
    ).exists()


async def test_her_families_are_proposed_to_the_colleague_who_has_the_morning_free(monday: Settings) -> None:
    ill = Away((await Staff.get(code="ob")).id, Interval(at(MONDAY, 8, 25), at(MONDAY, 23)))
    shown = await disruptions.preview(ill, now=at(MONDAY, 8, 25), zone=ZONE)
    proposed = [[(one.code, one.by_phone) for one in family.colleagues] for family in shown]
    assert proposed == [[("im", True)], [("im", True)], [("im", False)], [("im", False)]]
    back_with_her = [slot.candidates[0].code for family in shown[:2] for slot in family.times]
    assert set(back_with_her) == {"ob"}


async def test_yesterday_left_three_without_an_outcome(monday: Settings) -> None:
    before = Appointment.filter(starts_at__lt=at(MONDAY, 0))
    left = await before.filter(status=Status.BOOKED).prefetch_related("staff")
    assert [row.staff.code for row in left] == ["jb"] * 3
    assert await before.filter(status=Status.ATTENDED).count() >= 4


async def test_later_in_the_week_two_families_come(monday: Settings) -> None:
    (mariam,) = await Appointment.filter(person__call_name="Mariam Al-Khatib")
    (stefania,) = await Appointment.filter(person__name="Ștefania Dumitrașcu")
    assert (mariam.starts_at, mariam.ends_at) == (at(MONDAY + 2 * DAY, 9), at(MONDAY + 2 * DAY, 10, 30))
    assert (stefania.starts_at, stefania.ends_at) == (at(MONDAY + 3 * DAY, 9), at(MONDAY + 3 * DAY, 11))


async def test_what_lies_before_this_moment_has_happened(tmp_path: Path, sqlite_template: Path) -> None:
    async with doors_open(tmp_path, sqlite_template, MONDAY, now=at(MONDAY, 14, 10)):
        day = await of_day(MONDAY, "jb")
        held = [row.status in {Status.ATTENDED, Status.NO_SHOW} for row in day]
        assert held == [True, True, True, True, True, False, False, False]
        assert day[5].arrived_at and not day[7].arrived_at
        assert await claims.differences() == []


async def test_at_a_weekend_it_opens_on_monday(tmp_path: Path, sqlite_template: Path) -> None:
    async with doors_open(tmp_path, sqlite_template, MONDAY - 2 * DAY):
        assert len(await of_day(MONDAY, "jb")) == 8


async def test_the_quiet_scenario_has_nobody_ill(tmp_path: Path, sqlite_template: Path) -> None:
    async with doors_open(tmp_path, sqlite_template, MONDAY, full=False):
        assert not await Absence.filter(reason="ill").exists()
        assert not await Appointment.filter(person__name="Leo").exists()


# What it must not do


async def test_nothing_is_sent_and_nothing_is_owed(monday: Settings) -> None:
    assert not await Message.filter(state__in=[State.QUEUED, State.SENDING]).exists()
    assert not await Incoming.filter(state=IncomingState.STORED).exists()
    assert not await Due.exists()
    assert not await JournalEntry.filter(pending=True).exists()
    assert await JournalEntry.filter(kind="appointment.booked").count() == await Appointment.all().count()


async def test_somebody_waits_at_the_counter_and_two_questions_are_to_be_looked_at_again(
    monday: Settings,
) -> None:
    assert [one.language for one in await counter.waiting(at(MONDAY, 0))] == ["bg", "ar"]
    due = await Inquiry.filter(follow_up_on=MONDAY).prefetch_related("assigned", "person")
    assert {(one.assigned.code, one.person.name) for one in due} == {
        ("jb", "Sabine Kowalke"),
        ("lf", "Carmen Núñez Peña"),
    }
    assert gaps.lines(await gaps.between(MONDAY - 90 * DAY, MONDAY))[0].total > 1


async def test_whoever_works_here_keeps_the_house(monday: Settings) -> None:
    before = await dump()
    said = await demo.seed(monday, seed=7, today=MONDAY + DAY)
    assert said == "Somebody works here already: nothing was changed."
    assert await dump() == before


async def test_the_same_seed_and_day_make_the_same_office(
    tmp_path: Path, monday_template: Path, sqlite_template: Path
) -> None:
    async with opened(tmp_path / "one", monday_template):
        one = await dump()
    async with opened(tmp_path / "two", sqlite_template) as settings:
        await demo.seed(settings, today=MONDAY)
        two = await dump()
    async with opened(tmp_path / "three", sqlite_template) as settings:
        await demo.open_doors(settings, random.Random("2026"), MONDAY, at(MONDAY, 8, 25), full=True)
        three = await dump()
    assert one == two
    assert one["appointment"] != three["appointment"]


async def dump() -> dict[str, list[dict[str, Any]]]:
    """Every row of both databases; the salt of a password is meant to be another each time."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for room in (Tortoise.apps or {}).values():
        for model in room.values():
            for row in await model.all().order_by(model._meta.pk_attr).values():
                row.pop("password_hash", None)
                found[model._meta.db_table].append(row)
    return dict(found)


async def test_the_four_log_ins_work_and_nobody_else_can(monday: Settings) -> None:
    codes = [
        (await staff.log_in(f"{name}@example.org", "demo")).code
        for name in ("counsellor", "reception", "lead", "admin")
    ]
    assert codes == ["jb", "kl", "ps", "sn"]
    assert await Staff.exclude(password_hash="").count() == 4
    assert {row.email.partition("@")[2] for row in await Staff.all()} == {"example.org"}


async def test_places_and_services_speak_three_languages(monday: Settings) -> None:
    places = [text for place in await Place.all() for text in place.details.values()]
    services = [text for service in await Service.all() for text in (service.titles, service.bring)]
    for text in [*places, *services]:
        assert set(text) == {"de", "en", "ar"}
        assert len({bool(said) for said in text.values()}) == 1
    for service in await Service.all():
        assert len({len(things) for things in service.bring.values()}) == 1


async def test_the_office_is_closed_when_it_says_so(monday: Settings) -> None:
    local = await ClosingDay.filter(
        kind=DayKind.LOCAL, day__gte=date(2026, 1, 1), day__lte=date(2026, 12, 31)
    )
    named = defaultdict(list)
    for row in local:
        named[row.name].append(row.day)
    assert named["Teamtag"] == [date(2026, 3, 6), date(2026, 10, 2)]
    assert named["Rosenmontag"] == [date(2026, 2, 16)]
    assert named["Brückentag"] == [date(2026, 5, 15)]
    assert {date(2026, 12, 24), date(2026, 12, 31)} <= set(named["Betriebsruhe"])


# Nobody real

NUMBER = re.compile(r"(?<![\w.+])(?<!\d-)(?:\+|[0٠۰])(?:[ ()/.\u2011-]{0,2}\d){7,14}(?![\w/]|\.\d)")
DATE = re.compile(r"\d\d\.\d\d\.\d{4}")
ADDRESS = re.compile(r"[\w.+%-]+@((?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+)")
FICTION = (
    *(re.compile(rf"\+49{area}{rest}") for area, rest in (
        ("221", r"4710\d{3}"), ("176", r"040690\d\d"), ("171", r"39200\d\d"), ("30", r"23125\d{3}"),
        ("40", r"66969\d{3}"), ("69", r"90009\d{3}"), ("89", r"99998\d{3}"),
        ("40", r"690\d\d"),  # the end of a number of the second kind, as a secret that must not be shown
    )),
    re.compile(r"\+49(152(28817386|28895456|54599371)|172(9925904|9968532|9973185|9973186|9980752)|174(9091317|9464308))"),
)  # fmt: skip
"""Kept for fiction by the Bundesnetzagentur (Mitteilung 148/2021)."""
PLACEHOLDERS = {"+49231000000"}
"""Nothing but zeros behind the area code: a place to write a number in."""
RESERVED = re.compile(r"(.*\.)?example\.org|.*\.(example|invalid|test)|127\.0\.0\.1|li\.org", re.IGNORECASE)
"""RFC 2606 and 6761, this machine, and the placeholder gettext writes into message files."""
NOT_TEXTS = (".lock", "package-lock.json", ".svg")


def strange_numbers(text: str) -> list[str]:
    """Whatever reads like a phone number in Germany and is not kept for fiction."""
    found = []
    for match in NUMBER.finditer(text):
        try:
            number = phonenumbers.parse(match[0], "DE")
        except phonenumbers.NumberParseException:
            continue
        written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        if DATE.fullmatch(match[0]):
            continue
        fiction = any(one.fullmatch(written) for one in FICTION) or written in PLACEHOLDERS
        if phonenumbers.is_possible_number(number) and not fiction:
            found.append(match[0])
    return found


def strange_addresses(text: str) -> list[str]:
    return [match[0] for match in ADDRESS.finditer(text) if not RESERVED.fullmatch(match[1])]


@pytest.mark.parametrize(
    ("text", "strange"),
    [
        ("0176 04069012", False),
        ("٠١٧٦٠٤٠٦٩٠١٢", False),
        ("+49 (0)221 4710-231", False),
        ("030 23125017", False),
        ("0176 04069 112", True),
        ("+49 30 9018200", True),
        ("0231/5010000", True),
        ("٠١٧٦١٢٣٤٥٦٧٨", True),
        ("Tel.:0231 501-23456", True),
        ("2026-08-24 08:30:00 and 08:30-12:30, 09-10", False),
        ("04.11.2025, U+0300-0301", False),
    ],
)
def test_the_search_for_numbers_finds_what_it_should(text: str, strange: bool) -> None:
    assert bool(strange_numbers(text)) is strange


def test_the_search_for_addresses_finds_what_it_should() -> None:
    assert strange_addresses("a@example.org b@x.example c@mail.example.org") == []
    assert strange_addresses("mail to jemand@stadt.de") == ["jemand@stadt.de"]


def test_no_number_and_no_address_of_this_project_is_anybodys() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    this = Path(__file__).relative_to(ROOT)
    names = [
        name for name in listed.stdout.splitlines() if not name.endswith(NOT_TEXTS) and name != str(this)
    ]
    found = {name: some for name in names if (some := _strange(ROOT / name))}
    assert len(names) > 50
    assert found == {}


def _strange(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
        return []
    return strange_numbers(text) + strange_addresses(text)


async def test_no_number_and_no_address_of_the_invented_office_is_anybodys(monday: Settings) -> None:
    texts = [
        str(value)
        for rows in (await dump()).values()
        for row in rows
        for name, value in row.items()
        if isinstance(value, str | dict | list) and name not in {"key", "count_key", "uid"}
    ]
    assert len(texts) > 1000
    assert [strange for text in texts for strange in strange_numbers(text) + strange_addresses(text)] == []
