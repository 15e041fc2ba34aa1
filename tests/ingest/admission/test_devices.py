"""What ingest remembers of the register, and when it asks again."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime

import psycopg
import pytest

from ingest.admission.devices import Devices
from ingest.decoding.decoded import DeviceReport
from storage.core.database import Database
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]


def said(asset: str, *keys: str) -> DeviceReport:
    return DeviceReport("demo", asset, [keys], [0], [0], array("d", [0.0] * len(keys)))


@pytest.fixture
def devices(register: None, ingest_database: Database) -> Devices:  # noqa: ARG001
    return Devices(ingest_database, most_signals=3)


def test_a_device_is_learnt_once_with_its_grace_and_signals(devices: Devices, superuser: Superuser) -> None:
    PlantRows(superuser).signal(1, "a")
    assert devices.recall("demo", "P-101", 0.0) is None
    devices.learn([said("P-101", "a")], 0.0)
    device = devices.recall("demo", "P-101", 59.0)
    assert device is not None
    assert (device.asset_id, device.grace_us, device.signals) == (1, 2_000_000, {"a": 1})


def test_what_is_known_is_asked_again_after_a_minute(devices: Devices, superuser: Superuser) -> None:
    devices.learn([said("P-101")], 0.0)
    superuser.execute("UPDATE asset_class SET grace_s = 30")
    assert devices.recall("demo", "P-101", 61.0) is None
    devices.learn([said("P-101")], 61.0)
    device = devices.recall("demo", "P-101", 61.0)
    assert device is not None
    assert device.grace_us == 30_000_000


def test_a_new_signal_registers_itself_and_no_more_than_may_be(devices: Devices, superuser: Superuser) -> None:
    reports = [said("P-101", "b", "a"), said("P-101", "a", "c\x00"), said("P-101", "c", "d", "e", "f")]
    devices.learn(reports, 0.0)
    device = devices.recall("demo", "P-101", 0.0)
    assert device is not None
    for report in reports:
        devices.register(device, device.new_keys(report.keys))
    assert (list(device.signals), device.is_full) == (["b", "a", "c"], True)
    rows = superuser.execute("SELECT key, self_registered FROM signal ORDER BY signal_id").fetchall()
    assert rows == [("b", True), ("a", True), ("c", True)]


def test_a_key_that_is_only_written_otherwise_is_the_same_signal(devices: Devices, superuser: Superuser) -> None:
    PlantRows(superuser).signal(1, "Kühlung")
    devices.learn([said("P-101")], 0.0)
    device = devices.recall("demo", "P-101", 0.0)
    assert device is not None
    devices.register(device, device.new_keys([("Ku\u0308hlung", "\u200bflow", "flow")]))
    assert superuser.execute("SELECT key FROM signal ORDER BY signal_id").fetchall() == [("Kühlung",), ("flow",)]
    layout = device.layout(("Ku\u0308hlung", "Kühlung", "\u200bflow", "flow"))
    assert layout is not None
    assert [layout[0], layout[2]] == [layout[1], layout[3]]


def test_an_unknown_asset_is_forgotten_soon_so_that_an_approved_one_is_heard(
    devices: Devices, superuser: Superuser
) -> None:
    devices.learn([said("P-999", "a")], 0.0)
    device = devices.recall("demo", "P-999", 1.9)
    assert device is not None
    assert device.asset_id is None
    assert devices.recall("demo", "P-999", 2.1) is None
    PlantRows(superuser).asset("P-999")
    devices.learn([said("P-999", "a")], 2.1)
    device = devices.recall("demo", "P-999", 2.1)
    assert device is not None
    assert device.asset_id == 2


def test_many_devices_are_learnt_at_once_and_the_newest_of_each_is_known(
    devices: Devices, superuser: Superuser
) -> None:
    plant = PlantRows(superuser)
    for second, signal_id in enumerate(plant.signals(plant.asset("P-102"), "a", "b"), start=1):
        plant.latest(signal_id, datetime(2026, 3, 4, 0, 0, second, tzinfo=UTC), 1)
    devices.learn([said("P-101", "c"), said("P-102", "a"), said("P-9", "a")], 0.0)
    known = [devices.recall("demo", asset, 0.0) for asset in ("P-101", "P-102", "P-9")]
    assert [device and (device.asset_id, device.newest_us) for device in known] == [
        (1, 0),
        (2, 1_772_582_402_000_000),
        (None, 0),
    ]


def test_what_is_learnt_again_keeps_how_new_the_newest_was(devices: Devices) -> None:
    devices.learn([said("P-101", "a")], 0.0)
    device = devices.recall("demo", "P-101", 0.0)
    assert device is not None
    device.newest_us = 7
    devices.learn([said("P-101", "a")], 61.0)
    again = devices.recall("demo", "P-101", 61.0)
    assert again is device
    assert again.newest_us == 7
