"""What plants run says its values, times and qualities in a few ways; each is learnt as it stands, whoever's it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.decoding.decode import Decoder
from ingest.decoding.shown import readings
from ingest.learning.learner import MappingLearner
from ingest.mapping import mapping_format
from ingest.mapping.file import parse_rules
from plant.errors import Rejected

MS = 1_796_022_000_000
ISO = "2026-11-30T07:00:00Z"
Said = list[tuple[str, Any]]

FAMILIES: dict[str, tuple[Said, list[str]]] = {
    "IO-Link master: values under their paths, each with a code": (
        [
            (
                "ifm/al1350",
                {
                    "code": "event",
                    "cid": -1,
                    "data": {
                        "eventno": "6319",
                        "payload": {
                            "/timer[1]/counter": {"code": 200, "data": 55},
                            "/processdatamaster/temperature": {"code": 200, "data": 41},
                        },
                    },
                },
            )
        ],
        ["ifm/al1350 /processdatamaster/temperature arrival 41.0", "ifm/al1350 /timer[1]/counter arrival 55.0"],
    ),
    "OPC Publisher: source time and status beside each value": (
        [
            (
                "devices/edge1/messages/events",
                [
                    {"NodeId": "ns=2;s=Temp", "Timestamp": "2026-11-30T09:00:00Z", "SequenceNumber": 7}
                    | {"Value": {"Value": 21.5, "SourceTimestamp": "2026-11-30T07:00:00.1234567Z"}},
                    {"NodeId": "ns=2;s=Flow", "Timestamp": "2026-11-30T09:00:00Z", "SequenceNumber": 8}
                    | {"Value": {"Value": 7, "SourceTimestamp": ISO, "StatusCode": {"Symbol": "Bad", "Code": 2**31}}},
                ],
            )
        ],
        ["devices/edge1 ns=2;s=Flow 0.0 7.0 quality_bad", "devices/edge1 ns=2;s=Temp 123.456 21.5"],
    ),
    "OPC UA PubSub without network messages: only some fields have their own time": (
        [
            (
                "opcua/json/data/Group1/Writer1",
                {
                    "DataSetWriterId": 62541,
                    "SequenceNumber": 3,
                    "Timestamp": ISO,
                    "Status": 0,
                    "Payload": {
                        "Temp": {"UaType": 11, "Value": 21.5, "SourceTimestamp": "2026-11-30T07:00:00.5Z"},
                        "Flow": {"UaType": 6, "Value": 7, "StatusCode": {"Code": 2**31}},
                    },
                },
            )
        ],
        ["opcua/Writer1 Flow 0.0 7.0 quality_bad", "opcua/Writer1 Temp 500.0 21.5"],
    ),
    "EdgeX: numbers in quotes, nanoseconds, an id in each message": (
        [
            (
                "edgex/events/device/d/Pump1/Temp",
                {
                    "event": {
                        "id": f"e{n}",
                        "deviceName": "Pump1",
                        "profileName": "Modbus",
                        "readings": [
                            {"id": f"{name}{n}", "origin": MS * 10**6 + n * 10**9, "deviceName": "Pump1"}
                            | {"resourceName": name, "profileName": "Modbus", "value": f"{n}.5e+01"}
                            for name in ("Temp", "Flow")
                        ],
                    }
                },
            )
            for n in (1, 2)
        ],
        [f"edgex/Pump1 {name} {n}000.0 {n}5.0" for name in ("Flow", "Temp") for n in (1, 2)],
    ),
    "an I/O module: a quality as OPC has it": (
        [("Advantech/00D0C9/data", {"t": ISO, "q": q, "ai1": 3.5}) for q in (192, 0)],
        ["Advantech/00D0C9 ai1 0.0 3.5", "Advantech/00D0C9 ai1 0.0 3.5 quality_bad"],
    ),
    "a quality whose codes nobody knows marks nothing": (
        [("plc/p7", {"ts": MS, "q": 1, "temp": 3.5})],
        ["plc/p7 temp 0.0 3.5"],
    ),
    "a status that is a state is no quality": (
        [("plc/p7", {"ts": MS, "status": "running", "temp": 3.5})],
        ["plc/p7 status 0.0 1.0", "plc/p7 temp 0.0 3.5"],
    ),
    "one value a topic": (
        [("hall/line1/temp", {"value": 21.5, "timestamp": MS}), ("hall/line1/flow", {"value": 7, "timestamp": MS})],
        ["hall/line1 flow 0.0 7.0", "hall/line1 temp 0.0 21.5"],
    ),
    "one value a topic at several depths: levels that repeat tell nothing apart": (
        [("gx/c0/battery/512/Dc/0/Voltage", {"value": 26.5}), ("gx/c0/vebus/276/Ac/Out/0/Voltage", {"value": 230})],
        ["gx/c0-battery-512-Dc-0 Voltage arrival 26.5", "gx/c0-vebus-276-Ac-Out-0 Voltage arrival 230.0"],
    ),
    "a broker's verbs at the end": (
        [(f"$aws/things/{one}/shadow/update/accepted", {"timestamp": MS // 1000, "state": {"rpm": 9}}) for one in "ab"],
        ["$aws/a rpm 0.0 9.0", "$aws/b rpm 0.0 9.0"],
    ),
    "a time of MongoDB's": (
        [("losant/57f7/state", {"time": {"$date": ISO}, "data": {"temp": 21.5}})],
        ["losant/57f7 temp 0.0 21.5"],
    ),
    "a time in quotes": (
        [("rut/rut955", {"TS": str(MS // 1000), "NAME": "Temp", "DT": "21"})],
        ["rut/rut955 DT 0.0 21.0"],
    ),
    "a time in two parts": (
        [("robots/r1", {"header": {"stamp": {"sec": MS // 1000, "nanosec": 500_000_000}}, "current": 2.5})],
        ["robots/r1 current 500.0 2.5"],
    ),
    "a date as it is written in China": (
        [("车间/p7", {"时间": "2026年11月30日 07:00:00", "温度": 21.5})],
        ["车间/p7 温度 0.0 21.5"],
    ),
    "a date as it is written in Germany": (
        [("werk/p7", {"Zeitstempel": "30.11.2026 07:00:00", "temp": 21.5})],
        ["werk/p7 temp 0.0 21.5"],
    ),
    "properties that have each its time": (
        [
            (
                "/sys/a1/dev01/thing/event/property/post",
                {
                    "id": "123",
                    "version": "1.0",
                    "sys": {"ack": 0},
                    "params": {"Temp": {"value": 21.5, "time": MS}, "Power": {"value": "on", "time": MS + 5}},
                },
            )
        ],
        ["sys/dev01 Power 5.0 1.0", "sys/dev01 Temp 0.0 21.5"],
    ),
    "lists side by side": (
        [("daq/m1/data", {"time": [MS, MS + 1], "temp": [21.5, 21.75], "flow": [7, 8]})],
        ["daq/m1 flow 0.0 7.0", "daq/m1 flow 1.0 8.0", "daq/m1 temp 0.0 21.5", "daq/m1 temp 1.0 21.75"],
    ),
    "several values under each name stay apart": (
        [("solar/inverter", {"pv": {"1": {"v": 400, "i": 3}, "2": {"v": 410, "i": 4}}, "time": MS})],
        [
            "solar/inverter pv_1_i 0.0 3.0",
            "solar/inverter pv_1_v 0.0 400.0",
            "solar/inverter pv_2_i 0.0 4.0",
            "solar/inverter pv_2_v 0.0 410.0",
        ],
    ),
    "SenML": (
        [("senml/gw1", [{"bn": "p7:", "bt": MS / 1000, "n": "flow", "v": 7.5}, {"n": "on", "t": -1, "vb": True}])],
        ["senml/gw1 p7:flow 0.0 7.5", "senml/gw1 p7:on -1000.0 1.0"],
    ),
    "quantities with their unit": (
        [("openhab/out/Temp/state", "21.5 °C"), ("openhab/out/Flow/state", "7 l/min")],
        ["openhab/Flow state arrival 7.0", "openhab/Temp state arrival 21.5"],
    ),
}


def told_by_learning(said: Said) -> list[str]:
    """What is read of payloads with the mapping that is learnt of them: asset, signal, ms, value, flags."""
    heard = [(topic, (one if isinstance(one, str) else json.dumps(one)).encode()) for topic, one in said]
    learner = MappingLearner()
    for topic, payload in heard:
        learner.hear(topic, payload)
    decoder = Decoder([mapping_format(parse_rules(learner.proposal(), name="proposal"))], most_bytes=2**20)
    told = []
    for topic, payload in heard:
        try:
            told += readings(decoder.decode(topic.encode(), payload))
        except Rejected:
            continue
    return sorted(
        f"{one.device} {one.signal} {'arrival' if one.time_ms is None else round(one.time_ms - MS, 3)} {one.value}"
        f" {one.flags}".strip()
        for one in told
    )


def test_lists_that_no_rule_reads_beside_another_are_said() -> None:
    learner = MappingLearner()
    learner.hear("io/slot1", json.dumps({"io": {"ai": [{"i": 0, "v": 1.5}], "di": [{"i": 0, "v": 1}]}}).encode())
    assert '# not read: "$.io.di"' in learner.proposal()


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_learnt_as_it_stands(family: str) -> None:
    said, wanted = FAMILIES[family]
    assert told_by_learning(said) == wanted
