"""What a booking verb may answer; each is a fact the person is told in their language."""

from __future__ import annotations

from office.errors import NotFound, Refused


class SlotTaken(Refused):
    """This time was just taken."""


class NotOffered(Refused):
    """This time is not offered."""


class HoldExpired(Refused):
    """The time was kept for you, but not long enough; choose again."""


class TooManyAppointments(Refused):
    """There are already as many appointments as one address may have."""


class TooLate(Refused):
    """This can no longer be changed here; please call."""


class NoSuchService(NotFound):
    """This cannot be booked."""
