"""The form after a talk: filled in, one submit, nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest

from booking.models import Appointment, CallBack, Status
from inquiries.models import Contact, Inquiry
from office.models import Role, Staff
from tests.channels.web.staffroom import meets, times
from tests.factories import WEDNESDAY, local, make_appointment

CHOSEN = {
    "topic": "place_refused",
    "audience": "parent",
    "school_type": "gymnasium",
    "district": "unknown",
    "outcome": "information_given",
    "duration": "16_30",
    "next_step": "none",
}


@pytest.fixture
async def talk(database: Any, at: Any) -> Appointment:
    """Wednesday 9:00, and it is 9:40 now."""
    made = await make_appointment()
    at(local(WEDNESDAY, 9, 40))
    return made


async def theirs(enter: Any, talk: Appointment) -> Any:
    """The counsellor whose talk it was, with hours of their own."""
    return await enter(known=await Staff.get(id=talk.staff_id))


def path(talk: Appointment) -> str:
    return f"/desk/appointments/{talk.id}"


def chosen(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)" checked', page)
    return found[1] if found else ""


async def test_what_is_known_is_filled_in(talk: Appointment, enter: Any) -> None:
    page = await (await meets(await enter(Role.COUNSELLOR), talk)).get(path(talk))
    said = {name: chosen(page, name) for name in ("topic", "outcome", "duration", "next_step")}
    assert said == {
        "topic": "school_enrolment",
        "outcome": "answered",
        "duration": "31_60",
        "next_step": "none",
    }
    assert page.count("autofocus") == 1


async def test_topics_of_the_service_come_first_and_each_stands_once(talk: Appointment, enter: Any) -> None:
    page = await (await meets(await enter(Role.COUNSELLOR), talk)).get(path(talk))
    first, _, rest = page.partition("<summary>Anderes Thema")
    under_the_finger = re.findall(r'name="topic" value="([^"]+)"', first)
    assert under_the_finger[0] == "school_enrolment" and len(under_the_finger) == 6
    every = re.findall(r'name="topic" value="([^"]+)"', page)
    assert len(every) == len(set(every)) > 60
    assert rest


async def test_one_submit_records_the_talk(talk: Appointment, enter: Any) -> None:
    browser = await meets(await enter(Role.COUNSELLOR), talk)
    answer = await browser.send(f"{path(talk)}/record", **CHOSEN)
    found = await Inquiry.get(id=talk.inquiry_id)
    assert (found.topic, found.school_type, found.outcome) == (
        "place_refused",
        "gymnasium",
        "information_given",
    )
    assert (await Appointment.get(id=talk.id)).status == Status.ATTENDED
    assert (await Contact.get(key=f"talk:{talk.id}")).duration == "16_30"
    assert f"/desk/book?after={talk.id}" in await browser.get(answer.headers["location"])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"outcome": "referred"}, "referral"),
        ({"next_step": "call"}, "call_on"),
        ({"next_step": "call", "call_on": "2026-03-03"}, "call_on"),
        ({"next_step": "call", "call_on": "2030-01-01"}, "call_on"),
        ({"duration": "nonsense"}, "duration"),
        ({"next_step": "nonsense"}, "next_step"),
        ({"school_type": "nonsense"}, "school_type"),
    ],
)
async def test_what_is_amiss_is_said_and_the_rest_stays(
    talk: Appointment, enter: Any, wrong: dict[str, str], field: str
) -> None:
    browser = await meets(await enter(Role.COUNSELLOR), talk)
    page = (await browser.send(f"{path(talk)}/record", status=422, **{**CHOSEN, **wrong})).text
    assert chosen(page, "topic") == "place_refused"
    assert 'id="errors"' in page and f'"{field}' in page
    assert (await Appointment.get(id=talk.id)).status == Status.BOOKED
    assert (await Inquiry.get(id=talk.inquiry_id)).topic == "school_enrolment"


async def test_a_call_is_a_card_with_its_day(talk: Appointment, enter: Any) -> None:
    browser = await meets(await enter(Role.COUNSELLOR), talk)
    await browser.send(f"{path(talk)}/record", **{**CHOSEN, "next_step": "call", "call_on": "2026-03-10"})
    assert (await CallBack.get()).appointment_id == talk.id
    assert "10.03." in await browser.get("/desk/cards")
    assert 'value="2026-03-10"' in await browser.get(path(talk))


async def test_another_appointment_goes_on_with_the_same_matter(talk: Appointment, enter: Any) -> None:
    browser = await theirs(enter, talk)
    await browser.send(f"{path(talk)}/record", **{**CHOSEN, "next_step": "appointment"})
    page = await browser.get(f"/desk/book?after={talk.id}")
    assert "Kevin Drews" in page and 'id="name"' not in page
    wish = {"service": (await talk.service).code, "mode": "office", "counsellor": "", "children": "1"}
    await browser.send("/desk/book", after=str(talk.id), starts_at=times(page)[0], **wish)
    second = await Appointment.get(id__not=talk.id)
    assert (second.inquiry_id, second.person_id) == (talk.inquiry_id, talk.person_id)
    assert chosen(await browser.get(path(talk)), "next_step") == "appointment"


async def test_after_a_closed_matter_another_appointment_is_a_new_one_of_the_same_person(
    talk: Appointment, enter: Any
) -> None:
    browser = await theirs(enter, talk)
    await browser.send(f"{path(talk)}/record", **CHOSEN)
    page = await browser.get(f"/desk/book?after={talk.id}")
    wish = {"service": (await talk.service).code, "mode": "office"}
    await browser.send("/desk/book", after=str(talk.id), starts_at=times(page)[0], **wish)
    second = await Appointment.get(id__not=talk.id)
    assert second.person_id == talk.person_id and second.inquiry_id != talk.inquiry_id


async def test_reception_records_nothing_and_sees_no_form(talk: Appointment, enter: Any) -> None:
    browser = await enter(Role.RECEPTION)
    await browser.send(f"{path(talk)}/record", status=403, **CHOSEN)
    page = await browser.get(path(talk))
    assert "school_enrolment" not in page and 'name="topic"' not in page
