"""The walls of the house: what must be declared, listed or closed, and would otherwise rot unseen."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest
from tortoise import Tortoise
from tortoise.models import Model

from figures import tables
from office import upgrade
from office.personal import Personal
from office.settings import Settings
from sprechstunde import house
from tests import module_list
from tests.conftest import make_settings
from workers import reactions

ROOT = Path(__file__).parents[1]
ROOMS = module_list.ROOMS
WITH_TABLES = ("office", "inquiries", "booking", "figures", "channels")
OFFICE = {
    "__init__", "audit", "catalogues", "closing_days", "database", "errors", "guards", "history", "journal", "links",
    "models", "open_hours", "personal", "places", "seasons", "settings", "sqlite", "staff", "statement",
    "upgrade", "wake",
}  # fmt: skip
"""`office` is closed, so that it cannot become a drawer for everything: add a module here only with a reason."""
DRAWERS = {"utils", "helpers", "managers", "base", "common", "misc"}


def every_module() -> list[Path]:
    return [path for room in ROOMS for path in module_list.modules(room)]


def test_office_has_exactly_the_modules_it_is_known_for() -> None:
    assert {path.stem for path in (ROOT / "office").glob("*.py")} == OFFICE


def test_no_module_is_a_drawer() -> None:
    assert not [path for path in every_module() if path.stem in DRAWERS]


def test_every_module_says_what_it_is_for() -> None:
    assert [
        path
        for path in every_module()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ] == []


def test_a_package_opens_with_a_docstring_and_nothing_else() -> None:
    packages = [path for path in every_module() if path.name == "__init__.py"]
    assert [path for path in packages if len(ast.parse(path.read_text()).body) > 1] == []


def test_list_of_modules_is_what_the_modules_say() -> None:
    assert (ROOT / "docs" / "modules.md").read_text() == module_list.page(), (
        "run python -m tests.module_list > docs/modules.md"
    )


def test_only_the_settings_read_the_environment() -> None:
    readers = [path for path in every_module() if re.search(r"os\.environ|getenv", path.read_text())]
    assert {str(path.relative_to(ROOT)) for path in readers} <= {
        "sprechstunde/command.py"
    }  # hands it to children


def test_only_the_database_module_and_its_like_open_transactions() -> None:
    """Verbs use `database.verb`; the rest is the machinery under them, each with its own reason."""
    openers = {
        str(path.relative_to(ROOT))
        for path in every_module()
        if re.search(r"\bin_transaction\(", path.read_text())
    }
    assert openers <= {
        "office/database.py", "office/journal.py", "office/catalogues.py", "channels/sending.py",
        "channels/reminders.py", "figures/ledger.py", "figures/rollups.py", "sprechstunde/demo/day.py",
        "sprechstunde/demo/weeks.py", "sprechstunde/demo/seed.py", "sprechstunde/demo/office.py",
        "sprechstunde/demo/year.py",
    }  # fmt: skip


@pytest.fixture
def models() -> dict[str, dict[str, type[Model]]]:
    Tortoise.init_models([f"{room}.models" for room in WITH_TABLES if room == "office"], "office")
    found = {}
    for room in WITH_TABLES:
        module = importlib.import_module(f"{room}.models")
        classes = {name: thing for name, thing in vars(module).items() if isinstance(thing, type)}
        found[room] = {
            name: thing
            for name, thing in classes.items()
            if issubclass(thing, Model) and thing is not Model and thing.__module__ == module.__name__
        }
    return found


@pytest.mark.parametrize("room", WITH_TABLES)
def test_every_column_is_declared_personal_or_plain(
    room: str, models: dict[str, dict[str, type[Model]]]
) -> None:
    declared = importlib.import_module(f"{room}.personal")
    columns = {f"{name}.{column}" for name, model in models[room].items() for column in _columns(model)}
    assert set(declared.PERSONAL) | declared.PLAIN == columns
    assert not set(declared.PERSONAL) & declared.PLAIN
    assert all(isinstance(value, Personal) and value.period for value in declared.PERSONAL.values())


def _columns(model: type[Model]) -> set[str]:
    points = {"ForeignKeyFieldInstance", "OneToOneFieldInstance"}
    return {
        f"{name}_id" if type(field).__name__ in points else name
        for name, field in model._meta.fields_map.items()
        if field.has_db_field or type(field).__name__ in points
    }


OF_US = re.compile("staff|counsellor|colleague|actor|author|assigned|owner")


def test_no_figure_no_metric_and_no_statistic_knows_who_of_us_it_was(
    models: dict[str, dict[str, type[Model]]],
) -> None:
    """What is counted says nothing about whoever works here (docs/data-protection.md)."""
    columns = {column for model in models["figures"].values() for column in _columns(model)}
    assert {"topic", "channel"} <= columns
    known = columns | set(tables.DIMENSIONS) | set(_metric_words())
    assert not [word for word in known if OF_US.search(word)]


def _metric_words() -> set[str]:
    """Every text in the one module that makes metrics: names and labels."""
    makers = [path for path in every_module() if "CollectorRegistry(" in path.read_text()]
    assert [path.name for path in makers] == ["metrics.py"]
    tree = ast.parse(makers[0].read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [call for call in calls if getattr(call.func, "id", "") in {"Counter", "Gauge", "Histogram"}]
    texts = {node.value for call in named for node in ast.walk(call) if isinstance(node, ast.Constant)}
    return {text for text in texts if isinstance(text, str)}


KIND = (
    r'"((?:appointment|calendar|callback|confirmation|inquiry|incoming|interpreter|module|partner|person|running|search'
    r"|session|staff|topic|waiting|walk_in)"
    r'\.[a-z_]+)"'
)


def test_every_kind_of_journal_entry_has_its_reactions() -> None:
    """A kind somebody writes and nobody reacts to would be lost in silence."""
    kinds: set[str] = set()
    for path in every_module():
        kinds |= set(re.findall(KIND, path.read_text()))
    assert kinds == set(reactions.FOLLOWS)


async def test_models_and_migrations_agree(tmp_path: Path) -> None:
    settings: Settings = make_settings(tmp_path)
    assert [writer.name for writer in await upgrade.unwritten(house.databases(settings))] == []


def test_everything_beat_asks_for_is_a_task_somebody_does() -> None:
    from workers import tasks
    from workers.schedule import SCHEDULE

    assert {row["task"] for row in SCHEDULE.values()} <= set(tasks.app.tasks)
    assert all(row["options"]["expires"] for row in SCHEDULE.values())


def test_nothing_is_scheduled_in_the_hour_that_comes_twice_or_never() -> None:
    from celery.schedules import crontab

    from workers.schedule import SCHEDULE

    nightly = [row["schedule"] for row in SCHEDULE.values() if isinstance(row["schedule"], crontab)]
    assert nightly
    hours = {hour for when in nightly for hour in when.hour}
    assert not hours & {
        0,
        1,
        2,
    }  # 02:xx in Berlin is 00:xx or 01:xx UTC, and no clock change moves 03:xx UTC there


def test_no_address_of_this_machine_or_of_a_registry_is_committed() -> None:
    import subprocess

    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    hosts = [".".join(parts) for parts in (("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs"))]
    folders = ["/" + "root/", "/" + "home/[a-z]"]  # in pieces, so that this file passes its own test
    wrong = re.compile("|".join([*folders, *map(re.escape, hosts)]))
    found = []
    for name in listed.split():
        path = ROOT / name
        if path.suffix in {".png", ".woff2", ".ico"} or not path.is_file():
            continue
        if wrong.search(path.read_text(encoding="utf-8", errors="ignore")):
            found.append(name)
    assert found == []
