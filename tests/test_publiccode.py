"""publiccode.yml keeps to its standard (publiccode.yml 0.5), and says what the rest of the house says."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from channels import languages

ROOT = Path(__file__).parents[1]
MANDATORY = {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description",
             "legal", "maintenance", "localisation"}  # fmt: skip
OPTIONAL = {"softwareVersion", "releaseDate", "categories", "intendedAudience", "dependsOn"}


@pytest.fixture(scope="module")
def said() -> Any:
    return yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project() -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_has_all_it_must_have_and_nothing_unknown(said: Any) -> None:
    assert set(said) >= MANDATORY
    assert set(said) <= MANDATORY | OPTIONAL
    assert re.fullmatch(r"https?://\S+", said["url"])
    assert date.fromisoformat(said["releaseDate"])


def test_chosen_words_are_in_the_lists_of_the_standard(said: Any) -> None:
    assert said["developmentStatus"] in {"concept", "development", "beta", "stable", "obsolete"}
    assert said["softwareType"] == "standalone/web"
    assert set(said["categories"]) <= {"appointment-scheduling", "online-booking", "data-analytics"}
    assert set(said["intendedAudience"]) == {"countries", "scope"}
    assert set(said["intendedAudience"]["scope"]) <= {"education", "local-authorities", "society"}
    assert said["maintenance"]["type"] in {"internal", "contract", "community", "none"}
    assert all(contact["name"] for contact in said["maintenance"]["contacts"])


@pytest.mark.parametrize("language", ["de", "en"])
def test_descriptions_have_the_right_length(said: Any, language: str) -> None:
    description = said["description"][language]
    assert set(description) == {"shortDescription", "longDescription", "features", "screenshots"}
    assert len(description["shortDescription"]) <= 150
    assert 150 <= len(description["longDescription"]) <= 10_000
    assert all(len(feature) <= 100 for feature in description["features"])
    assert [name for name in description["screenshots"] if not (ROOT / name).is_file()] == []


def test_says_what_the_package_says(said: Any, project: Any) -> None:
    assert said["name"].lower() == project["name"]
    assert said["softwareVersion"] == project["version"]
    assert said["legal"] == {"license": project["license"]}
    assert said["localisation"] == {"localisationReady": True, "availableLanguages": list(languages.NAMES)}
