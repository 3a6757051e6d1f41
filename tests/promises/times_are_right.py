"""6. Times are right."""

from __future__ import annotations

from tests.promises.mutation import Mutation

COUNTING = "tests/workers/test_counting.py::"
DESK = "tests/channels/web/test_desk.py::"
WALLS = "tests/test_architecture.py::"

MUTATIONS = (
    Mutation(
        "booking/clock.py",
        "a time that comes twice is the second one",
        "        return first\n",
        "        return second\n",
        "tests/booking/test_hours.py::test_hours_at_a_clock_change",
    ),
    Mutation(
        "booking/hours.py",
        "hours begin in winter time all year",
        "starts_at = clock.instant(day, rule.starts, zone)",
        'starts_at = clock.instant(day, rule.starts, ZoneInfo("Etc/GMT-1"))',
        "tests/booking/test_hours.py::test_hours_at_a_clock_change",
    ),
    Mutation(
        "booking/slots.py",
        "the grid of starts is that of the day before",
        "at += (anchor - at) % step",
        "at += timedelta()",
        "tests/booking/test_slots.py::test_starts_of_a_day",
    ),
    Mutation(
        "booking/calendar.py",
        "a moved event has the number of the first",
        'event.add("sequence", entry.sequence)',
        'event.add("sequence", 0)',
        "tests/booking/test_calendar.py::test_one_event_is_moved_twice_and_then_gone",
    ),
    Mutation(
        "booking/calendar.py",
        "a wall time that comes twice is written as such",
        "    return local if local.utcoffset() == again.utcoffset() else moment",
        "    return local",
        "tests/booking/test_calendar.py::test_a_wall_time_that_comes_twice_is_not_written",
    ),
    Mutation(
        "booking/timezone.py",
        "clock changes are dated on the new clock",
        "wall=(at + old).replace(tzinfo=None)",
        "wall=at.astimezone(zone).replace(tzinfo=None)",
        "tests/booking/test_calendar.py::test_the_clock_change_is_dated_on_the_old_clock",
    ),
    Mutation(
        "channels/suppression.py",
        "the night before a clock change is an hour too long or too short",
        "    return datetime.combine(day, QUIET_UNTIL, zone).astimezone(now.tzinfo)",
        "    return now + (datetime.combine(day, QUIET_UNTIL) - local.replace(tzinfo=None))",
        "tests/channels/test_suppression.py::test_quiet_hours_end_at_eight_whatever_the_clock_does",
    ),
    Mutation(
        "workers/counting.py",
        "what happens at night counts on the day of another zone",
        "local = moment.astimezone(current().zone)",
        "local = moment",
        COUNTING + "test_day_and_hour_are_those_of_the_office_s_clock[sqlite]",
    ),
    Mutation(
        "channels/web/desk/page.py",
        "the day of the desk is that of another zone",
        "        datetime.combine(day, time(), zone).astimezone(UTC),",
        "        datetime.combine(day, time(), UTC),",
        DESK + "test_days_are_the_office_s_not_utc_s[sqlite]",
    ),
    Mutation(
        "workers/schedule.py",
        "nightly work stands in the hour that comes twice or never",
        'crontab(hour="3", minute="10")',
        'crontab(hour="1", minute="10")',
        WALLS + "test_nothing_is_scheduled_in_the_hour_that_comes_twice_or_never",
    ),
)
