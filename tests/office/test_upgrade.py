"""Upgrades keep every row and every guard, also one that alters a table with data; a bad one changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.exceptions import IntegrityError

from booking.models import Appointment, Claim, Service
from inquiries.models import Person
from office import database, guards, upgrade
from office.settings import Settings
from sprechstunde import house
from tests.factories import make_appointment

ROOT = Path(__file__).parents[2]
HEAD = """
from tortoise import fields, migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [("booking", "0001_initial")]
    operations = [{operation}]
"""
WIDER_CODE = "ops.AlterField('Appointment', 'code', fields.CharField(unique=True, max_length=12))"
ALTERED_SERVICE = "ops.AlterField('Service', 'code', fields.CharField(unique=True, max_length=40))"
LOSES_ROWS = "ops.RunSQL('DELETE FROM claim', reverse_sql='')"
BREAKS = "ops.RunSQL('INSERT INTO nowhere VALUES (1)', reverse_sql='')"

Next = Callable[[str], dict[str, Any]]


@pytest.fixture
def next_version(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Next:
    """The configuration of a later version whose booking room has one more migration."""

    def make(operation: str) -> dict[str, Any]:
        name = f"later_{abs(hash((operation, str(tmp_path))))}"
        folder = tmp_path / name
        shutil.copytree(ROOT / "booking" / "migrations", folder)
        (folder / "0002_later.py").write_text(HEAD.format(operation=operation))
        monkeypatch.syspath_prepend(str(tmp_path))
        configuration = house.databases(settings)
        configuration["apps"]["booking"]["migrations"] = name
        return configuration

    return make


async def with_an_appointment(settings: Settings) -> dict[str, int]:
    """Book something and count the rows."""
    async with database.opened(house.databases(settings)):
        await make_appointment()
        return await counts()


async def counts() -> dict[str, int]:
    models = (Appointment, Claim, Service, Person)
    return {model.__name__: await model.all().count() for model in models}


async def test_migrations_build_the_guards_on_both_engines_and_they_bite(database: Settings) -> None:
    await guards.verify(get_connection("default"))
    await guards.verify(get_connection("statistics"))
    await make_appointment()
    claim = (await Claim.all())[0]
    with pytest.raises(IntegrityError):
        await Claim.create(staff_id=claim.staff_id, cell=claim.cell)


@pytest.mark.parametrize("operation", [WIDER_CODE, ALTERED_SERVICE])
async def test_upgrade_that_alters_a_table_with_data_keeps_rows_and_guards(
    settings: Settings, next_version: Next, operation: str
) -> None:
    before = await with_an_appointment(settings)
    configuration = next_version(operation)
    assert await upgrade.upgrade(configuration) == ["booking.0002_later"]
    await upgrade.verify(configuration)
    async with database.opened(house.databases(settings)):
        assert await counts() == before
        await guards.verify(get_connection("default"))
        booked = await Appointment.all().first()
        assert booked is not None
        with pytest.raises(IntegrityError):
            await Appointment.create(
                **{name: getattr(booked, name) for name in booked._meta.fields_db_projection if name != "id"}
            )


async def test_second_upgrade_has_nothing_to_do(settings: Settings, next_version: Next) -> None:
    configuration = next_version(WIDER_CODE)
    await upgrade.upgrade(configuration)
    assert await upgrade.upgrade(configuration) == []


async def test_older_database_is_not_opened(settings: Settings, next_version: Next) -> None:
    with pytest.raises(upgrade.NotUpgraded, match="sprechstunde migrate"):
        await upgrade.verify(next_version(WIDER_CODE))


async def test_missing_guard_is_found_at_start_and_restored_by_migrate(settings: Settings) -> None:
    configuration = house.databases(settings)
    async with database.opened(configuration):
        connection = get_connection("default")
        if connection.capabilities.dialect == "sqlite":
            await _drop_claim_guard_in_file(
                Path(configuration["connections"]["default"]["credentials"]["file_path"])
            )
        else:
            await connection.execute_script(
                'ALTER TABLE claim DROP CONSTRAINT IF EXISTS "uid_claim_staff_i_nothing"'
            )
            rows = await connection.execute_query_dict(
                "SELECT conname FROM pg_constraint WHERE conrelid = 'claim'::regclass AND contype = 'u'"
            )
            for row in rows:
                await connection.execute_script(f'ALTER TABLE claim DROP CONSTRAINT "{row["conname"]}"')
            await connection.execute_script("""
                DO $$ DECLARE i record; BEGIN
                FOR i IN SELECT indexrelid::regclass::text AS name FROM pg_index
                    WHERE indrelid = 'claim'::regclass AND indisunique AND NOT indisprimary
                LOOP EXECUTE 'DROP INDEX ' || i.name; END LOOP; END $$""")
    with pytest.raises(guards.GuardMissing, match=r"claim\(staff_id, cell\)"):
        await upgrade.verify(configuration)
    await upgrade.upgrade(configuration)
    await upgrade.verify(configuration)


async def _drop_claim_guard_in_file(file: Path) -> None:
    """Rebuild the table without its constraint, as a careless migration does."""
    await Tortoise.close_connections()
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE bare AS SELECT * FROM claim")
    connection.execute("DROP TABLE claim")
    connection.execute("ALTER TABLE bare RENAME TO claim")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("operation", [LOSES_ROWS, BREAKS])
async def test_bad_upgrade_leaves_the_file_as_it_was(
    settings: Settings, next_version: Next, operation: str
) -> None:
    before = await with_an_appointment(settings)
    with pytest.raises(upgrade.UpgradeFailed, match="left as it was"):
        await upgrade.upgrade(next_version(operation))
    async with database.opened(house.databases(settings)):
        assert await counts() == before
    assert not list(settings.var_dir.glob("*.upgrading*"))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_file_in_use_is_one_clear_line(settings: Settings, next_version: Next) -> None:
    writer = sqlite3.connect(settings.var_dir / "sprechstunde.sqlite3", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    with pytest.raises(upgrade.UpgradeFailed, match="in use; stop the other process"):
        await upgrade.upgrade(next_version(WIDER_CODE))
    writer.close()


def test_several_upgrades_at_once_do_it_once(settings: Settings) -> None:
    import subprocess

    from tests.workers.processes import environment

    command = [sys.executable, "-m", "sprechstunde", "migrate"]
    many = [
        subprocess.Popen(
            command, env=environment(settings), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(3)
    ]
    said = [(one.communicate()[0], one.returncode) for one in many]
    assert [code for _text, code in said] == [0, 0, 0], said
