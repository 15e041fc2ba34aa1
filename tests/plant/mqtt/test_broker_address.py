"""A broker's address is read once, and keeps its password to itself."""

from __future__ import annotations

import pytest

from plant.errors import Misconfigured
from plant.mqtt.broker_address import BrokerAddress


@pytest.mark.parametrize(
    "url", ["", "localhost", "http://localhost", "mqtt://", "mqtt://h:port", "mqtt://h:99999", "mqtt://h/topic"]
)
def test_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(Misconfigured, match="write mqtt://user:password@host:port"):
        BrokerAddress.parse(url)


def test_address_tells_nobody_the_password() -> None:
    address = BrokerAddress.parse("mqtts://meter:s%40fe@plant.example:8884")
    assert (address.username, address.password, address.tls) == ("meter", "s@fe", True)
    assert "s@fe" not in f"{address} {address!r}"
