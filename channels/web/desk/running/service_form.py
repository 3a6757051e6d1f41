"""The form of a service: its terms as fields, and the fields read as terms.

Invariant: buffers and lengths are multiples of five minutes, for time is claimed by five minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from booking.models import Mode, Service
from booking.terms import Terms
from channels.web.desk import choices
from channels.web.desk.running.fields import Reader, Typed, in_hours, spread
from office import places, staff
from office.models import Place, Staff

LISTS = ("modes", "places", "given", "given_modes")
MODES = tuple(str(mode) for mode in Mode)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form offers to choose from."""

    places: list[Place]
    counsellors: Sequence[Staff]
    topics: list[Any]
    audiences: list[Any]


async def offered(service: Service | None, language: str, today: Any) -> Offered:
    """Places that are open, who counsels, topics and audiences; what stands there already stays choosable."""
    chosen = service.places if service else []
    known = await places.all_places()
    return Offered(
        [one for one in known.values() if (one.active and one.address) or one.code in chosen],
        await staff.counsellors(),
        await choices.of("topic", language, today, service.topic if service else ""),
        await choices.of("audience", language, today, service.audience if service else ""),
    )


def typed(terms: Terms) -> Typed:
    """The terms as the form shows them."""
    numbers = ("minutes", "minutes_per_child", "buffer_minutes", "step_minutes", "horizon_days", "week_percent",
               "per_person", "position")  # fmt: skip
    things = {language: "\n".join(lines) for language, lines in terms.bring.items()}
    return {
        **spread("titles", dict(terms.titles)),
        **spread("descriptions", dict(terms.descriptions)),
        **spread("bring", things),
        **{name: str(getattr(terms, name)) for name in numbers},
        "follow_up_minutes": str(terms.follow_up_minutes or ""),
        "notice": in_hours(terms.notice_minutes),
        "change": in_hours(terms.change_minutes),
        "modes": list(terms.modes),
        "places": list(terms.places),
        "topic": terms.topic,
        "audience": terms.audience,
        "group": "1" if terms.group else "",
        "active": "1" if terms.active else "",
        "given": list(terms.given),
        "given_modes": [f"{code}:{mode}" for code, modes in terms.given.items() for mode in modes],
    }


def read(fields: FormData, offered: Offered) -> tuple[Terms, dict[str, str]]:
    """The fields as terms, and field → what is wrong with it; with anything wrong the terms are not to be used."""
    form = Reader(fields)
    modes = form.many("modes", MODES, needed=True)
    terms = Terms(
        titles=form.texts("titles", needed=True),
        descriptions=form.texts("descriptions", most=1000),
        bring=form.lines("bring"),
        minutes=form.number("minutes", 5, 480, step=5),
        minutes_per_child=form.number("minutes_per_child", 0, 120, step=5),
        follow_up_minutes=form.number("follow_up_minutes", 5, 480, step=5)
        if fields.get("follow_up_minutes")
        else None,
        buffer_minutes=form.number("buffer_minutes", 0, 240, step=5),
        step_minutes=form.number("step_minutes", 5, 240, step=5),
        notice_minutes=form.hours("notice", 24 * 60),
        horizon_days=form.number("horizon_days", 1, 366),
        week_percent=form.number("week_percent", 0, 100),
        per_person=form.number("per_person", 1, 50),
        change_minutes=form.hours("change", 24 * 60),
        modes=modes,
        places=form.many("places", [one.code for one in offered.places]),
        topic=form.one("topic", [one.code for one in offered.topics]),
        audience=form.one("audience", [one.code for one in offered.audiences]),
        group=form.yes("group"),
        active=form.yes("active"),
        position=form.number("position", 0, 9999),
        given=_given(form, offered, modes),
    )
    return terms, form.wrong


def _given(form: Reader, offered: Offered, modes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Who gives it; in all modes of the service is the same as none named."""
    codes = form.many("given", [one.code for one in offered.counsellors])
    pairs = [f"{code}:{mode}" for code in [one.code for one in offered.counsellors] for mode in MODES]
    chosen = form.many("given_modes", pairs)
    given = {code: tuple(mode for mode in modes if f"{code}:{mode}" in chosen) for code in codes}
    return {code: () if set(only) == set(modes) else only for code, only in given.items()}
