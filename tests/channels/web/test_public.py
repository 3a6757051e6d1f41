"""The pages families see, through the ASGI client: what they say, what they refuse, and what happens once."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import httpx2
import pytest

from booking import appointments, holds, outcomes
from booking.models import Appointment, Hold, Interpreter, Mode, Offering, Service, Status
from inquiries.models import Address, Person
from tests import factories
from tests.channels.web.conftest import Clock
from tests.factories import WEDNESDAY, local, make_appointment

NINE = "2026-03-04T08:00:00Z"
TEN = "2026-03-04T09:00:00Z"


def times_of(page: str) -> list[str]:
    """The times offered as buttons."""
    return re.findall(r'name="starts_at" value="([^"]+Z)"', page)


def fields_of(page: str, **more: str) -> dict[str, str]:
    """The hidden fields of the page's last form, and what somebody fills in."""
    form = page[page.rindex("<form ") :]
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {**{name: unescape(value) for name, value in hidden}, **more}


async def slots(
    web: httpx2.AsyncClient, *, mode: str = "office", children: int = 1, language: str = "de"
) -> str:
    answer = await web.get(f"/{language}/book?service=school&mode={mode}&children={children}")
    assert answer.status_code == 200
    return answer.text


async def hold(web: httpx2.AsyncClient, starts_at: str = NINE, **wish: Any) -> str:
    """Address of the form of a time now kept."""
    answer = await web.post("/de/book/hold", data=fields_of(await slots(web, **wish), starts_at=starts_at))
    assert answer.status_code == 303
    return answer.headers["location"]


async def book(web: httpx2.AsyncClient, starts_at: str = NINE, *, mode: str = "office", **typed: str) -> str:
    """Address of the appointment."""
    form = await hold(web, starts_at, mode=mode)
    answer = await web.post(form, data=fields_of((await web.get(form)).text, **typed))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


async def post(web: httpx2.AsyncClient, page: str, to: str, **typed: str) -> httpx2.Response:
    return await web.post(to, data=fields_of((await web.get(page)).text, **typed))


async def test_root_answers_in_the_language_of_the_browser(web: httpx2.AsyncClient) -> None:
    answer = await web.get("/", headers={"accept-language": "ar-SY,ar;q=0.9,de;q=0.5"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/ar/")
    assert "accept-language" in answer.headers["vary"].lower()


async def test_start_page_names_the_earliest_free_time(web: httpx2.AsyncClient, school: Service) -> None:
    page = (await web.get("/de/")).text
    assert "Dienstag, 3. März" in page
    assert page.index("9:00") < page.index("<h2") and page.count("/de/book?service=school") == 2


async def test_start_page_without_a_free_time_gives_the_phone_number(web: httpx2.AsyncClient) -> None:
    page = (await web.get("/de/")).text
    assert 'href="tel:+492214710100"' in page[: page.index("</main>")]


@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("en", "ltr"), ("ar", "rtl")])
async def test_pages_name_their_language_and_direction(
    web: httpx2.AsyncClient, school: Service, language: str, direction: str
) -> None:
    for path in ("", "book", "book?service=school", "imprint", "privacy", "accessibility"):
        page = (await web.get(f"/{language}/{path}")).text
        assert f'<html lang="{language}" dir="{direction}">' in page
        assert 'href="/ar/' + path.replace("&", "&amp;") in page


async def test_titles_are_neutral(web: httpx2.AsyncClient, school: Service) -> None:
    token_page = await book(web, name="Kevin")
    for path in ("/de/", "/de/book?service=school", token_page):
        title = re.findall(r"<title>(.*?)</title>", (await web.get(path)).text)[0]
        assert "Schul" not in title and "School" not in title and "Kevin" not in title


async def test_who_talked_about_it_before_needs_less_time_and_it_stays_so_to_the_end(
    web: httpx2.AsyncClient, school: Service
) -> None:
    asked = "/de/book?service=school"
    assert 'name="again"' not in (await web.get(asked)).text
    await Service.filter(id=school.id).update(follow_up_minutes=20)
    assert 'name="again"' in (await web.get(asked)).text
    page = (await web.get(f"{asked}&mode=office&children=1&again=1")).text
    assert "20\N{NO-BREAK SPACE}Minuten" in page
    kept = await web.post("/de/book/hold", data=fields_of(page, starts_at=NINE))
    form = (await web.get(kept.headers["location"])).text
    await web.post(kept.headers["location"], data=fields_of(form, name="Kevin"))
    booked = await Appointment.get()
    assert booked.follow_up and booked.ends_at - booked.starts_at == timedelta(minutes=20)


