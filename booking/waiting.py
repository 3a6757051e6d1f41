"""Who waits for a time, and the offers they get: a freed time goes to the waiting list before anybody else sees it.

Invariant: an offer is a hold for one family, with an end inside the hours the office sets; never two stand for
one family, and after `MOST_OFFERS` they leave the list with a word. Called inside the verb that frees time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking import availability, claims, errors, holds, limits, services
from booking.models import Appointment, Hold, HoldKind, Mode, Service, Status, Waiting, WaitingState
from booking.services import Wish
from inquiries import people
from inquiries.people import Introduction
from office import closing_days, database, journal, links
from office.errors import NotFound
from office.models import JournalEntry, Staff
from office.settings import current

LINK = "waiting"
MOST_OFFERS = 3
STANDS = timedelta(hours=3)
SHORTEST = timedelta(hours=1)
GRACE = timedelta(minutes=10)
"""The time stays theirs this long after the end they were told, so that the next family is asked meanwhile."""
LASTS = timedelta(days=60)
LOOK_AHEAD = 21
MOST_SEARCHED = 25
"""Families a minute for whom free times are searched."""
ENDS = {WaitingState.LEFT: "waiting.left", WaitingState.ENDED: "waiting.ended"}


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody can come, wall clock: `weekdays` empty means any."""

    weekdays: tuple[int, ...] = ()
    from_minute: int = 0
    to_minute: int = 24 * 60

    def allow(self, local: datetime) -> bool:
        """Could they come at this local time?"""
        minute = local.hour * 60 + local.minute
        return (
            not self.weekdays or local.weekday() in self.weekdays
        ) and self.from_minute <= minute < self.to_minute


ANY = Hours()


def window(
    now: datetime, hours: tuple[int, int], zone: ZoneInfo, closed: set[date]
) -> tuple[datetime, datetime] | None:
    """When an offer made now goes out, and until when it stands: within `hours` (local) of one working day."""
    today = now.astimezone(zone).date()
    for day in (today + timedelta(days=ahead) for ahead in range(LOOK_AHEAD)):
        opens = max(now, datetime.combine(day, time(hours[0]), zone).astimezone(now.tzinfo))
        closes = datetime.combine(day, time(hours[1]), zone).astimezone(now.tzinfo)
        if day.weekday() < 5 and day not in closed and closes - opens >= SHORTEST:
            return opens, min(opens + STANDS, closes)
    return None


def told_until(hold: Hold) -> datetime:
    """Until when we say that the offer stands."""
    return hold.expires_at - GRACE


async def opens_at(now: datetime) -> datetime:
    """From when an offer may be told."""
    found = await _window(now)
    return found[0] if found else now


@database.verb
async def join(wish: Wish, who: Introduction, hours: Hours = ANY, *, district: str, now: datetime) -> Waiting:
    """They wait for a time like this; once per address and service. Raises `NotOffered` for what is never given."""
    service = await services.by_code(wish.service)
    services.check(service, wish)
    booker = limits.booker(who)
    await limits.lock(booker)
    open_states = [WaitingState.WAITING, WaitingState.OFFERED]
    standing = await Waiting.filter(booker=booker, service=service, state__in=open_states).first()
    if booker and standing:
        return standing
    waiting = await Waiting.create(
        person=await people.meet(who, now),
        service=service,
        booker=booker,
        children=wish.children,
        mode=wish.mode,
        language=wish.language,
        interpreter_wanted=wish.interpreter,
        weekdays=list(hours.weekdays),
        from_minute=hours.from_minute,
        to_minute=hours.to_minute,
        district=district,
        since=now,
        until=now + LASTS,
    )
    await _tell("waiting.joined", waiting, journal.PERSON, now)
    return waiting


@database.verb
async def leave(waiting_id: int, *, now: datetime) -> None:
    """They want no more offers; what was kept for them goes to the next family. Idempotent."""
    await _end(waiting_id, WaitingState.LEFT, actor=journal.PERSON, now=now)


@database.verb
async def decline(waiting_id: int, *, now: datetime) -> None:
    """This time does not suit them; it goes to the next family, and they go on waiting. Idempotent."""
    await _end(waiting_id, WaitingState.WAITING, actor=journal.PERSON, now=now)


