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
WAITING = Personal("to offer a time that becomes free", timedelta(days=30), "the end of waiting")
CONFIRMING = Personal("to be sure the address is theirs", timedelta(days=1), "the confirmation")
CALLING = Personal("to call who asked for it or cannot be told otherwise", timedelta(days=90), "the call")
ASKING = Personal(
    "to find somebody who interprets", timedelta(days=90), "with the inquiry the appointment belongs to"
)
INTERPRETER = Personal("to ask who interprets, and to pay them", timedelta(days=365), "the last request")
ELSEWHERE = Personal("to offer no time at which somebody is busy elsewhere", timedelta(days=7), "its end")
SOURCE = Personal("to read busy time from a counsellor's own calendar", timedelta(days=1), "its removal")
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
    "Offering.modes": WORK,
    **{
        f"Appointment.{column}": MEETING
        for column in (
            "follow_up",
            "override",
            "seats",
            "session_id",
            "room_id",
            "interpretation",
            "interpreter_id",
        )
    },
    **{
        f"Hold.{column}": HOLDING
        for column in ("follow_up", "seats", "session_id", "interpreter_id", "waiting_id", "appointment_id")
    },
    **{
        f"AbsenceSeries.{column}": WORK
        for column in (
            "staff_id",
            "weekday",
            "starts_minute",
            "ends_minute",
            "weeks",
            "reason",
            "valid_from",
            "valid_to",
        )
    },
    **{
        f"Waiting.{column}": WAITING
        for column in (
            "person_id",
            "inquiry_id",
            "service_id",
            "booker",
            "children",
            "mode",
            "language",
            "interpreter_wanted",
            "weekdays",
            "from_minute",
            "to_minute",
            "district",
            "state",
            "offers",
            "since",
            "until",
            "offered_at",
        )
    },
    **{
        f"Confirmation.{column}": CONFIRMING
        for column in (
            "hold_id",
            "person_id",
            "key",
            "way",
            "details",
            "asked_at",
            "confirmed_at",
        )
    },
    **{
        f"CallBack.{column}": CALLING
        for column in (
            "person_id",
            "inquiry_id",
            "appointment_id",
            "hold_id",
            "reason",
            "service",
            "day",
            "from_minute",
            "to_minute",
            "created_at",
            "done_at",
            "done_by",
        )
    },
    **{
        f"Interpreter.{column}": INTERPRETER
        for column in ("code", "name", "languages", "email", "phone", "notice_days")
    },
    **{
        f"InterpreterRequest.{column}": ASKING
        for column in (
            "appointment_id",
            "interpreter_id",
            "language",
            "starts_at",
            "ends_at",
            "state",
            "asked_at",
            "answered_at",
        )
    },
    **{f"BusySource.{column}": SOURCE for column in ("staff_id", "kind", "address")},
    **{f"BusyTime.{column}": ELSEWHERE for column in ("staff_id", "starts_at", "ends_at")},
    **{f"Session.{column}": WORK for column in ("staff_id", "starts_at", "ends_at", "claimed_until")},
    **{f"Disruption.{column}": WORK for column in ("kind", "staff_id", "absence_id", "at", "by")},
    **{f"Touched.{column}": MEETING for column in ("appointment_id", "choice", "from_staff")},
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
                "descriptions",
                "follow_up_minutes",
                "places",
                "change_minutes",
                "week_percent",
                "group",
            )
        ),
        *(
            f"Hold.{column}"
            for column in (
                "id",
                "staff_id",
                "place",
                "claimed_until",
                "expires_at",
                "extended",
                "kind",
                "room_id",
            )
        ),
        *(
            f"Claim.{column}"
            for column in ("id", "staff_id", "cell", "hold_id", "appointment_id", "session_id")
        ),
        *(
            f"{claim}.{column}"
            for claim in ("RoomClaim", "InterpreterClaim", "SeatClaim")
            for column in ("id", "hold_id", "appointment_id", "session_id")
            if (claim, column) != ("InterpreterClaim", "session_id")
        ),
        *("RoomClaim.room_id", "RoomClaim.cell", "InterpreterClaim.interpreter_id", "InterpreterClaim.cell"),
        "SeatClaim.number",
        *(f"Room.{column}" for column in ("id", "place", "code", "name", "active", "position")),
        *(f"Interpreter.{column}" for column in ("id", "kind", "active")),
        *(f"InterpreterRequest.{column}" for column in ("id", "revision", "generation")),
        *(
            f"Session.{column}"
            for column in (
                "id",
                "service_id",
                "room_id",
                "place",
                "mode",
                "language",
                "seats",
                "cancelled_at",
            )
        ),
        *("Waiting.id", "Waiting.generation", "CallBack.id", "CallBack.key", "AbsenceSeries.id"),
        *(f"Confirmation.{column}" for column in ("id", "tries", "generation", "expires_at")),
        *(
            f"BusySource.{column}"
            for column in ("id", "active", "etag", "tried_at", "read_at", "failing_since", "problem")
        ),
        *("BusyTime.id", "BusyTime.source_id", "Disruption.id", "Disruption.undone_at"),
        *("Touched.id", "Touched.disruption_id", "Touched.revision"),
        *(f"Appointment.{column}" for column in ("generation", "revision")),
        *("Offering.id", "Offering.service_id", "WorkingHours.id", "WorkingHours.services", "Absence.id"),
        *("WorkingHours.season_id", "WorkingHours.exclusive", "WorkingHours.kept_percent"),
    }
)
