"""What is offered, held, booked and waited for, and the claims that forbid double booking."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.models import Model

from inquiries.models import count_key


class Mode(StrEnum):
    """How we meet."""

    OFFICE = "office"
    PHONE = "phone"
    VIDEO = "video"
    VISITING = "visiting"


class Status(StrEnum):
    """Past facts, who and why are columns of their own."""

    BOOKED = "booked"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class HoldKind(StrEnum):
    """What a hold waits for: a form, a confirmed address, a family's yes to an offer, our call."""

    FORM = "form"
    CONFIRMING = "confirming"
    OFFER = "offer"
    CALL_BACK = "call_back"


class Interpretation(StrEnum):
    """How far the search for an interpreter has come, `NONE` means nobody asked for one."""

    NONE = "none"
    ASKED = "asked"
    CONFIRMED = "confirmed"
    BY_PHONE = "by_phone"
    MISSING = "missing"


class Service(Model):
    """What can be booked; texts per language: {"de": …, "en": …, "ar": …}. All lengths in minutes.

    `places` empty means wherever the counsellor works; `group` services are booked as seats in sessions.
    Until `change_minutes` before it begins, people may move or cancel by their link. `week_percent` of the
    hours is released only a week ahead, so that a near date is always to be had.
    """

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=32, unique=True)
    titles: Any = fields.JSONField(default=dict)
    bring: Any = fields.JSONField(default=dict)
    minutes = fields.IntField()
    minutes_per_child = fields.IntField(default=0)
    buffer_minutes = fields.IntField(default=15)
    step_minutes = fields.IntField(default=15)
    modes: Any = fields.JSONField(default=list)
    notice_minutes = fields.IntField(default=24 * 60)
    horizon_days = fields.IntField(default=28)
    per_person = fields.IntField(default=2)
    topic = fields.CharField(max_length=48, default="unknown")
    audience = fields.CharField(max_length=48, default="unknown")
    active = fields.BooleanField(default=True)
    position = fields.IntField(default=0)
    descriptions: Any = fields.JSONField(default=dict, db_default={})
    follow_up_minutes = fields.IntField(null=True)
    places: Any = fields.JSONField(default=list, db_default=[])
    change_minutes = fields.IntField(default=0, db_default=0)
    week_percent = fields.IntField(default=0, db_default=0)
    group = fields.BooleanField(default=False, db_default=False)

    class Meta:
        table = "service"


class Offering(Model):
    """This counsellor gives this service, in these `modes` (empty: in all it has)."""

    id = fields.IntField(primary_key=True)
    service: Any = fields.ForeignKeyField(
        "booking.Service", related_name="offerings", on_delete=fields.CASCADE
    )
    service_id: int
    staff: Any = fields.ForeignKeyField("office.Staff", related_name="offerings", on_delete=fields.CASCADE)
    staff_id: int
    modes: Any = fields.JSONField(default=list, db_default=[])

    class Meta:
        table = "offering"
        unique_together = (("service", "staff"),)


class WorkingHours(Model):
    """A weekly wall-clock rule, minutes after local midnight, `services` empty means every service.

    One day only is an exception: `valid_from` and `valid_to` are that day. Of a `season`, it holds in its days
    only; `exclusive`, it takes the place of whatever other hours lie in its time. `kept_percent` of it is kept
    for the phone and the counter.
    """

    id = fields.IntField(primary_key=True)
    staff: Any = fields.ForeignKeyField(
        "office.Staff", related_name="working_hours", on_delete=fields.CASCADE
    )
    staff_id: int
    weekday = fields.IntField()
    starts_minute = fields.IntField()
    ends_minute = fields.IntField()
    weeks = fields.CharField(max_length=8, default="every")
    place = fields.CharField(max_length=32)
    services: Any = fields.JSONField(default=list)
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)
    season: Any = fields.ForeignKeyField(
        "office.Season", related_name="working_hours", null=True, on_delete=fields.CASCADE
    )
    season_id: int | None
    exclusive = fields.BooleanField(default=False, db_default=False)
    kept_percent = fields.IntField(default=0, db_default=0)

    class Meta:
        table = "working_hours"


