"""What the demonstration lacks, so that no page is empty: done by the verbs that do it every day.

Invariant: whatever a page is about has a name, and `furnish` says which number or token that name stands for.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO

from PIL import Image, ImageDraw

from booking import (
    appointments,
    busy,
    confirming,
    disruptions,
    holds,
    interpreting,
    season_days,
    sessions,
    waiting,
)
from booking.appointments import Booking
from booking.confirming import Way
from booking.models import Appointment, InterpreterRequest, Mode, Session, SourceKind, Status, Waiting
from booking.services import Wish
from channels import incoming, parking, pictures, scanning
from channels.models import Incoming, IncomingState, TextModule
from channels.web.public import times
from inquiries import case_notes, drafts, participants, referrals, thread
from inquiries.drafts import Typed
from inquiries.inquiry import Concern
from inquiries.models import Consent, DraftKind, Inquiry, Part, Partner, Upload, Writing
from inquiries.participants import Joining
from inquiries.people import Introduction
from inquiries.referrals import Handover
from inquiries.thread import From, Told
from office import audit, seasons, staff
from office.models import Staff
from office.settings import current

Names = dict[str, str]
"""A name in an address of a page → the number or token it stands for."""
JONAS, RANIA, RECEPTION, LEAD = "staff:jb", "staff:rh", "staff:kl", "staff:ps"
KEPT, UNPROVEN = "k" * 22, "u" * 22
SEATED = (("Familie Wagner", 2), ("Ivana Petrović", 1), ("Familie El Amrani", 2), ("Sarah Becker", 1))
BANNER = {
    "de": "Anmeldung für Klasse 5: Wir haben jetzt mehr Zeiten am Nachmittag.",
    "en": "Registering for year 5: there are more times in the afternoon now.",
    "ar": "التسجيل في الصف الخامس: لدينا الآن مواعيد أكثر بعد الظهر.",
}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LETTER = (
    "Guten Tag,\n\nder Bescheid ist heute gekommen, ich hänge ihn an. Bis wann muss der Widerspruch da sein?\n\n"
    "Freundliche Grüße\nBirgit Marquardt"
)
FORMATTED = (
    "<p>Guten Tag,</p><p>der <b>Bescheid</b> ist heute gekommen, ich hänge ihn an. "
    "Bis wann muss der Widerspruch da sein?</p><p>Freundliche Grüße<br>Birgit Marquardt</p>"
)
SUMMARY = (
    "Das haben wir besprochen: Schulplatz abgelehnt.\n\nSo geht es weiter:\n- Sie schicken uns den Bescheid.\n"
    "- Wir rufen in der Schule an.\n\nBitte mitbringen:\n- das letzte Zeugnis"
)


async def furnish(now: datetime) -> Names:
    """Everything is there as at this moment."""
    case = await _asked("abgelehnt")
    found = {"case": str(case.id), "person": str(case.person_id), "question": thread.token(case)}
    found |= await _written(case, now)
    found |= await _around(case, now)
    found |= await _other_questions(now)
    found |= await _appointments(now)
    found |= await _coming(now)
    found |= await _away(now)
    await _begun(case, now)
    await _season(now)
    await _looks(now)
    return found


async def _asked(words: str) -> Inquiry:
    """The question with these words."""
    written = await Writing.filter(text__contains=words).first()
    assert written, words
    return await Inquiry.get(id=written.inquiry_id)


async def _written(case: Inquiry, now: datetime) -> Names:
    """A mail with an attachment, a photo, a note, a summary, and one more thing the mother asks."""
    mail = await _mail(case, now - 55 * MINUTE)
    photo = [pictures.kept(_photo())]
    told = Told("show:photo", "", "web_form", now - 45 * MINUTE)
    await thread.receive(
        told, From(inquiry=case.id), Concern("web_form"), actor="person", now=told.at, pictures=photo
    )
    await scanning.check(now)
    note = "Mit der Schule telefoniert: alle Plätze vergeben, die Warteliste ist offen."
    await thread.note(case.id, note, key="show:note", actor=JONAS, now=now - 40 * MINUTE)
    answer = {"channel": "email", "actor": JONAS, "now": now - 30 * MINUTE}
    summary = await thread.answer(case.id, SUMMARY, key="show:summary", **answer)
    told = Told(
        "show:again", "Danke! Noch etwas: Wo finde ich Nachhilfe in Mathe?", "email", now - 12 * MINUTE
    )
    await thread.receive(told, From(inquiry=case.id), Concern("email"), actor="person", now=told.at)
    last = await Writing.get(key=told.key)
    upload = await Upload.get(writing__inquiry_id=case.id)
    names = {"mail": mail, "upload": upload, "summary": summary, "again": last}
    return {name: str(row.id) for name, row in names.items()}


async def _mail(case: Inquiry, at: datetime) -> Incoming:
    """As a mail program writes it: text, the same formatted, and the scanned letter."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "birgit.m@example.org", current().mail_from
    mail["Subject"], mail["Date"] = "Re: Ihre Frage", at
    mail.set_content(LETTER)
    mail.add_alternative(FORMATTED, subtype="html")
    mail.add_attachment(b"%PDF-1.4\n%%EOF", maintype="application", subtype="pdf", filename="Bescheid.pdf")
    row = await incoming.store("imap:show:1", "email", mail.as_bytes(), now=at)
    told = Told("show:mail", LETTER, "email", at)
    await thread.receive(told, From(inquiry=case.id), Concern("email"), actor="person", now=at)
    row.inquiry_id, row.writing_id = case.id, (await Writing.get(key=told.key)).id
    row.state, row.sender = IncomingState.TAKEN, "birgit.m@example.org"
    await row.save()
    return row


