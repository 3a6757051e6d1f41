"""Wall-clock rules become real time: ordinary weeks, calendar weeks, and both clock changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from booking import clock, hours
from booking.hours import Rule

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 6, 1)
AUTUMN = date(2026, 10, 25)
ALWAYS = date(2020, 1, 1)


def make_rule(**overrides):
    rule = Rule(weekday=0, starts=time(9), ends=time(12), valid_from=ALWAYS, valid_to=None, place="mitte")
    return replace(rule, **overrides)


def days(rule, first_day, last_day, closed_days=()):
    found = hours.windows([rule], BERLIN, first_day, last_day, closed_days)
    return [window.interval.starts_at.astimezone(BERLIN).date().isoformat() for window in found]


@pytest.mark.parametrize(
    ("day", "clock_", "zone", "utc", "sentence"),
    [
        ("2026-03-28", "14:00", "Europe/Berlin", "2026-03-28T13:00", "winter: 14:00 is 13:00Z"),
        ("2026-03-29", "14:00", "Europe/Berlin", "2026-03-29T12:00", "from that day 14:00 is 12:00Z"),
        ("2026-03-29", "01:59", "Europe/Berlin", "2026-03-29T00:59", "the minute before the gap"),
        ("2026-03-29", "02:00", "Europe/Berlin", "2026-03-29T01:00", "the gap begins as it ends"),
        ("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:00", "in the gap: when it ends"),
        ("2026-03-29", "03:00", "Europe/Berlin", "2026-03-29T01:00", "the end of the gap itself"),
        ("2026-03-29", "03:01", "Europe/Berlin", "2026-03-29T01:01", "the minute after the gap"),
        ("2026-10-25", "01:59", "Europe/Berlin", "2026-10-24T23:59", "before the hour that repeats"),
        ("2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30", "twice: the first of the two"),
        ("2026-10-25", "03:00", "Europe/Berlin", "2026-10-25T02:00", "after the hour that repeats"),
        ("2026-10-25", "15:00", "Europe/Berlin", "2026-10-25T14:00", "in the afternoon: winter"),
        ("2026-10-04", "02:10", "Australia/Lord_Howe", "2026-10-03T15:30", "a gap of half an hour"),
        ("2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45", "half an hour twice"),
        ("2026-03-29", "00:30", "Atlantic/Azores", "2026-03-29T01:00", "a gap at midnight"),
        ("2011-12-30", "10:00", "Pacific/Apia", "2011-12-30T10:00", "a day that did not exist"),
    ],
)
def test_a_wall_time_is_the_first_moment_the_clock_shows_it_or_later(day, clock_, zone, utc, sentence):
    moment = clock.instant(date.fromisoformat(day), time.fromisoformat(clock_), ZoneInfo(zone))
    assert moment == datetime.fromisoformat(utc).replace(tzinfo=UTC), sentence
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("day", "starts", "ends", "utc", "sentence"),
    [
        ("2026-03-29", "14:00", "16:00", ("12:00", "14:00"), "afternoon, spring day"),
        ("2026-10-25", "14:00", "16:00", ("13:00", "15:00"), "afternoon, autumn day"),
        ("2026-03-29", "01:00", "04:00", ("00:00", "02:00"), "an hour shorter"),
        ("2026-10-25", "01:00", "04:00", ("23:00", "03:00"), "an hour longer"),
        ("2026-03-29", "02:30", "04:00", ("01:00", "02:00"), "begins when the gap ends"),
        ("2026-03-29", "01:00", "02:30", ("00:00", "01:00"), "ends when the gap begins"),
        ("2026-03-29", "02:00", "03:00", None, "nothing but gap: gone"),
        ("2026-03-29", "02:15", "02:45", None, "inside the gap: gone"),
        ("2026-10-25", "02:00", "02:30", ("00:00", "00:30"), "twice: only the first time"),
        ("2026-10-25", "02:30", "03:00", ("00:30", "02:00"), "goes on through the second time"),
    ],
)
def test_hours_at_a_clock_change(day, starts, ends, utc, sentence):
    rule = make_rule(weekday=6, starts=time.fromisoformat(starts), ends=time.fromisoformat(ends))
    day = date.fromisoformat(day)
    found = hours.windows([rule], BERLIN, day, day)
    said = [(f"{w.interval.starts_at:%H:%M}", f"{w.interval.ends_at:%H:%M}") for w in found]
    assert said == ([utc] if utc else []), sentence


def test_hours_that_touch_on_the_clock_touch_in_real_time():
    early = make_rule(weekday=6, starts=time(1), ends=time(2, 30))
    late = make_rule(weekday=6, starts=time(2, 30), ends=time(4))
    first, second = hours.windows([late, early], BERLIN, AUTUMN, AUTUMN)
    assert first.interval.ends_at == second.interval.starts_at


@pytest.mark.parametrize(
    ("overrides", "found", "sentence"),
    [
        ({}, ["01", "08", "15", "22", "29"], "every Monday"),
        ({"weekday": 6}, ["07", "14", "21", "28"], "6 is Sunday"),
        ({"valid_from": date(2026, 6, 8)}, ["08", "15", "22", "29"], "the first day counts"),
        ({"valid_from": date(2026, 6, 9)}, ["15", "22", "29"], "not before the first day"),
        ({"valid_to": date(2026, 6, 15)}, ["01", "08", "15"], "the last day counts"),
        ({"valid_to": date(2026, 6, 14)}, ["01", "08"], "not after the last day"),
        ({"weeks": "odd"}, ["01", "15", "29"], "weeks 23, 25, 27"),
        ({"weeks": "even"}, ["08", "22"], "weeks 24, 26"),
    ],
)
def test_days_of_june(overrides, found, sentence):
    said = days(make_rule(**overrides), MONDAY, date(2026, 6, 30))
    assert [day[-2:] for day in said] == found, sentence


def test_both_ends_of_the_asked_days_count():
    assert days(make_rule(), MONDAY, MONDAY + timedelta(days=7)) == ["2026-06-01", "2026-06-08"]


def test_a_closing_day_has_no_hours():
    assert days(make_rule(), MONDAY, date(2026, 6, 14), {MONDAY}) == ["2026-06-08"]


def test_two_odd_weeks_follow_each_other_after_a_year_of_53_weeks():
    found = days(make_rule(weeks="odd"), date(2026, 12, 21), date(2027, 1, 17))
    assert found == ["2026-12-28", "2027-01-04"]


def test_windows_come_in_order_and_touching_ones_stay_apart():
    later, earlier = make_rule(starts=time(12), ends=time(13)), make_rule()
    found = hours.windows([later, earlier], BERLIN, MONDAY, MONDAY)
    assert [f"{window.interval.starts_at:%H}" for window in found] == ["07", "10"]
    assert [window.anchor for window in found] == [w.interval.starts_at for w in found]


@pytest.mark.parametrize(
    ("services", "service", "offered", "sentence"),
    [
        (None, "school", True, "without a list: everything"),
        (frozenset({"school"}), "school", True, "on the list"),
        (frozenset({"school"}), "arrival", False, "not on the list"),
        (frozenset(), "school", False, "an empty list is nothing, not everything"),
    ],
)
def test_services_of_a_window(services, service, offered, sentence):
    (window,) = hours.windows([make_rule(services=services)], BERLIN, MONDAY, MONDAY)
    assert window.offers(service) is offered, sentence


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"weekday": 7}, "not a weekday"),
        ({"ends": time(9)}, "is empty"),
        ({"ends": time(8)}, "is empty"),
        ({"starts": time(9, tzinfo=UTC)}, "without a zone"),
        ({"weeks": "sometimes"}, "sometimes"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(overrides, sentence):
    with pytest.raises(ValueError, match=sentence):
        make_rule(**overrides)
