"""Settings for calendars elsewhere that cannot work are told at the start, by their name."""

from __future__ import annotations

from pathlib import Path

import pytest

from office import settings
from tests.conftest import KEY


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("internal_hosts", "https://cal.example.org"),
        ("internal_hosts", "10.0.0.1/8"),
        ("internal_hosts", "2130706433"),
        ("calendar_ca", "/nowhere.pem"),
        ("https_proxy", "socks5://localhost"),
        ("graph_url", "graph.example.org"),
        ("graph_tenant", "alone"),
    ],
)
def test_wrong_value_is_told_by_name(tmp_path: Path, name: str, value: str) -> None:
    given = {"var_dir": tmp_path, "secret_key": KEY, name: value}
    with pytest.raises(settings.WrongSetting, match=name.upper()):
        settings.read(_env_file=None, **given)


def test_hosts_and_networks_are_taken(tmp_path: Path) -> None:
    made = settings.read(
        _env_file=None,
        var_dir=tmp_path,
        secret_key=KEY,
        internal_hosts="cal.example.org, 10.0.0.0/8,fd00::/8",
    )
    assert made.internal_hosts == ("cal.example.org", "10.0.0.0/8", "fd00::/8")
