"""The services at the desk: shown before they are saved, in the families' view, and never behind somebody's back."""

from __future__ import annotations

from typing import Any

import pytest

from booking import services
from booking.models import Appointment, Mode, Offering, Service
from office.models import Edit, Role, Staff
from tests.channels.web.staffroom import filled, hidden
from tests.factories import WEDNESDAY, local, make_appointment, make_office, make_staff

pytestmark = pytest.mark.usefixtures("database")
LIST = "/desk/office/services"


async def opened(browser: Any, code: str) -> dict[str, Any]:
    return filled(await browser.get(f"{LIST}/{code}"))


async def checked(browser: Any, which: str, **changed: Any) -> str:
    """The preview of a changed form."""
    answer = await browser.send(f"{LIST}/{which}", status=200, **{**await opened(browser, which), **changed})
    return str(answer.text)


async def saved(browser: Any, which: str, **changed: Any) -> None:
    """As somebody does it: the form, the preview, the button."""
    shown = await checked(browser, which, **changed)
    await browser.send(
        f"{LIST}/{which}", **hidden(shown, lists=("modes", "given", "given_modes", "places")), carry="1"
    )


async def test_the_form_shows_what_stands_there(enter: Any) -> None:
    service = await make_office(code="school", notice_minutes=90, bring={"de": ["Zeugnis", "Ausweis"]})
    fields = await opened(await enter(Role.LEAD), "school")
    assert fields["titles-de"] == service.titles["de"] and fields["bring-de"].split() == [
        "Zeugnis",
        "Ausweis",
    ]
    assert (fields["notice"], fields["minutes"], fields["modes"]) == (
        "1.5",
        "45",
        ["office", "phone", "video"],
    )


async def test_saved_as_it_was_changes_nothing_and_leaves_no_trace(enter: Any) -> None:
    await make_office(code="school")
    shown = await checked(await enter(Role.LEAD), "school")
    assert "Nichts ist anders" in shown and 'name="carry"' not in shown
    assert await Edit.all().count() == 0


async def test_length_is_previewed_saved_and_told_with_who_and_when(enter: Any) -> None:
    await make_office(code="school")
    browser = await enter(Role.LEAD)
    shown = await checked(browser, "school", minutes="60")
    assert "60 Minuten" in shown.replace("\xa0", " ") and "takes 60 minutes" in shown
    assert (await services.by_code("school")).minutes == 45
    await saved(browser, "school", minutes="60")
    assert (await services.by_code("school")).minutes == 60
    page = await browser.get(f"{LIST}/school")
    assert "Minuten: 45 → 60" in page and "Mo 02.03., 9:00, von Petra Sommerfeld" in page


async def test_who_is_booked_beyond_the_new_terms_is_counted_and_stays(enter: Any) -> None:
    service = await make_office(code="school")
    talk = await make_appointment(service, starts_at=local(WEDNESDAY, 9))
    browser = await enter(Role.LEAD)
    shown = await checked(browser, "school", modes=["phone"], minutes="60", horizon_days="1")
    for said in (
        "Formen des Gesprächs: 1 gebuchtes",
        "Minuten: 1 gebuchtes",
        "im Voraus buchbar: 1 gebuchtes",
    ):
        assert said in shown, said
    await saved(browser, "school", modes=["phone"], minutes="60", horizon_days="1")
    [kept] = await Appointment.all()
    assert (kept.mode, kept.ends_at) == (Mode.OFFICE, talk.ends_at)


async def test_who_gives_it_and_how_is_chosen_by_name(enter: Any) -> None:
    await make_office(code="school")
    other = await make_staff(code="xy", name="Xenia Yılmaz")
    browser = await enter(Role.LEAD)
    fields = await opened(browser, "school")
    await saved(browser, "school", given=[*fields["given"], "xy"], given_modes=["xy:phone"])
    assert (await Offering.get(staff=other)).modes == ["phone"]
    await saved(browser, "school", given=["xy"], given_modes=[])
    assert [(one.staff_id, one.modes) for one in await Offering.all()] == [(other.id, [])]


