"""docs/counting.md, executed: every event that can happen, and exactly what it adds to the figures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from booking import appointments, holds, moves, outcomes
from booking.models import Appointment, Status
from booking.services import Wish
from channels import outbox, sending
from channels.email.mailbox import DemoMailbox
from channels.email.way import Email
from figures import check
from figures.models import Line, Unit
from inquiries import inquiry
from inquiries.models import Inquiry
from office import journal
from office.settings import Settings
from tests.factories import NOW, WEDNESDAY, ZONE, introduction, local, make_appointment, make_office
from tests.figures.counting import Row, reachable
from workers import counting, sweep

pytestmark = pytest.mark.usefixtures("database")
NINE = local(WEDNESDAY, 9)
AFTER = {"actor": "staff:jb", "now": NINE + timedelta(hours=1)}
Event = Callable[[Appointment, Settings], Awaitable[object]]


async def told_again(given: Appointment, _: Settings) -> None:
    await make_appointment(await given.service, key=given.key)


async def held(given: Appointment, _: Settings) -> None:
    await holds.place(Wish((await given.service).code), local(WEDNESDAY, 11), key="h", now=NOW, zone=ZONE)


async def released(given: Appointment, settings: Settings) -> None:
    await held(given, settings)
    await holds.release("h")


async def expired(given: Appointment, settings: Settings) -> None:
    await held(given, settings)
    await holds.drop_all_expired(NOW + timedelta(days=1))


async def recorded(given: Appointment, topic: str) -> None:
    await inquiry.record(
        given.inquiry_id,
        actor="staff:jb",
        now=NOW,
        topic=topic,
        audience="parent",
        outcome="answered",
        district="eving",
    )


async def sent(given: Appointment, settings: Settings) -> None:
    await sending.deliver(Email(DemoMailbox(settings.var_dir / "mailbox")), lambda: NOW + timedelta(days=1))
    assert list((settings.var_dir / "mailbox").glob("*.eml"))


async def reminded(given: Appointment, settings: Settings) -> None:
    await outbox.put_for_person("remind", given, revision=given.revision, now=NOW)
    await sent(given, settings)


async def erased(given: Appointment, _: Settings) -> None:
    await (await given.person).delete()


def move(actor: str) -> Event:
    return lambda given, _: moves.move(
        given.id, local(WEDNESDAY + timedelta(days=1), 9), actor=actor, now=NOW, zone=ZONE
    )


def again(**who: str) -> Event:
    async def book(given: Appointment, _: Settings) -> None:
        known = {name: getattr(given, f"{column}_id") for name, column in who.items()}
        await make_appointment(await given.service, starts_at=local(WEDNESDAY, 11), **known)

    return book


EVENTS: dict[tuple[str, str], Event] = {
    ("appointment.booked", "new inquiry, person new to us"): again(),
    ("appointment.booked", "new inquiry, person known to us"): again(person="person"),
    ("appointment.booked", "onto an open inquiry"): again(inquiry="inquiry"),
    ("appointment.booked", "told again"): told_again,
    ("slot.held", ""): held,
    ("hold.released", ""): released,
    ("hold.expired", ""): expired,
    ("appointment.moved", "by the person"): move(journal.PERSON),
    ("appointment.moved", "by the office"): move("staff:jb"),
    ("appointment.cancelled", "by the person"): lambda a, _: appointments.cancel(
        a.id, actor=journal.PERSON, now=NOW
    ),
    ("appointment.cancelled", "by the office"): lambda a, _: appointments.cancel(
        a.id, actor="staff:jb", now=NOW
    ),
    ("appointment.arrived", ""): lambda a, _: outcomes.arrive(a.id, **AFTER),
    ("appointment.attended", "was booked"): lambda a, _: outcomes.attend(a.id, **AFTER),
    ("appointment.no_show", "was booked"): lambda a, _: outcomes.miss(a.id, **AFTER),
    ("appointment.no_show", "was attended"): lambda a, _: outcomes.miss(a.id, **AFTER),
    ("appointment.attended", "was no_show"): lambda a, _: outcomes.attend(a.id, **AFTER),
    ("appointment.reopened", "was attended"): lambda a, _: outcomes.reopen(a.id, **AFTER),
    ("appointment.reopened", "was no_show"): lambda a, _: outcomes.reopen(a.id, **AFTER),
    ("inquiry.recorded", "something changed"): lambda a, _: recorded(a, "recognition"),
    ("inquiry.recorded", "nothing changed"): lambda a, _: recorded(a, "finances"),
    ("link.opened", ""): lambda a, _: appointments.by_token(appointments.token(a)),
    ("message.sent", "confirmation, change, cancellation"): sent,
    ("message.sent", "reminder"): reminded,
    ("person.erased", ""): erased,
}
"""Every row of the table that can happen today, as something to do to a counted appointment."""


async def before(circumstance: str) -> Appointment:
    """An appointment already counted, in the state the circumstance asks for."""
    given = await make_appointment(await make_office(counsellors=2), who=introduction())
    if circumstance.startswith("was "):
        verb = {"attended": outcomes.attend, "no_show": outcomes.miss}.get(circumstance[4:])
        if verb:
            await verb(given.id, **AFTER)
    await recorded(given, "finances")
    await settle()
    return await Appointment.get(id=given.id)


async def settle() -> None:
    while await sweep.run(NOW + timedelta(days=1)):
        pass


async def balance() -> dict[tuple[Unit, str, str, str], int]:
    """What counts now, by unit, status, day and topic."""
    sums: dict[tuple[Unit, str, str, str], int] = {}
    for line in await Line.all():
        cell = (
            line.unit,
            line.status.removesuffix("_by_person").removesuffix("_by_office"),
            str(line.day),
            line.topic,
        )
        sums[cell] = sums.get(cell, 0) + line.sign
    return {cell: count for cell, count in sums.items() if count}


def written(row: Row) -> dict[tuple[Unit, str], int]:
    """The row's own words: by how much each unit (appointments: each status) changes."""
    sums: dict[tuple[Unit, str], int] = {}
    for unit, changes in row.changes.items():
        for change in changes:
            sums[unit, change.status] = sums.get((unit, change.status), 0) + change.by
    return {cell: count for cell, count in sums.items() if count}