class Absence(Model):
    """A stretch of time in which a counsellor meets nobody."""

    id = fields.IntField(primary_key=True)
    staff: Any = fields.ForeignKeyField("office.Staff", related_name="absences", on_delete=fields.CASCADE)
    staff_id: int
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    reason = fields.CharField(max_length=32, default="absent")

    class Meta:
        table = "absence"
        indexes = (("staff_id", "ends_at"),)


class AbsenceSeries(Model):
    """A counsellor is away every week (or every odd or even one) at this time. Wall clock, like working hours."""

    id = fields.IntField(primary_key=True)
    staff: Any = fields.ForeignKeyField(
        "office.Staff", related_name="absence_series", on_delete=fields.CASCADE
    )
    staff_id: int
    weekday = fields.IntField()
    starts_minute = fields.IntField()
    ends_minute = fields.IntField()
    weeks = fields.CharField(max_length=8, default="every")
    reason = fields.CharField(max_length=32, default="absent")
    valid_from = fields.DateField()
    valid_to = fields.DateField(null=True)

    class Meta:
        table = "absence_series"


class SourceKind(StrEnum):
    """How a counsellor's own calendar is asked."""

    ICS = "ics"
    GRAPH = "graph"


class BusySource(Model):
    """A calendar elsewhere whose busy time counts here; what was read last stays when it cannot be reached.

    `address` is secret: for `ics` the address of the file, for `graph` the mailbox to ask for.
    """

    id = fields.IntField(primary_key=True)
    staff: Any = fields.ForeignKeyField("office.Staff", related_name="busy_sources", on_delete=fields.CASCADE)
    staff_id: int
    kind = fields.CharEnumField(SourceKind, max_length=8)
    address = fields.CharField(max_length=1000)
    active = fields.BooleanField(default=True)
    etag = fields.CharField(max_length=200, default="")
    tried_at = fields.DatetimeField(null=True)
    read_at = fields.DatetimeField(null=True)
    failing_since = fields.DatetimeField(null=True)
    problem = fields.CharField(max_length=48, default="")

    class Meta:
        table = "busy_source"


class BusyTime(Model):
    """A stretch of time in which a counsellor is busy elsewhere; nothing is known of why."""

    id = fields.BigIntField(primary_key=True)
    source: Any = fields.ForeignKeyField("booking.BusySource", related_name="times", on_delete=fields.CASCADE)
    source_id: int
    staff: Any = fields.ForeignKeyField("office.Staff", related_name="busy_times", on_delete=fields.CASCADE)
    staff_id: int
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()

    class Meta:
        table = "busy_time"
        indexes = (("staff_id", "ends_at"),)


class Room(Model):
    """A room of a place that has few; where a place has none of these, there is always room."""

    id = fields.IntField(primary_key=True)
    place = fields.CharField(max_length=32)
    code = fields.CharField(max_length=32, unique=True)
    name = fields.CharField(max_length=100)
    active = fields.BooleanField(default=True)
    position = fields.IntField(default=0)

    class Meta:
        table = "room"


class InterpreterKind(StrEnum):
    """Somebody who comes, and has to be asked; or a service by phone, which is always there."""

    PERSON = "person"
    PHONE = "phone"


class Interpreter(Model):
    """Somebody who interprets, asked `notice_days` working days ahead or more."""

    id = fields.IntField(primary_key=True)
    code = fields.CharField(max_length=16, unique=True)
    name = fields.CharField(max_length=200)
    kind = fields.CharEnumField(InterpreterKind, max_length=8, default=InterpreterKind.PERSON)
    languages: Any = fields.JSONField(default=list)
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=32, default="")
    notice_days = fields.IntField(default=3)
    active = fields.BooleanField(default=True)

    class Meta:
        table = "interpreter"


