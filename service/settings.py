"""Every setting of the product, read from `ASSETLOOP_…` once; nothing else reads the environment."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from plant.errors import Misconfigured
from storage.schema.rules import Rules

_PREFIX = "ASSETLOOP_"


class Settings(BaseSettings):
    """What an operator may set; each name is `ASSETLOOP_` and the field in capitals."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore", env_ignore_empty=True)

    database_url: SecretStr | None = None
    database_url_ingest: SecretStr | None = None
    database_url_app: SecretStr | None = None
    mqtt_url: SecretStr | None = None
    mqtt_share: str = ""
    mqtt_ca_file: Path | None = None
    mqtt_cert_file: Path | None = None
    mqtt_key_file: Path | None = None
    mqtt_session_expiry_s: Annotated[int | None, Field(ge=0, le=2**32 - 1)] = None
    mqtt_keepalive_s: Annotated[int, Field(ge=5, le=3600)] = 20
    mqtt_reader: Literal["frames", "paho"] = "frames"
    mapping: Path | None = None
    sparkplug_asset: Literal["device", "node/device"] = "device"
    sparkplug_host_id: Annotated[str, Field(max_length=200, pattern=r"^[^/+#\x00]*$")] = "assetloop"
    sparkplug_state: Literal["3.0", "2.2"] = "3.0"
    data: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("assetloop", appauthor=False)))
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    allowed_hosts: str = "127.0.0.1,localhost,::1"
    token: SecretStr | None = None
    tls_proxy: str = ""
    allow_plain_http: bool = False
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    oidc_name: str = "OpenID Connect"
    oidc_roles_claim: str = "groups"
    oidc_roles: str = ""
    console_url: str = ""
    grafana_url: SecretStr | None = None
    grafana_token: SecretStr | None = None
    grafana_database_url: SecretStr | None = None
    grafana_languages: str = "en,zh"
    attachments_url: str = ""
    attachment_bytes: Annotated[int, Field(ge=1024, le=2**30)] = 25 * 2**20
    mail: SecretStr | None = None
    mail_file: Path | None = None
    ledger_key_file: Path | None = None
    notify: Path | None = None
    round_s: Annotated[float, Field(gt=0, le=600)] = 2.0
    expected_values_per_s: Annotated[float, Field(gt=0)] = 100.0
    longest_outage_days: Annotated[float, Field(gt=0)] = 7.0
    raw_retention_days: Annotated[float, Field(gt=0)] = 3650.0
    minute_retention_days: Annotated[float, Field(gt=0)] = 3650.0
    hour_retention_days: Annotated[float, Field(gt=0)] = 7300.0
    score_retention_days: Annotated[float, Field(gt=0)] = 1095.0
    delivery_retention_days: Annotated[float, Field(gt=0)] = 90.0
    stranger_retention_days: Annotated[float, Field(gt=0)] = 30.0
    quarantine_retention_days: Annotated[float | None, Field(gt=0)] = None
    remaining_life_retention_days: Annotated[float, Field(gt=0)] = 365.0
    sign_in_retention_days: Annotated[float, Field(ge=90)] = 365.0
    most_payload_bytes: Annotated[int, Field(ge=1024)] = 2**20
    most_signals: Annotated[int, Field(ge=1)] = 500
    metrics_host: str = "127.0.0.1"
    metrics_port: Annotated[int, Field(ge=0, le=65535)] = 9464
    broker_accounts: Path | None = None
    broker_pid_file: Path | None = None
    journal_bytes: Annotated[int, Field(ge=64 * 2**20)] = 2**30
    spool_bytes: Annotated[int, Field(ge=0)] = 256 * 2**20
    rate_limit_values_per_s: Annotated[float, Field(ge=0)] = 20_000.0
    rate_limit_burst: Annotated[float, Field(ge=1)] = 2_000_000.0
    auto_register: bool = False
    auto_register_class: Annotated[str, Field(min_length=1, max_length=200)] = "unclassified"
    auto_register_most: Annotated[int, Field(ge=1)] = 1000
    allow_unsupported: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """Return the names under which the console may be asked for."""
        return tuple(name.strip() for name in self.allowed_hosts.split(",") if name.strip())

    @property
    def grafana_address(self) -> str:
        """Return where people open Grafana, without a login; empty where there is none."""
        if self.grafana_url is None:
            return ""
        parts = urlsplit(self.grafana_url.get_secret_value())
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")

    def rules(self) -> Rules:
        """Return the rules by which the record is kept.

        Raises:
            Misconfigured: they contradict one another.
        """
        return Rules(
            expected_values_per_s=self.expected_values_per_s,
            longest_outage=timedelta(days=self.longest_outage_days),
            keep_raw=timedelta(days=self.raw_retention_days),
            keep_minutes=timedelta(days=self.minute_retention_days),
            keep_hours=timedelta(days=self.hour_retention_days),
            keep_scores=timedelta(days=self.score_retention_days),
            keep_deliveries=timedelta(days=self.delivery_retention_days),
            keep_strangers=timedelta(days=self.stranger_retention_days),
            keep_quarantine=_days(self.quarantine_retention_days),
            keep_remaining=timedelta(days=self.remaining_life_retention_days),
            keep_sign_ins=timedelta(days=self.sign_in_retention_days),
        )


def _days(days: float | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)


def read_settings() -> Settings:
    """Read the environment.

    Raises:
        Misconfigured: a value makes no sense, or a name is not one of ours; one line that names it.
    """
    _refuse_unknown_names()
    try:
        settings = Settings()
        settings.rules()
    except ValidationError as error:
        first = error.errors()[0]
        name = _PREFIX + "_".join(str(part) for part in first["loc"]).upper()
        raise Misconfigured(f"{name}: {first['msg']}") from error
    return settings


_OTHERS = {"ASSETLOOP_SHARED", "ASSETLOOP_TEST_DATABASE_URL", "ASSETLOOP_LIFELINE"}


def _refuse_unknown_names() -> None:
    known = {_PREFIX + name.upper() for name in Settings.model_fields} | _OTHERS
    for name in sorted(os.environ):
        if name.startswith(_PREFIX) and name not in known and not name.startswith("ASSETLOOP_COMPOSE_"):
            raise Misconfigured(f"{name} is not a setting; the settings are {', '.join(sorted(known - _OTHERS))}")
