"""Somebody at the desk, for tests: a browser that is logged in, and what stands in the forms of its pages."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx2

from booking.models import Appointment
from channels.web import log_in
from office.models import Role, Staff
from tests import factories

ORIGIN = "http://localhost:8000"
NAMES = {
    Role.COUNSELLOR: "Jonas Brückner",
    Role.RECEPTION: "Katrin Lohmann",
    Role.LEAD: "Petra Sommerfeld",
    Role.ADMIN: "Stefan Nowak",
}


class Browser:
    """A browser without JavaScript that follows no redirect by itself."""

    def __init__(self, app: Any, member: Staff | None = None) -> None:
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=True)
        self.http = httpx2.AsyncClient(transport=transport, base_url=ORIGIN)
        self.member = member
        if member:
            signed = log_in._signer().dumps([member.id, member.log_in_generation])
            self.http.cookies.set(log_in.cookie_name(), signed)

    async def get(self, path: str, status: int = 200, **headers: str) -> str:
        """The page."""
        answer = await self.http.get(path, headers=headers)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
        return answer.text

    async def send(self, path: str, *, status: int = 303, **fields: Any) -> httpx2.Response:
        """Post a form with this browser's token, as if it stood on a page."""
        token = re.search(r'name="csrf" value="([^"]+)"', await self._any_form())
        assert token
        answer = await self.http.post(path, data={"csrf": token[1], **fields})
        assert answer.status_code == status, (path, answer.status_code, answer.text[:2000])
        return answer

    async def _any_form(self) -> str:
        return await self.get("/desk/cards" if self.member else "/desk/log-in")


async def meets(browser: Browser, appointment: Appointment) -> Browser:
    """It is they who meet this person, so the case is theirs."""
    assert browser.member
    await Appointment.filter(id=appointment.id).update(staff_id=browser.member.id)
    return browser


async def make_member(role: Role, **overrides: Any) -> Staff:
    """Somebody of this role."""
    return await factories.make_staff(role=role, **{"name": NAMES[role], "code": role.value[:2], **overrides})


def hidden(page: str, lists: Collection[str] = ()) -> dict[str, Any]:
    """All hidden fields of a page, the last of each name, or all of those in `lists`."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    several = {wanted: [unescape(value) for name, value in found if name == wanted] for wanted in lists}
    return {name: unescape(value) for name, value in found} | several


class _Form(HTMLParser):
    """Collects what a browser would send of the fields in a page's main part."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Any] = {}
        self._area = self._select = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value") or ""
        self._inside = self._inside or tag == "main"
        if not self._inside:
            return
        if tag == "textarea":
            self._area, self.fields[name] = name, ""
        if tag == "select":
            self._select = name
        if tag == "option" and (self._select not in self.fields or "selected" in said):
            self.fields[self._select] = value
        if tag == "input" and said.get("type") in ("checkbox", "radio"):
            if "checked" in said:
                self.fields.setdefault(name, [])
                self.fields[name] += [value]
        elif tag == "input" and said.get("type") != "file":
            self.fields[name] = value

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.fields[self._area] = self.fields[self._area].removeprefix("\n")
            self._area = ""


def filled(page: str) -> dict[str, Any]:
    """What a browser would send of the page's form, boxes as lists; without the token."""
    form = _Form()
    form.feed(page)
    form.fields.pop("csrf", None)
    return form.fields


def times(page: str) -> list[str]:
    """The times offered, as the form would send them."""
    return [unescape(value) for value in re.findall(r'name="starts_at" value="([^"]+)"', page)]