class Session(Model):
    """A group evening: one counsellor, so many `seats`, each booked like an appointment of its own."""

    id = fields.IntField(primary_key=True)
    service: Any = fields.ForeignKeyField(
        "booking.Service", related_name="sessions", on_delete=fields.RESTRICT
    )
    service_id: int
    staff: Any = fields.ForeignKeyField("office.Staff", related_name="sessions", on_delete=fields.RESTRICT)
    staff_id: int
    room: Any = fields.ForeignKeyField(
        "booking.Room", related_name="sessions", null=True, on_delete=fields.SET_NULL
    )
    room_id: int | None
    place = fields.CharField(max_length=32)
    mode = fields.CharEnumField(Mode, max_length=16, default=Mode.OFFICE)
    language = fields.CharField(max_length=8, default="de")
    seats = fields.IntField()
    starts_at = fields.DatetimeField(db_index=True)
    ends_at = fields.DatetimeField()
    claimed_until = fields.DatetimeField()
    cancelled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "session"
        indexes = (("staff_id", "claimed_until"),)


class WaitingState(StrEnum):
    """Past facts about a place on the waiting list."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    LEFT = "left"
    ENDED = "ended"


class Waiting(Model):
    """A family that waits for a time: what they want, and on which weekdays (empty: any) between which hours.

    `from_minute` and `to_minute` are wall clock. At most one offer stands at a time, `offers` counts them all.
    """

    id = fields.IntField(primary_key=True)
    person: Any = fields.ForeignKeyField("inquiries.Person", related_name="waiting", on_delete=fields.CASCADE)
    person_id: int
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="waiting", null=True, on_delete=fields.CASCADE
    )
    inquiry_id: int | None
    service: Any = fields.ForeignKeyField("booking.Service", related_name="waiting", on_delete=fields.CASCADE)
    service_id: int
    booker = fields.CharField(max_length=32, default="", db_index=True)
    children = fields.IntField(default=1)
    mode = fields.CharEnumField(Mode, max_length=16)
    language = fields.CharField(max_length=8, default="")
    interpreter_wanted = fields.BooleanField(default=False)
    weekdays: Any = fields.JSONField(default=list)
    from_minute = fields.IntField(default=0)
    to_minute = fields.IntField(default=24 * 60)
    district = fields.CharField(max_length=48, default="unknown")
    generation = fields.IntField(default=0)
    state = fields.CharEnumField(WaitingState, max_length=16, default=WaitingState.WAITING, db_index=True)
    offers = fields.IntField(default=0)
    since = fields.DatetimeField()
    until = fields.DatetimeField()
    offered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "waiting"


class Hold(Model):
    """A slot set aside for somebody, after `expires_at` whoever comes may take it; `kind` says what it waits for.

    An offer is for one family: one on the waiting list, or one whose `appointment` we had to cancel.
    """

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=64, unique=True)
    service: Any = fields.ForeignKeyField("booking.Service", related_name="holds", on_delete=fields.CASCADE)
    service_id: int
    staff: Any = fields.ForeignKeyField("office.Staff", related_name="holds", on_delete=fields.CASCADE)
    staff_id: int
    place = fields.CharField(max_length=32)
    mode = fields.CharEnumField(Mode, max_length=16)
    language = fields.CharField(max_length=8, default="")
    children = fields.IntField(default=1)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    claimed_until = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    extended = fields.IntField(default=0)
    kind = fields.CharEnumField(HoldKind, max_length=16, default=HoldKind.FORM, db_default="form")
    follow_up = fields.BooleanField(default=False, db_default=False)
    seats = fields.IntField(default=1, db_default=1)
    session: Any = fields.ForeignKeyField(
        "booking.Session", related_name="holds", null=True, on_delete=fields.CASCADE
    )
    session_id: int | None
    room: Any = fields.ForeignKeyField(
        "booking.Room", related_name="holds", null=True, on_delete=fields.CASCADE
    )
    room_id: int | None
    interpreter: Any = fields.ForeignKeyField(
        "booking.Interpreter", related_name="holds", null=True, on_delete=fields.CASCADE
    )
    interpreter_id: int | None
    waiting: Any = fields.ForeignKeyField(
        "booking.Waiting", related_name="holds", null=True, on_delete=fields.CASCADE
    )
    waiting_id: int | None
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="offers", null=True, on_delete=fields.CASCADE
    )
    appointment_id: int | None

    class Meta:
        table = "hold"
        indexes = (("staff_id", "claimed_until"),)


class Appointment(Model):
    """A talk that was agreed, `revision` rises with every change of time, place or mode and is its SEQUENCE.

    In a `session` it owns `seats`, else the counsellor's cells. `override` is the reason, in a few words of the
    desk, for which notice, hours, limits or buffers did not count. `participation` is what their calendar
    answered (PARTSTAT, RFC 5545 §3.2.12, in lower case), empty if nothing.
    """

    id = fields.IntField(primary_key=True)
    key = fields.CharField(max_length=64, unique=True)
    code = fields.CharField(max_length=8, unique=True)
    uid = fields.CharField(max_length=200)
    generation = fields.IntField(default=0)
    revision = fields.IntField(default=0)
    service: Any = fields.ForeignKeyField(
        "booking.Service", related_name="appointments", on_delete=fields.RESTRICT
    )
    service_id: int
    staff: Any = fields.ForeignKeyField(
        "office.Staff", related_name="appointments", on_delete=fields.RESTRICT
    )
    staff_id: int
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="appointments", on_delete=fields.CASCADE
    )
    inquiry_id: int
    person: Any = fields.ForeignKeyField(
        "inquiries.Person", related_name="appointments", on_delete=fields.CASCADE
    )
    person_id: int
    booker = fields.CharField(max_length=32, default="", db_index=True)
    place = fields.CharField(max_length=32)
    mode = fields.CharEnumField(Mode, max_length=16)
    language = fields.CharField(max_length=8, default="de")
    children = fields.IntField(default=1)
    starts_at = fields.DatetimeField(db_index=True)
    ends_at = fields.DatetimeField()
    claimed_until = fields.DatetimeField()
    status = fields.CharEnumField(Status, max_length=16, default=Status.BOOKED)
    calendar_wanted = fields.BooleanField(default=False)
    booked_at = fields.DatetimeField()
    booked_by = fields.CharField(max_length=48)
    channel = fields.CharField(max_length=48)
    changed_at = fields.DatetimeField()
    arrived_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)
    cancelled_by = fields.CharField(max_length=48, default="")
    cancel_reason = fields.CharField(max_length=48, default="")
    times_moved = fields.IntField(default=0)
    participation = fields.CharField(max_length=16, default="", db_default="")
    count_key = fields.CharField(max_length=32, default=count_key)
    follow_up = fields.BooleanField(default=False, db_default=False)
    override = fields.CharField(max_length=200, default="", db_default="")
    seats = fields.IntField(default=1, db_default=1)
    session: Any = fields.ForeignKeyField(
        "booking.Session", related_name="appointments", null=True, on_delete=fields.RESTRICT
    )
    session_id: int | None
    room: Any = fields.ForeignKeyField(
        "booking.Room", related_name="appointments", null=True, on_delete=fields.RESTRICT
    )
    room_id: int | None
    interpretation = fields.CharEnumField(
        Interpretation, max_length=16, default=Interpretation.NONE, db_default="none"
    )
    interpreter: Any = fields.ForeignKeyField(
        "booking.Interpreter", related_name="appointments", null=True, on_delete=fields.RESTRICT
    )
    interpreter_id: int | None

    class Meta:
        table = "appointment"
        indexes = (("staff_id", "claimed_until"),)


class Claim(Model):
    """Five minutes of one counsellor, owned by one hold, appointment or session, unique: that is the guarantee."""

    id = fields.BigIntField(primary_key=True)
    staff: Any = fields.ForeignKeyField("office.Staff", related_name="claims", on_delete=fields.CASCADE)
    staff_id: int
    cell = fields.IntField()
    hold: Any = fields.ForeignKeyField(
        "booking.Hold", related_name="claims", null=True, on_delete=fields.CASCADE
    )
    hold_id: int | None
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="claims", null=True, on_delete=fields.CASCADE
    )
    appointment_id: int | None
    session: Any = fields.ForeignKeyField(
        "booking.Session", related_name="claims", null=True, on_delete=fields.CASCADE
    )
    session_id: int | None

    class Meta:
        table = "claim"
        unique_together = (("staff", "cell"),)


class RoomClaim(Model):
    """Five minutes of one room, owned like a counsellor's."""

    id = fields.BigIntField(primary_key=True)
    room: Any = fields.ForeignKeyField("booking.Room", related_name="claims", on_delete=fields.CASCADE)
    room_id: int
    cell = fields.IntField()
    hold: Any = fields.ForeignKeyField(
        "booking.Hold", related_name="room_claims", null=True, on_delete=fields.CASCADE
    )
    hold_id: int | None
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="room_claims", null=True, on_delete=fields.CASCADE
    )
    appointment_id: int | None
    session: Any = fields.ForeignKeyField(
        "booking.Session", related_name="room_claims", null=True, on_delete=fields.CASCADE
    )
    session_id: int | None

    class Meta:
        table = "room_claim"
        unique_together = (("room", "cell"),)


