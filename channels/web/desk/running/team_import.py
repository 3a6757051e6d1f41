"""A list of staff taken in: shown line by line before anything is saved; taken in twice it changes nothing.

Invariant: nobody is dismissed by a list; who is not in it stays as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from channels.web import clock, csrf, log_in
from channels.web.desk import page
from channels.web.desk.running import changes, team, team_file
from channels.web.desk.running.changes import Row
from channels.web.desk.running.team_file import Line, Unreadable
from office import history, staff
from office.errors import Invalid
from office.models import Staff
from office.staff import Member


@dataclass(frozen=True, slots=True)
class Shown:
    """One line, and what it would do: nothing, something new, or these changes."""

    line: Line
    new: bool
    rows: list[Row]
    wrong: dict[str, str]


@log_in.for_roles(*log_in.RUNS_OFFICE)
async def take(request: Request) -> Response:
    """The lines of the file are shown; with `carry`, those without anything wrong are saved, all or none."""
    sent = await csrf.form(request, files=1)
    try:
        said = await _text(sent)
        lines = team_file.lines(said, set(await team.spoken("de")))
    except Unreadable as error:
        return await team.list_page(request, status=422, wrong=error.reason)
    shown = await _shown(lines)
    if not sent.get("carry"):
        return await _page(request, said, shown)
    wanted = [(one.line.code, one.line.member) for one in shown if one.line.member and not one.wrong]
    try:
        await staff.take_over(
            [(code, member) for code, member in wanted if member],
            actor=log_in.actor(request),
            now=clock.now(),
        )
    except Invalid as refused:
        return await _page(request, said, shown, next(iter(refused.fields.values())), 409)
    return RedirectResponse(f"{team.ADDRESS}?saved={len(wanted)}", 303)


async def _text(sent: FormData) -> str:
    file = sent.get("file")
    if isinstance(file, UploadFile):
        raw = await file.read()
        await file.close()
        if not raw:
            raise Unreadable("no_file")
        return team_file.text(raw)
    if not sent.get("text"):
        raise Unreadable("no_file")
    return str(sent["text"])


async def _shown(lines: list[Line]) -> list[Shown]:
    known = {one.code: one for one in await staff.every()}
    emails = {one.email: one.code for one in known.values()}
    return [_one(line, known, emails) for line in lines]


def _one(line: Line, known: dict[str, Staff], emails: dict[str, str]) -> Shown:
    wrong = dict(line.wrong)
    if line.member and emails.get(line.member.email, line.code) != line.code:
        wrong["email"] = "email_taken"
    before = known.get(line.code)
    rows = _changes(before, line.member) if line.member else []
    return Shown(line, before is None, rows, wrong)


def _changes(before: Staff | None, after: Member) -> list[Row]:
    was = staff.said(staff.member(before)) if before else {}
    return changes.rows(history.changes(was, staff.said(after)))


async def _page(
    request: Request, said: str, shown: list[Shown], refused: str = "", status: int = 200
) -> Response:
    return await page.render(
        request,
        "desk/running/team_import.html",
        status=status,
        said=said,
        shown=shown,
        good=sum(not one.wrong and bool(one.rows) for one in shown),
        bad=sum(bool(one.wrong) for one in shown),
        refused=refused,
    )
