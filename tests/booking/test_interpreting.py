"""Interpreters: one is asked at a time, each has one talk at a time; silence or a no never costs a family its date."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from booking import appointments, claims, errors, interpreting, moves
from booking.models import (
    Appointment,
    CallBack,
    CallBackReason,
    Interpretation,
    Interpreter,
    InterpreterClaim,
    InterpreterKind,
    InterpreterRequest,
    RequestState,
    Service,
)
from office import journal
from tests.factories import NOW, ZONE, local, make_appointment, make_office

pytestmark = pytest.mark.usefixtures("database")
MONDAY = date(2026, 3, 9)
NINE, TEN = local(MONDAY, 9), local(MONDAY, 10)
ARABIC = {"language": "ar", "interpreter": True}


async def make_interpreter(number: int = 1, **overrides: Any) -> Interpreter:
    values = {
        "code": f"{number:02}",
        "name": f"Interpreter {number}",
        "languages": ["ar"],
        "email": f"dolmetsch-{number:02}@example.org",
    }
    return await Interpreter.create(**{**values, **overrides})


async def by_phone() -> Interpreter:
    return await make_interpreter(10, kind=InterpreterKind.PHONE)


async def booked(service: Service | None = None, starts_at: datetime = NINE) -> Appointment:
    made = await make_appointment(service, starts_at=starts_at, wish=ARABIC)
    await interpreting.ask(made.id, NOW)
    return made


async def requests(state: RequestState | None = None) -> list[InterpreterRequest]:
    found = InterpreterRequest.all() if state is None else InterpreterRequest.filter(state=state)
    return await found.order_by("id")


async def again(appointment: Appointment) -> Appointment:
    return await Appointment.get(id=appointment.id)


async def test_interpreter_whose_time_it_owns_is_asked_once() -> None:
    one = await make_interpreter()
    made = await booked()
    await interpreting.ask(made.id, NOW)
    (request,) = await requests()
    assert (request.interpreter_id, request.starts_at, request.state) == (one.id, NINE, RequestState.ASKED)
    assert (await again(made)).interpretation == Interpretation.ASKED


async def test_nobody_is_asked_where_nobody_has_to_interpret() -> None:
    await make_interpreter()
    made = await make_appointment(starts_at=NINE)
    await interpreting.ask(made.id, NOW)
    assert await requests() == [] and made.interpretation == Interpretation.NONE


async def test_no_interpreter_is_claimed_twice_however_many_counsellors_are_free() -> None:
    await make_interpreter()
    service = await make_office(counsellors=2, per_person=5)
    await booked(service)
    with pytest.raises(errors.SlotTaken):
        await booked(service)
    assert await claims.differences() == []


async def test_accepted_is_confirmed_and_a_second_click_changes_nothing() -> None:
    await make_interpreter()
    made = await booked()
    (request,) = await requests()
    await interpreting.accept(request.id, NOW)
    await interpreting.accept(request.id, NOW + timedelta(hours=1))
    (request,) = await requests()
    assert (request.state, request.answered_at) == (RequestState.ACCEPTED, NOW)
    assert (await again(made)).interpretation == Interpretation.CONFIRMED


async def test_declined_the_next_free_one_is_asked_and_owns_the_time() -> None:
    first, second = await make_interpreter(1), await make_interpreter(2)
    made = await booked()
    await interpreting.decline((await requests())[0].id, NOW)
    assert [one.state for one in await requests()] == [RequestState.DECLINED, RequestState.ASKED]
    assert (await again(made)).interpreter_id == second.id
    assert not await InterpreterClaim.exists(interpreter_id=first.id)
    assert await claims.differences() == []


async def test_next_one_is_passed_over_when_not_free() -> None:
    _first, second, third = [await make_interpreter(number) for number in (1, 2, 3)]
    service = await make_office(counsellors=2, per_person=5)
    made, _other = await booked(service), await booked(service)
    assert (await requests())[1].interpreter_id == second.id
    await interpreting.decline((await requests())[0].id, NOW)
    assert (await again(made)).interpreter_id == third.id
    assert await claims.differences() == []


async def test_two_who_decline_at_once_never_get_the_same_third() -> None:
    for number in (1, 2, 3):
        await make_interpreter(number)
    service = await make_office(counsellors=2, per_person=5)
    await booked(service), await booked(service)
    await by_phone()
    await asyncio.gather(*(interpreting.decline(one.id, NOW) for one in await requests()))
    states = sorted(str(one.interpretation) for one in await Appointment.all())
    assert states in (["asked", "asked"], ["asked", "by_phone"])
    assert await claims.differences() == []


async def test_declined_by_all_somebody_interprets_by_phone_and_the_date_stays() -> None:
    await make_interpreter(1), await make_interpreter(2), await by_phone()
    made = await booked()
    for _ in range(2):
        await interpreting.decline((await requests(RequestState.ASKED))[0].id, NOW)
    after = await again(made)
    assert (after.interpretation, after.interpreter_id) == (Interpretation.BY_PHONE, None)
    assert (after.starts_at, str(after.status)) == (NINE, "booked")
    assert await InterpreterClaim.all().count() == 0 and await claims.differences() == []


async def test_where_no_phone_interpreting_is_the_desk_calls_once() -> None:
    await make_interpreter()
    made = await booked()
    (request,) = await requests()
    await interpreting.decline(request.id, NOW)
    await interpreting.decline(request.id, NOW)
    assert (await again(made)).interpretation == Interpretation.MISSING
    (card,) = await CallBack.all()
    assert (card.reason, card.appointment_id) == (CallBackReason.NO_INTERPRETER, made.id)


async def test_who_accepted_and_cannot_come_after_all_is_replaced() -> None:
    await make_interpreter(1), await make_interpreter(2)
    made = await booked()
    (request,) = await requests()
    await interpreting.accept(request.id, NOW)
    await interpreting.decline(request.id, NOW)
    assert (await again(made)).interpretation == Interpretation.ASKED
    assert len(await requests(RequestState.ASKED)) == 1


@pytest.mark.parametrize(
    ("day", "hour", "ended"),
    [
        (date(2026, 3, 4), 12, 0),
        (date(2026, 3, 5), 8, 0),
        (date(2026, 3, 5), 9, 1),
        (date(2026, 3, 6), 9, 1),
    ],
    ids=[
        "three working days before nobody is pressed",
        "not before the office opens",
        "two before silence is a no",
        "later it is, too",
    ],
)
async def test_silence_two_working_days_before_means_by_phone(day: date, hour: int, ended: int) -> None:
    await make_interpreter(), await by_phone()
    made = await booked()
    assert await interpreting.escalate(local(day, hour), ZONE) == ended
    assert bool(await requests(RequestState.SILENT)) == bool(ended)
    expected = Interpretation.BY_PHONE if ended else Interpretation.ASKED
    assert (await again(made)).interpretation == expected
    assert await claims.differences() == []


async def test_who_accepted_is_never_silent_and_is_reminded_the_working_day_before() -> None:
    await make_interpreter()
    await booked()
    await interpreting.accept((await requests())[0].id, NOW)
    assert await interpreting.escalate(local(date(2026, 3, 5), 12), ZONE) == 0
    assert await interpreting.tomorrow(local(date(2026, 3, 5), 12), ZONE) == []
    assert len(await interpreting.tomorrow(local(date(2026, 3, 6), 12), ZONE)) == 1


async def test_moved_appointment_asks_anew_and_takes_the_old_request_back() -> None:
    await make_interpreter()
    made = await booked()
    await interpreting.accept((await requests())[0].id, NOW)
    await moves.move(made.id, TEN, actor=journal.PERSON, now=NOW, zone=ZONE)
    await interpreting.ask(made.id, NOW)
    states = [(one.state, one.starts_at) for one in await requests()]
    assert states == [(RequestState.WITHDRAWN, NINE), (RequestState.ASKED, TEN)]
    assert (await again(made)).interpretation == Interpretation.ASKED


async def test_cancelled_appointment_takes_the_request_back_and_frees_the_interpreter() -> None:
    await make_interpreter()
    made = await booked()
    await appointments.cancel(made.id, actor=journal.PERSON, now=NOW)
    await interpreting.ask(made.id, NOW)
    assert [one.state for one in await requests()] == [RequestState.WITHDRAWN]
    assert await InterpreterClaim.all().count() == 0
    (request,) = await requests()
    assert (await interpreting.accept(request.id, NOW)).state == RequestState.WITHDRAWN


async def test_who_was_never_reached_counts_as_silent_and_the_next_is_asked_at_once() -> None:
    first, second = await make_interpreter(1), await make_interpreter(2)
    made = await booked()
    (request,) = await requests()
    await interpreting.not_reached(request.id, NOW)
    await interpreting.not_reached(request.id, NOW)
    assert [(one.interpreter_id, one.state) for one in await requests()] == [
        (first.id, RequestState.SILENT),
        (second.id, RequestState.ASKED),
    ]
    assert (await again(made)).interpreter_id == second.id
    assert await claims.differences() == []


async def test_who_accepted_was_reached_whatever_became_of_the_message() -> None:
    await make_interpreter()
    await booked()
    (request,) = await requests()
    await interpreting.accept(request.id, NOW)
    await interpreting.not_reached(request.id, NOW)
    assert [one.state for one in await requests()] == [RequestState.ACCEPTED]


async def test_moved_away_and_back_a_no_is_still_a_no() -> None:
    _first, second = await make_interpreter(1), await make_interpreter(2)
    made = await booked()
    await interpreting.decline((await requests())[0].id, NOW)
    for there in (TEN, NINE):
        await moves.move(made.id, there, actor=journal.PERSON, now=NOW, zone=ZONE)
        await interpreting.ask(made.id, NOW)
    assert (await again(made)).interpreter_id == second.id
    (asked,) = await requests(RequestState.ASKED)
    assert (asked.interpreter_id, asked.starts_at) == (second.id, NINE)
    assert await claims.differences() == []


async def test_where_nobody_can_come_at_all_a_talk_by_phone_can_still_be_moved() -> None:
    await by_phone()
    made = await make_appointment(starts_at=NINE)
    await Appointment.filter(id=made.id).update(interpretation=Interpretation.BY_PHONE, language="uk")
    await moves.move(made.id, TEN, actor=journal.PERSON, now=NOW, zone=ZONE)
    after = await again(made)
    assert (after.starts_at, after.interpretation) == (TEN, Interpretation.BY_PHONE)


@pytest.mark.parametrize("answer", [interpreting.accept, interpreting.decline, interpreting.not_reached])
@pytest.mark.parametrize("change", ["cancelled", "moved"])
async def test_answer_that_crosses_a_change_of_the_talk_takes_nobodys_time(answer: Any, change: str) -> None:
    """The worker has not withdrawn the request yet: the talk is gone, or is at another time."""
    await make_interpreter(1)
    await make_interpreter(2)
    made = await booked()
    (request,) = await requests()
    if change == "cancelled":
        await appointments.cancel(made.id, actor=journal.PERSON, now=NOW)
    else:
        await moves.move(made.id, TEN, actor="staff:x", now=NOW, zone=ZONE)
    before = await again(made)
    await answer(request.id, NOW)
    after = await again(made)
    assert (after.interpreter_id, after.interpretation) == (before.interpreter_id, Interpretation.ASKED)
    assert [one.state for one in await requests()] == [RequestState.WITHDRAWN]
    assert await claims.differences() == []
