"""Every pair of what may stand at an alert does what docs/alarms.md says, however often the desk starts anew.

All pairs are walked at once, each at an asset of its own: the second begins while the first stands, then the first
ends, then the second.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

import pytest

from alerts.alarms.desk import Desk
from plant.alert import Alert
from plant.clock import ManualClock
from storage.core.database import Database
from storage.work import alerts as alert_rows
from tests.alerts.alarms.pairs import Decided, Pair, Thing, episodes_in_the_docs, in_the_docs, pairs
from tests.alerts.alarms.walks import Walk, alerts_of, say
from tests.plant_rows import PlantRows

YOUNG_S, OLD_S = 2, 30


class AllPairs:
    """Every pair twice: once the condition stands to the end, once it ends while both stand."""

    def __init__(self, database: Database, clock: ManualClock, rows: PlantRows, desk: Callable[[], Desk]) -> None:
        self.database, self.clock, self.desk = database, clock, desk
        self.walks = {
            (pair, goes): Walk(
                database,
                clock,
                rows,
                f"{pair[0]}, {pair[1]}, {goes}",
                lasted_s=YOUNG_S if pair[0] is Thing.DELAY else OLD_S,
            )
            for pair, goes in itertools.product(pairs(), (False, True))
        }
        for (pair, _), walk in self.walks.items():
            if Thing.WORK in pair:
                walk.is_worked_on()

    def walk(self, *, data_go_on: bool) -> dict[Pair, Decided]:
        self.look(say_all=True)
        before = alerts_of(self.database)
        for place in (0, 1):
            for (pair, _), walk in self.walks.items():
                walk.begin(pair[place])
            self.look(1, say_all=True)
        both = alerts_of(self.database)
        self.clock.sleep(1)
        say(self.database, self.going(goes=True), cleared=True)
        self.desk().round()
        over = []
        for place in (0, 1):
            for (pair, _), walk in self.walks.items():
                walk.end(pair[place])
            for after_s in (1, 11, 70):
                self.look(after_s, say_all=False, say_standing=data_go_on)
            over.append(alerts_of(self.database))
        return {pair: self._decided(pair, before, both, *over) for pair in pairs()}

    def going(self, *, goes: bool) -> list[Walk]:
        return [walk for (_, ends), walk in self.walks.items() if ends is goes]

    def look(self, after_s: float = 0, *, say_all: bool, say_standing: bool = True) -> None:
        self.clock.sleep(after_s)
        say(self.database, self.walks.values() if say_all else self.going(goes=False) if say_standing else ())
        self.desk().round()

    def _decided(self, pair: Pair, *seen: dict[str, Alert]) -> Decided:
        stands, went = self.walks[pair, False].tag, self.walks[pair, True].tag
        before, _, _, last = (one[stands].told if stands in one else 0 for one in seen)
        _, both, one_over, over = (self._state(one.get(stands)) for one in seen)
        return Decided(both, one_over, over, str(last - before), self._state(seen[-1].get(went)))

    def _state(self, alert: Alert | None) -> str:
        return alert.flags.state(self.clock.now()).value if alert else "no alert"


@pytest.mark.parametrize("data_go_on", [True, pytest.param(False, marks=pytest.mark.long)])
def test_every_pair_does_what_the_docs_say(
    app_database: Database, clock: ManualClock, plant_rows: PlantRows, data_go_on: bool
) -> None:
    """Where data go on a new desk looks each time, as after a restart; else one and the same does."""
    one = Desk(app_database, clock)
    walks = AllPairs(app_database, clock, plant_rows, lambda: Desk(app_database, clock) if data_go_on else one)
    found = walks.walk(data_go_on=data_go_on)
    assert found == in_the_docs()


def test_an_episode_that_begins_while_something_stands_does_what_the_docs_say(
    app_database: Database, clock: ManualClock, plant_rows: PlantRows
) -> None:
    """Each thing stands at two assets: at one the episode lasts, at the other it goes within its delay."""
    walks = {
        (thing, goes): Walk(app_database, clock, plant_rows, f"{thing}, {goes}")
        for thing, goes in itertools.product(Thing, (False, True))
        if thing is not Thing.DELAY
    }
    walks[Thing.WORK, False].is_worked_on()
    walks[Thing.WORK, True].is_worked_on()

    def look(after_s: float, *, lasting: bool | None = True, cleared: bool = False) -> dict[str, Alert]:
        clock.sleep(after_s)
        told = [walk for (_, goes), walk in walks.items() if lasting is None or goes is not lasting]
        say(app_database, told, cleared=cleared)
        Desk(app_database, clock).round()
        return alerts_of(app_database)

    look(0, lasting=None)
    look(1, lasting=None, cleared=True)
    for (thing, _), walk in walks.items():
        walk.begin(thing)
        walk.episode, walk.onset = 2, clock.now()
    seen = [look(0, lasting=None)]
    look(2, lasting=False, cleared=True)
    seen.append(look(4))
    for (thing, _), walk in walks.items():
        walk.end(thing)
    seen.append([look(after_s) for after_s in (1, 11, 70)][-1])

    with app_database.transaction() as tx:
        told = Counter[str]()
        for one in alert_rows.list_alerts(tx, most=1000):
            told[one.asset] += one.told

    def state(alert: Alert | None) -> str:
        return alert.flags.state(clock.now()).value if alert else "no alert"

    def decided(thing: Thing) -> tuple[str, ...]:
        lasts, went = walks[thing, False].tag, walks[thing, True].tag
        assert told[went] == 1, "what went is told to nobody"
        return (*(state(one.get(lasts)) for one in seen), str(told[lasts] - 1), state(seen[2].get(went)))

    assert {thing: decided(thing) for thing in Thing if thing is not Thing.DELAY} == episodes_in_the_docs()
