"""The terms of a service: what it is called, how long, how early, how far ahead, where, and who gives it.

Invariant: terms are saved as a whole; what is booked already keeps the terms it was booked under.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from booking import services
from booking.models import Appointment, Mode, Offering, Service, Session, Status
from booking.services import Wish
from office import database, history
from office.errors import Invalid, NotFound
from office.models import Staff

TEXTS = ("titles", "descriptions", "bring")


@dataclass(frozen=True, slots=True)
class Terms:
    """Everything the office decides about a service; lengths in minutes, texts by language.

    `given`: code of the counsellor → the modes in which they give it, none for all it has.
    """

    titles: Mapping[str, str]
    minutes: int
    modes: tuple[str, ...]
    descriptions: Mapping[str, str] = field(default_factory=dict)
    bring: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    minutes_per_child: int = 0
    follow_up_minutes: int | None = None
    buffer_minutes: int = 15
    step_minutes: int = 15
    notice_minutes: int = 24 * 60
    horizon_days: int = 28
    week_percent: int = 0
    per_person: int = 2
    change_minutes: int = 0
    places: tuple[str, ...] = ()
    topic: str = "unknown"
    audience: str = "unknown"
    group: bool = False
    active: bool = True
    position: int = 0
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beyond:
    """How many talks to come lie beyond these terms, each for this reason; they stay."""

    reason: str
    count: int


async def every() -> list[Service]:
    """All services in the office's order, those no longer offered at the end."""
    return await Service.all().order_by("-active", "position", "code")


async def find(code: str) -> Service:
    """The service, offered or not. Raises `NotFound`."""
    service = await Service.get_or_none(code=code)
    if service is None:
        raise NotFound
    return service


async def of(service: Service) -> Terms:
    """As they are."""
    rows = await Offering.filter(service=service, staff__active=True).prefetch_related("staff")
    values = {name: getattr(service, name) for name in Terms.__dataclass_fields__ if name != "given"}
    values["bring"] = {language: _things(said) for language, said in service.bring.items()}
    given = {row.staff.code: tuple(row.modes) for row in rows}
    return Terms(**{**values, "modes": tuple(service.modes), "places": tuple(service.places), "given": given})


def _things(said: object) -> tuple[str, ...]:
    """What to bring, one thing each, whether it was written as a list or as lines."""
    parts = said.replace("|", "\n").split("\n") if isinstance(said, str) else list(said or [])  # type: ignore[call-overload]
    return tuple(str(part).strip() for part in parts if str(part).strip())


def said(terms: Terms) -> dict[str, object]:
    """As the desk shows them and history keeps them: plain values, a text per language."""
    values = asdict(terms)
    flat: dict[str, object] = {}
    for name, value in values.items():
        if name in TEXTS:
            flat |= history.by_language(name, {key: _flat(text) for key, text in value.items()})
        elif name == "given":
            flat[name] = sorted(
                f"{code}: {', '.join(modes)}" if modes else code for code, modes in value.items()
            )
        else:
            flat[name] = _flat(value)
    return flat


def _flat(value: object) -> object:
    return [str(one) for one in value] if isinstance(value, tuple | list) else value


@database.verb
async def save(code: str, terms: Terms, *, new: bool = False, actor: str, now: datetime) -> Service:
    """The service has these terms from now on; what is booked stays. Its code is fixed once made.

    Raises `NotFound`; `Invalid` for a code that is taken, or for groups where talks were booked or evenings planned.
    """
    service = await Service.select_for_update().get_or_none(code=code)
    if new:
        if service is not None:
            raise Invalid(code="code_taken")
        service, before = Service(code=code), None
    elif service is None:
        raise NotFound
    else:
        before = said(await of(service))
        if service.group != terms.group and await used(service):
            raise Invalid(group="group_fixed")
    for name in Terms.__dataclass_fields__:
        if name != "given":
            setattr(service, name, _stored(getattr(terms, name)))
    await service.save()
    await _give(service, terms.given)
    await history.note(f"service:{service.id}", before, said(terms), actor=actor, now=now)
    return service


def _stored(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _flat(text) for key, text in value.items()}
    return _flat(value)


async def used(service: Service) -> bool:
    """Whether anything was ever booked or planned of it."""
    booked = await Appointment.filter(service_id=service.id).exists()
    return booked or await Session.filter(service_id=service.id).exists()


async def _give(service: Service, given: Mapping[str, tuple[str, ...]]) -> None:
    """These counsellors give it, and nobody else who works here."""
    members = {one.code: one for one in await Staff.filter(active=True)}
    await Offering.filter(
        service=service, staff_id__in=[one.id for code, one in members.items() if code not in given]
    ).delete()
    for code, modes in given.items():
        if code in members:
            await Offering.update_or_create(
                defaults={"modes": list(modes)}, service=service, staff=members[code]
            )


async def beyond(service: Service, terms: Terms, *, now: datetime) -> list[Beyond]:
    """How many talks to come would not be offered like this any more, by reason; nothing is saved."""
    coming = Appointment.filter(service_id=service.id, status=Status.BOOKED, starts_at__gt=now)
    talks = await coming.prefetch_related("staff")
    found = Counter(reason for talk in talks for reason in _reasons(talk, service, terms, now))
    most = Counter(talk.booker for talk in talks if talk.booker)
    found["per_person"] = sum(count for count in most.values() if count > terms.per_person)
    return [Beyond(reason, count) for reason, count in found.items() if count]


def _reasons(talk: Appointment, service: Service, terms: Terms, now: datetime) -> list[str]:
    modes = terms.given.get(talk.staff.code)
    elsewhere = talk.mode == Mode.OFFICE and terms.places and talk.place not in terms.places
    nobodys = modes is None or (modes and talk.mode not in modes)
    checks = {
        "active": not terms.active,
        "modes": talk.mode not in terms.modes,
        "places": elsewhere,
        "given": nobodys,
        "horizon_days": talk.starts_at > now + timedelta(days=terms.horizon_days),
        "minutes": _length_changes(talk, service, terms),
    }
    return [reason for reason, lies in checks.items() if lies]


def _length_changes(talk: Appointment, service: Service, terms: Terms) -> bool:
    if service.group:
        return False
    wish = Wish(service.code, talk.children, talk.mode, follow_up=talk.follow_up)
    then = Service(
        code=service.code,
        minutes=terms.minutes,
        minutes_per_child=terms.minutes_per_child,
        follow_up_minutes=terms.follow_up_minutes,
    )
    return services.length(then, wish) != services.length(service, wish)