class InterpreterClaim(Model):
    """Five minutes of one interpreter, owned like a counsellor's."""

    id = fields.BigIntField(primary_key=True)
    interpreter: Any = fields.ForeignKeyField(
        "booking.Interpreter", related_name="claims", on_delete=fields.CASCADE
    )
    interpreter_id: int
    cell = fields.IntField()
    hold: Any = fields.ForeignKeyField(
        "booking.Hold", related_name="interpreter_claims", null=True, on_delete=fields.CASCADE
    )
    hold_id: int | None
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="interpreter_claims", null=True, on_delete=fields.CASCADE
    )
    appointment_id: int | None

    class Meta:
        table = "interpreter_claim"
        unique_together = (("interpreter", "cell"),)


class SeatClaim(Model):
    """One seat of a session, numbered from 1, owned by a hold or an appointment, unique like the cells."""

    id = fields.BigIntField(primary_key=True)
    session: Any = fields.ForeignKeyField(
        "booking.Session", related_name="seat_claims", on_delete=fields.CASCADE
    )
    session_id: int
    number = fields.IntField()
    hold: Any = fields.ForeignKeyField(
        "booking.Hold", related_name="seat_claims", null=True, on_delete=fields.CASCADE
    )
    hold_id: int | None
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="seat_claims", null=True, on_delete=fields.CASCADE
    )
    appointment_id: int | None

    class Meta:
        table = "seat_claim"
        unique_together = (("session", "number"),)


