"""Who works here and how they log in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from office import staff
from office.errors import Invalid
from office.models import Role, Staff

pytestmark = pytest.mark.usefixtures("database")


async def somebody(**overrides: object) -> Staff:
    values = {
        "code": "jb",
        "name": "Jonas Brückner",
        "email": "JB@example.org",
        "role": Role.COUNSELLOR,
        "password": "x",
    }
    return await staff.add(**{"role": Role.COUNSELLOR, **values, **overrides})


async def test_log_in_needs_address_and_password() -> None:
    member = await somebody()
    assert (await staff.log_in(" jb@EXAMPLE.org", "x")).id == member.id
    for email, password in (("jb@example.org", "y"), ("other@example.org", "x"), ("jb@example.org", "")):
        with pytest.raises(staff.WrongLogIn):
            await staff.log_in(email, password)


async def test_nobody_logs_in_as_somebody_without_password_or_who_left() -> None:
    await somebody(password="")
    left = await somebody(code="xx", email="left@example.org")
    await Staff.filter(id=left.id).update(active=False)
    for email in ("jb@example.org", "left@example.org"):
        with pytest.raises(staff.WrongLogIn):
            await staff.log_in(email, "x")


async def test_new_password_ends_every_log_in() -> None:
    before = await somebody()
    await staff.set_password("jb@example.org", "new")
    after = await staff.log_in("jb@example.org", "new")
    assert after.log_in_generation == before.log_in_generation + 1


@pytest.mark.parametrize("same", [{"code": "other"}, {"email": "other@example.org"}])
async def test_code_and_address_are_nobody_elses(same: dict[str, str]) -> None:
    await somebody()
    with pytest.raises(staff.Known, match="works here already"):
        await somebody(**same)


async def test_unknown_address_is_said() -> None:
    with pytest.raises(staff.Unknown, match="nobody@example"):
        await staff.set_password("nobody@example.org", "x")


async def test_two_leads_who_dismiss_each_other_at_once_leave_one() -> None:
    for code in ("l1", "l2"):
        await somebody(code=code, email=f"{code}@example.org", role=Role.LEAD)
    now = datetime(2026, 3, 2, 8, tzinfo=UTC)
    gone = [staff.Member(code, f"{code}@example.org", Role.LEAD, active=False) for code in ("l1", "l2")]
    done = await asyncio.gather(
        *(staff.save(one.name, one, actor="staff:l1", now=now) for one in gone), return_exceptions=True
    )
    assert sum(isinstance(one, Invalid) for one in done) == 1
    assert await Staff.filter(role=Role.LEAD, active=True).count() == 1
