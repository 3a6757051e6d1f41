"""What README and docs say can be done, can be done: commands, links, pictures, addresses, log-ins, settings."""

from __future__ import annotations

import asyncio
import importlib.util
import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Match

from channels.web import log_in, site
from office import settings as office_settings
from office import staff
from office.models import Role
from office.settings import Settings
from sprechstunde import house
from tests.command_lines import trouble
from tests.conftest import make_settings

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
COMMANDS = {
    "cd", "cp", "curl", "docker", "editor", "jq", "make", "openssl", "sprechstunde", "sudo",
    ".venv/bin/pip", ".venv/bin/python", "python", "git",
}  # fmt: skip
"""What a line of a shell block may begin with."""
OF_OTHERS = {"PGSSLMODE", "PGSSLROOTCERT", "SSL_CERT_FILE", "CHROMIUM"}
"""Variables that are read, but by the libraries under us, or by the tests."""
FOLDERS = ("/etc", "/opt", "/var", "/usr", "/tmp")
FENCE = re.compile(r"(?ms)^ *```(\w*)\n(.*?)^ *```$")

page = pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))


def prose(path: Path) -> str:
    """The page without its blocks of code."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def spans(path: Path) -> list[str]:
    """What stands between backticks in the prose."""
    return re.findall(r"`([^`\n]+)`", prose(path))


def shell_lines(path: Path) -> Iterator[str]:
    """Every line of every block marked as shell, continued lines joined."""
    for language, block in FENCE.findall(path.read_text(encoding="utf-8")):
        if language in {"sh", "shell", "bash", "console"}:
            yield from (line.strip() for line in block.replace("\\\n", " ").splitlines() if line.strip())


@page
def test_every_command_line_exists(path: Path) -> None:
    inline = [span for span in spans(path) if re.match(r"(\w+=\S+ )*(make|sprechstunde) [a-z]", span)]
    assert [found for line in [*shell_lines(path), *inline] if (found := trouble(line))] == []


@page
def test_every_line_begins_with_a_known_command(path: Path) -> None:
    lines = [re.sub(r"^(\w+=(\S*\$\(.*\)|\S*)\s*)+", "", line) for line in shell_lines(path)]
    first = {line.split()[0] for line in lines if line and line[0] not in "#-'\"}|"}
    assert first <= COMMANDS


def test_modules_that_write_pages_exist() -> None:
    asked = {name for path in PAGES for name in re.findall(r"python -m (tests[\w.]+)", path.read_text())}
    assert asked >= {"tests.module_list", "tests.privacy_table"}
    assert [name for name in asked if importlib.util.find_spec(name) is None] == []


@page
def test_every_relative_link_and_picture_exists(path: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(path))
    ours = [target for target in targets if not re.match(r"https?:|mailto:|#", target)]
    assert [one for one in ours if not (path.parent / one.partition("#")[0]).exists()] == []


@page
def test_every_anchor_is_a_heading(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]*#[^)\s]+)\)", prose(path)):
        name, _, anchor = target.partition("#")
        if not name.startswith("http"):
            assert anchor in anchors(path.parent / name if name else path), target


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"(?m)^#+ (.+)$", prose(path))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@page
def test_every_address_is_a_route(path: Path, tmp_path: Path) -> None:
    named = {span.split("?")[0] for span in spans(path) if re.fullmatch(r"/[\w{}./?=&…-]*", span)}
    named |= set(re.findall(r"http://localhost:8000(/[^\s>`)?\"]*)", path.read_text(encoding="utf-8")))
    routes = site.routes(make_settings(tmp_path, demo=True), "all")
    addresses = {one for one in named if not one.startswith(FOLDERS)}
    assert [one for one in addresses if not answered(one, routes)] == []


def answered(address: str, routes: list[BaseRoute]) -> bool:
    """Whether a route takes this address, or lies below it."""
    path = _filled(address.replace("{lang}", "de"))
    scopes = [{"type": "http", "path": path, "method": method, "headers": []} for method in ("GET", "POST")]
    if any(route.matches(scope)[0] is Match.FULL for route in routes for scope in scopes):
        return True
    below = [_filled(str(getattr(route, "path", "")).replace("{lang:language}", "de")) for route in routes]
    return any(one.startswith(f"{path.rstrip('/')}/") for one in below)


def _filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}|…", "x", path)


@page
def test_every_setting_named_exists(path: Path) -> None:
    known = {name.upper() for name in Settings.model_fields} | OF_OTHERS | compose_variables()
    named = {
        found
        for span in spans(path)
        for found in re.findall(r"^([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|PORT|HOST|DEMO)(?:=.*)?$", span)
    }
    assert named <= known


def compose_variables() -> set[str]:
    return set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def test_pictures_say_what_they_show() -> None:
    shown = re.findall(r"!\[([^\]]+)\]\((docs/screenshots/[\w-]+\.png)\)", README.read_text(encoding="utf-8"))
    assert len(shown) >= 8
    assert all(len(described) > 30 for described, _ in shown)


def test_pictures_are_taken_by_the_target_that_says_so() -> None:
    said = subprocess.run(
        ["make", "--dry-run", "screenshots"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "-m tests.browser.screenshots" in said


def test_log_ins_of_the_readme_open_the_desk(tmp_path: Path) -> None:
    named = re.findall(r"\| `(\w+@example\.org)` \| (.*?) \|", README.read_text(encoding="utf-8"))
    assert len(named) == 4
    asyncio.run(_log_all_in(tmp_path, dict(named)))


async def _log_all_in(folder: Path, named: dict[str, str]) -> None:
    demo = make_settings(folder, demo=True)
    office_settings.use(demo)
    await house.seed_demo(demo, seed=2025, scenario="monday")
    async with house.opened(demo):
        for address, sees in named.items():
            role = (await staff.log_in(address, "demo")).role
            assert role is Role(address.partition("@")[0])
            assert ("no people" not in sees) == (role in log_in.SEES_PEOPLE)
            assert ("no topics" not in sees and "no people" not in sees) == (role in log_in.SEES_TOPICS)
            assert ("figures" in sees or sees == "everything") == (role in log_in.SEES_FIGURES)


def test_changes_begin_with_what_is_not_released_yet() -> None:
    headings = re.findall(r"(?m)^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert headings[0] == "Unreleased"


def test_glossary_is_in_order_and_names_each_thing_once() -> None:
    rows = re.findall(r"(?m)^\| ([a-z].*?) \|", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"))
    assert len(rows) > 30
    assert len(set(rows)) == len(rows)
    assert all(first[0] <= second[0] for first, second in pairwise(rows))
