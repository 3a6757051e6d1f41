"""The reader of command lines can tell right from wrong."""

from __future__ import annotations

import pytest

from tests.command_lines import trouble


@pytest.mark.parametrize(
    "line",
    [
        "make run",
        "PORT=9000 make run",
        "make clean && make test",
        "sprechstunde web --surface desk",
        "sprechstunde --help",
        "sprechstunde statistics rebuild 2026-01-01 2026-12-31",
        "cd /etc && sudo -u sprechstunde /opt/sprechstunde/bin/sprechstunde migrate --check",
        'docker compose run --rm web sprechstunde user add a@example.org --name "A B" --code ab --role lead',
        "sudo useradd --home-dir /var/lib/sprechstunde sprechstunde",
    ],
)
def test_right_line_is_understood(line: str) -> None:
    assert trouble(line) == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("make rum", "no make target"),
        ("sprechstunde serv", "no such command"),
        ("sprechstunde web --surface kitchen", "kitchen"),
        ("sprechstunde serve --fast", "--fast"),
        ("sprechstunde user", "which of its commands"),
        ("sprechstunde user add a@example.org --name A --role lead", "--code is missing"),
        ("sprechstunde migrate now", "too much"),
        ("echo x; sprechstunde beats", "no such command"),
    ],
)
def test_wrong_line_is_named(line: str, said: str) -> None:
    assert said in trouble(line)
