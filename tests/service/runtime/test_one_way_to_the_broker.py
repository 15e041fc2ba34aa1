"""Whatever the product connects to its broker with has the certificates that the settings name."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from plant.mqtt.certificates import Certificates
from service.runtime.surroundings import Surroundings
from tests.conftest import free_port
from tests.ingest.test_tls import Authority, authority, broker
from tests.patience import wait_for
from tests.stack import Stack

SERVICE = Path(__file__).parents[3] / "service"
MAKERS = {"runtime/surroundings.py"}
WITH_A_BROKER_OF_ITS_OWN = {"bench/latency.py", "bench/ingest.py", "bench/broker.py"}
CONNECTIONS = {"Wire", "MqttPublisher", "BrokerSettings"}


def connections(module: Path) -> list[str]:
    calls = (node.func for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call))
    return [one.id for one in calls if isinstance(one, ast.Name) and one.id in CONNECTIONS]


def test_one_place_makes_every_connection() -> None:
    makers = {
        str(module.relative_to(SERVICE)): made for module in SERVICE.rglob("*.py") if (made := connections(module))
    }
    assert set(makers) - WITH_A_BROKER_OF_ITS_OWN <= MAKERS, makers


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    made = authority(tmp_path / "ours")
    made.sign("broker", "IP:127.0.0.1")
    made.sign("plant")
    return made


@pytest.mark.long
@pytest.mark.needs("mosquitto")
@pytest.mark.needs("openssl")
def test_up_reaches_a_broker_that_wants_a_certificate_of_its_own_authority(ours: Authority, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with broker(tmp_path, ours, "require_certificate true", "use_identity_as_username true") as port:
        settings = {
            "ASSETLOOP_MQTT_URL": f"mqtts://127.0.0.1:{port}",
            "ASSETLOOP_MQTT_CA_FILE": str(ours.certificate),
            "ASSETLOOP_MQTT_CERT_FILE": str(ours.folder / "plant.crt"),
            "ASSETLOOP_MQTT_KEY_FILE": str(ours.folder / "plant.key"),
        }
        with Stack(folder, free_port(), ("--no-demo",), environment=settings) as stack:
            stack.running()
            wait_for(
                lambda: [one for one in (stack.get("/ingest/status") or {}).get("slots", []) if one["is_listening"]],
                what="ingest to listen",
            )
            code, _ = stack.stop()
    assert code == 0, "nothing died on the way"


def test_what_publishes_has_the_certificates_of_the_settings(
    ours: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Certificates | None] = []

    def note(_url: str, *, certificates: Certificates | None = None) -> None:
        seen.append(certificates)

    monkeypatch.setattr("simulators.wire.Wire", note)
    monkeypatch.setattr("alerts.dispatch.mqtt_publisher.MqttPublisher", note)
    monkeypatch.setenv("ASSETLOOP_MQTT_URL", "mqtts://127.0.0.1:1")
    monkeypatch.setenv("ASSETLOOP_MQTT_CA_FILE", str(ours.certificate))
    around = Surroundings.of(tmp_path)
    around.wire()
    around.wire("mqtts://127.0.0.1:2")
    around.order_publisher()
    assert [one.ca_file if one else None for one in seen] == [ours.certificate] * 3
