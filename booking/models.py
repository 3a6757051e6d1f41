"""Services, working hours, absences, holds, appointments, and the claims that forbid double booking."""

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


class Status(StrEnum):
    """Past facts, who and why are columns of their own."""

    BOOKED = "booked"
    ATTENDED = "attended"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class Service(Model):
    """What can be booked; texts per language: {"de": …, "en": …, "ar": …}. All lengths in minutes."""

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

    class Meta:
        table = "service"


class Offering(Model):
    """This counsellor gives this service."""

    id = fields.IntField(primary_key=True)
    service: Any = fields.ForeignKeyField(
        "booking.Service", related_name="offerings", on_delete=fields.CASCADE
    )
    service_id: int
    staff: Any = fields.ForeignKeyField("office.Staff", related_name="offerings", on_delete=fields.CASCADE)
    staff_id: int

    class Meta:
        table = "offering"
        unique_together = (("service", "staff"),)


class WorkingHours(Model):
    """A weekly wall-clock rule, minutes after local midnight, `services` empty means every service."""

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


class Hold(Model):
    """A slot set aside for somebody filling in the form, after `expires_at` whoever comes may take it."""

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

    class Meta:
        table = "hold"
        indexes = (("staff_id", "claimed_until"),)


class Appointment(Model):
    """A talk that was agreed, `revision` rises with every change of time, place or mode and is its SEQUENCE.

    `participation` is what their calendar answered (PARTSTAT, RFC 5545 §3.2.12, in lower case), empty if nothing.
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

    class Meta:
        table = "appointment"
        indexes = (("staff_id", "claimed_until"),)


class Claim(Model):
    """Five minutes of one counsellor, owned by one hold or appointment, unique, and that is the guarantee."""

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

    class Meta:
        table = "claim"
        unique_together = (("staff", "cell"),)


class Booker(Model):
    """One row per address that books, so that "at most N" has something to lock; a keyed hash, no address."""

    fingerprint = fields.CharField(max_length=32, primary_key=True)

    class Meta:
        table = "booker"
