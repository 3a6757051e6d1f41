"""A question by web form, by mail and by SMS: each is one inquiry, answered by the way it came, in one thread.

Everything is real: the processes, the IMAP server the mail lies on, the SMTP server it is answered through, the gateway
that signs. At the end the figures say what docs/counting.md says.
"""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from tortoise.functions import Sum

from channels.models import Incoming, IncomingState
from figures import check
from figures.models import Line, Unit
from inquiries.models import Inquiry, Writing
from office.models import Role
from office.settings import Settings
from tests.channels.web.staffroom import make_member
from tests.servers import Imap, Smtp
from tests.walking import Browser, House, answers_to, living, text
from tests.workers.processes import until
from tests.workers.test_chaos import settled
from workers import celery, counting

FAMILY, NUMBER = "familie.ortega@example.org", "+4917604069012"
WEB, MAIL, SMS = "Frage aus dem Netz", "Frage aus der Post", "Frage vom Telefon"


@pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)], indirect=True
)
async def test_each_question_is_one_inquiry_answered_by_its_way(
    settings: Settings, smtp_server: Smtp, imap_server: Imap, tmp_path: Path
) -> None:
    async with AsyncExitStack() as open_:
        house = await open_.enter_async_context(living(settings, tmp_path, smtp_server, imap_server))
        family, desk = [await open_.enter_async_context(Browser(house.origin)) for _ in range(2)]
        desk.log_in(await make_member(Role.COUNSELLOR))

        await family.send(
            "/de/ask", "/de/ask", text=WEB, topic="", name="", email=FAMILY, phone="", others="no"
        )
        imap_server.append(letter("Guten Tag", MAIL, "<eins@example.org>"))
        await text(house.origin, NUMBER, SMS)
        by_web, by_mail, by_sms = [await inquiry_with(words) for words in (WEB, MAIL, SMS)]
        assert len({by_web.id, by_mail.id, by_sms.id}) == await Inquiry.all().count() == 3
        inbox = (await desk.get("/desk/inbox")).text
        assert all(f"#{one.id}" in inbox for one in (by_web, by_mail, by_sms))

        for one, channel in ((by_web, "email"), (by_mail, "email"), (by_sms, "sms")):
            here = f"/desk/inquiries/{one.id}"
            await desk.send(
                here, f"{here}/answer", text=f"Antwort auf {one.id}.", channel=channel, how="link"
            )
        await settled(30)

        for one in (by_web, by_mail):
            answer = mail_with(smtp_server, f"Antwort auf {one.id}.")
            imap_server.append(reply(answer, f"Danke für {one.id}"))
        told = house.gateway.sent[-1]
        assert told.to == NUMBER
        assert "Antwort" in told.body
        assert f"Antwort auf {by_sms.id}" not in told.body
        link = re.findall(r"http\S+", told.body)[0]
        assert f"Antwort auf {by_sms.id}." in (await family.get(link.removeprefix(house.origin))).text
        assert await answers_to(house.gateway, house.origin, NUMBER, f"Danke für {by_sms.id}") == []
        for one in (by_web, by_mail, by_sms):
            assert (await inquiry_with(f"Danke für {one.id}")).id == one.id
        await settled(30)

        assert await Inquiry.all().count() == 3
        assert set(await Incoming.all().values_list("state", flat=True)) == {IncomingState.TAKEN}
        # The mail came from the address given on the web form: the same person, a second matter.
        await assert_counted(house, {Unit.INQUIRY: 3, Unit.CONTACT: 6, Unit.CASE: 2})


def letter(subject: str, words: str, name: str) -> bytes:
    """A mail of the family to the office."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = (
        FAMILY,
        "termin@example.org",
        subject,
        name,
    )
    made.set_content(words)
    return made.as_bytes()


def reply(answer: EmailMessage, words: str) -> bytes:
    """What a mail program sends when they press "reply"."""
    made = EmailMessage()
    made["From"], made["To"] = FAMILY, str(answer["Reply-To"])
    made["Subject"] = f"Re: {answer['Subject']}"
    made["Message-ID"], made["In-Reply-To"] = f"<{abs(hash(words))}@example.org>", str(answer["Message-ID"])
    quoted = "\n".join(f"> {line}" for line in answer.get_body(("plain",)).get_content().splitlines())  # type: ignore[union-attr]
    made.set_content(f"{words}\n\nAm 02.03.26 um 10:15 schrieb Terminservice:\n{quoted}\n")
    return made.as_bytes()


def mail_with(server: Smtp, words: str) -> EmailMessage:
    """The one mail the server took with these words in it."""
    mails = [message_from_bytes(one.content, policy=policy.default) for one in server.deliveries]
    bodies = [(mail, mail.get_body(("plain",))) for mail in mails]
    [found] = [mail for mail, body in bodies if body and words in body.get_content()]
    assert isinstance(found, EmailMessage)
    return found


async def inquiry_with(words: str) -> Inquiry:
    """The one inquiry in whose thread somebody wrote these words; waits for the mailbox to be read."""
    for _ in until(60):
        celery.app.send_task("workers.tasks.fetch", expires=5, retry=False, ignore_result=True)
        found = await Writing.filter(text__contains=words, kind="received")
        if found:
            [one] = found
            return await Inquiry.get(id=one.inquiry_id)
    raise AssertionError(f"nobody took in: {words}")


async def assert_counted(house: House, expected: dict[Unit, int]) -> None:
    """The figures say so, agree with themselves, and with a recount of the rows."""
    sums = await Line.all().annotate(count=Sum("sign")).group_by("unit").values("unit", "count")
    assert {Unit(row["unit"]): row["count"] for row in sums} == expected
    assert (await check.balance()).ok
    today = datetime.now(UTC).astimezone(house.settings.zone).date()
    assert (await check.compare(await counting.recount(today - timedelta(3), today + timedelta(3)))).ok
