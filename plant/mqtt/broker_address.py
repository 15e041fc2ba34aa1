"""Where an MQTT broker listens, and under which account one calls there."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from plant.errors import Misconfigured

_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerAddress:
    """Where a broker listens and who is calling."""

    host: str
    port: int
    tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> BrokerAddress:
        """Read `mqtt://user:password@host:port` or `mqtts://…`.

        Raises:
            Misconfigured: `url` is neither; the text does not repeat it, for it may hold a password.

        >>> BrokerAddress.parse("mqtts://meter:s%40fe@plant.example")
        BrokerAddress(host='plant.example', port=8883, tls=True, username='meter')
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
            message = "broker address: write mqtt://user:password@host:port (or mqtts://…)"
            raise Misconfigured(message)
        return cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            tls=parts.scheme == "mqtts",
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )

    def __str__(self) -> str:
        """Write the address without the account."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'mqtts' if self.tls else 'mqtt'}://{host}:{self.port}"
