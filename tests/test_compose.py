"""docker-compose.yml and the Dockerfile: what can be said of them without starting them."""

from __future__ import annotations

import re
import shlex
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from office.settings import Settings
from tests.command_lines import refused

ROOT = Path(__file__).parents[1]
OURS = {
    "web": ["web", "--surface", "public"],
    "desk": ["web", "--surface", "desk"],
    "api": ["web", "--surface", "api"],
    "worker": ["worker"],
    "beat": ["beat"],
    "migrate": ["migrate"],
}
"""Service → what `sprechstunde` is asked to be."""
SERVES = {"web", "desk", "api"}
OTHERS = {"proxy", "postgres", "redis", "mail"}
SETTINGS = {name.upper() for name in Settings.model_fields}


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services(compose: Any) -> Any:
    return compose["services"]


def dockerfile() -> list[str]:
    """Its instructions, one each, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def last_stage() -> list[str]:
    lines = dockerfile()
    start = max(number for number, line in enumerate(lines) if line.startswith("FROM "))
    return lines[start:]


def test_every_process_of_the_house_is_a_service_and_nothing_else(services: Any) -> None:
    assert set(services) == set(OURS) | OTHERS
    for name, arguments in OURS.items():
        assert services[name]["command"] == ["sprechstunde", *arguments]
        assert refused(arguments) == ""


def test_only_the_proxy_is_reachable_and_the_desk_on_one_address(services: Any) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["proxy", "mail"]
    ports = services["proxy"]["ports"]
    assert ports[:3] == ["80:80", "443:443", "443:443/udp"]
    assert ports[3:] == ["${DESK_ADDRESS:-127.0.0.1}:8443:8443"]


def test_mail_catcher_is_for_trying_out_and_for_this_host_only(services: Any) -> None:
    assert services["mail"]["profiles"] == ["demo"]
    assert services["mail"]["ports"] == ["127.0.0.1:8025:8025"]
    assert all("mail" not in service.get("depends_on", {}) for service in services.values())


def test_who_is_started_is_known_to_be_well(services: Any) -> None:
    for name in OTHERS:
        assert services[name]["healthcheck"]["test"][0] == "CMD"
    assert any(line.startswith("HEALTHCHECK") and "/healthz" in line for line in last_stage())
    without = {name for name in OURS if services[name].get("healthcheck") == {"disable": True}}
    assert without == set(OURS) - SERVES  # the others answer no requests


def test_nothing_starts_before_what_it_needs(services: Any) -> None:
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in set(OURS) - {"migrate"}:
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_environment_names_settings_only(services: Any) -> None:
    for name in OURS:
        assert set(services[name]["environment"]) <= SETTINGS


def test_variables_to_fill_in_are_in_the_example(compose: Any) -> None:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+):\?", text))
    example = (ROOT / "docs/production/env.example").read_text(encoding="utf-8")
    assert asked == {"SITE", "POSTGRES_PASSWORD"}
    assert asked <= set(re.findall(r"(?m)^(\w+)=", example))


def test_ours_may_do_little_and_reach_little(services: Any) -> None:
    for name in OURS:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["networks"] == (["inside", "outside"] if name == "worker" else ["inside"])
    assert services["postgres"]["networks"] == services["redis"]["networks"] == ["inside"]


def test_proxy_is_believed_and_nobody_outside_its_network(compose: Any, services: Any) -> None:
    assert compose["networks"]["inside"]["internal"] is True
    subnet = compose["networks"]["inside"]["ipam"]["config"][0]["subnet"]
    assert {services[name]["environment"]["TRUSTED_PROXIES"] for name in SERVES} == {subnet}
    assert ip_network(subnet.removeprefix("${INSIDE:-").removesuffix("}")).num_addresses == 256


def test_files_mounted_from_here_exist(services: Any) -> None:
    mounted = [volume for service in services.values() for volume in service.get("volumes", [])]
    ours = [volume.split(":")[0] for volume in mounted if volume.startswith("./")]
    assert ours
    assert [path for path in ours if not (ROOT / path).is_file()] == []


def test_image_listens_where_the_proxy_finds_it_and_runs_as_nobody_special(services: Any) -> None:
    stage = last_stage()
    words = shlex.split(" ".join(line.removeprefix("ENV ") for line in stage if line.startswith("ENV ")))
    environment = dict(word.split("=", 1) for word in words)
    assert environment["HOST"] == "0.0.0.0"
    caddyfile = (ROOT / "docs/production/Caddyfile").read_text(encoding="utf-8")
    targets = dict(re.findall(r"reverse_proxy (?:/\S+ )?(\w+):(\d+)", caddyfile))
    assert targets == dict.fromkeys(SERVES, environment["PORT"])
    users = [line.split()[1] for line in stage if line.startswith("USER ")]
    assert users[-1:] not in ([], ["root"], ["0"])
    assert stage.index(f"USER {users[-1]}") < min(
        number for number, line in enumerate(stage) if line.startswith("CMD ")
    )


def test_image_starts_a_command_that_exists() -> None:
    commands = [line for line in last_stage() if line.startswith("CMD ")]
    assert len(commands) == 1
    words = yaml.safe_load(commands[0].removeprefix("CMD "))
    assert words[0] == "sprechstunde"
    assert refused(words[1:]) == ""


def test_files_copied_into_the_image_exist() -> None:
    copied = [line.split()[1:-1] for line in dockerfile() if line.startswith("COPY ")]
    names = [name for names in copied for name in names if not name.startswith("--")]
    assert "requirements.lock" in names
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_images_can_come_from_a_mirror_and_no_registry_is_named(services: Any) -> None:
    named = [service["image"] for service in services.values() if "build" not in service]
    built = [line.split()[1] for line in dockerfile() if line.startswith("FROM ")]
    assert all(image.startswith("${REGISTRY:-}") for image in named)
    assert all(image.startswith("${REGISTRY}") for image in built)
    bare = [re.sub(r"\$\{[^}]*\}", "", image).split(":")[0] for image in named + built]
    assert [image for image in bare if "." in image.split("/")[0]] == []  # a host has a dot
    assert not re.search(r"https?://(?!127\.0\.0\.1)", "\n".join(dockerfile()))
