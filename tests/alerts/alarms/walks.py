"""An asset at which a finding stands, and what people do to it: the steps of the tests of pairs and of sequences."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID, uuid5

from alerts.alarms.acknowledgement import acknowledge_alert
from alerts.alarms.shelving import shelve_alert, unshelve_alert
from alerts.alarms.suppression import end_suppression, return_to_service, suppress_by_design, take_out_of_service
from alerts.orders.commands import report_failure, take_step
from plant.alert import Alert
from plant.clock import ManualClock
from plant.finding import Finding, FindingSource
from plant.people.principal import typed
from plant.severity import Severity
from plant.work_order import FailureReport, Step
from storage.core.database import Database
from storage.models import findings
from storage.register import relearning
from storage.work import alerts as alert_rows
from tests.alerts.alarms.pairs import Thing
from tests.plant_rows import PlantRows

ADA = typed("Ada")


class Walk:
    """An asset of its own at which a model's finding has lasted `lasted_s`."""

    def __init__(
        self, database: Database, clock: ManualClock, rows: PlantRows, tag: str, *, lasted_s: float = 30.0
    ) -> None:
        self.database, self.clock, self.tag = database, clock, tag
        self.asset_id = rows.asset(tag)
        rows.installation(self.asset_id)
        self.onset = clock.now() - timedelta(seconds=lasted_s)
        self.order = ""
        self.episode = 1

    def is_worked_on(self) -> None:
        """Let there be an order, so that work may begin."""
        report = FailureReport(actor=ADA, what="oil", failure_mode="ELP", severity=Severity.MINOR)
        self.order = report_failure(self.database, "demo", self.tag, report, clock=self.clock).number
        take_step(self.database, self.order, Step.APPROVE, actor=ADA, clock=self.clock)

    def finding(self, *, cleared: bool = False) -> Finding:
        now = self.clock.now()
        return Finding(
            finding_id=uuid5(UUID(int=0), f"{self.tag}/{self.episode}"),
            asset_id=self.asset_id,
            kind="condition",
            failure_mode="VIB",
            source=FindingSource.MODEL,
            source_version="v1",
            onset=self.onset,
            updated=now,
            cleared=now if cleared else None,
            severity=Severity.MINOR,
            score=0.55,
            shares=(),
            window_from=self.onset,
            window_to=now,
        )

    @property
    def alert(self) -> Alert | None:
        """The newest alert."""
        with self.database.transaction() as tx:
            return next((one for one in alert_rows.list_alerts(tx, most=1000) if one.asset == self.tag), None)

    def begin(self, thing: Thing) -> None:  # noqa: C901 - one case a thing
        match thing:
            case Thing.DELAY:
                pass
            case Thing.SHELVED:
                if (alert := self.alert) and alert.flags.is_open:
                    shelve_alert(self.database, alert.alert_id, hours=4, reason="known", actor=ADA, clock=self.clock)
            case Thing.ACKNOWLEDGED:
                if alert := self.alert:
                    acknowledge_alert(self.database, alert.alert_id, actor=ADA, clock=self.clock)
            case Thing.WORK:
                take_step(self.database, self.order, Step.START, actor=ADA, clock=self.clock)
            case Thing.DESIGN:
                suppress_by_design(self.database, "demo", self.tag, reason="stopped", actor=ADA, clock=self.clock)
            case Thing.OUT:
                take_out_of_service(self.database, "demo", self.tag, actor=ADA, clock=self.clock)
            case Thing.RELEARNING:
                with self.database.transaction() as tx:
                    at = self.clock.now()
                    relearning.open_interval(tx, asset_id=self.asset_id, reason="action", at=at, by="Ada")

    def end(self, thing: Thing) -> None:
        match thing:
            case Thing.DELAY | Thing.ACKNOWLEDGED:
                pass
            case Thing.SHELVED:
                if (alert := self.alert) and alert.flags.is_shelved(self.clock.now()):
                    unshelve_alert(self.database, alert.alert_id, actor=ADA, clock=self.clock)
            case Thing.WORK:
                take_step(self.database, self.order, Step.AWAIT_MATERIAL, actor=ADA, clock=self.clock)
            case Thing.DESIGN:
                end_suppression(self.database, "demo", self.tag, actor=ADA, clock=self.clock)
            case Thing.OUT:
                return_to_service(self.database, "demo", self.tag, actor=ADA, clock=self.clock)
            case Thing.RELEARNING:
                with self.database.transaction() as tx:
                    at = self.clock.now()
                    relearning.end(tx, asset_id=self.asset_id, how="dismissed", at=at, by="Ada")


def say(database: Database, walks: Collection[Walk], *, cleared: bool = False) -> None:
    """Let scoring revise the findings of many assets."""
    with database.transaction() as tx:
        for walk in walks:
            findings.record(tx, walk.finding(cleared=cleared))


def alerts_of(database: Database) -> dict[str, Alert]:
    """Every asset's newest alert."""
    with database.transaction() as tx:
        return {one.asset: one for one in reversed(alert_rows.list_alerts(tx, most=1000))}