async def test_after_a_talk_its_page_leads_to_another_one_with_the_same_counsellor(
    web: httpx2.AsyncClient, school: Service, at: Clock
) -> None:
    colleague = await factories.make_staff(name="Rania Haddad", languages=["de"])
    await factories.make_hours(colleague, 2, 9, 17)
    await Offering.create(service=school, staff=colleague)
    page = await book(web, NINE, name="Kevin")
    talk = await Appointment.get().prefetch_related("staff")
    assert 'id="same"' not in (await web.get(page)).text
    at(local(WEDNESDAY, 11))
    await outcomes.attend(talk.id, actor="staff:jb", now=local(WEDNESDAY, 11))
    link = re.search(r'id="same" href="([^"]+)"', (await web.get(page)).text)
    assert link
    times = (await web.get(unescape(link[1]))).text
    assert talk.staff.name in times and 'id="anybody"' in times
    kept = await web.post("/de/book/hold", data=fields_of(times, starts_at=times_of(times)[0]))
    assert kept.status_code == 303
    assert (await Hold.get()).staff_id == talk.staff_id
    assert (
        'id="anybody"' not in (await web.get("/de/book?service=school&mode=office&children=1&with=xx")).text
    )


async def test_length_is_known_before_the_times(web: httpx2.AsyncClient, school: Service) -> None:
    asked = (await web.get("/de/book?service=school")).text
    assert not times_of(asked) and 'name="children"' in asked
    assert len(times_of(await slots(web, children=3))) < len(times_of(await slots(web)))


async def test_more_dates_are_a_link_away(web: httpx2.AsyncClient, school: Service) -> None:
    page = await slots(web)
    later = unescape(re.findall(r'href="(\?[^"]*from=[^"]*)"', page)[0])
    next_page = (await web.get(f"/de/book{later}")).text
    assert times_of(next_page)[0] > times_of(page)[-1]


@pytest.mark.parametrize(
    "odd", ["from=2999-01-01", "from=yesterday", "children=99", "mode=rocket", "talk=%00"]
)
async def test_odd_addresses_are_answered(web: httpx2.AsyncClient, school: Service, odd: str) -> None:
    answer = await web.get(f"/de/book?service=school&mode=office&children=1&{odd}")
    assert answer.status_code == 200


async def test_no_free_time_is_not_a_dead_end(web: httpx2.AsyncClient, school: Service) -> None:
    await Service.all().update(minutes=400)
    page = await slots(web)
    assert not times_of(page) and "tel:+49" in page[page.index("<main") : page.index("<footer")]


async def test_unknown_service_is_a_clear_page(web: httpx2.AsyncClient, school: Service) -> None:
    for code in ("nothing", "%00", "x" * 500):
        assert (await web.get(f"/de/book?service={code}")).status_code == 404


async def test_a_time_is_kept_and_the_form_says_until_when(web: httpx2.AsyncClient, school: Service) -> None:
    page = (await web.get(await hold(web))).text
    assert 'data-expires-at="2026-03-02T08:15:00Z"' in page and "9:15" in page


