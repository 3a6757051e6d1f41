"""A list of partners from a table: shown line by line before anything is saved, and handed out in the same form.

Invariant: what the preview says is what happens, unless somebody changed the directory in between; a column the
table does not have changes nothing, a line that is refused neither, and nobody is removed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import StringIO
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in
from channels.web.desk import page, partner_form
from channels.web.desk import partners as desk_partners
from channels.web.desk.partner_form import CATALOGUES, TARGET, Typed
from inquiries import partners
from inquiries.models import Partner
from inquiries.partners import COLUMNS, Entry
from office import catalogues
from office.errors import Invalid
from office.models import Role

GERMAN = {
    "name": "name", "zählt als": "target", "angebot": "offer", "themen": "topics", "zielgruppen": "audiences",
    "sprachen": "languages", "zeiten": "hours", "telefon": "phone", "e-mail": "email", "web": "web",
    "kooperation": "agreement", "kooperation seit": "agreed_on", "geprüft am": "checked_on",
    "öffentlich": "public", "aktiv": "active",
}  # fmt: skip
"""What offices call the columns → what we call them."""
WORDS = {"ja": "yes", "nein": "no", "yes": "yes", "no": "no", "1": "yes", "0": "no", "x": "yes"}
FLAGS = ("public", "active")
DAYS = ("agreed_on", "checked_on")
MOST_LINES = 500
MOST_LETTERS = 50_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table and what it would do: refused, added (`known` is None), changed, or nothing."""

    number: int
    name: str
    entry: Entry | None
    known: Partner | None
    changed: Sequence[str]
    wrong: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """All lines of a table."""

    lines: Sequence[Line]

    @property
    def added(self) -> int:
        """How many partners would be new."""
        return sum(line.entry is not None and line.known is None for line in self.lines)

    @property
    def changed(self) -> int:
        """How many known ones would be different."""
        return sum(bool(line.changed) for line in self.lines)

    @property
    def refused(self) -> int:
        """How many lines nothing would be done with."""
        return sum(bool(line.wrong) for line in self.lines)


@log_in.for_roles(Role.LEAD)
async def form(request: Request) -> Response:
    """Where to put the table."""
    return await _render(request, "")


@log_in.for_roles(Role.LEAD)
async def take(request: Request) -> Response:
    """What would happen; with `do=save`, it happens."""
    fields = await csrf.form(request, files=1)
    table = await _table(fields)
    try:
        plan = await read(table)
    except Invalid as error:
        return await _render(request, table, wrong=error.fields)
    if fields.get("do") != "save":
        return await _render(request, table, plan)
    for line in plan.lines:
        await _carry_out(line, log_in.actor(request), clock.now())
    return RedirectResponse(f"{desk_partners.PAGE}?imported", 303)


