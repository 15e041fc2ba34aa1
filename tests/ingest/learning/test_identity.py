"""What is proposed never takes several things for one, by what was heard of them."""

from __future__ import annotations

import pytest

from tests.ingest.learning.test_learner import Heard, proposed_of, read_back

T_MS = 1.7e12
S = "1700000000"
MS = "1700000000000"
NS = "1700000000000000000"


def metric(tags: str, idle: float) -> str:
    return f'{{"fields":{{"idle":{idle}}},"name":"cpu","tags":{{{tags}}},"timestamp":{S}}}'


CPU_0, CPU_1 = metric('"cpu":"cpu0"', 1), metric('"cpu":"cpu1"', 2)

CASES: dict[str, tuple[Heard, list[tuple[str, str, float]]]] = {
    "a batch of Telegraf": (
        [("telegraf/e1/cpu", f'{{"metrics":[{CPU_0},{CPU_1}]}}'.encode())],
        [("e1/e1", "cpu_cpu0_idle", 1.0), ("e1/e1", "cpu_cpu1_idle", 2.0)],
    ),
    "metrics of Telegraf that happen to be equal": (
        [("telegraf/e1/cpu", metric(f'"cpu":"cpu{core}"', 9).encode()) for core in (0, 1)],
        [("e1/e1", "cpu_cpu0_idle", 9.0), ("e1/e1", "cpu_cpu1_idle", 9.0)],
    ),
    "a tag that names the machine": (
        [("telegraf/e1/cpu", metric('"machine":"P1"', 1).encode())],
        [("e1/P1", "cpu_idle", 1.0)],
    ),
    "another tag that names the machine, in some": (
        [("telegraf/e1/x", metric('"equipment_id":"P1"', 1).encode()), ("telegraf/e1/x", metric("", 2).encode())],
        [("e1/P1", "cpu_idle", 1.0), ("e1/e1", "cpu_idle", 2.0)],
    ),
    "lines of Telegraf, some without the tag": (
        [
            (
                "telegraf/e1/mix",
                f"pump,machine=P1 flow=7.5 {NS}\ncpu,cpu=cpu0 use=1 {NS}\ncpu,cpu=cpu1 use=2 {NS}".encode(),
            )
        ],
        [("e1/P1", "pump_flow", 7.5), ("e1/e1", "cpu_cpu0_use", 1.0), ("e1/e1", "cpu_cpu1_use", 2.0)],
    ),
    "lines of several measurements": (
        [
            (
                "lines/gw",
                f"pump,machine=P1 flow=1 {NS}\npump,machine=P2 flow=2 {NS}\nfan,machine=P1 flow=3 {NS}".encode(),
            )
        ],
        [("lines/P1", "fan_flow", 3.0), ("lines/P1", "pump_flow", 1.0), ("lines/P2", "pump_flow", 2.0)],
    ),
    "a list of machines": (
        [("benthos/out", f'[{{"machine":"p7","temp":1,"ts":{MS}}},{{"machine":"p8","temp":2,"ts":{MS}}}]'.encode())],
        [("benthos/p7", "temp", 1.0), ("benthos/p8", "temp", 2.0)],
    ),
    "a machine in each message": (
        [("gw/up", f'{{"deviceId":"{one}","data":{{"temp":1}},"time":{S}}}'.encode()) for one in ("north", "south")],
        [("gw/north", "temp", 1.0), ("gw/south", "temp", 1.0)],
    ),
    "ids around the lists": (
        [
            (
                "a/b",
                f'{{"all":[{{"id":"m1","rows":[{{"t":{MS},"v":1,"x":5}}]}},'
                f'{{"id":"m2","rows":[{{"t":{MS},"v":2,"x":5}}]}}]}}'.encode(),
            )
        ],
        [("a/b-m1", "v", 1.0), ("a/b-m1", "x", 5.0), ("a/b-m2", "v", 2.0), ("a/b-m2", "x", 5.0)],
    ),
    "words that alone tell apart": (
        [("gw/up", f'[{{"where":"north","temp":1,"ts":{MS}}},{{"where":"south","temp":2,"ts":{MS}}}]'.encode())],
        [("gw/up-north", "temp", 1.0), ("gw/up-south", "temp", 2.0)],
    ),
    "tags of one name below two channels": (
        [
            (
                "iot",
                f'{{"timestamp":{MS},"values":[{{"id":"C1.P.T","v":1,"q":true,"t":{MS}}},'
                f'{{"id":"C2.P.T","v":2,"q":true,"t":{MS}}}]}}'.encode(),
            )
        ],
        [("kepware/C1.P", "T", 1.0), ("kepware/C2.P", "T", 2.0)],
    ),
    "one machine that speaks on two lines": (
        [(f"{line}/x", f'{{"machine":"p1","temp":1,"ts":{MS}}}'.encode()) for line in ("l1", "l2")],
        [("site/l1-p1", "temp", 1.0), ("site/l2-p1", "temp", 1.0)],
    ),
    "an id of each message, which names nothing": (
        [("a/b", f'{{"id":"m-{number}","temp":{number},"ts":{MS[:-1]}{number}}}'.encode()) for number in (1, 2)],
        [("a/b", "temp", 1.0), ("a/b", "temp", 2.0)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_differs_in_its_tags_is_never_one_signal(case: str) -> None:
    heard, wanted = CASES[case]
    assert sorted((device, signal, value) for device, signal, _, value in read_back(heard)) == wanted


@pytest.mark.parametrize(
    "heard",
    [
        [("a/b", f'[{{"temp":1,"rpm":1200,"ts":{MS}}},{{"temp":2,"rpm":1300,"ts":{MS}}}]'.encode())],
        [("a/b", f'{{"temp":{value},"ts":{S}}}'.encode()) for value in (1, 2)],
    ],
)
def test_what_nothing_tells_apart_is_refused_and_said(heard: Heard) -> None:
    assert "ambiguous: temp of a/b would have two values at one time" in proposed_of(heard)
    assert read_back(heard) == []


def test_events_and_identifiers_never_become_words_with_numbers() -> None:
    body = (
        b'{"event":"pressed","eventType":"toggle","component":"input","machine":"north","mode":"auto","flow":1,'
        b'"tags":{"place":"hall"}}'
    )
    assert [one[1] for one in read_back([("a/b", body)])] == ["mode", "flow"]
    assert not any(word in proposed_of([("a/b", body)]) for word in ("pressed", "toggle", "input", "north", "hall"))
    heard = [("a/p1/event", b"toggle"), ("a/p1/flow", b"1"), ("a/p1/state", b"running")]
    assert sorted(one[1] for one in read_back(heard)) == ["flow", "state"]


def test_events_alone_still_show_whose_product_it_is() -> None:
    event = b'{"src":"s-1","method":"NotifyEvent","params":{"ts":1.7e9,"events":[{"event":"toggle","ts":1.7e9}]}}'
    status = b'{"src":"s-1","method":"NotifyStatus","params":{"ts":1.7e9,"switch:0":{"id":0,"apower":8.5}}}'
    assert "NotifyStatus" in proposed_of([("s-1/events/rpc", event)])
    assert "toggle" not in proposed_of([("s-1/events/rpc", event)])
    assert read_back([("s-1/events/rpc", event), ("s-1/events/rpc", status)]) == [
        ("shelly/s-1", "switch:0.apower", T_MS, 8.5)
    ]


def test_json_and_lines_of_telegraf_are_read_side_by_side() -> None:
    heard = [("telegraf/e1/a", f"cpu use=1 {NS}".encode()), ("telegraf/e1/b", metric("", 2).encode())]
    assert sorted(one[1:] for one in read_back(heard)) == [("cpu_idle", T_MS, 2.0), ("cpu_use", T_MS, 1.0)]
