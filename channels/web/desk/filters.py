"""What somebody wants to see of the inbox: a state and up to four filters, all in the address.

Invariant: what a role may not know cannot be found out by filtering either.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from tortoise.expressions import Q

from channels.web import log_in
from channels.web.desk import choices
from inquiries import states
from inquiries.states import State
from office import catalogues, staff
from office.errors import NotFound
from office.models import Role, Staff

TO_DO, MINE, AUTOMATIC = "to_do", "mine", "automatic"
VIEWS = (TO_DO, MINE, *(state.value for state in State), AUTOMATIC)
WHOSE_IS_SAID = (MINE, State.NEW.value)
"""Views that say by themselves who looks after it."""
NOBODY = "nobody"
NARROWED = ("channel", "language", "topic", "assigned")
LONGEST = 48


@dataclass(frozen=True, slots=True)
class Filters:
    """One view, and what narrows it; empty means all."""

    view: str = TO_DO
    channel: str = ""
    language: str = ""
    topic: str = ""
    assigned: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str], role: Role) -> Filters:
        """From the address. Raises `NotFound` for a view there is not."""
        view = asked.get("view", TO_DO)
        if view not in VIEWS:
            raise NotFound
        said = {name: asked.get(name, "")[:LONGEST] for name in NARROWED}
        if role not in log_in.SEES_TOPICS:
            said["topic"] = ""
        if view in WHOSE_IS_SAID:
            said["assigned"] = ""
        return cls(view=view, **said)

    @property
    def narrowed(self) -> bool:
        """Is anything left out besides what the view leaves out?"""
        return any(getattr(self, name) for name in NARROWED)

    @property
    def tells(self) -> bool:
        """Would a row in this list say something of a case that is closed to who looks?"""
        return bool(self.channel or self.language or self.topic)

    def address(self, *, page: int = 1, **changed: str) -> str:
        """The inbox with these filters, some of them changed, and this page of it."""
        chosen: dict[str, Any] = {
            name: value for name, value in asdict(replace(self, **changed)).items() if value
        }
        if chosen["view"] == TO_DO:
            del chosen["view"]
        if page > 1:
            chosen["page"] = page
        return f"/desk/inbox?{urlencode(chosen)}" if chosen else "/desk/inbox"

    def everything(self) -> str:
        """The same view with nothing left out."""
        return Filters(view=self.view).address()


async def query(chosen: Filters, member: Staff, stands_in: set[int], today: date) -> Q:
    """What belongs into this list, for this member of staff who stands in for these colleagues today."""
    return _of_view(chosen.view, {member.id, *stands_in}, today) & await _narrowed(chosen, today)


def _of_view(view: str, whose: set[int], today: date) -> Q:
    if view == TO_DO:
        return states.to_do(today)
    if view == MINE:
        return states.to_do(today) & Q(assigned_id__in=whose)
    return states.having(State(view), today)


async def _narrowed(chosen: Filters, today: date) -> Q:
    found = Q()
    if chosen.channel:
        found &= Q(channel=chosen.channel)
    if chosen.language:
        found &= Q(language=chosen.language)
    if chosen.topic:
        below = [
            one.code for one in await catalogues.values("topic", "de", today) if one.parent == chosen.topic
        ]
        found &= Q(topic__in=[chosen.topic, *below])
    if chosen.assigned == NOBODY:
        found &= Q(assigned_id=None)
    elif chosen.assigned:
        found &= Q(assigned__code=chosen.assigned)
    return found


async def offered(chosen: Filters, language: str, today: date, role: Role) -> dict[str, Any]:
    """What each filter can be set to; topics in their two levels, and only for who may know them."""
    found: dict[str, Any] = {
        name: await choices.of(name, language, today, getattr(chosen, name))
        for name in ("channel", "language")
    }
    if role in log_in.SEES_TOPICS:
        found["topic"] = choices.grouped(await choices.of("topic", language, today))
    found["assigned"] = [(one.code, one.name) for one in await staff.counsellors()]
    return found