@log_in.for_roles(Role.LEAD)
async def hand_out(request: Request) -> Response:
    """The whole directory as a table that can be imported again."""
    out = StringIO()
    written = csv.writer(out, delimiter=";")
    written.writerow(COLUMNS)
    for one in await partners.listed():
        written.writerow([_cell(getattr(one, column)) for column in COLUMNS])
    headers = {"content-disposition": 'attachment; filename="partners.csv"'}
    return Response("\ufeff" + out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


async def read(table: str) -> Plan:
    """What each line would do. Raises `Invalid` for a text that is no table with a column for the name."""
    if len(table) > MOST_LETTERS:
        raise Invalid(table="too_long")
    head, *rows = _rows(table) or [[]]
    columns = [_column(cell) for cell in head]
    if "name" not in columns:
        raise Invalid(table="no_columns")
    if len(rows) > MOST_LINES:
        raise Invalid(table="too_many_lines")
    known, codes = await partners.by_name(), await _codes()
    lines: list[Line] = []
    for number, cells in enumerate(rows, 2):
        if not any(cell.strip() for cell in cells):
            continue
        said = {column: cell.strip() for column, cell in zip(columns, cells, strict=False) if column}
        lines.append(await _line(number, said, known, codes, {partners.same(line.name) for line in lines}))
    return Plan(lines)


async def _line(
    number: int,
    said: dict[str, str],
    known: Mapping[str, Partner],
    codes: Mapping[str, Mapping[str, str]],
    before: set[str],
) -> Line:
    name, wrong = said.get("name", ""), dict[str, str]()
    partner = known.get(partners.same(name))
    typed = desk_partners.shown(partners.entry(partner) if partner else Entry(name=name, target="other"))
    entry, amiss = await partner_form.read(_over(typed, said, codes, wrong))
    wrong |= {field: code for field, code in amiss.items() if field not in wrong}
    if name and partners.same(name) in before:
        wrong["name"] = "twice"
    entry = None if wrong else entry
    changed = partners.differs(partner, entry) if partner and entry else []
    return Line(number, name, entry, partner, changed, wrong)


def _over(
    typed: Typed, said: Mapping[str, str], codes: Mapping[str, Mapping[str, str]], wrong: dict[str, str]
) -> Typed:
    """What the line says, over what is known; what cannot be read is noted in `wrong`."""
    text = {**typed.text, **{name: cell for name, cell in said.items() if name not in (*CATALOGUES, *FLAGS)}}
    for name in DAYS:
        text[name] = _day(text.get(name, ""))
    if "agreement" in said:
        text["agreement"] = WORDS.get(said["agreement"].casefold(), said["agreement"] or "unknown")
    if "target" in said:
        text["target"] = codes[TARGET].get(said["target"].casefold(), said["target"] or "other")
    chosen = {
        field: [codes[field].get(one.casefold(), one) for one in _split(said[field])]
        if field in said
        else typed.chosen[field]
        for field in CATALOGUES
    }
    flags = {name: _flag(name, said, getattr(typed, name), wrong) for name in FLAGS}
    return replace(typed, text=text, chosen=chosen, **flags)


def _flag(name: str, said: Mapping[str, str], otherwise: bool, wrong: dict[str, str]) -> bool:
    cell = said.get(name, "").casefold()
    if not cell:
        return otherwise
    if cell not in WORDS:
        wrong[name] = "yes_or_no"
    return WORDS.get(cell) == "yes"


def _day(text: str) -> str:
    """ISO, also of a day as Germans write it."""
    try:
        return datetime.strptime(text, "%d.%m.%Y").date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return text


async def _codes() -> dict[str, dict[str, str]]:
    """Field → code or label in any language, folded → code."""
    wanted = {**CATALOGUES, TARGET: TARGET}
    return {
        field: {
            written.casefold(): code
            for language in ("ar", "en", "de")
            for code, label in (await catalogues.labels(catalogue, language)).items()
            for written in (label, code)
        }
        for field, catalogue in wanted.items()
    }


def _rows(table: str) -> list[list[str]]:
    """Cells line by line; parted by whichever of `;`, tab and `,` the first line has most of."""
    text = table.lstrip("\ufeff")
    first = text.partition("\n")[0]
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=max(";\t,", key=first.count)))
    except csv.Error as error:
        raise Invalid(table="unreadable") from error


def _column(cell: str) -> str:
    """Our name of this column; empty for one we do not know."""
    said = cell.strip().casefold()
    return said if said in COLUMNS else GERMAN.get(said, "")


def _split(cell: str) -> list[str]:
    return [one.strip() for one in cell.replace("\n", "|").split("|") if one.strip()]


async def _table(fields: FormData) -> str:
    """The file if there is one, else what was pasted."""
    file = fields.get("file")
    if not isinstance(file, UploadFile):
        return str(fields.get("table", ""))
    content = await file.read()
    await file.close()
    return _text(content) or str(fields.get("table", ""))


def _text(content: bytes) -> str:
    """UTF-8, or as older table programs save."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return "|".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value.isoformat() if hasattr(value, "isoformat") else value)


async def _carry_out(line: Line, actor: str, now: datetime) -> None:
    if line.entry and line.known is None:
        await partners.add(line.entry, actor=actor, now=now)
    elif line.entry and line.known and line.changed:
        await partners.change(line.known.id, line.entry, actor=actor, now=now)


async def _render(
    request: Request, table: str, plan: Plan | None = None, wrong: Mapping[str, str] | None = None
) -> Response:
    return await page.render(
        request,
        "desk/partner_import.html",
        status=422 if wrong else 200,
        table=table,
        plan=plan,
        wrong=wrong or {},
    )
