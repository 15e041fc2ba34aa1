"""The compose file is sound as far as that can be told without an engine: parsed, interpolated, every name resolved."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.settings import Settings
from tests.commands import without_settings

ROOT = Path(__file__).parents[2]
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>\w+)(?P<rest>[^}]*)\}")
OUR_ROLES = {"migrate", "ingest", "score", "desk", "work", "serve", "dashboards"}
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load(TEXT)


@pytest.fixture(scope="module")
def services(compose: Any) -> dict[str, Any]:
    found: dict[str, Any] = compose["services"]
    return found


def test_every_part_is_there(services: dict[str, Any]) -> None:
    assert set(services) == OUR_ROLES | {"timescaledb", "accounts", "mosquitto", "grafana"}


def test_every_image_is_pinned_or_built_here(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name in OUR_ROLES:
            assert (ROOT / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        else:
            assert re.search(r":v?\d+\.\d+\.\d+(-pg\d+)?$", service["image"]), service["image"]


def test_the_database_is_as_new_as_the_product_recommends(services: dict[str, Any]) -> None:
    match = re.fullmatch(r"timescale/timescaledb:(\d+)\.(\d+)\.(\d+)-pg17", services["timescaledb"]["image"])
    assert match is not None
    assert tuple(map(int, match.groups())) >= (2, 29, 2)
    assert services["accounts"]["image"] == services["timescaledb"]["image"]


def test_names_that_services_refer_to_exist(compose: Any, services: dict[str, Any]) -> None:
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in services
            assert how["condition"] in {"service_healthy", "service_completed_successfully"}
            if how["condition"] == "service_healthy":
                assert "healthcheck" in services[needed]
        assert set(service["networks"]) <= set(compose["networks"])
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in compose["volumes"], volume


def test_hosts_that_are_spoken_to_share_a_network_with_who_speaks(services: dict[str, Any]) -> None:
    for name, service in services.items():
        for value in service.get("environment", {}).values():
            for host in re.findall(r"(?:@|//|^)(timescaledb|mosquitto)\b", str(value)):
                assert set(service["networks"]) & set(services[host]["networks"]), (name, host)


def test_no_password_has_a_default_and_none_is_written_down(services: dict[str, Any]) -> None:
    for match in VARIABLE.finditer(TEXT):
        secret = "PASSWORD" in match["name"] or "TOKEN" in match["name"]
        assert match["rest"] == ":?set it in .env" if secret else match["rest"].startswith(":-"), match[0]
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if "PASSWORD" in name or "TOKEN" in name:
                assert VARIABLE.fullmatch(value), name


def test_the_example_declares_every_variable_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    declared = set(re.findall(r"^(?:# )?(ASSETLOOP_COMPOSE_\w+)=", example, re.MULTILINE))
    assert declared == {match["name"] for match in VARIABLE.finditer(TEXT)}
    assert not re.search(r"^ASSETLOOP_COMPOSE_\w+=.", example, re.MULTILINE), "names only"


def test_every_setting_handed_to_a_role_is_one_it_knows(services: dict[str, Any]) -> None:
    known = {f"ASSETLOOP_{name.upper()}" for name in Settings.model_fields}
    for name in OUR_ROLES:
        handed = {key for key in services[name]["environment"] if key.startswith("ASSETLOOP_")}
        assert "ASSETLOOP_DATABASE_URL" in handed <= known


def test_every_role_logs_in_as_itself_with_a_password_of_its_own(services: dict[str, Any]) -> None:
    logins = {name: services[name]["environment"]["PGUSER"] for name in OUR_ROLES}
    logins["grafana"] = services["grafana"]["environment"]["GRAFANA_DATABASE_USER"]
    assert logins == {name: f"assetloop_login_{name}" for name in logins}
    passwords = [services[name]["environment"]["PGPASSWORD"] for name in OUR_ROLES]
    assert len(set(passwords)) == len(passwords)
    assert set(services["accounts"]["environment"]) >= {f"{name.upper()}_PASSWORD" for name in logins}


def test_everything_is_published_on_loopback_alone(services: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(ports) == {"mosquitto", "serve", "grafana"}
    assert all(port.startswith("127.0.0.1:") for published in ports.values() for port in published)


def test_what_serves_is_watched_and_everything_is_started_again(services: dict[str, Any]) -> None:
    assert all("restart" in service for service in services.values())
    for name in ("timescaledb", "mosquitto", "serve", "dashboards", "grafana"):
        assert "healthcheck" in services[name], name


def test_grafana_sees_what_was_built_under_the_path_it_was_built_for(services: dict[str, Any]) -> None:
    command, folder = services["dashboards"]["entrypoint"][-1], "/var/lib/assetloop-grafana"
    assert f"grafana build -o {folder} " in command
    assert f"dashboards:{folder}" in services["dashboards"]["volumes"]
    assert f"dashboards:{folder}:ro" in services["grafana"]["volumes"]
    assert services["grafana"]["environment"]["GF_PATHS_PROVISIONING"] == f"{folder}/provisioning"
    built = (ROOT / "grafana" / "publishing" / "provisioning.py").read_text(encoding="utf-8")
    for name in re.findall(r'"\$(GRAFANA_DATABASE_\w+)"', built):
        assert name in services["grafana"]["environment"]


def test_the_image_is_made_of_files_that_exist_as_somebody_who_is_not_root() -> None:
    lines = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    words = [shlex.split(line) for line in lines if line and not line.startswith("#")]
    sources = [source for line in words if line[0] == "COPY" for source in line[1:-1]]
    assert all((ROOT / source).exists() for source in sources)
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"
    }
    assert set(sources) == allowed
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= set(sources)
    assert ["USER", "assetloop"] in words
    assert any("--require-hashes" in line for line in words)


@pytest.mark.needs("docker-compose")
def test_compose_itself_accepts_the_file(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    filled = tmp_path / "env"
    filled.write_text(re.sub(r"^(ASSETLOOP_\w+=)$", r"\1made-up", example, flags=re.MULTILINE), encoding="utf-8")
    assert _config(filled).returncode == 0, _config(filled).stderr
    filled.write_text("", encoding="utf-8")
    refused = _config(filled)
    assert refused.returncode != 0
    assert "set it in .env" in refused.stderr


def _config(env_file: Path) -> subprocess.CompletedProcess[str]:
    command = ["docker-compose", "--env-file", str(env_file), "-f", str(ROOT / "docker-compose.yml"), "config"]
    return subprocess.run(command, cwd=ROOT, env=without_settings(), capture_output=True, text=True, check=False)