async def test_what_cannot_be_read_comes_back_as_it_was_typed(enter: Any) -> None:
    await make_office(code="school")
    browser = await enter(Role.LEAD)
    wrong = {"titles-de": "", "titles-ar": "عنوان", "buffer_minutes": "7", "notice": "bald", "modes": []}
    answer = await browser.send(f"{LIST}/school", status=422, **{**await opened(browser, "school"), **wrong})
    again = filled(answer.text)
    assert (again["titles-ar"], again["buffer_minutes"], again["notice"]) == ("عنوان", "7", "bald")
    for name in ("titles-de", "buffer_minutes", "notice", "modes"):
        assert f'id="{name}-error"' in answer.text and f'href="#{name}"' in answer.text, name


async def test_back_from_the_preview_nothing_typed_is_lost(enter: Any) -> None:
    await make_office(code="school")
    browser = await enter(Role.LEAD)
    shown = await checked(browser, "school", **{"titles-en": "Schools", "minutes": "50"})
    answer = await browser.send(
        f"{LIST}/school", status=200, **hidden(shown, lists=("modes", "given")), again="1"
    )
    assert (filled(answer.text)["titles-en"], filled(answer.text)["minutes"]) == ("Schools", "50")
    assert (await services.by_code("school")).minutes == 45


async def test_two_who_change_the_same_service_are_told_of_each_other(enter: Any) -> None:
    await make_office(code="school")
    browser = await enter(Role.LEAD)
    shown = await checked(browser, "school", minutes="60")
    await Service.filter(code="school").update(per_person=3)
    sent = hidden(shown, lists=("modes", "given", "places"))
    answer = await browser.send(f"{LIST}/school", status=409, **sent, carry="1")
    assert "Inzwischen" in answer.text and (await services.by_code("school")).minutes == 45


async def test_a_new_service_has_a_code_for_ever_and_nobody_elses(enter: Any) -> None:
    await make_office(code="school")
    [counsellor] = await Staff.all()
    browser = await enter(Role.LEAD)
    new = {"code": "abitur", "titles-de": "Abitur nachholen", "given": [counsellor.code]}
    await saved(browser, "new", **new)
    assert services.title(await services.by_code("abitur"), "ar") == "Abitur nachholen"
    sent = hidden(await checked(browser, "new", **{**new, "code": "school"}), lists=("modes", "given"))
    answer = await browser.send(f"{LIST}/new", status=409, **sent, carry="1")
    assert 'id="code-error"' in answer.text and await Service.all().count() == 2
    await browser.send(f"{LIST}/new", status=422, **{**await opened(browser, "new"), **new, "code": "new"})


async def test_no_longer_offered_it_is_seen_by_no_family_and_the_talks_stay(enter: Any) -> None:
    service = await make_office(code="school")
    await make_appointment(service)
    browser = await enter(Role.LEAD)
    fields = await opened(browser, "school")
    del fields["active"]
    shown = (await browser.send(f"{LIST}/school", status=200, **fields)).text
    assert "Familien sehen dieses Angebot nicht mehr" in shown and "In Betrieb: 1 gebuchtes" in shown
    await browser.send(f"{LIST}/school", **hidden(shown, lists=("modes", "given")), carry="1")
    assert await services.bookable() == [] and await Appointment.all().count() == 1


async def test_evenings_stay_evenings_once_talks_were_booked(enter: Any) -> None:
    await make_appointment(await make_office(code="school"))
    browser = await enter(Role.LEAD)
    sent = hidden(await checked(browser, "school", group="1"), lists=("modes", "given"))
    answer = await browser.send(f"{LIST}/school", status=409, **sent, carry="1")
    assert "neues Angebot" in answer.text and not (await services.by_code("school")).group


@pytest.mark.parametrize("role", [Role.COUNSELLOR, Role.RECEPTION, Role.ADMIN])
async def test_nobody_but_the_lead_changes_what_is_offered(enter: Any, role: Role) -> None:
    await make_office(code="school")
    browser = await enter(role)
    await browser.get(f"{LIST}/school", 403)
    await browser.send(f"{LIST}/school", status=403, minutes="60", carry="1")
