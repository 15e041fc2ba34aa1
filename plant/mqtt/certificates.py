"""The certificates with which a connection is made: whom to believe, and who one is."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from plant.errors import Misconfigured


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificates:
    """`ca_file` is whom to believe, the system's authorities where None; `cert_file` and `key_file` are our own."""

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Make what a TLS connection is opened with.

        Raises:
            Misconfigured: they cannot be read, or do not belong together.
        """
        try:
            context = ssl.create_default_context(cafile=self.ca_file and str(self.ca_file))
            if self.cert_file is not None:
                context.load_cert_chain(self.cert_file, self.key_file)
        except (OSError, ssl.SSLError) as error:
            raise Misconfigured(
                f"ASSETLOOP_MQTT_CA_FILE, _CERT_FILE, _KEY_FILE: these certificates cannot be used: {error}"
            ) from error
        return context
