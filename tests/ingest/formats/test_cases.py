"""Every folder under `testdata` is a conversation, whose messages become what its `case.toml` says."""

from __future__ import annotations

import importlib
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest import formats
from ingest.decoding.decode import Decoder
from ingest.decoding.decoded import Decoded
from ingest.decoding.shown import readings, refusals
from ingest.formats import every_format
from ingest.mapping import known_formats
from plant.errors import Rejected

TESTDATA = Path(__file__).parent / "testdata"
CASES = sorted(folder.name for folder in TESTDATA.iterdir())


def outcome(decoder: Decoder, topic: str, payload: bytes) -> dict[str, Any]:
    try:
        decoded = decoder.decode(topic.encode(), payload)
    except Rejected as refusal:
        return {"message_refused": refusal.reason}
    extras = decoded.extras
    shown = {
        "readings": [
            [one.device, one.signal, "arrival" if one.time_ms is None else one.time_ms, round(one.value, 9), one.flags]
            for one in readings(decoded)
        ],
        "refused": [[one.device, one.reason, one.readings] for one in refusals(decoded)],
        "presences": [[_tags(one.site, one.asset), one.is_online] for one in extras.presences] if extras else [],
        "answers": [one.topic for one in extras.answers] if extras else [],
    }
    return {what: said for what, said in shown.items() if said}


def _tags(*tags: str) -> str:
    return "/".join(filter(None, tags))


def run_case(folder: Path) -> int:
    """Decode the messages of a case in their order, by its own mapping if it has one; return how many there were."""
    mapping = folder / "mapping.toml"
    decoder = Decoder(known_formats(mapping if mapping.exists() else None), most_bytes=2**20)
    messages = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))["message"]
    for message in messages:
        topic, file = message.pop("topic"), message.pop("file")
        assert outcome(decoder, topic, (folder / file).read_bytes()) == message, file
    return len(messages)


@pytest.mark.parametrize("case", CASES)
def test_the_messages_of_a_case_become_what_it_says(case: str) -> None:
    assert run_case(TESTDATA / case) > 0


@pytest.fixture
def throwaway(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A format that is one module and one folder, and nothing else."""
    (tmp_path / "zz_shouted.py").write_text(
        "from array import array\n"
        "from ingest.decoding.decoded import Decoded, DeviceReport\n"
        "from ingest.decoding.format import Format\n"
        "def decode(topic, payload):\n"
        "    key, _, value = payload.decode().lower().partition('!')\n"
        "    values = array('d', [float(value)])\n"
        "    return Decoded([DeviceReport('hall', topic.split('/')[1], [(key,)], [0], [0], values)])\n"
        "FORMAT = Format(name='shouted', filters=('shout/+',), decode=decode)\n",
        encoding="utf-8",
    )
    (tmp_path / "1.txt").write_text("FLOW!7", encoding="utf-8")
    (tmp_path / "case.toml").write_text(
        '[[message]]\ntopic = "shout/P-1"\nfile = "1.txt"\nreadings = [["hall/P-1", "flow", 0.0, 7.0, ""]]\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    yield tmp_path
    sys.modules.pop("ingest.formats.zz_shouted", None)


def test_a_new_format_is_a_module_and_a_folder(throwaway: Path) -> None:
    assert run_case(throwaway) == 1


def test_every_format_has_a_case_of_its_own_name() -> None:
    assert {one.name for one in every_format()} <= {case.partition("-")[0] for case in CASES}


def test_a_case_that_says_something_else_fails(throwaway: Path) -> None:
    case = throwaway / "case.toml"
    case.write_text(case.read_text(encoding="utf-8").replace("7.0", "8.0"), encoding="utf-8")
    with pytest.raises(AssertionError):
        run_case(throwaway)


def test_what_says_nothing_of_readings_has_none() -> None:
    assert readings(Decoded([])) == []
