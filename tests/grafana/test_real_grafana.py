"""In a real Grafana, every dashboard of the demo plant is whole: at four widths, in both languages, read and pushed."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
import pytest

from grafana.build import Wanted, build
from grafana.links import UIDS
from grafana.publishing.push import PushHow, PushStep, push
from grafana.publishing.server import GrafanaServer
from plant.clock import SystemClock
from storage.core.database import Database, Role
from tests.chromium import launched
from tests.grafana import real_grafana
from tests.grafana.conftest import sick
from tests.grafana.demo_pulse import beating
from tests.grafana.looking import WIDTHS, Seen, look_at

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(bool(real_grafana.lacking()), reason=str(real_grafana.lacking())),
    pytest.mark.timeout(0),
]
LANGUAGES = {"": "en", "-zh": "zh"}


@pytest.fixture(scope="module")
def record(looked_at: str) -> Iterator[dict[str, str]]:
    """Where Grafana finds a living plant, and a login to it such as `deploy/database/accounts.sql` makes."""
    login = f"grafana_{secrets.token_hex(4)}"
    parts = psycopg.conninfo.conninfo_to_dict(looked_at)
    with psycopg.connect(looked_at, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {login} LOGIN PASSWORD 'x' IN ROLE assetloop_grafana".encode())
        for setting in (
            "default_transaction_read_only = on",
            "statement_timeout = '15s'",
            "search_path = watch, public",
        ):
            connection.execute(f"ALTER ROLE {login} SET {setting}".encode())
    named = {"HOST": str(parts["host"]), "NAME": str(parts["dbname"]), "USER": login, "PASSWORD": "x"}
    with beating(looked_at):
        yield {f"GRAFANA_DATABASE_{key}": value for key, value in {**named, "SSLMODE": "disable"}.items()}
    with psycopg.connect(looked_at, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [login])
        connection.execute(f"DROP ROLE {login}".encode())


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go: ASSETLOOP_TEST_PICTURES keeps them."""
    named = os.environ.get("ASSETLOOP_TEST_PICTURES")
    folder = Path(named) if named else tmp_path_factory.mktemp("pictures")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def page() -> Iterator[Page]:
    with launched() as browser:
        yield browser.new_page()


def test_what_is_provisioned_is_whole(
    looked_at: str, record: dict[str, str], page: Page, pictures: Path, tmp_path: Path
) -> None:
    with Database(looked_at, role=Role.APP, most=1) as database, real_grafana.prometheus() as prometheus:
        build(database, tmp_path / "built")
        sources = tmp_path / "built" / "provisioning" / "datasources"
        (sources / "prometheus.yaml").write_text(real_grafana.prometheus_source(prometheus))
        provisioning = tmp_path / "built" / "provisioning"
        with real_grafana.grafana(tmp_path / "served", provisioning=provisioning, record=record) as url:
            with GrafanaServer(url.replace("//", f"//{real_grafana.ADMIN}@")) as server:
                assert server.alert_rule("assetloop-collector-dead") is not None
            seen = _look(page, url, sick(looked_at), pictures, WIDTHS)
    _whole(seen)


def test_what_is_pushed_is_whole_and_a_second_push_writes_nothing(
    looked_at: str, record: dict[str, str], page: Page, pictures: Path, tmp_path: Path
) -> None:
    provisioning = tmp_path / "provisioning"
    (provisioning / "datasources").mkdir(parents=True)
    host, name = quote(record["GRAFANA_DATABASE_HOST"], safe=""), record["GRAFANA_DATABASE_NAME"]
    source = f"postgresql://{record['GRAFANA_DATABASE_USER']}:x@/{name}?host={host}"
    with Database(looked_at, role=Role.APP, most=1) as database, real_grafana.prometheus() as prometheus:
        (provisioning / "datasources" / "prometheus.yaml").write_text(real_grafana.prometheus_source(prometheus))
        with real_grafana.grafana(tmp_path / "served", provisioning=provisioning, record=record) as url:
            with GrafanaServer(url.replace("//", f"//{real_grafana.ADMIN}@")) as admin:
                token = admin.make_service_account()
            how = PushHow(wanted=Wanted(), source_url=source)
            with GrafanaServer(url, token) as server:
                first = push(database, SystemClock(), server, how)
                second = push(database, SystemClock(), server, how)
            seen = _look(page, url, sick(looked_at), pictures, (1366,))
    assert {one.step for one in first} == {PushStep.MAKE}
    assert {one.step for one in second} == {PushStep.SAME}
    _whole(seen)


def _look(page: Page, url: str, asset: str, pictures: Path, widths: tuple[int, ...]) -> list[Seen]:
    seen = []
    for suffix, language in LANGUAGES.items():
        for width in widths:
            for uid in UIDS:
                picture = pictures / f"{uid.removeprefix('assetloop-')}-{language}-{width}.png"
                address = f"{url}/d/{uid}{suffix}?kiosk&var-asset={asset}"
                seen.append(look_at(page, address, uid=f"{uid}{suffix}", width=width, picture=picture))
                sys.stderr.write(f"{seen[-1]}\n")
    return seen


def _whole(seen: list[Seen]) -> None:
    assert [f"{one.uid} at {one.width}: {wrong}" for one in seen for wrong in one.wrong] == []