class RequestState(StrEnum):
    """Past facts about one request to one interpreter."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SILENT = "silent"
    WITHDRAWN = "withdrawn"


class InterpreterRequest(Model):
    """We asked one interpreter for one time of an appointment; a moved appointment asks anew."""

    id = fields.IntField(primary_key=True)
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="requests", on_delete=fields.CASCADE
    )
    appointment_id: int
    interpreter: Any = fields.ForeignKeyField(
        "booking.Interpreter", related_name="requests", on_delete=fields.CASCADE
    )
    interpreter_id: int
    revision = fields.IntField()
    language = fields.CharField(max_length=8)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    state = fields.CharEnumField(RequestState, max_length=16, default=RequestState.ASKED)
    generation = fields.IntField(default=0)
    asked_at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "interpreter_request"
        unique_together = (("appointment", "interpreter", "revision"),)


class Confirmation(Model):
    """A booking that waits for its address to be confirmed, by `way`; `generation` rises with every message.

    What else the booking needs (channel, district, audience, calendar) is in `details`, codes only.
    """

    id = fields.IntField(primary_key=True)
    hold: Any = fields.OneToOneField(
        "booking.Hold", related_name="confirmation", null=True, on_delete=fields.SET_NULL
    )
    hold_id: int | None
    person: Any = fields.ForeignKeyField(
        "inquiries.Person", related_name="confirmations", on_delete=fields.CASCADE
    )
    person_id: int
    key = fields.CharField(max_length=64, unique=True)
    way = fields.CharField(max_length=8)
    details: Any = fields.JSONField(default=dict)
    tries = fields.IntField(default=0)
    generation = fields.IntField(default=0)
    asked_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    confirmed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "confirmation"


class CallBackReason(StrEnum):
    """Why we call."""

    ASKED = "asked"
    NOTHING_FREE = "nothing_free"
    UNCONFIRMED = "unconfirmed"
    CANCELLED = "cancelled"
    NO_INTERPRETER = "no_interpreter"


class CallBack(Model):
    """Somebody to call, a card at the desk until `done_at`; a `hold` is kept for them meanwhile.

    `day`, `from_minute` and `to_minute` are when they may be called, wall clock.
    """

    id = fields.IntField(primary_key=True)
    person: Any = fields.ForeignKeyField(
        "inquiries.Person", related_name="call_backs", on_delete=fields.CASCADE
    )
    person_id: int
    inquiry: Any = fields.ForeignKeyField(
        "inquiries.Inquiry", related_name="call_backs", null=True, on_delete=fields.CASCADE
    )
    inquiry_id: int | None
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="call_backs", null=True, on_delete=fields.CASCADE
    )
    appointment_id: int | None
    hold: Any = fields.ForeignKeyField(
        "booking.Hold", related_name="call_backs", null=True, on_delete=fields.SET_NULL
    )
    hold_id: int | None
    key = fields.CharField(max_length=64, unique=True)
    reason = fields.CharEnumField(CallBackReason, max_length=16)
    service = fields.CharField(max_length=32, default="")
    day = fields.DateField(null=True)
    from_minute = fields.IntField(null=True)
    to_minute = fields.IntField(null=True)
    created_at = fields.DatetimeField()
    done_at = fields.DatetimeField(null=True, db_index=True)
    done_by = fields.CharField(max_length=48, default="")

    class Meta:
        table = "call_back"


class Disruption(Model):
    """A change of hours that touched appointments: what was decided for each, so that it can be taken back.

    `kind` is "ill", "absence", "hours" or "closing"; `absence` is the one that was entered for it.
    """

    id = fields.IntField(primary_key=True)
    kind = fields.CharField(max_length=16)
    staff: Any = fields.ForeignKeyField(
        "office.Staff", related_name="disruptions", null=True, on_delete=fields.CASCADE
    )
    staff_id: int | None
    absence: Any = fields.ForeignKeyField(
        "booking.Absence", related_name="disruptions", null=True, on_delete=fields.SET_NULL
    )
    absence_id: int | None
    at = fields.DatetimeField()
    by = fields.CharField(max_length=48)
    undone_at = fields.DatetimeField(null=True)

    class Meta:
        table = "disruption"


class Choice(StrEnum):
    """What becomes of an appointment that a change of hours touches."""

    COLLEAGUE = "colleague"
    OFFER = "offer"
    KEEP = "keep"


class Touched(Model):
    """One appointment a disruption touched: what was chosen for it, and where it was before."""

    id = fields.IntField(primary_key=True)
    disruption: Any = fields.ForeignKeyField(
        "booking.Disruption", related_name="touched", on_delete=fields.CASCADE
    )
    disruption_id: int
    appointment: Any = fields.ForeignKeyField(
        "booking.Appointment", related_name="touched", on_delete=fields.CASCADE
    )
    appointment_id: int
    choice = fields.CharEnumField(Choice, max_length=16)
    from_staff = fields.IntField()
    revision = fields.IntField()

    class Meta:
        table = "touched"
        unique_together = (("disruption", "appointment"),)


class Booker(Model):
    """One row per address that books, so that "at most N" has something to lock; a keyed hash, no address."""

    fingerprint = fields.CharField(max_length=32, primary_key=True)

    class Meta:
        table = "booker"
