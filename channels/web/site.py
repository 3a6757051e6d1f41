"""The whole site on one screen: routes and middleware.

Invariant: every route names the roles it is for (`log_in.for_roles`), asks for a key (`keys.required`), or stands
in the list of what everybody may see (tests/channels/web/test_routes.py).
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any, Literal

from servestatic import ServeStaticASGI
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from channels import languages
from channels.web import failures, feed, metrics, operations, pages, webhooks
from channels.web.api import appointments as api_appointments
from channels.web.api import inquiries as api_inquiries
from channels.web.api import openapi, problems, services, slots, statistics
from channels.web.demo import mailbox, phone
from channels.web.desk import answers as desk_answers
from channels.web.desk import appointment as desk_appointment
from channels.web.desk import attendance as desk_attendance
from channels.web.desk import booking as desk_booking
from channels.web.desk import calendars as desk_calendars
from channels.web.desk import cards as desk_cards
from channels.web.desk import case_notes as desk_case_notes
from channels.web.desk import change as desk_change
from channels.web.desk import changed as desk_changed
from channels.web.desk import closed as desk_closed
from channels.web.desk import counter as desk_counter
from channels.web.desk import day_sheet as desk_day_sheet
from channels.web.desk import deputy as desk_deputy
from channels.web.desk import enclosures as desk_enclosures
from channels.web.desk import feeds as desk_feeds
from channels.web.desk import figures as desk_figures
from channels.web.desk import gaps as desk_gaps
from channels.web.desk import inbox as desk_inbox
from channels.web.desk import inquiry as desk_inquiry
from channels.web.desk import log as desk_log
from channels.web.desk import looks as desk_looks
from channels.web.desk import mail as desk_mail
from channels.web.desk import matters as desk_matters
from channels.web.desk import merge as desk_merge
from channels.web.desk import modules as desk_modules
from channels.web.desk import office_hours as desk_office_hours
from channels.web.desk import parked as desk_parked
from channels.web.desk import participants as desk_participants
from channels.web.desk import partner_import as desk_partner_import
from channels.web.desk import partners as desk_partners
from channels.web.desk import password as desk_password
from channels.web.desk import person as desk_person
from channels.web.desk import reach as desk_reach
from channels.web.desk import referring as desk_referring
from channels.web.desk import search as desk_search
from channels.web.desk import seats as desk_seats
from channels.web.desk import session as desk_session
from channels.web.desk import sessions as desk_sessions
from channels.web.desk import slip as desk_slip
from channels.web.desk import squeeze as desk_squeeze
from channels.web.desk import summary as desk_summary
from channels.web.desk import today
from channels.web.desk import together as desk_together
from channels.web.desk import topics as desk_topics
from channels.web.desk import uploads as desk_uploads
from channels.web.desk import week as desk_week
from channels.web.desk.running import catalogues as running_catalogues
from channels.web.desk.running import closing as running_closing
from channels.web.desk.running import interpreters as running_interpreters
from channels.web.desk.running import places as running_places
from channels.web.desk.running import rooms as running_rooms
from channels.web.desk.running import services as running_services
from channels.web.desk.running import start as running
from channels.web.desk.running import team as running_team
from channels.web.desk.running import team_import as running_team_import
from channels.web.desk.running import texts as running_texts
from channels.web.public import (
    appointment,
    ask,
    book,
    confirming,
    handover,
    house,
    interpreter,
    nothing_free,
    photos,
    question,
    sessions,
    start,
    topics,
    waiting,
)
from channels.web.security import SecurityHeaders
from office.settings import Settings

MAX_BODY = 64 * 1024
Surface = Literal["all", "public", "desk", "api"]


class _Language(Convertor[str]):
    regex = "|".join(languages.NAMES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _Number(Convertor[int]):
    """At most nine digits: what no database could hold is no page."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("language", _Language())
register_url_convertor("number", _Number())

