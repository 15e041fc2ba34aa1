"""What a lived year came to: which faults were told, how often operators were called, what they were shown first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any
from uuid import UUID

from service.evaluation.alarms.living import BEGIN, Told, finding_id_of
from service.evaluation.alarms.made_up_year import DAY_S, MadeUpEpisode, MadeUpFault, MadeUpYear
from storage.bench.alarm_year import FindingFate

WINDOW_S = 600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Calls:
    """How often operators were told, in windows of ten minutes of an area: in all, in the busiest, and in how many.

    `at_most_one` is the part of all windows with one at most, `of_busy` the part of those in which there was any.
    """

    times: int
    at_most_one: float
    of_busy: float
    busiest: int

    @classmethod
    def of(cls, told: Iterable[tuple[str, float]], *, areas: int, days: float) -> Calls:
        """Count windows."""
        counts = Counter((area, int(at_s // WINDOW_S)) for area, at_s in told)
        over = sum(count > 1 for count in counts.values())
        windows = areas * int(-(-days * DAY_S // WINDOW_S))
        return cls(
            times=counts.total(),
            at_most_one=1 - over / windows,
            of_busy=1 - over / len(counts) if counts else 1.0,
            busiest=max(counts.values(), default=0),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RootFirst:
    """How often the cause was what people were shown first, of how many that showed at more than one asset."""

    right: int
    of: int

    @property
    def part(self) -> float | None:
        """Return the part, None where there were none."""
        return self.right / self.of if self.of else None


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmYearFigures:
    """One year's figures: with incidents and flood control, and beside it as if each alert were told by itself.

    Roots: of incidents with alerts at more than one asset that a fault brought about, and of faults that were felt at
    more than one asset, the alert that was told first.
    """

    seed: int
    assets: int
    days: float
    faults: int
    findings: int
    faults_told: int
    told_after_s: float
    notices: Calls
    alerts: Calls
    root_first: RootFirst
    root_first_of_upsets: RootFirst
    first_told_was_root: RootFirst

    def lines(self) -> str:
        """Say it to a person."""
        return "\n".join(
            (
                f"seed {self.seed}: {self.assets:,} assets, {self.days:g} days",
                f"{self.faults:,} faults, {self.findings:,} findings",
                f"{'':34}{'incidents, floods':>18}{'each alert alone':>18}",
                f"{'faults told':34}{_part(self.faults_told / max(self.faults, 1)):>18}",
                f"{'median s from begin of finding':34}{self.told_after_s:>18.0f}",
                *(
                    f"{said:34}{with_them:>18}{without:>18}"
                    for said, with_them, without in (
                        ("times people were told", f"{self.notices.times:,}", f"{self.alerts.times:,}"),
                        ("windows with one at most", _part(self.notices.at_most_one), _part(self.alerts.at_most_one)),
                        ("of those with any", _part(self.notices.of_busy), _part(self.alerts.of_busy)),
                        ("most in one window", str(self.notices.busiest), str(self.alerts.busiest)),
                        ("root first", _part(self.root_first.part), _part(self.first_told_was_root.part)),
                    )
                ),
                f"{'of upsets of the whole plant':34}{_part(self.root_first_of_upsets.part):>18}",
            )
        )

    def public(self) -> dict[str, Any]:
        """Return what `--json` answers."""
        return asdict(self)


def figures_of(
    year: MadeUpYear, told: Told, fates: Sequence[FindingFate], *, seed: int, assets: int, days: float
) -> AlarmYearFigures:
    """Hold what happened against what people were told."""
    by_finding = {one.finding_id: one for one in fates}
    episodes: dict[int, list[tuple[MadeUpEpisode, FindingFate]]] = defaultdict(list)
    for number, episode in enumerate(year.episodes):
        if episode.fault is not None and finding_id_of(number) in by_finding:
            episodes[episode.fault].append((episode, by_finding[finding_id_of(number)]))
    felt = [one for one in year.faults if episodes[one.number]]
    of_fault = {one.number: [fate for _, fate in episodes[one.number]] for one in felt}
    after_s = [_told_after_s(episodes[one.number]) for one in felt]
    incidents = _incidents(felt, of_fault)
    areas = -(-assets // 50) + 1
    return AlarmYearFigures(
        seed=seed,
        assets=assets,
        days=days,
        faults=len(felt),
        findings=len(fates),
        faults_told=sum(one is not None for one in after_s),
        told_after_s=median([one for one in after_s if one is not None] or [float("nan")]),
        notices=Calls.of(told.notices, areas=areas, days=days),
        alerts=Calls.of(told.alerts, areas=areas, days=days),
        root_first=_root_first(incidents.values()),
        root_first_of_upsets=_root_first(
            [(causes, held) for causes, held in incidents.values() if any(one.is_upset for one in causes)]
        ),
        first_told_was_root=_first_told(felt, of_fault),
    )


def _told_after_s(episodes: Sequence[tuple[MadeUpEpisode, FindingFate]]) -> float | None:
    """Return how long after the first that was found of a fault people were told of something of it."""
    told: list[float] = []
    for episode, fate in episodes:
        if fate.told_at is not None and fate.is_incident_told:
            told.append((fate.told_at - BEGIN).total_seconds())
        elif fate.is_incident_told:
            told.append(episode.onset_s)  # its alert stood already, and people had been told of it
    return min(told) - min(episode.onset_s for episode, _ in episodes) if told else None


_Incident = tuple[list[MadeUpFault], list[FindingFate]]


def _incidents(faults: Sequence[MadeUpFault], of_fault: dict[int, list[FindingFate]]) -> dict[UUID, _Incident]:
    """Return the incidents in which a fault showed at more than one asset, each with the faults and fates in it."""
    found: dict[UUID, _Incident] = {}
    for fault in faults:
        for fate in of_fault[fault.number]:
            if fate.incident_id is not None:
                causes, held = found.setdefault(fate.incident_id, ([], []))
                held.append(fate)
                if fault not in causes:
                    causes.append(fault)
    return {one: (causes, held) for one, (causes, held) in found.items() if len({fate.asset for fate in held}) > 1}


def _root_first(incidents: Iterable[_Incident]) -> RootFirst:
    judged = [held[0].root in {one.root for one in causes} for causes, held in incidents]
    return RootFirst(right=sum(judged), of=len(judged))


def _first_told(faults: Sequence[MadeUpFault], of_fault: dict[int, list[FindingFate]]) -> RootFirst:
    judged = []
    for fault in faults:
        told = [(one.told_at, one.asset) for one in of_fault[fault.number] if one.told_at is not None]
        if len({asset for _, asset in told}) > 1:
            first = min(at for at, _ in told)
            judged.append(min(asset for at, asset in told if at == first) == fault.root)
    return RootFirst(right=sum(judged), of=len(judged))


def _part(part: float | None) -> str:
    return "–" if part is None else f"{100 * part:.2f} %"
