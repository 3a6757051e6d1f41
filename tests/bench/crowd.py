"""A house with many inquiries in it, written by whole tables: seconds for fifty thousand, on both databases.

Whatever the size, today is the same: forty appointments, a few cards. What grows is what lies behind.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

from tortoise.connection import get_connection

from booking.models import Service
from figures import check, rollups
from inquiries import name_keys
from office import database
from office.models import Role, Staff
from tests.bench import offices
from tests.factories import NOW

FIRST = 1_000_000
"""The ids begin here, far from what the database gives out itself."""
CONTACTS = 4
"""Contacts of each inquiry."""
GIVEN = (
    "Ahmad أحمد Şükrü Ayşe Mohammed محمد Fatima Olena Іван Ivan José María Nguyễn Jonas Lena Krzysztof Ștefan "
    "Elena Γιώργος Yusuf Zeynep Omar Layla Dmytro Anna Sofia Mihai Petra Kevin Amira"
)
FAMILY = (
    "Öztürk Yılmaz Haddad Al-Hashimi Müller Mueller Kovač Kowalski Шевченко Nguyen García-López Popescu Brückner Weiß "
    "Schneider Meyer-Landrut Papadopoulos Özdemir Demir Kaya Nassar Saleh Ibrahim Ionescu Ivanova Иванова Fernández "
    "Hoffmann Schäfer Yıldız"
)
TEXT = (
    "Guten Tag, wir sind im Sommer nach Dortmund gezogen und suchen für unsere Tochter (11) eine Schule in der Nähe. "
    "Bisher war sie in einer Gesamtschule. Wir haben die Zeugnisse übersetzt und wissen nicht, wohin damit. "
)
MAIL = b"From: family@example.org\r\nSubject: Frage\r\n\r\nGuten Tag\r\n"
TOPICS = ("school_enrolment", "newly_arrived", "recognition", "language", "finances", "unknown")
CHANNELS = ("phone", "email", "web_booking", "walk_in")


@dataclass(frozen=True, slots=True)
class Crowd:
    """What to look at in a house made by `fill`, alike in a large one and in a small one."""

    inquiry: int
    appointment: int
    mail: int
    name: str


async def fill(inquiries: int) -> Crowd:
    """So many inquiries, each of its own person, four times as many contacts, and all that belongs to them."""
    service = await offices.make_busy_office(share=0)
    staff = [one.id for one in await Staff.filter(role=Role.COUNSELLOR).order_by("id")]
    drawn = random.Random(inquiries)
    names = list(_names(min(inquiries, 5_000), drawn))
    keys = {name: sorted(name_keys.keys(name)) for name in names}
    people = [(FIRST + number, names[number % len(names)]) for number in range(inquiries)]
    await _cache(200_000)
    for table, columns, rows in (
        *_people(people, keys),
        *_matters([id_ for id_, _name in people], staff),
        *_talks([id_ for id_, _name in people], staff, service),
        *_traces([id_ for id_, _name in people]),
    ):
        await load(table, columns.split(), rows)
    await load("figures_line", _LINE.split(), _lines(inquiries, drawn), database.STATISTICS)
    await rollups.rebuild(NOW.date() - timedelta(days=365), NOW.date())
    await check.keep(await check.balance(), NOW)  # as every night
    await _today(service, staff)
    await _cache(32_000)
    chosen = inquiries // 2 // 10 * 10
    return Crowd(FIRST + chosen, FIRST + chosen, FIRST + chosen, names[chosen % len(names)])


async def load(
    table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]], alias: str = database.MAIN
) -> None:
    """All these rows, by the way each database takes many at once."""
    client = get_connection(alias)
    if client.capabilities.dialect == "postgres":
        async with client.acquire_connection() as connection:
            await connection.copy_records_to_table(table, records=rows, columns=columns)
        return
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" for _ in columns)
    text = [tuple(_for_sqlite(value) for value in row) for row in rows]
    await client.execute_many(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', text)


async def _cache(kilobytes: int) -> None:
    """SQLite writes much faster with a large cache; what is measured has the usual one. PostgreSQL counts its rows."""
    for alias in (database.MAIN, database.STATISTICS):
        postgres = get_connection(alias).capabilities.dialect == "postgres"
        await get_connection(alias).execute_script(
            "ANALYZE" if postgres else f"PRAGMA cache_size = -{kilobytes}"
        )


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if hasattr(value, "isoformat") else value


Rows = tuple[str, str, Iterator[tuple[Any, ...]]]


def _names(many: int, drawn: random.Random) -> Iterator[str]:
    """Distinct names; behind the first few hundred with a second family name."""
    pairs = [f"{given} {family}" for given, family in product(GIVEN.split(), FAMILY.split())]
    drawn.shuffle(pairs)
    yield from pairs[:many]
    triples = (f"{pair}-{family}" for family in FAMILY.split() for pair in pairs)
    yield from (name for name, _ in zip(triples, range(many - len(pairs)), strict=False))


def _people(people: Sequence[tuple[int, str]], keys: dict[str, list[str]]) -> Iterator[Rows]:
    yield (
        "person",
        "id name call_name language created_at count_key discreet",
        ((id_, name, "", "de", NOW, f"{id_:032x}", id_ % 20 == 0) for id_, name in people),
    )
    yield "name_key", "person_id key", ((id_, key) for id_, name in people for key in keys[name])
    yield (
        "address",
        "person_id kind value read_by_others",
        (
            row
            for id_, _name in people
            for row in (
                (id_, "email", f"person{id_}@example.org", False),
                (id_, "phone", f"+49176{id_:08}", False),
            )
        ),
    )


def _matters(ids: Sequence[int], staff: Sequence[int]) -> Iterator[Rows]:
    """Of ten inquiries one waits at most, one was answered, the others are closed; at least hundred of each."""
    many = len(ids)
    waiting, answered = max(100, many // 50), max(100, many // 10)
    columns = (
        "id person_id opened_at closed_at channel topic audience outcome language district new_case count_key code "
        "waiting_since answered_at promised_on assigned_id"
    )
    yield "inquiry", columns, (
        (
            id_, id_, _at(place, many), None if place < waiting + answered else _at(place, many) + timedelta(days=3),
            CHANNELS[id_ % 4], TOPICS[id_ % 6], "parent", "open", "ar" if id_ % 3 else "de", "unknown", True,
            f"{id_:032x}",
            f"Q{id_}", _at(place, many) if place < waiting else None, None if place < waiting else NOW,
            (NOW + timedelta(days=place % 9 - 2)).date() if place < waiting else None, staff[id_ % len(staff)],
        )
        for place, id_ in enumerate(reversed(ids))
    )  # fmt: skip
    yield (
        "contact",
        "inquiry_id key at channel form duration void count_key",
        (
            (
                id_,
                f"c{id_}:{turn}",
                NOW - timedelta(days=turn),
                "email",
                "email",
                "unknown",
                False,
                f"{id_:030x}{turn:02}",
            )
            for id_ in ids
            for turn in range(CONTACTS)
        ),
    )
    yield (
        "writing",
        "inquiry_id key kind at author channel text",
        (
            (id_, f"w{id_}:{kind}", kind, NOW - timedelta(days=2), author, "email", TEXT)
            for id_ in ids
            for kind, author in (("received", "person"), ("answer", "staff:s1"))
        ),
    )


def _at(place: int, many: int) -> datetime:
    """The inquiries of one year, the last ones just now."""
    return NOW - timedelta(minutes=place * 365 * 24 * 60 // many + 1)


_APPOINTMENT = (
    "id key code uid generation revision service_id staff_id inquiry_id person_id booker place mode language children "
    "starts_at ends_at claimed_until status calendar_wanted booked_at booked_by channel changed_at cancelled_by "
    "cancel_reason times_moved count_key"
)


def _talks(ids: Sequence[int], staff: Sequence[int], service: Service) -> Iterator[Rows]:
    """Half of the people came for a talk, all in the year behind."""
    yield (
        "appointment",
        _APPOINTMENT,
        (
            _talk(id_, NOW - timedelta(days=1 + place % 365, hours=place % 5), "attended", staff, service)
            for place, id_ in enumerate(ids[::2])
        ),
    )


def _talk(
    id_: int, starts_at: datetime, status: str, staff: Sequence[int], service: Service, of: int = 0
) -> tuple[Any, ...]:
    return (
        id_, f"a{id_}", f"{id_:x}".upper(), f"{id_}@example.org", 0, 0, service.id, staff[id_ % len(staff)], of or id_,
        of or id_, f"{id_:x}", "linden", "office", "de", 1, starts_at, starts_at + timedelta(minutes=45),
        starts_at + timedelta(hours=1), status, False, NOW, "person", "web_booking", NOW, "", "", 0, f"{id_:032x}",
    )  # fmt: skip


async def _today(service: Service, staff: Sequence[int]) -> None:
    begin = NOW.replace(hour=9)
    rows = (
        _talk(10 + number, begin + timedelta(hours=number // 8), "booked", staff, service, FIRST + number)
        for number in range(40)
    )
    await load("appointment", _APPOINTMENT.split(), rows)


def _traces(ids: Sequence[int]) -> Iterator[Rows]:
    """What was sent and came in, what happened, who looked. Three messages failed, three mails are unreadable."""
    yield "incoming", "id key channel content digest received_at state reason sender inquiry_id", (
        (
            id_, f"m{id_}", "email", MAIL, f"{id_:064x}", NOW,
            "unreadable" if place < 3 else "automatic" if place % 50 == 7 or place < 103 else "taken", "",
            f"person{id_}@example.org", id_,
        )
        for place, id_ in enumerate(ids[::2])
    )  # fmt: skip
    columns = (
        "key text channel inquiry_id revision state message_id created_at not_before sent_at attempts repeats "
        "reason"
    )
    yield "message", columns, (
        (
            f"t{id_}:{turn}", "received", "email", id_, 0, "failed" if id_ < FIRST + 3 and not turn else "sent",
            f"<{id_}.{turn}@example.org>", NOW, NOW, NOW, 1, 0, "",
        )
        for id_ in ids
        for turn in range(2)
    )  # fmt: skip
    kinds = ("inquiry.received", "inquiry.answered", "inquiry.recorded", "inquiry.assigned")
    yield (
        "journal",
        "at kind actor subject details pending",
        ((NOW, kind, "staff:s1", f"inquiry:{id_}", "{}", False) for id_ in ids for kind in kinds),
    )
    yield (
        "audit",
        "at actor action subject",
        (
            (_at(place, len(ids)), "staff:s1", "looked", f"inquiry:{id_}")
            for place, id_ in enumerate(reversed(ids))
            for _ in kinds
        ),
    )


_LINE = (
    "unit key turn sign hour_band day channel topic audience outcome language district service mode status form "
    "duration sample"
)


def _lines(inquiries: int, drawn: random.Random) -> Iterator[tuple[Any, ...]]:
    """Lines of all inquiries and contacts, over the year that ends today."""
    for number in range(inquiries * (CONTACTS + 1)):
        unit = "inquiry" if number % (CONTACTS + 1) == 0 else "contact"
        yield (
            unit, f"{number:032x}", 0, 1, "08-10", NOW.date() - timedelta(days=number % 365), drawn.choice(CHANNELS),
            drawn.choice(TOPICS), "parent", drawn.choice(("open", "answered", "referred")),
            drawn.choice(("de", "ar", "en")), "unknown", "unknown", "unknown", "unknown", "email", "unknown", False,
        )  # fmt: skip
