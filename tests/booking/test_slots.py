"""Which starts are offered: by truth table, and against an oracle that walks every minute.

The oracle knows nothing of intervals, unions, bisection or folds. It looks at the office's clock
minute by minute, and at sets of minutes.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booking import hours, slots
from booking.hours import Rule, Window
from booking.intervals import Interval
from booking.slots import Wanted

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
BEGIN = datetime(2026, 6, 1, tzinfo=UTC)


# The truth table: one day in UTC, times as people write them.


def at(clock):
    return datetime.combine(BEGIN, time.fromisoformat(clock.zfill(5)), UTC)


def stretches(text):
    return [Interval(*map(at, pair.split("-"))) for pair in text.split()]


def make_windows(text, place="mitte", services=None):
    return [Window(one, place, services, one.starts_at) for one in stretches(text)]


def make_wanted(**overrides):
    wanted = Wanted(
        length=timedelta(minutes=60),
        buffer=timedelta(),
        step=timedelta(minutes=30),
        not_before=BEGIN,
        not_after=BEGIN + DAY,
        service="school",
    )
    return replace(wanted, **overrides)


def said(found):
    return " ".join(f"{start.starts_at.hour}:{start.starts_at:%M}" for start in found)


@pytest.mark.parametrize(
    ("hours_", "absent", "claimed", "buffer", "offered", "sentence"),
    [
        ("9:00-12:00", "", "", 0, "9:00 9:30 10:00 10:30 11:00", "the last talk ends with the hours"),
        ("9:00-11:59", "", "", 0, "9:00 9:30 10:00 10:30", "a minute too short for the last"),
        ("9:00-9:59", "", "", 0, "", "hours shorter than the talk"),
        ("9:10-11:10", "", "", 0, "9:10 9:40 10:10", "the grid begins with the hours"),
        ("9:00-12:00", "", "10:00-11:00", 0, "9:00 11:00", "touching a claim is free"),
        ("9:00-12:00", "", "10:00-10:01", 0, "9:00 10:30 11:00", "after a claim: next on the grid"),
        ("9:00-12:00", "", "10:00-11:00", 15, "11:00", "our buffer may not reach into a claim"),
        ("9:00-12:00", "", "10:15-11:00", 15, "9:00 11:00", "our buffer may touch a claim"),
        ("9:00-11:00", "", "", 15, "9:00 9:30 10:00", "our buffer may reach beyond the hours"),
        ("9:00-11:00", "", "11:00-12:00", 15, "9:00 9:30", "... but not into a claim out there"),
        ("9:00-12:00", "10:00-11:00", "", 15, "9:00 11:00", "our buffer may reach into an absence"),
        ("9:00-12:00", "9:59-10:00", "", 0, "10:00 10:30 11:00", "no talk in a minute's absence"),
        ("9:00-12:00", "9:00-9:10", "", 0, "9:30 10:00 10:30 11:00", "absence never shifts the grid"),
        ("9:00-12:00", "8:00-13:00", "", 0, "", "absent all the time"),
        ("9:00-12:00", "9:00-12:00 9:30-9:40", "", 0, "", "a short absence inside a long one"),
        ("9:00-11:00", "10:00-10:30", "9:00-10:15", 0, "", "absence and claim together"),
        ("9:00-10:00 10:00-11:00", "", "", 0, "9:00 10:00", "no talk runs on into other hours"),
        ("9:00-10:30 9:30-11:00", "", "", 0, "9:00 9:30 10:00", "overlapping hours: each once"),
        ("", "", "", 0, "", "no hours, no talk"),
    ],
)
def test_starts_of_a_day(hours_, absent, claimed, buffer, offered, sentence):
    wanted = make_wanted(buffer=timedelta(minutes=buffer))
    found = slots.starts(make_windows(hours_), stretches(absent), stretches(claimed), wanted)
    assert said(found) == offered, sentence


@pytest.mark.parametrize(
    ("not_before", "not_after", "offered", "sentence"),
    [
        ("9:30", "10:30", "9:30 10:00", "the first moment counts, the last does not"),
        ("9:31", "10:31", "10:00 10:30", "between two points: the next one"),
        ("0:00", "9:00", "", "over before it begins"),
        ("11:00", "23:00", "11:00", "the last talk of the day"),
        ("11:01", "23:00", "", "too late for the last talk"),
    ],
)
def test_how_early_and_how_late(not_before, not_after, offered, sentence):
    wanted = make_wanted(not_before=at(not_before), not_after=at(not_after))
    assert said(slots.starts(make_windows("9:00-12:00"), [], [], wanted)) == offered, sentence


@pytest.mark.parametrize(
    ("children", "minutes", "sentence"),
    [
        (0, 45, "nobody's child: the plain talk"),
        (1, 45, "the first child is in it"),
        (2, 60, "one more"),
        (4, 90, "three more"),
    ],
)
def test_length_by_children(children, minutes, sentence):
    assert slots.length(45, 15, children) == timedelta(minutes=minutes), sentence


def test_hours_for_other_services_offer_nothing():
    windows = make_windows("9:00-10:00", services=frozenset({"arrival"}))
    assert slots.starts(windows, [], [], make_wanted()) == []


def test_where_two_places_overlap_a_time_is_offered_once_per_place():
    windows = make_windows("9:00-10:00", "nord") + make_windows("9:00-10:00", "mitte")
    found = slots.starts(windows, [], [], make_wanted())
    assert [(said([start]), start.place) for start in found] == [("9:00", "mitte"), ("9:00", "nord")]


def test_a_window_that_was_cut_keeps_its_grid():
    window = replace(make_windows("9:10-12:00")[0], anchor=at("9:00"))
    assert said(slots.starts([window], [], [], make_wanted())) == "9:30 10:00 10:30 11:00"


@pytest.mark.parametrize("nothing", ["length", "step"])
def test_a_talk_without_length_and_a_grid_without_step_are_refused(nothing):
    with pytest.raises(ValueError, match="have a length"):
        make_wanted(**{nothing: timedelta()})


# The oracle.

WEEKS = [
    ("Europe/Berlin", date(2026, 3, 23)),
    ("Europe/Berlin", date(2026, 10, 19)),
    ("Europe/Berlin", date(2027, 3, 22)),
    ("Europe/Berlin", date(2027, 10, 25)),
    ("Europe/Berlin", date(2026, 6, 1)),
    ("Atlantic/Azores", date(2026, 3, 23)),
    ("Atlantic/Azores", date(2026, 10, 19)),
    ("Australia/Lord_Howe", date(2026, 3, 30)),
    ("Australia/Lord_Howe", date(2026, 9, 28)),
    ("Africa/Casablanca", date(2026, 2, 9)),
]
WEEK = 8  # the Monday after, too


@dataclass
class Scenario:
    """A counsellor's week; busy times are (first, last) minutes since `begin`."""

    zone: str
    monday: date
    rules: list[Rule]
    closed: set[date]
    absent: list[tuple[int, int]]
    claimed: list[tuple[int, int]]
    bookings: list[tuple[Wanted, int]] = field(default_factory=list)

    @property
    def begin(self):
        return datetime.combine(self.monday, time(), UTC) - DAY

    @property
    def last_day(self):
        return self.monday + (WEEK - 1) * DAY

    def intervals(self, pairs):
        return [Interval(self.begin + a * MINUTE, self.begin + b * MINUTE) for a, b in pairs]

    def windows(self):
        zone = ZoneInfo(self.zone)
        return hours.windows(self.rules, zone, self.monday, self.last_day, self.closed)

    def starts(self, wanted):
        absent, claimed = self.intervals(self.absent), self.intervals(self.claimed)
        return slots.starts(self.windows(), absent, claimed, wanted)

    def fits(self, start, wanted):
        absent, claimed = self.intervals(self.absent), self.intervals(self.claimed)
        return slots.fits(start, self.windows(), absent, claimed, wanted)