async def offer_freed(staff_id: int, starts_at: datetime, *, now: datetime, not_to: int = 0) -> Hold | None:
    """Keep the time that has just become free for the family that waited longest and can use it.

    Called inside the verb that freed it, which has locked the counsellor.
    """
    waiting = await Waiting.filter(state=WaitingState.WAITING, until__gt=now).exclude(id=not_to)
    if not waiting:
        return None
    member = await Staff.get(id=staff_id)
    for family in await _in_turn(waiting):
        if await _suits(family, member, starts_at):
            hold = await _offer(family.id, member, starts_at, now)
            if hold:
                return hold
    return None


async def next_offers(now: datetime) -> None:
    """Offers that ended go to the next family; who waits while something is free gets an offer."""
    over = Hold.filter(kind=HoldKind.OFFER, expires_at__lte=now + GRACE).exclude(waiting_id=None)
    for hold in await over.order_by("expires_at", "id"):
        await _lapse(hold.waiting_id or 0, now)
    for waiting in await Waiting.filter(state=WaitingState.OFFERED):
        if not await Hold.exists(waiting_id=waiting.id):
            await _lapse(waiting.id, now)
    for waiting in await Waiting.filter(state=WaitingState.WAITING, until__lte=now):
        await _give_up(waiting.id, now)
    waiting_now = (
        await Waiting.filter(state=WaitingState.WAITING).order_by("since", "id").limit(MOST_SEARCHED)
    )
    for family in await _in_turn(waiting_now):
        await _offer_any(family, now)


@database.verb
async def _lapse(waiting_id: int, now: datetime) -> None:
    hold = await Hold.get_or_none(waiting_id=waiting_id, kind=HoldKind.OFFER)
    if hold is None or hold.expires_at <= now + GRACE:
        await _end(waiting_id, WaitingState.WAITING, actor=journal.SYSTEM, now=now)


@database.verb
async def _give_up(waiting_id: int, now: datetime) -> None:
    await _end(waiting_id, WaitingState.ENDED, actor=journal.SYSTEM, now=now)


async def _end(waiting_id: int, becomes: WaitingState, *, actor: str, now: datetime) -> None:
    """Whatever is offered to them is so no more. Locks the counsellor before the family, as everybody does."""
    hold = await Hold.get_or_none(waiting_id=waiting_id, kind=HoldKind.OFFER)
    if hold:
        await claims.lock(hold.staff_id)
        hold = await Hold.select_for_update().get_or_none(id=hold.id)
    waiting = await Waiting.select_for_update().get_or_none(id=waiting_id)
    if waiting is None or waiting.state not in (WaitingState.WAITING, WaitingState.OFFERED):
        return
    if hold is None and await Hold.exists(waiting_id=waiting_id, kind=HoldKind.OFFER):
        return  # made while we waited for their row: it stands
    if becomes is WaitingState.WAITING and (waiting.offers >= MOST_OFFERS or waiting.until <= now):
        becomes = WaitingState.ENDED
    changed, waiting.state = waiting.state != becomes, becomes
    await waiting.save(update_fields=["state"])
    if changed and becomes in ENDS:
        await _tell(ENDS[becomes], waiting, actor, now)
    if hold:
        await hold.delete()
        await offer_freed(hold.staff_id, hold.starts_at, now=now, not_to=waiting.id)


async def _offer_any(waiting: Waiting, now: datetime) -> None:
    """An offer of the first free time that suits them, if there is one."""
    zone, wish = current().zone, await wish_of(waiting)
    today = now.astimezone(zone).date()
    try:
        found = await availability.search(
            wish, first=today, last=today + timedelta(days=400), now=now, zone=zone
        )
    except (errors.NoSuchService, errors.NotOffered):
        return
    known = await _offered_before(waiting.id)
    hours = hours_of(waiting)
    for slot in found:
        if hours.allow(slot.starts_at.astimezone(zone)) and _minute(slot.starts_at) not in known:
            await _offer_free(waiting.id, slot.candidates[0].staff_id, slot.starts_at, now)
            return


@database.verb
async def _offer_free(waiting_id: int, staff_id: int, starts_at: datetime, now: datetime) -> None:
    await claims.lock(staff_id)
    await _offer(waiting_id, await Staff.get(id=staff_id), starts_at, now)