PUBLIC: list[BaseRoute] = [
    Route("/", start.choose_language),
    Route("/{lang:language}/", start.show, name="start"),
    Route("/{lang:language}/book", book.choose, name="book"),
    Route("/{lang:language}/book/hold", book.hold, methods=["POST"], name="hold"),
    Route("/{lang:language}/book/seats", sessions.hold, methods=["POST"], name="hold_seats"),
    Route("/{lang:language}/book/{key}", book.details, name="details"),
    Route("/{lang:language}/book/{key}", book.confirm, methods=["POST"], name="confirm"),
    Route("/{lang:language}/book/{key}/extend", book.extend, methods=["POST"], name="extend"),
    Route("/{lang:language}/book/{key}/release", book.release, methods=["POST"], name="release"),
    Route("/{lang:language}/book/{key}/code", confirming.code, methods=["POST"]),
    Route("/{lang:language}/book/{key}/again", confirming.again, methods=["POST"]),
    Route("/{lang:language}/book/{key}/correct", confirming.correct, methods=["POST"]),
    Route("/c/{token}", confirming.link, name="confirm_address"),
    Route("/c/{token}", confirming.confirm, methods=["POST"]),
    Route("/{lang:language}/ask", ask.show, name="ask"),
    Route("/{lang:language}/ask", ask.ask, methods=["POST"]),
    Route("/{lang:language}/topics", topics.index, name="topics"),
    Route("/{lang:language}/topics/{code}", topics.show, name="topic"),
    Route("/{lang:language}/imprint", house.imprint, name="imprint"),
    Route("/{lang:language}/privacy", house.privacy, name="privacy"),
    Route("/{lang:language}/accessibility", house.accessibility, name="accessibility"),
    Route("/a/{token}.ics", appointment.ics, name="ics"),
    Route("/a/{token}", appointment.show, name="appointment"),
    Route("/a/{token}/move", appointment.times, name="times"),
    Route("/a/{token}/move", appointment.move, methods=["POST"], name="move"),
    Route("/a/{token}/take", appointment.take, methods=["POST"], name="take"),
    Route("/a/{token}/cancel", appointment.ask_cancel, name="ask_cancel"),
    Route("/a/{token}/cancel", appointment.cancel, methods=["POST"], name="cancel"),
    Route("/a/{token}/open", appointment.enter, methods=["POST"], name="open_appointment"),
    Route("/a/{token}/close", appointment.leave, methods=["POST"], name="close_appointment"),
    Route("/q/{token}", question.show, name="question"),
    Route("/q/{token}", question.write, methods=["POST"]),
    Route("/q/{token}/open", question.enter, methods=["POST"], name="open_question"),
    Route("/q/{token}/close", question.leave, methods=["POST"], name="close_question"),
    Route("/a/{token}/photos", photos.of_appointment, name="appointment_photos"),
    Route("/a/{token}/photos", photos.send_to_appointment, methods=["POST"], max_body_size=photos.HARD_LIMIT),
    Route("/q/{token}/files/{n:number}", question.file, name="question_file"),
    Route("/q/{token}/photos", photos.of_question, name="question_photos"),
    Route("/q/{token}/photos", photos.send_to_question, methods=["POST"], max_body_size=photos.HARD_LIMIT),
    Route("/{lang:language}/wait", nothing_free.wait, methods=["POST"], name="wait"),
    Route("/{lang:language}/call-back", nothing_free.call_back, methods=["POST"], name="call_back"),
    Route("/{lang:language}/noted", nothing_free.noted, name="noted"),
    Route("/i/{token}", interpreter.show, name="interpreter"),
    Route("/i/{token}/accept", interpreter.accept, methods=["POST"]),
    Route("/i/{token}/decline", interpreter.decline, methods=["POST"]),
    Route("/r/{token}", handover.show, name="handover"),
    Route("/r/{token}/{answer}", handover.answer, methods=["POST"]),
    Route("/w/{token}", waiting.show, name="waiting"),
    Route("/w/{token}/accept", waiting.accept, methods=["POST"]),
    Route("/w/{token}/decline", waiting.decline, methods=["POST"]),
    Route("/w/{token}/leave", waiting.leave, methods=["POST"]),
    Route("/calendar/{token}.ics", feed.show, name="feed"),
    Route("/webhooks/twilio/sms", webhooks.sms, methods=["POST"]),
    Route("/webhooks/twilio/status", webhooks.status, methods=["POST"]),
]
"""Pages for everybody; the last of them prove themselves by their token."""

