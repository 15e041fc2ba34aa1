"""One poll serves all who look, and outlives a database that is away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from api.console.watch import Picture, Watch, take_picture
from api.parts import Parts
from plant.clock import ManualClock
from storage.core.database import Database, Role
from tests.api.plant_rows import NOW
from tests.patience import wait_for


@pytest.fixture
def parts(app_database: Database) -> Parts:
    return Parts(database=app_database, clock=ManualClock(NOW), version="1")


def look_until(watch: Watch, good: Callable[[Picture], bool]) -> Picture:
    def look() -> Picture | None:
        picture = watch.look()
        return picture if good(picture) else None

    found: Picture = wait_for(look, what="picture")
    return found


@pytest.mark.usefixtures("sick_plant")
def test_a_picture_holds_the_plant(parts: Parts) -> None:
    picture = take_picture(parts, Picture())
    assert picture.counts is not None
    assert (len(picture.assets), len(picture.orders), picture.counts.open_alerts) == (12, 1, 1)
    assert picture.counts.unacknowledged_orders == 1
    pump = picture.asset("demo", "P-102")
    assert pump is not None
    assert [signal.key for signal in pump.signals] == ["flow_m3_h", "vibration_de_mm_s"]
    assert picture.signal_names[pump.asset_id, "motor_current_a"] == ("Motor current", "电机电流")


@pytest.mark.usefixtures("sick_plant")
def test_with_the_database_away_the_last_picture_stays_and_says_so(parts: Parts) -> None:
    seen = take_picture(parts, Picture())
    with Database("postgresql://nobody@127.0.0.1:1/none", role=Role.APP, wait_s=0.1) as nowhere:
        later = take_picture(Parts(database=nowhere, clock=parts.clock, version="1"), seen)
    assert later.away is not None
    assert (later.number, later.orders, later.at) == (seen.number + 1, seen.orders, seen.at)
    assert take_picture(parts, later).away is None


@pytest.mark.usefixtures("plant")
def test_looking_never_waits_and_the_picture_comes(parts: Parts) -> None:
    watch = Watch(parts)
    assert watch.look().number == 0
    assert len(look_until(watch, lambda picture: picture.number > 0).assets) == 12


def test_hurrying_brings_a_new_picture_at_once(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.console.watch._EVERY_S", 10_000.0)
    watch = Watch(parts)
    first = look_until(watch, lambda picture: picture.number > 0).number
    watch.hurry()
    look_until(watch, lambda picture: picture.number > first)


def test_a_plant_that_is_read_seldom_has_a_picture_that_nobody_waits_for(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.console.watch._OLD_AFTER_S", 0.0)
    watch = Watch(parts)
    look_until(watch, lambda picture: picture.number > 0)
    wait_for(watch.is_fresh, what="a picture that is as fresh as it comes")
