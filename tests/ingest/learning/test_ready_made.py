"""Ready-made mappings read what their products say, and `ingest learn` recognises and proposes them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from ingest.decoding.decode import Decoder
from ingest.learning.learner import MappingLearner
from ingest.learning.ready_made import READY_MADE, ReadyMade
from ingest.mapping import mapping_format
from ingest.mapping.file import parse_rules
from tests.ingest.formats.test_cases import outcome

TESTDATA = Path(__file__).parent / "testdata"
BY_NAME = {one.name: one for one in READY_MADE}


def messages_of(name: str) -> list[dict[str, object]]:
    return tomllib.loads((TESTDATA / name / "case.toml").read_text(encoding="utf-8"))["message"]


def test_each_has_a_case() -> None:
    assert set(BY_NAME) == {folder.name for folder in TESTDATA.iterdir()}


@pytest.mark.parametrize("made", READY_MADE, ids=lambda one: one.name)
def test_it_reads_what_its_product_says(made: ReadyMade) -> None:
    decoder = Decoder([mapping_format(parse_rules(made.source, name=made.name))], most_bytes=2**20)
    for message in messages_of(made.name):
        topic, file = str(message.pop("topic")), str(message.pop("file"))
        assert outcome(decoder, topic, (TESTDATA / made.name / file).read_bytes()) == message, file


@pytest.mark.parametrize("made", READY_MADE, ids=lambda one: one.name)
def test_it_is_recognised_and_its_proposal_reads_the_same(made: ReadyMade) -> None:
    learner, messages = MappingLearner(), messages_of(made.name)
    for message in messages:
        learner.hear(str(message["topic"]), (TESTDATA / made.name / str(message["file"])).read_bytes())
    proposal = learner.proposal()
    assert "# recognised on" in proposal
    decoder = Decoder([mapping_format(parse_rules(proposal, name="proposal"))], most_bytes=2**20)
    for message in messages:
        topic, file = str(message.pop("topic")), str(message.pop("file"))
        assert outcome(decoder, topic, (TESTDATA / made.name / file).read_bytes()) == message, file


@pytest.mark.parametrize("made", READY_MADE, ids=lambda one: one.name)
def test_nobody_elses_messages_are_taken_for_its_own(made: ReadyMade) -> None:
    for other in READY_MADE:
        for message in messages_of(other.name):
            payload = (TESTDATA / other.name / str(message["file"])).read_bytes()
            if made.reads(str(message["topic"]), [payload]):
                assert made.name == other.name


@pytest.mark.parametrize("made", READY_MADE, ids=lambda one: one.name)
def test_a_rule_has_at_most_15_lines(made: ReadyMade) -> None:
    for rule in made.source.split("[[topic]]")[1:]:
        assert len(["[[topic]]", *rule.strip().splitlines()]) <= 15