async def _offer(waiting_id: int, member: Staff, starts_at: datetime, now: datetime) -> Hold | None:
    """Hold this time for them, if it is long enough and they can be told soon enough.

    A family whose row another verb has locked is being dealt with: it is passed over, so that nobody waits in
    a circle.
    """
    times = await _window(now)
    if times is None or starts_at - times[1] < SHORTEST:
        return None
    waiting = (
        await Waiting.filter(id=waiting_id, state=WaitingState.WAITING)
        .select_for_update(skip_locked=True)
        .first()
    )
    if waiting is None or waiting.offers >= MOST_OFFERS:
        return None
    waiting.offers += 1
    wish, service = await wish_of(waiting), await Service.get(id=waiting.service_id)
    purpose = holds.Purpose(HoldKind.OFFER, times[1] + GRACE, waiting.id)
    try:
        hold = await holds.with_counsellor(
            service,
            wish,
            member.id,
            starts_at,
            key=key(waiting),
            now=now,
            zone=current().zone,
            purpose=purpose,
        )
    except errors.SlotTaken:
        return None
    waiting.state, waiting.offered_at = WaitingState.OFFERED, now
    await waiting.save(update_fields=["state", "offered_at", "offers"])
    told: dict[str, str | int] = {"offer": waiting.offers, "minute": _minute(starts_at)}
    await _tell("waiting.offered", waiting, journal.SYSTEM, now, told)
    return hold


async def _suits(waiting: Waiting, member: Staff, starts_at: datetime) -> bool:
    service = await Service.get(id=waiting.service_id)
    speaks = not waiting.language or waiting.interpreter_wanted or waiting.language in member.languages
    return (
        service.active
        and member.active
        and speaks
        and hours_of(waiting).allow(starts_at.astimezone(current().zone))
        and member.id in {giver.id for giver in await services.givers(service, Mode(waiting.mode))}
        and _minute(starts_at) not in await _offered_before(waiting.id)
    )


async def _in_turn(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Who waited longest comes first; nobody with whom others read along, nor who has all they may have."""
    discreet = await people.discreet_among([family.person_id for family in waiting])
    ordered = sorted(waiting, key=lambda family: (family.since, family.id))
    return [
        family for family in ordered if family.person_id not in discreet and not await _has_enough(family)
    ]


async def _has_enough(waiting: Waiting) -> bool:
    service = await Service.get(id=waiting.service_id)
    booked = Appointment.filter(
        booker=waiting.booker, service=service, status=Status.BOOKED, booked_at__gte=waiting.since
    )
    return bool(waiting.booker) and await booked.exists()


async def _offered_before(waiting_id: int) -> set[int]:
    offered = JournalEntry.filter(kind="waiting.offered", subject=f"waiting:{waiting_id}")
    return {entry.details["minute"] for entry in await offered}


def _minute(moment: datetime) -> int:
    return int(moment.timestamp()) // 60


async def _window(now: datetime) -> tuple[datetime, datetime] | None:
    settings = current()
    today = now.astimezone(settings.zone).date()
    closed = await closing_days.closed(today, today + timedelta(days=LOOK_AHEAD))
    return window(now, settings.offered_between, settings.zone, closed)


async def wish_of(waiting: Waiting) -> Wish:
    """What they wait for."""
    service = await Service.get(id=waiting.service_id)
    return Wish(
        service.code,
        waiting.children,
        Mode(waiting.mode),
        waiting.language,
        interpreter=waiting.interpreter_wanted,
    )


def hours_of(waiting: Waiting) -> Hours:
    """When they can come."""
    return Hours(tuple(waiting.weekdays), waiting.from_minute, waiting.to_minute)


async def standing_offer(waiting: Waiting, now: datetime) -> Hold | None:
    """What is kept for them now."""
    return await Hold.get_or_none(key=key(waiting), waiting_id=waiting.id, expires_at__gt=now)


def key(waiting: Waiting) -> str:
    """The key of their latest offer, and of the appointment it becomes; nobody can guess it."""
    return links.fingerprint("offer", f"{waiting.id}:{waiting.offers}")


def token(waiting: Waiting) -> str:
    """The secret part of their link /w/{token}."""
    return links.token(LINK, waiting.id, waiting.generation)


async def by_token(token: str) -> Waiting:
    """The place on the waiting list this link was made for. Raises `NotFound`."""
    waiting = await Waiting.get_or_none(id=links.subject(LINK, token)).prefetch_related("service", "person")
    if waiting is None:
        raise NotFound
    links.verify(LINK, token, waiting.id, waiting.generation)
    return waiting


async def _tell(
    kind: str, waiting: Waiting, actor: str, now: datetime, details: dict[str, str | int] | None = None
) -> None:
    await journal.write(kind, f"waiting:{waiting.id}", actor=actor, now=now, details=details or {})