@pytest.mark.parametrize("row", list(reachable()), ids=lambda row: f"{row.event} {row.circumstance}".strip())
async def test_event_counts_as_the_truth_table_says(row: Row, database: Settings) -> None:
    given = await before(row.circumstance)
    was = await balance()
    await EVENTS[row.event, row.circumstance](given, database)
    await settle()
    now = await balance()
    change: dict[tuple[Unit, str], int] = {}
    for cell in was.keys() | now.keys():
        unit, status = cell[0], cell[1] if cell[0] is Unit.APPOINTMENT else ""
        change[unit, status] = change.get((unit, status), 0) + now.get(cell, 0) - was.get(cell, 0)
    assert {cell: count for cell, count in change.items() if count} == written(row)
    moved = any(part.where in {"new day", "as now"} for parts in row.changes.values() for part in parts)
    assert (was != now) == (moved or bool(written(row)))
    assert (await check.balance()).ok


async def test_ledger_agrees_with_the_rows_of_the_house_after_everything() -> None:
    service = await make_office(counsellors=4)
    for hour, verb in ((9, outcomes.attend), (9, outcomes.miss), (9, None), (10, None)):
        booked = await make_appointment(service, starts_at=local(WEDNESDAY, hour))
        if verb:
            await verb(booked.id, **AFTER)
    await appointments.cancel(booked.id, actor=journal.PERSON, now=NOW)
    await settle()
    recount = await counting.recount(NOW.date(), WEDNESDAY)
    assert sum(recount.values()) == 4 + (4 + 1) + 4 + 4
    assert (await check.compare(recount)).ok


async def test_day_and_hour_are_those_of_the_office_s_clock() -> None:
    late = local(NOW.date(), 0, 30)  # half past eleven of the day before in UTC
    await make_appointment(now=late)
    await settle()
    (contact,) = await Line.filter(unit=Unit.CONTACT)
    (talk,) = await Line.filter(unit=Unit.APPOINTMENT)
    assert (contact.day, contact.hour_band) == (NOW.date(), "00-08")
    assert (talk.day, talk.hour_band) == (WEDNESDAY, "08-10")


async def test_case_stays_with_the_first_inquiry() -> None:
    given = await before("")
    lines = await Line.filter(unit=Unit.CASE).order_by("id").values()
    await make_appointment(await given.service, starts_at=local(WEDNESDAY, 11), person=given.person_id)
    await settle()
    assert await Inquiry.all().count() == 2
    assert await Line.filter(unit=Unit.CASE).order_by("id").values() == lines


async def test_repeated_and_reordered_reactions_come_to_the_same() -> None:
    given = await make_appointment()
    await moves.move(given.id, local(WEDNESDAY, 11), actor=journal.PERSON, now=NOW, zone=ZONE)
    await settle()
    lines = await Line.all().count()
    for entry in (9, 2, 5):
        await counting.appointment(given.id, entry)
    assert await Line.all().count() == lines
    assert (await Appointment.get(id=given.id)).status == Status.BOOKED
    assert await Inquiry.all().count() == 1
