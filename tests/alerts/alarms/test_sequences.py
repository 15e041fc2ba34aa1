"""Long sequences of what happens at an alert, at random: told once, never while hidden, never silent for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.alarms.desk import Desk
from plant.alert import Alert
from plant.clock import ManualClock
from storage.core.database import Database
from storage.work.alerts import alert_events, list_alerts
from tests.alerts.alarms.pairs import Thing
from tests.alerts.alarms.walks import Walk, say
from tests.plant_rows import PlantRows

HIDING = (Thing.SHELVED, Thing.WORK, Thing.DESIGN, Thing.OUT, Thing.RELEARNING)
TELLING = (["raised"], ["repeated"], ["told"])
STEPS = st.lists(
    st.one_of(
        st.sampled_from([*HIDING, Thing.ACKNOWLEDGED]),
        st.sampled_from(["revise", "clear", "begin anew"]),
        st.sampled_from([1.0, 6.0, 15.0, 75.0]),
    ),
    min_size=3,
    max_size=14,
)


class Sequence:
    """One asset, what stands at it, and how often it was told since it was last hidden or over."""

    def __init__(self, database: Database, clock: ManualClock, rows: PlantRows, tag: str) -> None:
        self.database, self.clock = database, clock
        self.walk = Walk(database, clock, rows, tag, lasted_s=0.0)
        self.walk.is_worked_on()
        self.standing: set[Thing] = set()
        self.is_there = True
        self.may_tell = 1

    def take(self, step: Thing | str | float) -> None:
        """Take one step, then let a desk that has just started look, twice."""
        if isinstance(step, float):
            self.clock.sleep(step)
        elif isinstance(step, Thing):
            self.clock.sleep(0.5)
            self._turn(step)
        elif step == "begin anew" and not self.is_there:
            self.walk.episode, self.walk.onset, self.is_there = self.walk.episode + 1, self.clock.now(), True
            self.may_tell += 1
        if self.is_there and not isinstance(step, Thing):
            say(self.database, [self.walk], cleared=step == "clear")
            self.is_there = step != "clear"
        self.look()

    def _turn(self, thing: Thing) -> None:
        """Begin a thing, or end it where it stands."""
        if thing in self.standing:
            self.walk.end(thing)
            self.standing.discard(thing)
            self.may_tell += 1
        else:
            self.walk.begin(thing)
            alert = self.walk.alert
            is_shelved = alert is not None and alert.flags.is_shelved(self.clock.now())
            if thing is not Thing.ACKNOWLEDGED and (thing is not Thing.SHELVED or is_shelved):
                self.standing.add(thing)

    def look(self) -> None:
        Desk(self.database, self.clock).round()
        alert = self.walk.alert
        if alert and alert.told > 0 and alert.told_at == self.clock.now() and self.standing:
            assert self._events_now(alert)[-1:] not in TELLING, "told while it is hidden"
        assert Desk(self.database, self.clock).round().told == 0, "a desk that starts anew tells nothing"
        assert sum(one.told for one in self._all_alerts()) <= self.may_tell, "told more than once"

    def _events_now(self, alert: Alert) -> list[str]:
        with self.database.transaction() as tx:
            return [one.event for one in alert_events(tx, alert.alert_id) if one.at == self.clock.now()]

    def _all_alerts(self) -> list[Alert]:
        with self.database.transaction() as tx:
            return [one for one in list_alerts(tx, most=1000) if one.asset == self.walk.tag]

    def end(self) -> None:
        """End all that hides it, and wait until the desk has settled."""
        for thing in sorted(self.standing):
            self.walk.end(thing)
        self.standing.clear()
        self.may_tell += 1
        for after_s in (1.0, 11.0, 70.0):
            self.clock.sleep(after_s)
            self.look()
        alert = self.walk.alert
        if self.is_there:
            assert alert is not None
            assert alert.flags.active
            assert alert.told_at is not None, "it stands and nobody was told"
            assert not alert.flags.is_hidden(self.clock.now())
        elif alert is not None:
            assert not alert.flags.active
            assert not alert.flags.is_hidden(self.clock.now())


@pytest.fixture
def tags() -> Iterator[str]:
    return iter(f"P-{number}" for number in range(100_000))


@pytest.mark.long
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_any_sequence_tells_once_never_while_hidden_and_is_never_silent_for_ever(
    app_database: Database,
    clock: ManualClock,
    plant_rows: PlantRows,
    tags: Iterator[str],
    steps: list[Thing | str | float],
) -> None:
    clock.sleep(timedelta(hours=5).total_seconds())
    sequence = Sequence(app_database, clock, plant_rows, next(tags))
    say(app_database, [sequence.walk])
    sequence.look()
    for step in steps:
        sequence.take(step)
    sequence.end()
