"""What `assetloop bench desk` measured, and how it is said to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from service.bench.broker import Heard


def part_of(values: Sequence[float], part: float) -> float:
    """Return the value below which so large a part of sorted values is; not a number where there are none."""
    return values[int(part * (len(values) - 1))] if values else float("nan")


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskFigures:
    """What was measured. `seconds` is the time for all findings that waited, the processor's is per finding, in ms.

    `sending_s` is how long their messages took to go out afterwards. The rest is of findings at a rate, in ms: from
    just before a finding's row is written to its alert's row, and to the messages of its alert and of its order.
    """

    findings: int
    desks: int
    seconds: float
    findings_per_s: float
    desk_cpu_ms: float
    database_cpu_ms: float
    alerts: int
    orders: int
    lost: int
    doubled: int
    incidents: int
    notices: int
    sending_s: float
    rate: int
    row_p50_ms: float
    row_p99_ms: float
    alert_message_p50_ms: float
    alert_message_p99_ms: float
    order_message_p50_ms: float
    order_message_p99_ms: float
    unsent: int

    def lines(self) -> str:
        """Say it in words."""
        rate = f"{self.findings:,} findings by {self.desks} desks: {self.seconds:.1f} s, {self.findings_per_s:,.0f}/s"
        processor = f"{self.desk_cpu_ms:.2f} ms of the processor each, and {self.database_cpu_ms:.2f} ms the database's"
        return "\n".join(
            (
                f"{rate}; {processor}",
                f"{self.alerts:,} alerts, {self.orders:,} orders, {self.lost} lost, {self.doubled} doubled",
                f"{self.incidents:,} incidents, {self.notices:,} notices; sent in {self.sending_s:.1f} s",
                f"at {self.rate} findings/s, from a finding's row, median and p99:",
                f"  its alert's row     {self.row_p50_ms:>6.0f} ms {self.row_p99_ms:>6.0f} ms",
                f"  its alert's message {self.alert_message_p50_ms:>6.0f} ms {self.alert_message_p99_ms:>6.0f} ms",
                f"  its order's message {self.order_message_p50_ms:>6.0f} ms {self.order_message_p99_ms:>6.0f} ms",
                f"  never sent          {self.unsent:>6}",
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowedMessages:
    """How long the first message about each finding took, in ms, sorted, and how many findings had none."""

    of_alerts: list[float]
    of_orders: list[float]
    unsent: int

    @classmethod
    def of(cls, heard: Heard, written: dict[UUID, datetime]) -> FollowedMessages:
        """Find the messages about findings by what speaks for them."""
        took: dict[str, dict[str, float]] = {"alert": {}, "workorder": {}}
        began = {str(finding_id): at.timestamp() for finding_id, at in written.items()}
        for topic, document, at in heard.messages:
            finding_id = document["evidence"].get("finding_id")
            if finding_id in began:
                took[topic.rpartition("/")[2]].setdefault(finding_id, 1000 * (at - began[finding_id]))
        of_alerts, of_orders = (sorted(one.values()) for one in took.values())
        return cls(of_alerts=of_alerts, of_orders=of_orders, unsent=2 * len(began) - len(of_alerts) - len(of_orders))