@cache
def wall_clock(zone, monday):
    """What the office's clock shows, minute by minute, from the day before to two days after."""
    begin = datetime.combine(monday, time(), UTC) - DAY
    shown = ZoneInfo(zone)
    return [
        (begin + number * MINUTE).astimezone(shown).replace(tzinfo=None)
        for number in range((WEEK + 3) * 24 * 60)
    ]


@cache
def first_minute(zone, monday, day, clock):
    wall = datetime.combine(day, clock)
    return next(n for n, shown in enumerate(wall_clock(zone, monday)) if shown >= wall)


def days_of(rule, scenario):
    for number in range(WEEK):
        day = scenario.monday + number * DAY
        week = int(day.strftime("%V"))
        right_week = {"every": True, "odd": week % 2 == 1, "even": week % 2 == 0}[rule.weeks]
        valid = rule.valid_from <= day <= (rule.valid_to or date.max)
        works = day.isoweekday() == rule.weekday + 1 and right_week and valid
        if works and day not in scenario.closed:
            yield day


def oracle(scenario, wanted):
    """Every start by walking: each point of each grid, each minute of each talk."""
    absent = {minute for pair in scenario.absent for minute in range(*pair)}
    claimed = {minute for pair in scenario.claimed for minute in range(*pair)}
    talk, pause, step = (
        int(part.total_seconds()) // 60 for part in (wanted.length, wanted.buffer, wanted.step)
    )
    found = set()
    for rule in scenario.rules:
        if rule.services is not None and wanted.service not in rule.services:
            continue
        for day in days_of(rule, scenario):
            first = first_minute(scenario.zone, scenario.monday, day, rule.starts)
            last = first_minute(scenario.zone, scenario.monday, day, rule.ends)
            for minute in range(first, last, step):
                moment = scenario.begin + minute * MINUTE
                if (
                    minute + talk <= last
                    and wanted.not_before <= moment < wanted.not_after
                    and not any(m in absent for m in range(minute, minute + talk))
                    and not any(m in claimed for m in range(minute, minute + talk + pause))
                ):
                    found.add((moment, rule.place))
    return sorted(found)


