"""Export, erase and retention on the command line: who is meant, what is asked, and what is left."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from inquiries.models import Person
from office import database as office_database
from office.models import AuditEntry, JournalEntry
from office.settings import Settings
from sprechstunde import house, person
from tests.conftest import KEY
from tests.factories import introduction, make_appointment, make_office
from tests.workers import test_erasure
from tests.workers.test_erasure import MAIL, SECRETS, found_in, make_known


def yes(_what: str) -> bool:
    return True


async def test_somebody_asked_for_who_is_not_here_is_said(database: Settings) -> None:
    with pytest.raises(person.Nobody):
        await person.erase("nobody@example.org", everybody=True, agreed=yes)


async def test_several_are_listed_and_nobody_is_touched(database: Settings) -> None:
    service = await make_office(counsellors=2)
    for name in ("Amira Haddad", "Bela Haddad"):
        await make_appointment(service, who=introduction(name=name, email=MAIL))
    with pytest.raises(person.Several) as several:
        await person.erase(MAIL, everybody=False, agreed=yes)
    assert "person:1 (A.H., since 2026-03-02, 1 inquiries)" in str(several.value)
    assert "Haddad" not in str(several.value)
    assert await Person.all().count() == 2
    assert "2 erased" in await person.erase(MAIL, everybody=True, agreed=yes)
    assert await Person.all().count() == 0


async def test_who_says_no_erases_nobody(database: Settings) -> None:
    booked = await make_appointment()
    asked: list[str] = []

    def no(what: str) -> bool:
        asked.append(what)
        return False

    assert (
        await person.erase(f"person:{booked.person_id}", everybody=False, agreed=no) == "nothing was erased"
    )
    rows = "1 appointments, 1 contacts, 1 inquiries, 1 addresses, 8 name_keys, 1 bookers"
    assert asked == [f"person:{booked.person_id}: {rows}"]
    assert await Person.all().count() == 1


async def test_erasing_is_ordered_first_so_that_workers_finish_it(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = await make_appointment()

    async def killed(*_: object, **__: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("workers.erasure.erase", killed)
        with pytest.raises(KeyboardInterrupt):
            await person.erase(f"person:{booked.person_id}", everybody=False, agreed=yes)
    assert await Person.all().count() == 1
    await test_erasure.settle()
    assert await Person.all().count() == 0


async def test_file_is_for_who_wrote_it_only_and_its_making_is_noted(
    database: Settings, tmp_path: Path
) -> None:
    booked = await make_appointment()
    out = tmp_path / "out.html"
    await person.hand_out(f"person:{booked.person_id}", out)
    assert "Kevin Drews" in out.read_text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert await AuditEntry.filter(action="exported", subject=f"person:{booked.person_id}").exists()


@pytest.mark.parametrize("engine", ["sqlite"])
async def test_commands_leave_no_byte_of_the_person(settings: Settings, tmp_path: Path) -> None:
    async with office_database.opened(house.databases(settings)):
        await make_known(settings)
    out = tmp_path.parent / f"{tmp_path.name}-export.html"
    written = await command(tmp_path, "export", SECRETS["phone"], "--out", str(out))
    assert SECRETS["note"] in out.read_text()
    out.unlink()
    erased = await command(tmp_path, "erase", f"+{SECRETS['phone']}", "--yes")
    again = await command(tmp_path, "erase", f"+{SECRETS['phone']}", "--yes", code=3)
    due = await command(tmp_path, "retention", "--dry-run")
    assert "1 erased" in erased
    everything = await test_erasure.everything(settings)
    assert found_in(everything + (written + erased + again + due).encode()) == []
    async with office_database.opened(house.databases(settings)):
        assert await JournalEntry.filter(kind="person.erased").count() == 1


async def command(var: Path, *words: str, code: int = 0) -> str:
    """All that `sprechstunde …` says, in a process of its own with its files in `var`."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")} | {
        "VAR_DIR": str(var),
        "SECRET_KEY": KEY,
        "BASE_URL": "http://localhost:8000",
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "sprechstunde", *words],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr
