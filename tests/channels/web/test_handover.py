"""The page behind the link of a handover: one person, one note, one click, and an end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from inquiries import referrals
from inquiries.models import Feedback, Person, Referral
from inquiries.referrals import LASTS
from office.models import AuditEntry
from tests.channels.web.conftest import Clock
from tests.channels.web.test_public import fields_of
from tests.factories import NOW
from tests.inquiries.test_referrals import HANDOVER, make_handover


@pytest.fixture
async def link(lists: None, time: Clock) -> str:
    time.now = NOW
    return f"/r/{referrals.token(await make_handover())}"


async def answer(web: httpx2.AsyncClient, link: str, said: str) -> httpx2.Response:
    return await web.post(f"{link}/{said}", data=fields_of((await web.get(link)).text))


async def feedback() -> str:
    return str((await Referral.get()).feedback)


async def test_the_partner_reads_whom_to_expect_and_the_note_and_nothing_more(
    web: httpx2.AsyncClient, link: str
) -> None:
    shown = await web.get(link)
    for said in (HANDOVER.contact, HANDOVER.note, "Arabisch", "Kommunales Integrationszentrum"):
        assert said in shown.text
    for secret in ("Kevin Drews", "person", "Eine Frage", "Neu zugewandert"):
        assert secret not in shown.text.partition("<main")[2].partition("</main")[0], secret
    assert "no-store" in shown.headers["cache-control"] and "noindex" in shown.text


async def test_looking_says_nothing_but_is_on_record(web: httpx2.AsyncClient, link: str) -> None:
    for address in (link, f"{link}?lang=ar"):
        assert (await web.get(address)).status_code == 200
    assert (await web.get(f"{link}/arrived")).status_code == 405
    assert await feedback() == Feedback.NONE
    looked = await AuditEntry.all()
    made = await Referral.get()
    assert {(one.actor, one.subject) for one in looked} == {
        (f"partner:{made.partner_id}", f"inquiry:{made.inquiry_id}")
    }


@pytest.mark.parametrize(
    ("said", "means"),
    [("arrived", Feedback.ARRIVED), ("not-arrived", Feedback.NOT_ARRIVED), ("no-place", Feedback.NO_PLACE)],
)
async def test_one_click_says_what_became_of_it(
    web: httpx2.AsyncClient, link: str, said: str, means: Feedback
) -> None:
    assert (await answer(web, link, said)).headers["location"] == link
    assert await feedback() == means
    page = (await web.get(link)).text
    assert f'id="{said}"' not in page and 'role="status"' in page


async def test_anything_else_is_no_answer(web: httpx2.AsyncClient, link: str) -> None:
    assert (await answer(web, link, "perhaps")).status_code == 404
    assert (await web.post(f"{link}/arrived", data={"csrf": "x"})).status_code == 403
    assert (await web.get(f"{link[:-2]}AA")).status_code == 404
    assert await feedback() == Feedback.NONE


async def test_after_its_end_the_page_tells_nothing(web: httpx2.AsyncClient, link: str, time: Clock) -> None:
    typed = fields_of((await web.get(link)).text)
    time.now = NOW + LASTS + timedelta(seconds=1)
    page = (await web.get(link)).text
    for secret in (HANDOVER.contact, HANDOVER.note, "Arabisch", "<button"):
        assert secret not in page.partition("<main")[2].partition("</main")[0]
    assert (await web.post(f"{link}/arrived", data=typed)).status_code == 404


async def test_withdrawn_there_is_no_page(web: httpx2.AsyncClient, link: str) -> None:
    await referrals.withdraw((await Referral.get()).id, actor="staff:jb", now=NOW)
    assert (await web.get(link)).status_code == 404


async def test_where_others_read_the_partner_is_warned(web: httpx2.AsyncClient, link: str) -> None:
    warning = "lesen andere mit"
    assert warning not in (await web.get(link)).text
    await Person.all().update(discreet=True)
    assert warning in (await web.get(link)).text


async def test_words_of_the_note_stay_words(web: httpx2.AsyncClient, link: str) -> None:
    await Referral.all().update(note="<script>alert(1)</script>")
    assert "<script>alert" not in (await web.get(link)).text


async def test_it_speaks_the_language_asked_for(web: httpx2.AsyncClient, link: str) -> None:
    page: Any = (await web.get(f"{link}?lang=ar")).text
    assert 'dir="rtl"' in page and f'action="{link}/arrived?lang=ar"' in page
