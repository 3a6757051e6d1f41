"""Topics A–Z for everybody, and the desk where they are written."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest

from booking.models import Service
from channels.web import clock
from channels.web.public import topics as public_topics
from inquiries import partners, topics
from inquiries.models import TopicText
from office.models import Role
from tests.channels.web.conftest import Clock
from tests.factories import NOW
from tests.inquiries.test_partners import BY, CENTRE
from tests.inquiries.test_topics import write

HERE = "/desk/topics/finances/de"


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main")[0]


async def get(web: httpx2.AsyncClient, path: str, status: int = 200) -> str:
    found = await web.get(path)
    assert found.status_code == status
    return main(found.text)


@pytest.fixture
async def office(school: Service, time: Clock) -> Service:
    time.now = NOW
    return school


async def test_topics_stand_under_their_letters(web: httpx2.AsyncClient, office: Service) -> None:
    await write(title="Österliche Ferien")
    await write(topic="school_law", title="Zuständig")
    await write(topic="recognition", title="Zeugnis")
    page = await get(web, "/de/topics")
    places = [page.index(f">{said}<") for said in ("O", "Österliche Ferien", "Z", "Zeugnis", "Zuständig")]
    assert places == sorted(places)
    assert 'href="/de/topics/recognition"' in page


def test_an_arabic_article_is_no_letter_of_its_own() -> None:
    said = [
        TopicText(topic="a", title="المدرسة", language="ar"),
        TopicText(topic="b", title="مال", language="ar"),
    ]
    assert [letter.letter for letter in public_topics.letters(said)] == ["م"]


async def test_a_topic_leads_to_a_talk_a_question_and_public_partners(
    web: httpx2.AsyncClient, office: Service
) -> None:
    await write("## So geht es\n\n- Anrufen", topic="first_enrolment", title="Einschulung")
    school = replace(CENTRE, name="Schulamt", topics=("school_enrolment",))
    await partners.add(school, **BY)
    await partners.add(replace(school, name="Nur für uns", public=False), **BY)
    await partners.add(replace(school, name="Andere", topics=("finances",)), **BY)
    page = await get(web, "/de/topics/first_enrolment")
    assert (
        "<h3>So geht es</h3>" in page and "<li>Anrufen</li>" in page and "2. März 2026" in page
    ) or "02.03.2026" in page
    assert f'href="/de/book?service={office.code}"' in page
    assert 'href="/de/ask?topic=school_enrolment"' in page
    assert "Schulamt" in page and "Nur für uns" not in page and "Andere" not in page


async def test_without_a_text_in_the_language_german_is_shown_and_marked(
    web: httpx2.AsyncClient, office: Service
) -> None:
    await write("Deutscher Satz")
    page = await get(web, "/ar/topics/finances")
    assert '<div class="sp-prose sp-topic" lang="de" dir="ltr"><p>Deutscher Satz' in page
    assert 'lang="de"' in await get(web, "/ar/topics")
    assert 'class="sp-prose sp-topic">' in await get(web, "/de/topics/finances")


async def test_no_page_is_a_dead_end(web: httpx2.AsyncClient, office: Service) -> None:
    for path in ("/de/topics", "/de/topics/recognition", "/ar/topics/training_grants"):
        page = await get(web, path)
        assert "/ask" in page and "/book" in page, path
    for code in ("unknown", "not_stated", "zauberei"):
        await get(web, f"/de/topics/{code}", 404)


async def test_nobody_is_led_to_say_that_a_child_needs_support(
    web: httpx2.AsyncClient, office: Service
) -> None:
    for code in ("inclusion", "compensation"):
        assert 'id="ask-about" href="/de/ask"' in await get(web, f"/de/topics/{code}")


async def test_the_question_form_knows_what_it_is_about(web: httpx2.AsyncClient, office: Service) -> None:
    page = await get(web, "/de/ask?topic=school_enrolment")
    assert '<option value="school_enrolment" selected>' in page
    assert (
        " selected"
        not in (await get(web, "/de/ask?topic=inclusion")).partition('id="topic"')[2].partition("</select")[0]
    )


async def test_a_text_is_seen_before_it_is_saved(enter: Any) -> None:
    lead = await enter(Role.LEAD)
    answer = await lead.send(HERE, status=200, title="Geld", text="**Neu** & <b>gut</b>", do="preview")
    assert "<strong>Neu</strong> &amp; &lt;b&gt;gut&lt;/b&gt;" in answer.text
    assert "Noch ist nichts gespeichert" in answer.text
    assert not await TopicText.exists()
    await lead.send(HERE, title="Geld", text="**Neu**", do="save")
    assert (await TopicText.get()).text == "**Neu**"


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(enter: Any) -> None:
    lead = await enter(Role.LEAD)
    for typed in ({"title": "", "text": "Ein Satz"}, {"title": "x" * 121, "text": "Ein Satz"}):
        answer = await lead.send(HERE, status=422, do="save", **typed)
        assert 'href="#title"' in answer.text and "Ein Satz" in answer.text
    assert not await TopicText.exists()


async def test_an_older_version_can_be_taken_again(enter: Any) -> None:
    lead = await enter(Role.LEAD)
    for text in ("Erster Satz", "Zweiter Satz"):
        await lead.send(HERE, title="Geld", text=text, do="save")
    page = await lead.get(f"{HERE}?version=1")
    assert "Erster Satz</textarea>" in page and "Petra Sommerfeld" in page
    await lead.get(f"{HERE}?version=7", 404)
    await lead.send(HERE, title="Geld", text="Erster Satz", do="save")
    assert (await topics.versions("finances", "de"))[0].text == "Erster Satz"


async def test_counsellors_check_but_do_not_write(enter: Any, at: Any) -> None:
    await write("Ein Satz")
    counsellor = await enter(Role.COUNSELLOR)
    await counsellor.send(HERE, status=403, title="Geld", text="Anders", do="save")
    at(NOW.replace(year=2027))
    assert "zu prüfen" in await counsellor.get("/desk/topics")
    await counsellor.send(f"{HERE}/checked")
    assert (await TopicText.get()).checked_on == clock.now().date()
    page = await counsellor.get("/desk/topics")
    assert "zu prüfen" not in page and "fehlt" in page
    assert "<textarea" not in await counsellor.get(HERE)