def _photo() -> bytes:
    """A sheet of paper with lines on it, as a phone would see it."""
    sheet, stored = Image.new("RGB", (600, 800), "#f4f1ea"), BytesIO()
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((60, 70, 320, 92), fill="#3a3f4a")
    for line in range(14):
        draw.rectangle((60, 150 + 40 * line, 540 - 37 * (line * 5 % 4), 160 + 40 * line), fill="#9aa0aa")
    sheet.save(stored, "JPEG", quality=80)
    return stored.getvalue()


async def _around(case: Inquiry, now: datetime) -> Names:
    """Who takes part, what is noted apart, where they were sent on to."""
    father = Joining(Part.FATHER, "Thomas Marquardt", email="thomas.m@example.org")
    await participants.add(case.id, father, actor=JONAS, now=now)
    joining = Joining(Part.TEACHER, "Frau Albers", email="albers@example.org", may_be_told=True)
    teacher = await participants.add(case.id, joining, actor=JONAS, now=now)
    text = "Die Eltern leben getrennt; Post bitte nur an die Mutter."
    until = now.astimezone(current().zone).date() + 90 * DAY
    await case_notes.write(case.id, text, until, key="show:case", actor=JONAS, now=now - 20 * MINUTE)
    handover = Handover(
        Consent.SPOKEN, "Birgit Marquardt, birgit.m@example.org", "Sucht Nachhilfe in Mathe für Klasse 5."
    )
    partner = await Partner.get(name="Schulpsychologische Beratungsstelle")
    handed = await referrals.refer(
        case.id, partner.id, handover, key="show:refer", actor=JONAS, now=now - 10 * MINUTE, counted=False
    )
    return {"teacher": str(teacher.id), "partner": str(partner.id), "handover": referrals.token(handed)}


async def _other_questions(now: datetime) -> Names:
    """One of a colleague, and two that ask the same."""
    alike = await Inquiry.filter(topic="place_waiting_list", assigned_id=None).order_by("id")
    module = await TextModule.all().order_by("id").first()
    assert module
    return {
        "closed": str((await _asked("Lese-Rechtschreib")).id),
        "same": str(alike[0].id),
        "alike": str(alike[1].id),
        "module": str(module.id),
        "other": str((await _asked("Rückruf auf Arabisch")).id),
    }


async def _appointments(now: datetime) -> Names:
    """One to come, somebody who is here, and one with an interpreter who was asked."""
    mine = Appointment.filter(staff__code="jb", status=Status.BOOKED, mode=Mode.OFFICE).order_by("starts_at")
    coming, here = await mine.filter(starts_at__gt=now).first(), await mine.filter(starts_at__lte=now).last()
    assert coming and here and here.arrived_at
    own = await Appointment.get(person__name="مريم الخطيب", status=Status.BOOKED)
    return {
        "appointment": str(coming.id),
        "code": coming.code,
        "here": str(here.id),
        "own": appointments.token(own),
        "interpreter": interpreting.token(await _interpreted(now)),
    }


async def _interpreted(now: datetime) -> InterpreterRequest:
    """A talk in Bulgarian, for which somebody was asked."""
    wish = Wish("school", language="bg", interpreter=True)
    who = Introduction(
        language="bg", name="Елена Димитрова", call_name="Elena Dimitrowa", phone="+4917604069097"
    )
    booked = await appointments.book_slot(
        wish,
        await _free(wish, now),
        Booking(who, "phone", RECEPTION),
        key="show:bg",
        now=now,
        zone=current().zone,
    )
    await interpreting.ask(booked.id, now)
    return await InterpreterRequest.get(appointment=booked)


