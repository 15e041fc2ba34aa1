"""What `assetloop bench ingest` measured, and how it is said to a person."""

from __future__ import annotations

from dataclasses import dataclass, fields

from service.bench.flow import MeasuredFlow
from service.bench.packets import PublishPlan
from storage.bench.bare_copy import Copied


@dataclass(frozen=True, kw_only=True, slots=True)
class Through:
    """What went through one broker."""

    broker: str
    plan: PublishPlan
    flow: MeasuredFlow
    missing: int
    duplicate: int

    @property
    def values(self) -> int:
        """Count the values that were published."""
        return self.flow.messages * self.plan.values_a_message

    @property
    def values_per_second(self) -> float:
        """Return how many were stored in a second."""
        return (self.values - self.missing) / self.flow.storing_s


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """The same messages on another way: values a second, as a share of those of the first, and how many are missing."""

    values_per_second: float
    ratio: float
    missing: int

    @classmethod
    def of(cls, other: Through | None, first: Through) -> Beside | None:
        """Compare; None where there is nothing to compare."""
        if other is None:
            return None
        return cls(
            values_per_second=round(other.values_per_second, 1),
            ratio=round(other.values_per_second / first.values_per_second, 3),
            missing=other.missing,
        )

    def line(self, what: str) -> str:
        """Say it to a person."""
        return (
            f"{what:<10} {self.values_per_second:>10,.0f} values/s, {self.ratio:.2f} of that; {self.missing:,} missing"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class IngestFigures:
    """What was measured; rates count from the first message to the instant at which the last value could be queried.

    `ratio` is `values_per_second` over `raw_copy_rows_per_second`, that of the rows in the order of their publishing.
    Ingest orders each batch by signal, which the server takes faster: `sorted_ratio` is over a bare COPY that is given
    the rows so, which is a stricter copies than a stream could ever offer. `cpu_s_per_million` are processor seconds
    per million stored values, of each process that took part. `tls` are the same messages
    where ingest speaks TLS, if that was asked for; `embedded` by way of the broker that `assetloop up` brings, which
    takes one ingest process: None with several.
    """

    broker: str
    payload: str
    workers: int
    published_messages_per_second: float
    published_values_per_second: float
    messages_per_second: float
    values_per_second: float
    raw_copy_rows_per_second: float
    ratio: float
    sorted_copy_rows_per_second: float
    sorted_ratio: float
    values: int
    missing: int
    duplicate: int
    latency_p50_s: float
    latency_p99_s: float
    ingest_rss_mib: float
    cpu_s_per_million: dict[str, float]
    tls: Beside | None = None
    embedded: Beside | None = None

    def lines(self) -> str:
        """Say it to a person."""
        cpu = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in self.cpu_s_per_million.items())
        said = _LINES.format(cpu=cpu, **{each.name: getattr(self, each.name) for each in fields(self)})
        beside = (("TLS", self.tls), ("embedded", self.embedded))
        return "\n".join([said, *(one.line(what) for what, one in beside if one is not None)])


_LINES = """\
published  {published_messages_per_second:>10,.0f} messages/s, {published_values_per_second:,.0f} values/s ({broker})
stored     {messages_per_second:>10,.0f} messages/s, {values_per_second:,.0f} values/s
raw COPY   {raw_copy_rows_per_second:>10,.0f} rows/s of the same rows into the same table, as they were published
ratio      {ratio:>10.2f}
sorted     {sorted_copy_rows_per_second:>10,.0f} rows/s as they were stored, by signal; {sorted_ratio:.2f} of that
missing    {missing:>10,} of {values:,} values; {duplicate:,} came twice
latency    {latency_p50_s:>10.2f} s from publishing to a query's answer; {latency_p99_s:.2f} s for 99 of 100
memory     {ingest_rss_mib:>10.0f} MiB, the largest ingest process
processor  per million values: {cpu}"""


def figures_of(
    through: Through,
    workers: int,
    copied: tuple[Copied, Copied],
    *,
    tls: Through | None,
    embedded: Through | None,
) -> IngestFigures:
    """Put together what was measured."""
    flow, per_second = through.flow, through.values_per_second
    return IngestFigures(
        broker=through.broker,
        payload=through.plan.payload,
        workers=workers,
        published_messages_per_second=round(flow.messages / flow.publishing_s, 1),
        published_values_per_second=round(through.values / flow.publishing_s, 1),
        messages_per_second=round(flow.messages / flow.storing_s, 1),
        values_per_second=round(per_second, 1),
        raw_copy_rows_per_second=round(copied[0].rows_per_second, 1),
        ratio=round(per_second / copied[0].rows_per_second, 3),
        sorted_copy_rows_per_second=round(copied[1].rows_per_second, 1),
        sorted_ratio=round(per_second / copied[1].rows_per_second, 3),
        values=through.values,
        missing=through.missing,
        duplicate=through.duplicate,
        latency_p50_s=round(flow.latency_s(0.5), 3),
        latency_p99_s=round(flow.latency_s(0.99), 3),
        ingest_rss_mib=round(flow.peak_rss / 2**20, 1),
        cpu_s_per_million={
            name: round(1e6 * seconds / max(through.values - through.missing, 1), 3)
            for name, seconds in flow.cpu_s.items()
        },
        tls=Beside.of(tls, through),
        embedded=Beside.of(embedded, through),
    )
