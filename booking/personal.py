"""The personal columns of this room: who meets whom, when; and when counsellors work or are away."""

from __future__ import annotations

from datetime import timedelta

from office.personal import Personal

MEETING = Personal(
    "to agree on a time and to be there, and to know later that we met",
    timedelta(days=90),
    "with the inquiry it belongs to",
)
HOLDING = Personal("to keep a time while the form is filled in", timedelta(minutes=30), "the hold")
LIMIT = Personal(
    "to keep the number of open appointments per address fair", timedelta(days=14), "the last appointment"
)
WORK = Personal("to offer only times when somebody is there", timedelta(days=365), "end of validity")

PERSONAL: dict[str, Personal] = {
    **{
        f"Appointment.{column}": MEETING
        for column in (
            "id",
            "key",
            "code",
            "uid",
            "staff_id",
            "inquiry_id",
            "person_id",
            "service_id",
            "place",
            "mode",
            "language",
            "children",
            "starts_at",
            "ends_at",
            "claimed_until",
            "status",
            "calendar_wanted",
            "booked_at",
            "booked_by",
            "channel",
            "changed_at",
            "arrived_at",
            "cancelled_at",
            "cancelled_by",
            "cancel_reason",
            "times_moved",
            "participation",
            "count_key",
        )
    },
    "Appointment.booker": LIMIT,
    "Booker.fingerprint": LIMIT,
    **{
        f"Hold.{column}": HOLDING
        for column in ("key", "service_id", "mode", "language", "children", "starts_at", "ends_at")
    },
    **{
        f"WorkingHours.{column}": WORK
        for column in (
            "staff_id",
            "weekday",
            "starts_minute",
            "ends_minute",
            "weeks",
            "valid_from",
            "valid_to",
            "place",
        )
    },
    **{f"Absence.{column}": WORK for column in ("staff_id", "starts_at", "ends_at", "reason")},
    "Offering.staff_id": WORK,
}

PLAIN: frozenset[str] = frozenset(
    {
        *(
            f"Service.{column}"
            for column in (
                "id",
                "code",
                "titles",
                "bring",
                "minutes",
                "minutes_per_child",
                "buffer_minutes",
                "step_minutes",
                "modes",
                "notice_minutes",
                "horizon_days",
                "per_person",
                "topic",
                "audience",
                "active",
                "position",
            )
        ),
        *(
            f"Hold.{column}"
            for column in ("id", "staff_id", "place", "claimed_until", "expires_at", "extended")
        ),
        *(f"Claim.{column}" for column in ("id", "staff_id", "cell", "hold_id", "appointment_id")),
        *(f"Appointment.{column}" for column in ("generation", "revision")),
        *("Offering.id", "Offering.service_id", "WorkingHours.id", "WorkingHours.services", "Absence.id"),
    }
)