async def _free(wish: Wish, now: datetime) -> datetime:
    """The first time for this wish from a week on."""
    slots = await times.free(wish, now)
    return next(one.starts_at for one in slots if one.starts_at > now + 7 * DAY)


async def _coming(now: datetime) -> Names:
    """A time kept for a form, one that waits for its mail to be confirmed, and a family that was offered one."""
    wish, zone = Wish("school"), current().zone
    kept = await holds.place(wish, await _free(wish, now), key=KEPT, now=now, zone=zone)
    unproven = await holds.place(wish, await _free(wish, now), key=UNPROVEN, now=now, zone=zone)
    who = Introduction(language="de", name="Nora Albrecht", email="nora.albrecht@example.org")
    asked = await confirming.ask(unproven.key, Booking(who, "web_booking"), Way.MAILED_CODE, now=now)
    session = await _seated(now)
    return {
        "kept": kept.key,
        "unproven": unproven.key,
        "link": confirming.token(asked),
        "waiting": waiting.token(await _offered(now)),
        "session": str(session.id),
    }


async def _seated(now: datetime) -> Session:
    """Some families come to the evening."""
    session = await Session.all().order_by("starts_at").first()
    assert session
    for number, (name, seats) in enumerate(SEATED):
        hold = await sessions.hold_seats(session.id, seats, key=f"show:seats:{number}", now=now)
        who = Introduction(language="de", name=name, email=f"elternabend-{number}@example.org")
        await appointments.book(hold.key, Booking(who, "web_booking"), now=now)
    return session


async def _offered(now: datetime) -> Waiting:
    """Somebody on the waiting list for whom a time is kept: another family gave it back."""
    wish = Wish("transition", counsellor="ea")
    given = await appointments.book_slot(
        wish,
        await _free(wish, now),
        Booking(
            Introduction(language="de", name="Paul Krämer", email="paul.kraemer@example.org"), "web_booking"
        ),
        key="show:given",
        now=now,
        zone=current().zone,
    )
    who = Introduction(language="de", name="Meryem Demir", email="meryem.demir@example.org")
    family = await waiting.join(Wish("transition"), who, district="unknown", now=now)
    await appointments.cancel(given.id, actor="person", now=now)
    return await Waiting.get(id=family.id)


async def _away(now: datetime) -> Names:
    """A colleague is ill, and her families were looked after; another calendar is read along; deputies."""
    oksana, jonas = await Staff.get(code="ob"), await Staff.get(code="jb")
    change = await disruptions.ill_today(oksana.id, actor=LEAD, now=now, zone=current().zone)
    await busy.add(jonas.id, SourceKind.ICS, "https://kalender.example.org/jb.ics", actor=JONAS, now=now)
    await staff.name_deputy(jonas.id, "ea", actor=JONAS, now=now)
    return {"change": str(change.id)}


async def _begun(case: Inquiry, now: datetime) -> None:
    """Jonas began an answer, and put a form aside when the phone rang."""
    jonas = await Staff.get(code="jb")
    typed = Typed("Guten Tag Frau Marquardt, Nachhilfe in Mathe gibt es", channel="email")
    await drafts.keep(jonas.id, case.id, DraftKind.ANSWER, typed, key="show:draft", now=now)
    aside = {"name": "Ayşe Yılmaz", "language": "tr", "channel": "phone", "topic": "open_all_day_school"}
    await parking.park(jonas.id, "log", aside, now=now - 4 * MINUTE)


async def _season(now: datetime) -> None:
    """The weeks of registration next February are planned, with a word to everybody."""
    year = now.year + 1
    season = await season_days.save(
        None,
        name="Anmeldung für Klasse 5",
        starts_on=date(year, 2, 1),
        ends_on=date(year, 2, 26),
        promise_days=5,
        actor=LEAD,
        now=now - 3 * DAY,
        zone=current().zone,
    )
    await seasons.say(season.id, BANNER, actor=LEAD, now=now - 2 * DAY)


async def _looks(now: datetime) -> None:
    """Who looked at what this morning."""
    for minutes, actor, action in (
        (50, JONAS, "looked"),
        (35, LEAD, "opened"),
        (34, LEAD, "looked"),
        (8, JONAS, "looked"),
    ):
        case = await _asked("OGS" if actor == LEAD else "abgelehnt")
        said = (
            {"purpose": "own", "reason": ""}
            if actor == JONAS
            else {"purpose": "reason", "reason": "Beschwerde vom Freitag"}
        )
        await audit.note(actor, action, f"inquiry:{case.id}", now - minutes * MINUTE, **said)
