"""A list of staff as a spreadsheet writes it (RFC 4180, or with semicolons): each line a colleague, or what is wrong.

Invariant: a line that cannot be read is named with its number and leaves the others alone. Pure.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from channels.web.desk.running.fields import CODE, NEW
from inquiries import addresses
from office.models import Role
from office.staff import Member

MOST_LINES = 500
COLUMNS = {
    "code": ("code", "kürzel", "kurzzeichen"),
    "name": ("name",),
    "email": ("email", "e-mail", "mail"),
    "role": ("role", "rolle"),
    "languages": ("languages", "sprachen", "language", "sprache"),
}
"""Column → how its head may be written, in small letters."""
ROLES = {
    Role.COUNSELLOR: ("counsellor", "beratung", "berater", "beraterin", "berater/in"),
    Role.RECEPTION: ("reception", "empfang"),
    Role.LEAD: ("lead", "leitung"),
    Role.ADMIN: ("admin", "technik", "it", "administration"),
}


class Unreadable(ValueError):
    """The file is no list of staff; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: who, or field → what is wrong; `text` is the line as somebody would look it up."""

    number: int
    code: str
    text: str
    member: Member | None
    wrong: Mapping[str, str]


def text(raw: bytes) -> str:
    """UTF-8, with or without a mark at its beginning, else Windows-1252, as Excel writes it. Raises `Unreadable`."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("encoding")


def lines(said: str, languages: Collection[str]) -> list[Line]:
    """Every line but the first, which names the columns in any order. Raises `Unreadable`."""
    rows = list(csv.reader(io.StringIO(said), delimiter=_delimiter(said)))
    heads = [head.strip().lower() for head in rows[0]] if rows else []
    places = {
        name: next((heads.index(one) for one in known if one in heads), None)
        for name, known in COLUMNS.items()
    }
    if any(places[name] is None for name in ("code", "name", "email", "role")):
        raise Unreadable("heads")
    if len(rows) - 1 > MOST_LINES:
        raise Unreadable("too_many_lines")
    found = list(_read(rows, places, languages))
    if not found:
        raise Unreadable("no_lines")
    return found


def _delimiter(said: str) -> str:
    first = said.partition("\n")[0]
    return max(";", ",", "\t", key=first.count)


def _read(
    rows: list[list[str]], places: Mapping[str, int | None], languages: Collection[str]
) -> Iterator[Line]:
    codes: set[str] = set()
    emails: set[str] = set()
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {
            name: row[place].strip() if place is not None and place < len(row) else ""
            for name, place in places.items()
        }
        wrong: dict[str, str] = {}
        member = _member(cells, languages, wrong)
        code = cells["code"].lower()
        if not CODE.fullmatch(code) or code == NEW or len(code) > 16:
            wrong["code"] = "code"
        elif code in codes:
            wrong["code"] = "twice"
        if member.email in emails:
            wrong.setdefault("email", "twice")
        codes.add(code)
        emails.add(member.email)
        yield Line(number, code, " · ".join(filter(None, row)), None if wrong else member, wrong)


def _member(cells: Mapping[str, str], languages: Collection[str], wrong: dict[str, str]) -> Member:
    role = next((role for role, words in ROLES.items() if cells["role"].lower() in words), None)
    if role is None:
        wrong["role"] = "choose"
    if not cells["name"]:
        wrong["name"] = "empty"
    if len(cells["name"]) > 200:
        wrong["name"] = "too_long"
    spoken = tuple(dict.fromkeys(cells["languages"].lower().replace(",", " ").split())) or ("de",)
    if set(spoken) - set(languages):
        wrong["languages"] = "choose"
    try:
        email = addresses.email(cells["email"]).lower()
    except ValueError:
        email, wrong["email"] = cells["email"], "email"
    return Member(cells["name"], email, role or Role.RECEPTION, spoken)