async def test_second_click_keeps_one_time(web: httpx2.AsyncClient, school: Service) -> None:
    fields = fields_of(await slots(web), starts_at=NINE)
    answers = [await web.post("/de/book/hold", data=fields) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await Hold.all().count() == 1


async def test_another_time_from_the_same_page_replaces_the_first(
    web: httpx2.AsyncClient, school: Service
) -> None:
    fields = fields_of(await slots(web), starts_at=NINE)
    await web.post("/de/book/hold", data=fields)
    await web.post("/de/book/hold", data={**fields, "starts_at": TEN})
    assert await Hold.all().values_list("starts_at", flat=True) == [local(WEDNESDAY, 10)]


async def test_taken_time_is_said_with_the_nearest_alternatives(
    web: httpx2.AsyncClient, school: Service
) -> None:
    fields = fields_of(await slots(web), starts_at=NINE)
    await make_appointment(school)
    answer = await web.post("/de/book/hold", data=fields)
    assert answer.status_code == 409 and 'id="taken"' in answer.text
    others = times_of(answer.text)
    assert 0 < len(others) <= 8 and NINE not in others and TEN in others


async def test_alternative_books_the_same_wish(web: httpx2.AsyncClient, school: Service) -> None:
    fields = fields_of(await slots(web, children=2, mode="video"), starts_at=NINE)
    await make_appointment(school)
    taken = await web.post("/de/book/hold", data=fields)
    second = times_of(taken.text)[0]
    await web.post("/de/book/hold", data=fields_of(taken.text, starts_at=second))
    kept = await Hold.get()
    assert (kept.children, kept.mode) == (2, Mode.VIDEO)


@pytest.mark.parametrize(
    "bad",
    [
        {"starts_at": "now"}, {"starts_at": "2026-03-04T09:00:00"}, {"starts_at": "9999-12-31T23:59:59-12:00"},
        {"children": "two"}, {"mode": "rocket"}, {"key": "x"}, {"service": "\x00"}, {"talk": "'; --"},
    ],
)  # fmt: skip
async def test_malformed_wish_is_refused_clearly(
    web: httpx2.AsyncClient, school: Service, bad: dict[str, str]
) -> None:
    answer = await web.post("/de/book/hold", data={**fields_of(await slots(web)), "starts_at": NINE, **bad})
    assert answer.status_code == 422 and "tel:+49" in answer.text


async def test_too_many_children_are_not_offered(web: httpx2.AsyncClient, school: Service) -> None:
    fields = fields_of(await slots(web), starts_at=NINE, children="99")
    assert (await web.post("/de/book/hold", data=fields)).status_code == 404


async def test_form_from_elsewhere_is_refused(web: httpx2.AsyncClient, school: Service) -> None:
    fields = fields_of(await slots(web), starts_at=NINE)
    assert (await web.post("/de/book/hold", data={**fields, "csrf": "ü\ud800"[:1]})).status_code == 403
    assert await Hold.all().count() == 0


async def test_booking_leads_to_the_appointments_own_page(web: httpx2.AsyncClient, school: Service) -> None:
    page = (await web.get(await book(web, name="Şükrü  Öztürk", email="s@example.org"))).text
    booked = await Appointment.get().prefetch_related("person")
    assert booked.code in page and "Şükrü Öztürk" in page and "Lindenplatz 4" in page
    assert (booked.channel, booked.person.language) == ("web_booking", "de")


async def test_double_click_gives_one_appointment(web: httpx2.AsyncClient, school: Service) -> None:
    form = await hold(web)
    fields = fields_of((await web.get(form)).text, name="Li U")
    answers = [await web.post(form, data=fields) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert await Appointment.all().count() == 1


async def test_number_is_read_in_any_digits(web: httpx2.AsyncClient, school: Service) -> None:
    await book(web, phone="٠١٧٦٠٤٠٦٩٠١٢", name="مريم الخطيب")
    assert (await Address.get()).value == "+4917604069012"
    assert (await Person.get()).name == "مريم الخطيب"


async def test_what_was_typed_stays_when_something_is_wrong(web: httpx2.AsyncClient, school: Service) -> None:
    form = await hold(web)
    typed = {"name": "Nguyễn <Thị>", "email": "hong.anh", "phone": "12", "others": "yes", "district": "eving"}
    answer = await post(web, form, form, **typed)
    assert answer.status_code == 422
    page = answer.text
    assert 'value="Nguyễn &lt;Thị&gt;"' in page and 'value="hong.anh"' in page
    assert 'href="#email"' in page and 'aria-describedby="email-hint email-error"' in page
    assert 'id="others-yes" name="others" value="yes" checked' in page and 'value="eving" selected' in page
    assert await Appointment.all().count() == 0


async def test_phone_talk_needs_a_number(web: httpx2.AsyncClient, school: Service) -> None:
    form = await hold(web, mode="phone")
    assert (await post(web, form, form, email="a@example.org")).status_code == 422
    assert (await post(web, form, form, phone="0176 04069012")).status_code == 303


async def test_video_talk_needs_an_address(web: httpx2.AsyncClient, school: Service) -> None:
    form = await hold(web, mode="video")
    assert (await post(web, form, form, name="Leo")).status_code == 422


async def test_field_only_machines_fill_in_books_nothing(web: httpx2.AsyncClient, school: Service) -> None:
    form = await hold(web)
    assert (await post(web, form, form, website="https://spam.example.org")).status_code == 422
    assert await Appointment.all().count() == 0


async def test_more_time_keeps_what_was_typed(web: httpx2.AsyncClient, school: Service, time: Clock) -> None:
    form = await hold(web)
    time.now += timedelta(minutes=10)
    answer = await post(web, form, f"{form}/extend", name="Li U")
    assert 'value="Li U"' in answer.text and 'data-expires-at="2026-03-02T08:25:00Z"' in answer.text


async def test_released_time_is_free_for_others(web: httpx2.AsyncClient, school: Service) -> None:
    form = await hold(web)
    answer = await post(web, form, f"{form}/release")
    assert answer.headers["location"].startswith("/de/book?service=school")
    assert NINE in times_of((await web.get(answer.headers["location"])).text)


async def test_who_types_slowly_still_gets_the_time(
    web: httpx2.AsyncClient, school: Service, time: Clock
) -> None:
    form = await hold(web)
    fields = fields_of((await web.get(form)).text, name="Li U")
    time.now += timedelta(hours=1)
    await holds.drop_all_expired(time.now)
    assert (await web.post(form, data=fields)).status_code == 303


async def test_time_taken_while_typing_keeps_what_was_typed(
    web: httpx2.AsyncClient, school: Service, time: Clock
) -> None:
    form = await hold(web)
    fields = fields_of((await web.get(form)).text, name="Li U", email="li.u@example.org")
    time.now += timedelta(hours=1)
    await make_appointment(school, now=time.now)
    taken = await web.post(form, data=fields)
    assert taken.status_code == 409
    again = await web.post("/de/book/hold", data=fields_of(taken.text, starts_at=TEN))
    assert again.status_code == 200 and 'value="li.u@example.org"' in again.text


async def test_expired_form_says_so(web: httpx2.AsyncClient, school: Service, time: Clock) -> None:
    form = await hold(web)
    time.now += timedelta(minutes=20)
    assert (await web.get(form)).status_code == 409


async def test_second_appointment_of_one_address_is_refused_with_a_way_on(
    web: httpx2.AsyncClient, school: Service
) -> None:
    await book(web, email="li.u@example.org")
    form = await hold(web, TEN)
    answer = await post(web, form, form, email="li.u@example.org")
    assert answer.status_code == 409 and "tel:+49" in answer.text
    assert await Hold.all().count() == 0


async def test_looking_changes_nothing(web: httpx2.AsyncClient, school: Service) -> None:
    address = await book(web)
    before = await Appointment.all().values()
    for path in ("", "/move", "/cancel", ".ics"):
        assert (await web.get(address + path)).status_code == 200
    assert await Appointment.all().values() == before


async def test_appointment_is_moved(web: httpx2.AsyncClient, school: Service) -> None:
    address = await book(web)
    answer = await post(web, f"{address}/move", f"{address}/move", starts_at=TEN)
    assert answer.headers["location"] == f"{address}?moved=1"
    assert "10:00" in (await web.get(answer.headers["location"])).text
    assert (await Appointment.get()).times_moved == 1


async def test_moving_to_a_taken_time_offers_others(web: httpx2.AsyncClient, school: Service) -> None:
    address = await book(web)
    fields = fields_of((await web.get(f"{address}/move")).text, starts_at="2026-03-05T08:00:00Z")
    await make_appointment(school, starts_at=local(WEDNESDAY + timedelta(days=1), 9))
    answer = await web.post(f"{address}/move", data=fields)
    assert answer.status_code == 409 and 'id="taken"' in answer.text and times_of(answer.text)
    assert f'action="{address}/move"' in answer.text


async def test_cancelled_appointment_says_so_and_its_time_is_free(
    web: httpx2.AsyncClient, school: Service
) -> None:
    address = await book(web)
    for _ in range(2):
        csrf = fields_of(await slots(web))["csrf"]
        assert (await web.post(f"{address}/cancel", data={"csrf": csrf})).status_code == 303
    page = (await web.get(address)).text
    assert "sp-summary--cancelled" in page and 'id="again"' in page and 'id="move"' not in page
    assert (await Appointment.get()).status == Status.CANCELLED
    assert NINE in times_of(await slots(web))


async def test_appointment_that_has_begun_is_not_moved(
    web: httpx2.AsyncClient, school: Service, time: Clock
) -> None:
    address = await book(web)
    fields = fields_of((await web.get(f"{address}/move")).text, starts_at=TEN)
    time.now = local(WEDNESDAY, 9, 5)
    answer = await web.post(f"{address}/move", data=fields)
    assert answer.status_code == 409 and "tel:+49" in answer.text
    assert (await web.get(f"{address}/move")).status_code == 303


async def test_where_others_read_the_page_tells_time_place_and_code_only(
    web: httpx2.AsyncClient, school: Service
) -> None:
    await Service.all().update(bring={"de": ["letztes Zeugnis"]})
    address = await book(web, name="Leo", phone="0176 04069002", others="yes", calendar="yes")
    web.cookies.clear()
    page = (await web.get(f"{address}?booked=1")).text
    booked = await Appointment.get()
    assert booked.code in page and "Lindenplatz 4" in page and "9:00" in page
    for secret in ("Leo", "Schul", "Zeugnis", "Beratung", "Sprechstunde", ".ics", "04069002"):
        assert secret not in page
    assert not booked.calendar_wanted and (await web.get(f"{address}.ics")).status_code == 404


async def test_calendar_file_is_neutral_and_publishes(web: httpx2.AsyncClient, school: Service) -> None:
    answer = await web.get(await book(web, name="Kevin", email="k@example.org") + ".ics")
    assert answer.headers["content-type"].startswith("text/calendar; method=PUBLISH")
    assert 'filename="termin.ics"' in answer.headers["content-disposition"]
    assert "Schul" not in answer.text and "Kevin" not in answer.text and "ATTENDEE" not in answer.text


async def test_appointment_page_speaks_the_persons_language_or_the_chosen_one(
    web: httpx2.AsyncClient, school: Service
) -> None:
    booked = await make_appointment(school, who=factories.introduction(language="ar"))
    address = f"/a/{appointments.token(booked)}"
    assert 'lang="ar" dir="rtl"' in (await web.get(address, headers={"accept-language": "de"})).text
    other = (await web.get(f"{address}?lang=en")).text
    assert '<html lang="en"' in other and f'href="{address}/cancel?lang=en"' in other


async def test_forged_links_are_not_found(web: httpx2.AsyncClient, school: Service) -> None:
    token = (await book(web)).removeprefix("/a/")
    for_the_same = ("B" if token[0] == "A" else "A") + token[1:]
    forged = ["x", "é", "A" * 32, for_the_same, token[:-4] + "AAAA", "A" * 22 + "_" * 10]
    assert [(await web.get(f"/a/{token}")).status_code for token in forged] == [404] * len(forged)


async def test_every_page_is_private_and_self_contained(web: httpx2.AsyncClient, school: Service) -> None:
    address = await book(web)
    for path in ("/de/", "/de/book", address, f"{address}/move", "/de/privacy", "/de/nothing"):
        answer = await web.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert not re.search(
            r"<style|\sstyle=|<script(?! type=\"module\" src=\"/static)|\son\w+=", answer.text
        )
        assert not re.search(r'(src|href)="(https?:)?//', answer.text) and "og:" not in answer.text


async def test_language_link_never_leaves_the_house(web: httpx2.AsyncClient) -> None:
    page = (await web.get("http://localhost:8000//example.org/x")).text
    assert 'href="//' not in page


async def test_page_says_how_far_the_appointment_is(
    web: httpx2.AsyncClient, school: Service, time: Clock
) -> None:
    address = await book(web)
    booked = await Appointment.get()
    time.now = local(WEDNESDAY, 9, 5)
    late = (await web.get(address)).text
    await outcomes.arrive(booked.id, actor="staff:kl", now=time.now)
    here = (await web.get(address)).text
    await outcomes.miss(booked.id, actor="staff:kl", now=time.now)
    over = (await web.get(address)).text
    assert [page.count("kern-alert--") for page in (late, here, over)] == [1, 1, 1]
    assert "kern-alert--success" in here and 'id="again"' in over and "sp-code" not in over
    assert not any('id="move"' in page for page in (late, here, over))


async def test_whoever_types_somebody_elses_number_learns_nothing(
    web: httpx2.AsyncClient, school: Service
) -> None:
    await book(web, phone="0176 04069002")
    form = await hold(web, TEN)
    answer = await post(web, form, form, phone="0176 04069002")
    said = re.sub(r"<[^>]+>", " ", answer.text[answer.text.index("<main") : answer.text.index("<footer")])
    assert answer.status_code == 409 and "9:00" not in said and "already" not in said and "schon" not in said


async def test_who_needs_somebody_to_translate_is_asked_so_before_anything_is_chosen(
    web: httpx2.AsyncClient, school: Service
) -> None:
    assert 'id="interpreter"' not in (await web.get("/ar/book?service=school")).text
    await Interpreter.create(code="01", name="Dolmetschen 01", languages=["ar"], email="d@example.org")
    page = await web.get("/ar/book?service=school")
    assert page.status_code == 200 and 'id="interpreter"' in page.text
    again = (await web.get("/ar/book?service=school&interpreter=1")).text
    assert re.search(r'id="interpreter"[^>]* checked', again)
