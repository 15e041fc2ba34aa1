"""How ingest reaches the broker, as the settings say: the same for the role and for whoever only listens in."""

from __future__ import annotations

from ingest.mqtt.connecting import BrokerSettings
from service.runtime.surroundings import Surroundings


def broker_settings(around: Surroundings) -> BrokerSettings:
    """Return the broker's address with the user, the certificates and the patience with which to connect.

    Raises:
        Misconfigured: nothing names a broker.
    """
    settings = around.settings
    return BrokerSettings(
        url=around.ingest_mqtt_url(),
        certificates=around.certificates,
        session_expiry_s=settings.mqtt_session_expiry_s,
        keepalive_s=settings.mqtt_keepalive_s,
        reader=settings.mqtt_reader,
    )
