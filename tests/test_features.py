"""The page of features names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "docs" / "features.md").read_text())


@pytest.mark.parametrize(("file", "test"), NAMED)
def test_named_test_is_there(file: str, test: str) -> None:
    assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text(), re.MULTILINE)


def test_every_row_names_a_test_or_says_what_is_missing() -> None:
    rows = [
        line for line in (ROOT / "docs" / "features.md").read_text().splitlines() if line.startswith("| ")
    ]
    assert len(NAMED) > 30
    assert all("::test_" in row or "not yet" in row for row in rows[2:])
