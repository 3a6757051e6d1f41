"""What was read of a counsellor's own calendar counts until something newer was read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booking import availability, busy
from booking.intervals import Interval
from booking.models import BusySource, BusyTime, Mode, SourceKind
from booking.services import Wish
from office.errors import NotFound
from office.models import JournalEntry, Staff
from office.settings import Settings
from tests.factories import (
    NOW,
    WEDNESDAY,
    ZONE,
    local,
    make_appointment,
    make_hours,
    make_service,
    make_staff,
)

SECRET = "https://cal.example.org/secret.ics"
LATER = NOW + timedelta(minutes=5)
MORNING = Interval(local(WEDNESDAY, 9), local(WEDNESDAY, 11))


async def added(who: Staff | None = None) -> BusySource:
    who = who or await make_staff()
    return await busy.add(who.id, SourceKind.ICS, SECRET, actor=who.code, now=NOW)


async def known() -> list[Interval]:
    return sorted(Interval(row.starts_at, row.ends_at) for row in await BusyTime.all())


async def test_busy_time_replaces_what_was_known(database: Settings) -> None:
    source = await added()
    await busy.replace(source.id, [MORNING], '"1"', NOW)
    kept = (await BusyTime.get()).id
    afternoon = Interval(local(WEDNESDAY, 14), local(WEDNESDAY, 15))
    await busy.replace(source.id, [afternoon, MORNING], '"2"', LATER)
    assert await known() == [MORNING, afternoon]
    assert await BusyTime.filter(id=kept).exists()
    await busy.replace(source.id, [], "", LATER)
    assert await known() == []


async def test_unreachable_calendar_makes_nobody_free_and_the_desk_knows(database: Settings) -> None:
    who = await make_staff(name="Herr Demir")
    source = await added(who)
    await busy.replace(source.id, [MORNING], '"1"', NOW)
    await busy.failed(source.id, "not_reachable", LATER)
    await busy.failed(source.id, "too_slow", LATER + timedelta(minutes=5))
    assert await known() == [MORNING]
    assert await busy.troubled() == [busy.Trouble(who.id, "Herr Demir", LATER, NOW, "too_slow")]
    assert (await BusySource.get()).etag == ""


@pytest.mark.parametrize("again", ["replace", "unchanged"])
async def test_trouble_ends_with_the_next_reading(database: Settings, again: str) -> None:
    source = await added()
    await busy.failed(source.id, "not_reachable", NOW)
    if again == "replace":
        await busy.replace(source.id, [], "", LATER)
    else:
        await busy.unchanged(source.id, LATER)
    assert await busy.troubled() == []
    assert (await BusySource.get()).read_at == LATER


async def test_busy_time_is_not_offered(database: Settings) -> None:
    who = await make_staff()
    await make_hours(who, WEDNESDAY.weekday(), 9, 12)
    service = await make_service(who)
    source = await added(who)

    async def offered() -> list[int]:
        wish = Wish(service.code, mode=Mode.OFFICE)
        found = await availability.search(wish, first=WEDNESDAY, last=WEDNESDAY, now=NOW, zone=ZONE)
        return sorted({slot.starts_at.astimezone(ZONE).hour for slot in found})

    assert await offered() == [9, 10, 11]
    await busy.replace(source.id, [MORNING], "", NOW)
    assert await offered() == [11]
    await busy.failed(source.id, "not_reachable", LATER)
    assert await offered() == [11]
    await busy.remove(source.id, who.id, actor=who.code, now=LATER)
    assert await offered() == [9, 10, 11]


async def test_removed_calendar_leaves_nothing_and_stays_removed(database: Settings) -> None:
    source = await added()
    await busy.replace(source.id, [MORNING], "", NOW)
    await busy.remove(source.id, source.staff_id, actor="s1", now=LATER)
    await busy.replace(source.id, [MORNING], "", LATER)
    assert (await known(), await BusySource.all().count()) == ([], 0)


async def test_nobody_removes_a_colleagues_calendar(database: Settings) -> None:
    source, colleague = await added(), await make_staff()
    with pytest.raises(NotFound):
        await busy.remove(source.id, colleague.id, actor=colleague.code, now=NOW)


async def test_journal_does_not_know_the_address(database: Settings) -> None:
    source = await added()
    await busy.remove(source.id, source.staff_id, actor="s1", now=NOW)
    entries = await JournalEntry.all()
    assert [entry.kind for entry in entries] == ["calendar.added", "calendar.removed"]
    assert "secret" not in str([dict(entry) for entry in entries])


async def test_calendars_of_those_who_left_are_not_read(database: Settings) -> None:
    source, gone = await added(), await make_staff(active=False)
    await added(gone)
    assert [one.id for one in await busy.sources()] == [source.id]


async def test_own_talks_are_known(database: Settings) -> None:
    talk = await make_appointment()
    bounds = local(WEDNESDAY, 0), local(WEDNESDAY, 23)
    assert await busy.own_talks(talk.staff_id, *bounds) == [Interval(talk.starts_at, talk.ends_at)]