DESK: list[BaseRoute] = [
    Route("/desk/log-in", desk_session.form, name="log_in"),
    Route("/desk/log-in", desk_session.enter, methods=["POST"]),
    Route("/desk/log-out", desk_session.leave, methods=["POST"], name="log_out"),
    Route("/desk/language", desk_session.language, methods=["POST"], name="desk_language"),
    Route("/desk/", today.show, name="today"),
    Route("/desk/day-sheet", desk_day_sheet.show, name="day_sheet"),
    Route("/desk/week", desk_week.show, name="week"),
    Route("/desk/week/limits", desk_office_hours.limit, methods=["POST"]),
    Route("/desk/week/season", desk_office_hours.season, methods=["POST"]),
    Route("/desk/week/open-hours", desk_office_hours.open_hours, methods=["POST"]),
    Route("/desk/find", desk_search.show, name="find"),
    Route("/desk/find", desk_search.seek, methods=["POST"]),
    Route("/desk/reach", desk_reach.form, name="reach"),
    Route("/desk/reach", desk_reach.change, methods=["POST"]),
    Route("/desk/inbox", desk_inbox.show, name="inbox"),
    Route("/desk/inbox/automatic/{id:number}", desk_inbox.settle_automatic, methods=["POST"]),
    Route("/desk/counter", desk_counter.add, methods=["POST"]),
    Route("/desk/counter/{id:number}/take", desk_counter.take, methods=["POST"]),
    Route("/desk/counter/{id:number}/leave", desk_counter.leave, methods=["POST"]),
    Route("/desk/deputy", desk_deputy.show, name="deputy"),
    Route("/desk/deputy", desk_deputy.name, methods=["POST"]),
    Route("/desk/log", desk_log.form, name="log"),
    Route("/desk/log", desk_log.save, methods=["POST"]),
    Route("/desk/parked", desk_parked.park, methods=["POST"], name="park"),
    Route("/desk/parked/{id:number}/drop", desk_parked.drop, methods=["POST"]),
    Route("/desk/people/{id:number}", desk_person.show, name="person"),
    Route("/desk/people/{id:number}/export", desk_person.hand_out, methods=["POST"], name="export"),
    Route("/desk/people/{id:number}/silence", desk_person.silence, methods=["POST"]),
    Route("/desk/people/{id:number}/erase", desk_person.ask_erase, name="erase"),
    Route("/desk/people/{id:number}/erase", desk_person.erase, methods=["POST"]),
    Route("/desk/inquiries/{id:number}", desk_inquiry.show, name="desk_inquiry"),
    Route("/desk/inquiries/{id:number}/open", desk_closed.open_with_reason, methods=["POST"]),
    Route(
        "/desk/inquiries/{id:number}/answer",
        desk_answers.answer,
        methods=["POST"],
        max_body_size=desk_enclosures.HARD_LIMIT,
    ),
    Route(
        "/desk/inquiries/{id:number}/draft",
        desk_answers.draft,
        methods=["POST"],
        max_body_size=desk_enclosures.HARD_LIMIT,
    ),
    Route("/desk/inquiries/{id:number}/note", desk_answers.note, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/case-notes", desk_case_notes.show, name="case_notes"),
    Route("/desk/inquiries/{id:number}/case-notes", desk_case_notes.write, methods=["POST"]),
    Route(
        "/desk/inquiries/{id:number}/case-notes/{note:number}/remove",
        desk_case_notes.remove,
        methods=["POST"],
    ),
    Route("/desk/inquiries/{id:number}/summary", desk_summary.form, name="summary"),
    Route("/desk/inquiries/{id:number}/summary", desk_summary.write, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/summary/{writing:number}", desk_summary.paper, name="summary_paper"),
    Route("/desk/inquiries/{id:number}/assign", desk_matters.assign, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/participants", desk_participants.show, name="participants"),
    Route("/desk/inquiries/{id:number}/participants", desk_participants.add, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/participants/{n:number}", desk_participants.change, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/participants/{n:number}/write", desk_participants.letter),
    Route(
        "/desk/inquiries/{id:number}/participants/{n:number}/write",
        desk_participants.write,
        methods=["POST"],
    ),
    Route("/desk/inquiries/{id:number}/record", desk_matters.record, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/reopen", desk_matters.reopen, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/settle", desk_matters.settle, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/follow-up", desk_matters.follow_up, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/void", desk_matters.ask_void),
    Route("/desk/inquiries/{id:number}/void", desk_matters.void, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/merge", desk_merge.ask),
    Route("/desk/inquiries/{id:number}/merge", desk_merge.merge, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/split/{n:number}", desk_merge.ask_split),
    Route("/desk/inquiries/{id:number}/split/{n:number}", desk_merge.split, methods=["POST"]),
    Route("/desk/answers", desk_together.show, name="answer_together"),
    Route("/desk/answers", desk_together.answer, methods=["POST"]),
    Route("/desk/modules", desk_modules.show, name="modules"),
    Route("/desk/modules/new", desk_modules.new, name="new_module"),
    Route("/desk/modules/new", desk_modules.save, methods=["POST"]),
    Route("/desk/modules/{id:number}", desk_modules.edit, name="module"),
    Route("/desk/modules/{id:number}", desk_modules.save, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/refer", desk_referring.form, name="refer"),
    Route("/desk/inquiries/{id:number}/refer", desk_referring.refer, methods=["POST"]),
    Route("/desk/inquiries/{id:number}/gap", desk_referring.note_gap, methods=["POST"]),
    Route(
        "/desk/inquiries/{id:number}/referrals/{n:number}/withdraw", desk_referring.withdraw, methods=["POST"]
    ),
    Route("/desk/partners", desk_partners.show, name="partners"),
    Route("/desk/partners", desk_partners.add, methods=["POST"]),
    Route("/desk/partners.csv", desk_partner_import.hand_out),
    Route("/desk/partners/new", desk_partners.new),
    Route("/desk/partners/import", desk_partner_import.form),
    Route("/desk/partners/import", desk_partner_import.take, methods=["POST"]),
    Route("/desk/partners/{id:number}", desk_partners.one, name="partner"),
    Route("/desk/partners/{id:number}", desk_partners.change, methods=["POST"]),
    Route("/desk/partners/{id:number}/checked", desk_partners.checked, methods=["POST"]),
    Route("/desk/topics", desk_topics.show, name="desk_topics"),
    Route("/desk/topics/{code}/{lang:language}", desk_topics.one, name="desk_topic"),
    Route("/desk/topics/{code}/{lang:language}", desk_topics.write, methods=["POST"]),
    Route("/desk/topics/{code}/{lang:language}/checked", desk_topics.checked, methods=["POST"]),
    Route("/desk/gaps", desk_gaps.show, name="gaps"),
    Route("/desk/mail/{id:number}", desk_mail.raw, name="desk_mail"),
    Route("/desk/mail/{id:number}/letter", desk_mail.show),
    Route("/desk/mail/{id:number}/html", desk_mail.html),
    Route("/desk/mail/{id:number}/part/{n:number}", desk_mail.part),
    Route("/desk/mail/{id:number}/take", desk_mail.take, methods=["POST"]),
    Route("/desk/uploads/{id:number}", desk_uploads.show, name="desk_upload"),
    Route("/desk/calendars", desk_calendars.add, methods=["POST"]),
    Route("/desk/calendars/{id:number}/remove", desk_calendars.remove, methods=["POST"]),
    Route("/desk/feeds", desk_feeds.show, name="feeds"),
    Route("/desk/feeds/own", desk_feeds.renew_own, methods=["POST"]),
    Route("/desk/feeds/places/{id:number}", desk_feeds.renew_house, methods=["POST"]),
    Route("/desk/audit", desk_looks.show, name="audit"),
    Route("/desk/cards", desk_cards.show, name="cards"),
    Route("/desk/change", desk_change.form, name="change"),
    Route("/desk/change", desk_change.change, methods=["POST"]),
    Route("/desk/changes/{id:number}", desk_changed.show, name="changed"),
    Route("/desk/changes/{id:number}/back", desk_changed.take_back, methods=["POST"]),
    Route("/desk/ill", desk_changed.who_is_ill, name="ill"),
    Route("/desk/ill", desk_changed.ill, methods=["POST"]),
    Route("/desk/cards/{kind}/{id:number}", desk_cards.settle, methods=["POST"], name="settle_card"),
    Route("/desk/appointments/{id:number}", desk_appointment.show, name="desk_appointment"),
    Route("/desk/appointments/{id:number}/slip", desk_slip.show, name="slip"),
    Route("/desk/appointments/{id:number}/attendance", desk_attendance.show, name="attendance"),
    Route("/desk/appointments/{id:number}/move", desk_appointment.choose_time, name="desk_times"),
    Route("/desk/appointments/{id:number}/move", desk_appointment.move, methods=["POST"]),
    Route(
        "/desk/appointments/{id:number}/cancel", desk_appointment.cancel, methods=["POST"], name="desk_cancel"
    ),
    Route("/desk/appointments/{id:number}/record", desk_appointment.record, methods=["POST"], name="record"),
    Route("/desk/appointments/{id:number}/{act}", desk_appointment.act, methods=["POST"], name="act"),
    Route("/desk/book", desk_booking.choose, name="desk_book"),
    Route("/desk/book", desk_booking.book, methods=["POST"]),
    Route("/desk/squeeze", desk_squeeze.form, name="squeeze"),
    Route("/desk/squeeze", desk_squeeze.book, methods=["POST"]),
    Route("/desk/sessions", desk_sessions.show, name="sessions"),
    Route("/desk/sessions", desk_sessions.plan, methods=["POST"]),
    Route("/desk/sessions/{id:number}", desk_seats.show, name="session"),
    Route("/desk/sessions/{id:number}/seats", desk_seats.book, methods=["POST"]),
    Route("/desk/sessions/{id:number}/call-off", desk_seats.ask_call_off, name="call_off"),
    Route("/desk/sessions/{id:number}/call-off", desk_seats.call_off, methods=["POST"]),
    Route("/desk/password", desk_password.form, name="password"),
    Route("/desk/password", desk_password.choose, methods=["POST"]),
    Route("/desk/office", running.show, name="running"),
    Route("/desk/office/services", running_services.show),
    Route("/desk/office/services/{code}", running_services.form),
    Route("/desk/office/services/{code}", running_services.save, methods=["POST"]),
    Route("/desk/office/places", running_places.show),
    Route("/desk/office/places/{code}", running_places.form),
    Route("/desk/office/places/{code}", running_places.save, methods=["POST"]),
    Route("/desk/office/rooms/{code}", running_rooms.form),
    Route("/desk/office/rooms/{code}", running_rooms.save, methods=["POST"]),
    Route("/desk/office/closing", running_closing.show),
    Route("/desk/office/closing", running_closing.reopen, methods=["POST"]),
    Route("/desk/office/catalogues", running_catalogues.show),
    Route("/desk/office/catalogues/{catalogue}", running_catalogues.entries),
    Route("/desk/office/catalogues/{catalogue}", running_catalogues.change, methods=["POST"]),
    Route("/desk/office/staff", running_team.show),
    Route("/desk/office/staff", running_team_import.take, methods=["POST"]),
    Route("/desk/office/staff/{code}", running_team.form),
    Route("/desk/office/staff/{code}", running_team.save, methods=["POST"]),
    Route("/desk/office/staff/{code}/password", running_team.start_password, methods=["POST"]),
    Route("/desk/office/interpreters", running_interpreters.show),
    Route("/desk/office/interpreters/{code}", running_interpreters.form),
    Route("/desk/office/interpreters/{code}", running_interpreters.save, methods=["POST"]),
    Route("/desk/office/texts", running_texts.form),
    Route("/desk/office/texts", running_texts.save, methods=["POST"]),
    Route("/desk/figures", desk_figures.show, name="figures"),
    Route("/desk/figures.csv", desk_figures.csv, name="figures_csv"),
]

API: list[BaseRoute] = [
    Route("/api/v1/openapi.json", openapi.show, name="openapi"),
    Route("/api/v1/services", services.show),
    Route("/api/v1/slots", slots.show),
    Route("/api/v1/appointments", api_appointments.book, methods=["POST"]),
    Route("/api/v1/appointments/{token}", api_appointments.show),
    Route("/api/v1/appointments/{token}/move", api_appointments.move, methods=["POST"]),
    Route("/api/v1/appointments/{token}/cancel", api_appointments.cancel, methods=["POST"]),
    Route("/api/v1/inquiries", api_inquiries.ask, methods=["POST"]),
    Route("/api/v1/statistics", statistics.show),
]
"""For programs with a key; described by `channels.web.api.openapi`."""

OPERATIONS: list[BaseRoute] = [
    Route("/healthz", operations.alive),
    Route("/readyz", operations.ready),
    Route("/metrics", operations.show_metrics),
    Route("/robots.txt", operations.robots),
]

DEMO: list[BaseRoute] = [
    Route("/demo/phone", phone.show, name="phone"),
    Route("/demo/phone", phone.send, methods=["POST"]),
    Route("/demo/mailbox", mailbox.mailbox, name="mailbox"),
    Route("/demo/mailbox/write", mailbox.write, name="write_mail"),
    Route("/demo/mailbox/write", mailbox.send, methods=["POST"]),
    Route("/demo/mailbox/{name}", mailbox.mail, name="mail"),
    Route("/demo/mailbox/{name}/reply", mailbox.reply, name="reply_to_mail"),
    Route("/demo/mailbox/{name}/answer", mailbox.respond, methods=["POST"], name="answer_invitation"),
    Route("/demo/mailbox/{name}/{part:number}", mailbox.part, name="mail_part"),
]

WITHOUT_LOG_IN = {"/desk/log-in", "/desk/log-out", "/desk/language"}
"""The desk routes that cannot ask for a role."""


def routes(settings: Settings, surface: Surface) -> list[BaseRoute]:
    """What this process answers: everything, or one surface with its own listener."""
    chosen = {
        "all": API
        + PUBLIC
        + DESK,  # looked through from the first: programs ask often, and few routes are theirs
        "public": PUBLIC,
        "desk": DESK,
        "api": API,
    }[surface]
    return OPERATIONS + chosen + (DEMO if settings.demo else [])


def build(
    settings: Settings, databases: AbstractAsyncContextManager[Any], *, surface: Surface = "all"
) -> Any:
    """The ASGI application; `databases` is open while it serves."""
    app = Starlette(
        routes=routes(settings, surface),
        middleware=[Middleware(metrics.Requests)],
        exception_handlers=failures.HANDLERS,
        lifespan=lambda _app: databases,
        max_body_size=MAX_BODY,
    )
    limited = problems.BodyLimit(app, MAX_BODY)
    static = ServeStaticASGI(limited, root=str(pages.STATIC), prefix="/static/", immutable_file_test=_hashed)
    return SecurityHeaders(
        static, tls=settings.origin.startswith("https://")
    )  # outermost: also around our own faults


def _hashed(path: str, url: str) -> bool:
    """Every asset but the manifest has its content in its name."""
    return not url.endswith("manifest.json")