CLOCKS = st.one_of(
    st.integers(0, 47).map(lambda half: half * 30),
    st.integers(0, 5 * 60),  # the night, where the clocks change
    st.integers(0, 24 * 60 - 1),
).map(lambda minute: time(*divmod(minute, 60)))


@st.composite
def rules(draw, monday):
    starts, ends = sorted(draw(st.lists(CLOCKS, min_size=2, max_size=2, unique=True)))
    days = st.integers(-10, 10).map(lambda number: monday + number * DAY)
    return Rule(
        weekday=draw(st.one_of(st.just(6), st.integers(0, 6))),
        starts=starts,
        ends=ends,
        valid_from=draw(st.one_of(st.just(date(2020, 1, 1)), days)),
        valid_to=draw(st.one_of(st.none(), days)),
        place=draw(st.sampled_from(["mitte", "nord"])),
        services=draw(st.sampled_from([None, None, frozenset({"school"}), frozenset({"short"})])),
        weeks=draw(st.sampled_from(["every", "every", "odd", "even"])),
    )


@st.composite
def busy(draw, scenario, longest, grain):
    """A stretch that begins shortly before or in the hours of one of the rules, on one of its days."""
    rule = draw(st.sampled_from(scenario.rules))
    days = [n for n in range(WEEK) if (scenario.monday + n * DAY).weekday() == rule.weekday]
    wall = datetime.combine(scenario.monday + draw(st.sampled_from(days)) * DAY, rule.starts)
    hours_from = (wall.replace(tzinfo=ZoneInfo(scenario.zone)) - scenario.begin) // MINUTE
    first = (hours_from + draw(st.integers(-60, 240))) // grain * grain
    return first, first + draw(st.integers(1, longest // grain)) * grain


@st.composite
def wishes(draw, begin):
    minutes = st.integers(0, (WEEK + 2) * 24 * 60 * 60).map(lambda s: timedelta(seconds=s))
    whole_week = st.just((begin, begin + (WEEK + 3) * DAY))
    some = st.tuples(minutes, minutes).map(lambda it: (begin + min(it), begin + max(it)))
    not_before, not_after = draw(st.one_of(whole_week, some))
    return Wanted(
        length=slots.length(
            draw(st.sampled_from([15, 30, 45, 60])),
            draw(st.sampled_from([0, 15, 30])),
            draw(st.integers(0, 3)),
        ),
        buffer=timedelta(minutes=draw(st.sampled_from([0, 5, 15, 30]))),
        step=timedelta(minutes=draw(st.sampled_from([10, 15, 30, 45]))),
        not_before=not_before,
        not_after=not_after,
        service=draw(st.sampled_from(["school", "short"])),
    )


@st.composite
def scenarios(draw):
    zone, monday = draw(st.sampled_from(WEEKS))
    scenario = Scenario(
        zone=zone,
        monday=monday,
        rules=draw(st.lists(rules(monday), min_size=1, max_size=5)),
        closed=draw(st.sets(st.integers(0, 6).map(lambda n: monday + n * DAY), max_size=1)),
        absent=[],
        claimed=[],
    )
    scenario.absent = draw(st.lists(busy(scenario, 4 * 60, 1), max_size=4))
    scenario.claimed = draw(st.lists(busy(scenario, 2 * 60, 5), max_size=6))
    scenario.bookings = draw(
        st.lists(st.tuples(wishes(scenario.begin), st.integers(0, 999)), min_size=1, max_size=4)
    )
    return scenario


def check(scenario):
    """Books one talk after the other, and compares with the oracle before each of them."""
    for wanted, choice in scenario.bookings:
        found = scenario.starts(wanted)
        assert [(start.starts_at, start.place) for start in found] == oracle(scenario, wanted)
        assert all(start.ends_at - start.starts_at == wanted.length for start in found)
        check_fits(scenario, wanted, {start.starts_at for start in found}, choice)
        if found:
            book(scenario, found[choice % len(found)], wanted)


def check_fits(scenario, wanted, offered, choice):
    windows = scenario.windows()
    near = [window.interval.starts_at for window in windows] + sorted(offered)[:3]
    for moment in {m + shift * MINUTE for m in near for shift in (-1, 0, 5, choice % 60)}:
        assert scenario.fits(moment, wanted) == (moment in offered)


def book(scenario, start, wanted):
    first = (start.starts_at - scenario.begin) // MINUTE
    talk = (first, first + (wanted.length + wanted.buffer) // MINUTE)
    assert not any(talk[0] < b and a < talk[1] for a, b in scenario.claimed), "booked twice"
    scenario.claimed.append(talk)


SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(scenarios())
def test_no_start_is_busy_none_is_lost_and_none_lies_outside_the_hours(scenario):
    check(scenario)


@pytest.mark.long
@settings(max_examples=4000, deadline=None, suppress_health_check=SLOW)
@given(scenarios())
def test_no_start_is_busy_none_is_lost_and_none_lies_outside_the_hours_long(scenario):
    check(scenario)


@pytest.mark.parametrize(("zone", "monday"), WEEKS)
def test_an_afternoon_is_an_afternoon_on_every_day_of_a_clock_change_week(zone, monday):
    """14:00 to 16:00 on the wall, every day; 12-hour clocks and UTC hours would show here."""
    rules = [Rule(n, time(14), time(16), date(2020, 1, 1), None, "mitte") for n in range(7)]
    scenario = Scenario(zone, monday, rules, set(), [], [])
    begin = scenario.begin
    wanted = make_wanted(not_before=begin, not_after=begin + 20 * DAY)
    shown = [start.starts_at.astimezone(ZoneInfo(zone)) for start in scenario.starts(wanted)]
    assert [f"{moment:%H:%M}" for moment in shown] == ["14:00", "14:30", "15:00"] * WEEK
