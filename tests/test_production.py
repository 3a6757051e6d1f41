"""The files for running it without containers: units, proxy, settings."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from office.settings import Settings
from tests import privacy_table, settings_table
from tests.command_lines import refused

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "production"
UNITS = sorted((FOLDER / "systemd").glob("*.service"))
SETTINGS = {name.upper() for name in Settings.model_fields}
COMPOSE_ONLY = {"SITE", "POSTGRES_PASSWORD", "DESK_SITE", "DESK_ADDRESS"}


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """Section → key → values; a line that is no section, entry or comment fails."""
    sections: dict[str, dict[str, list[str]]] = {}
    current: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if section := re.fullmatch(r"\[(\w+)\]", line):
            current = sections.setdefault(section[1], {})
            continue
        key, equals, value = line.partition("=")
        assert equals and sections and re.fullmatch(r"[A-Z]\w+", key), line
        current.setdefault(key, []).append(value)
    return sections


def test_list_of_settings_is_what_the_settings_say() -> None:
    assert (ROOT / "docs/settings.md").read_text(encoding="utf-8") == settings_table.page(), (
        "run python -m tests.settings_table > docs/settings.md"
    )


def test_list_of_personal_columns_is_what_the_rooms_declare() -> None:
    assert (ROOT / "docs/data-protection.md").read_text(encoding="utf-8") == privacy_table.page(), (
        "run python -m tests.privacy_table > docs/data-protection.md"
    )


def test_there_is_a_unit_for_every_process() -> None:
    names = {path.stem for path in UNITS}
    assert names == {f"sprechstunde-{name}" for name in ("public", "desk", "api", "worker@", "beat")}


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_starts_a_command_that_exists(path: Path) -> None:
    sections = unit(path)
    assert set(sections) == {"Unit", "Service", "Install"}
    (start,) = sections["Service"]["ExecStart"]
    program, *arguments = shlex.split(start)
    assert program == "/opt/sprechstunde/bin/sprechstunde"
    assert refused(arguments) == ""


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_is_not_root_and_sets_settings_only(path: Path) -> None:
    service = unit(path)["Service"]
    assert service["User"] == ["sprechstunde"]
    assert service["NoNewPrivileges"] == ["yes"]
    assert service["WorkingDirectory"] == ["/etc/sprechstunde"]
    words = shlex.split(" ".join(service.get("Environment", [])))
    assert {word.partition("=")[0] for word in words} <= SETTINGS


def test_listeners_have_ports_of_their_own_and_the_proxy_knows_them() -> None:
    listening = {
        path.stem.removeprefix("sprechstunde-"): shlex.split(unit(path)["Service"]["Environment"][0])
        for path in UNITS
        if "web" in unit(path)["Service"]["ExecStart"][0]
    }
    assert all("HOST=127.0.0.1" in words for words in listening.values())
    ports = {name: words[1].removeprefix("PORT=") for name, words in listening.items()}
    proxied = dict(re.findall(r"upstream sprechstunde_(\w+) \{ server 127\.0\.0\.1:(\d+); \}", _nginx()))
    assert ports == proxied
    assert len(set(ports.values())) == len(ports)


def test_desk_is_not_on_the_listener_of_the_families() -> None:
    families, desk = re.findall(r"(?ms)^server \{\n(.*?)^\}", _nginx())[1:]
    assert "sprechstunde_desk" not in families
    assert "sprechstunde_public" not in desk
    for listener in (families, desk):
        assert listener.count("return 404") == 2
        assert "location = /metrics" in listener and "location = /readyz" in listener


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("/a/SECRET", "/a/*"),
        ("/q/SECRET", "/q/*"),
        ("/q/SECRET/open", "/q/*/open"),
        ("/a/SECRET.ics", "/a/*"),
        ("/a/SECRET/move?day=2026-01-01", "/a/*/move?day=2026-01-01"),
        ("/i/SECRET/accept", "/i/*/accept"),
        ("/calendar/SECRET.ics", "/calendar/*"),
        ("/de/book/SECRET/extend", "/de/book/*/extend"),
        ("/api/v1/appointments/SECRET/cancel", "/api/v1/appointments/*/cancel"),
        ("/de/book?service=school", "/de/book?service=school"),
    ],
)
def test_proxy_writes_no_token_into_its_log(address: str, logged: str) -> None:
    pattern, masked = re.findall(r'(?s)map \$request_uri.*?"~(.*?)" "(.*?)";', _nginx())[0]
    assert re.sub(pattern, masked.replace("$1", r"\1").replace("$2", r"\2"), address) == logged
    assert "$request_uri" not in _log_format() and "$request " not in _log_format()


def test_every_address_that_carries_a_token_is_masked() -> None:
    from channels.web import site

    pattern = re.findall(r'(?s)map \$request_uri.*?"~(.*?)"', _nginx())[0]
    paths = [getattr(route, "path", "") for route in [*site.PUBLIC, *site.DESK, *site.API]]
    secret = [path for path in paths if "{token}" in path or "{key}" in path]
    assert secret
    for path in secret:
        assert re.match(pattern, path.replace("{lang:language}", "de")), path


def test_inner_addresses_are_closed_before_anything_is_passed_on() -> None:
    """Caddy sorts directives: `handle` would come before `respond`, and so open what is closed."""
    lines = [line.strip() for line in (FOLDER / "Caddyfile").read_text(encoding="utf-8").splitlines()]
    assert "@inside path /metrics /readyz" in lines
    assert "respond @inside 404" in lines
    assert [line for line in lines if line.startswith(("handle", "route"))] == []
    assert lines.count("import guarded") == 2


def test_example_names_existing_settings_and_no_secret() -> None:
    text = (FOLDER / "env.example").read_text(encoding="utf-8")
    named = re.findall(r"(?m)^#?([A-Z_]+)=", text)
    assert len(named) == len(set(named))
    assert set(named) <= SETTINGS | COMPOSE_ONLY
    assert re.findall(r"(?m)^(?:SECRET_KEY|POSTGRES_PASSWORD|API_KEYS)=.", text) == []


def test_example_can_be_read_once_the_secret_is_filled_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    text = (FOLDER / "env.example").read_text(encoding="utf-8")
    filled = re.sub(r"(?m)^#(?=[A-Z_]+=)", "", text).replace("SECRET_KEY=", f"SECRET_KEY={'x' * 64}")
    (tmp_path / ".env").write_text(filled, encoding="utf-8")
    read = Settings(_env_file=tmp_path / ".env")
    assert read.mail_from_name == "Stadt Musterstadt, Terminservice"
    assert read.statistics.endswith("/statistics")
    assert not read.demo


def _nginx() -> str:
    return (FOLDER / "nginx.conf").read_text(encoding="utf-8")


def _log_format() -> str:
    return re.findall(r"(?m)^log_format .*$", _nginx())[0]
