"""Whose inquiries somebody looks after today: their own, and those of colleagues they stand in for who are away."""

from __future__ import annotations

from datetime import date

from booking import absences
from channels.web import log_in
from channels.web.desk import page
from inquiries.models import Inquiry
from office import staff
from office.models import Staff


async def stands_in_for(member: Staff, day: date) -> set[int]:
    """The colleagues whose deputy they are and who are away on this day, by id."""
    theirs = await staff.deputies_for(member.id)
    return theirs & await absences.staff_away(*page.bounds(day)) if theirs else set()


async def follow_ups(member: Staff, day: date) -> list[Inquiry]:
    """What they wanted to look at again by this day, with its person; nothing for who may not know what it is about."""
    if member.role not in log_in.SEES_TOPICS:
        return []
    whose = {member.id, *await stands_in_for(member, day)}
    due = Inquiry.filter(follow_up_on__lte=day, closed_at=None, void=False, assigned_id__in=whose)
    return await due.order_by("follow_up_on", "id").prefetch_related("person", "assigned")
