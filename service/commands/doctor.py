"""`assetloop doctor`: look at everything the product stands on, and say the mend of each fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from ingest.mapping.file import read_rules
from lifecycle.units import is_same
from plant.errors import AssetloopError
from plant.escaped import escaped
from service.broker import journal
from service.runtime.counted import counted
from service.runtime.screen import fault_line
from service.runtime.surroundings import Surroundings
from service.settings import read_settings
from storage.core import disk
from storage.core.database import Role
from storage.core.grade import Grade
from storage.models import proposals
from storage.schema import migrate, upkeep, viewers
from storage.telemetry import delivery, device_clocks, devices, quarantine
from storage.views import counts, product_state

_MOST_SKEW_S = 2.0
_LONGEST_UNROLLED_S = 900.0
_A_DAY = timedelta(days=1)
_AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that was looked at; `mend` is empty where nothing has to be done."""

    name: str
    ok: bool
    says: str
    mend: str = ""


def examine(data: Path | None) -> list[Check]:
    """Check settings, disk, database, broker; schema and clock where the database answers."""
    settings = _check("settings", lambda: _settings(data), "correct or unset the variable it names")
    if not settings.ok:
        return [settings]
    around = Surroundings.of(data)
    database = _check("database", lambda: _database(around), "start `assetloop up`, or see to ASSETLOOP_DATABASE_URL")
    schema = _check("schema", lambda: _schema(around), "run `assetloop migrate`") if database.ok else None
    return [
        settings,
        _check("disk", lambda: _disk(around), "free space, or move the data folder with --data DIR"),
        database,
        *([schema] if schema else []),
        *(_of_the_record(around) if schema and schema.ok else []),
        _check("broker", lambda: _broker(around), "start `assetloop up`, or see to ASSETLOOP_MQTT_URL"),
    ]


def _of_the_record(around: Surroundings) -> list[Check]:
    return [
        _check("people", lambda: _people(around), "set the first password: assetloop person link"),
        _check("clock", lambda: _clock(around), "set both clocks by NTP"),
        _check("models", lambda: _models(around), "train them again: assetloop train --asset SITE/TAG"),
        _check("scoring", lambda: _scoring(around), "start `assetloop score`, and see what it logs"),
        _check(
            "upkeep",
            lambda: _upkeep(around),
            _upkeep_mend(around),
        ),
        _check(
            "telemetry", lambda: _telemetry(around), "see what `assetloop ingest` logs, and `assetloop ingest status`"
        ),
        _check(
            "device clocks",
            lambda: _device_clocks(around),
            "set them by NTP; where it is another unit, say time_unit in mapping.toml",
        ),
        *_of_the_mapping(around),
        _check("viewers", lambda: _viewers(around), "let an administrator run GRANT login TO assetloop_owner"),
        _check("state", lambda: _state(around), "see what `assetloop ingest` and `assetloop work` log, and its text"),
        _check("ingest", lambda: _slots(around), "start one more `assetloop ingest`: it takes over the oldest of them"),
    ]


def _upkeep_mend(around: Surroundings) -> str:
    mend = "start `assetloop work` and see what it logs"
    with around.database(Role.APP) as database, database.transaction() as tx:
        if upkeep.grade_of(tx) is not Grade.COMMUNITY:
            return mend
    return (
        f"{mend}; where jobs of TimescaleDB's fail or wait, see timescaledb_information.job_errors, install versions "
        "of PostgreSQL and TimescaleDB that go together, and run ALTER EXTENSION timescaledb UPDATE"
    )


def _people(around: Surroundings) -> str:
    """Say who is let in, and by what."""
    from api.identity.access import is_loopback
    from storage.identity import people

    with around.database() as database, database.transaction() as tx:
        everybody = [one for one in people.everybody(tx) if one.disabled_at is None]
    demo = sum(one.is_demo for one in everybody)
    is_open = is_loopback(around.settings.host) and not around.settings.tls_proxy
    by_click = (
        "let in by one click from this machine alone" if is_open else "let in by nothing: one click is for 127.0.0.1"
    )
    return counted(len(everybody) - demo, "people") + (f"; {demo} of the demo, {by_click}" if demo else "")


def _of_the_mapping(around: Surroundings) -> list[Check]:
    if around.settings.mapping is None:
        return []
    return [_check("mapping", lambda: _mapping(around), "correct that file, or the unit in the register")]


def _check(name: str, look: Callable[[], str], mend: str) -> Check:
    try:
        return Check(name=name, ok=True, says=look())
    except AssetloopError as error:
        return Check(name=name, ok=False, says=str(error), mend=mend)
    except OSError as error:
        return Check(name=name, ok=False, says=str(error), mend=mend)


def _settings(data: Path | None) -> str:
    settings = read_settings()
    return f"read; data folder {(data or settings.data).absolute()}"


def _disk(around: Surroundings) -> str:
    folder = around.folder.path
    says = disk.nearly_full(folder)
    if says:
        raise AssetloopError(says)
    return f"{disk.free_gib(folder):.0f} GiB free at {folder}"


def _database(around: Surroundings) -> str:
    server = migrate.plan(around.database_url(), allow_unsupported=around.settings.allow_unsupported).server
    extension = f", TimescaleDB {server.timescale}" if server.timescale else ""
    return f"PostgreSQL {server.version}{extension}: {server.grade} grade"


def _schema(around: Surroundings) -> str:
    pending = migrate.plan(around.database_url(), allow_unsupported=around.settings.allow_unsupported).names
    if pending:
        raise AssetloopError(f"not yet run: {counted(len(pending), 'migrations')}, {', '.join(pending)}")
    with around.database(Role.APP) as database, database.transaction() as tx:
        held = counts.totals(tx)
    return f"up to date; {counted(held.assets, 'assets')}, {counted(held.readings, 'readings')}"


def _mapping(around: Surroundings) -> str:
    """Read the mapping, and compare the units that it makes with those that the register has."""
    rules = read_rules(around.settings.mapping or Path())
    made = [(key, one.register_unit) for rule in rules for key, one in rule.signals.items() if one.register_unit]
    with around.database(Role.APP) as database, database.transaction() as tx:
        held = devices.units(tx, [key for key, _ in made])
    for key, unit in made:
        others = {one for one in held.get(key, set()) if not is_same(one, unit)}
        if others:
            raise AssetloopError(f"{key}: the mapping makes it {unit}, the register has {', '.join(sorted(others))}")
    return f"{counted(len(rules), 'topic patterns')}; its units are those of the register"


def _clock(around: Surroundings) -> str:
    with around.database(Role.APP) as database, database.transaction() as tx:
        skew_s = (counts.server_clock(tx) - around.clock.now()).total_seconds()
    if abs(skew_s) > _MOST_SKEW_S:
        raise AssetloopError(f"the database's clock is {skew_s:+.1f} s off this machine's")
    return f"the database's clock is {skew_s:+z.3f} s off this machine's"


def _models(around: Surroundings) -> str:
    installed = version("scikit-learn")
    with around.database(Role.APP) as database, database.transaction() as tx:
        others = counts.models_of_others(tx, installed)
        waiting = len(proposals.list_proposals(tx, open_only=True, most=1000))
    if others:
        raise AssetloopError(
            f"trained under another scikit-learn than {installed}, and so not used: {', '.join(others)}"
        )
    proposed = (
        f"; to be decided: {counted(waiting, 'proposals')} of retraining (`assetloop model proposals`)"
        if waiting
        else ""
    )
    return f"every model was trained under scikit-learn {installed}{proposed}"


def _scoring(around: Surroundings) -> str:
    with around.database(Role.APP) as database, database.transaction() as tx:
        behind = counts.scoring_behind(tx)
    if behind:
        raise AssetloopError(f"more than 10 min of readings are not scored: {', '.join(behind)}")
    return "keeps up with the readings"


def _upkeep(around: Surroundings) -> str:
    with around.database(Role.APP) as database, database.transaction() as tx:
        age_s, failing = upkeep.waiting_s(tx), upkeep.failing(tx)
    if failing:
        says = "; ".join(dict.fromkeys(one.says for one in failing))
        raise AssetloopError(f"jobs failed when they last ran: {', '.join(one.job for one in failing)} ({says})")
    if age_s is not None and age_s > _LONGEST_UNROLLED_S:
        raise AssetloopError(f"what was stored {age_s / 60:.0f} min ago is not rolled up yet")
    return "roll-ups keep up with the readings, and every job did its work"


def _viewers(around: Surroundings) -> str:
    """Look whether every login that Grafana may use can be ended when its queries go on for too long."""
    with around.database(Role.APP) as database, database.transaction() as tx:
        beyond = viewers.out_of_reach(tx)
    if beyond:
        raise AssetloopError(f"queries of these logins of Grafana's may go on for ever: {', '.join(beyond)}")
    return "a query through Grafana ends after 20 s at the latest"


def _telemetry(around: Surroundings) -> str:
    """Look whether ingest loses nothing, and whether somebody waits for approval."""
    with around.database(Role.APP) as database, database.transaction() as tx:
        flow = delivery.status(tx, since=around.clock.now() - _A_DAY)
        waiting = quarantine.strangers(tx)
    if flow.lost_bytes:
        raise AssetloopError(
            f"lost within a day, for want of room on disk: {counted(flow.lost_messages, 'messages')} of QoS 0"
        )
    limited = [one.device for one in flow.devices if one.limited]
    if limited:
        raise AssetloopError(f"beyond their rate limit within a day: {escaped(', '.join(limited[:5]))}")
    if waiting:
        return f"waiting to be approved: {counted(len(waiting), 'assets')}; `assetloop quarantine list` names them"
    return "nothing was lost or limited within a day"


def _device_clocks(around: Surroundings) -> str:
    """Look whether devices say times that no right clock says."""
    with around.database(Role.APP) as database, database.transaction() as tx:
        clocks = device_clocks.wrong(tx, since=around.clock.now() - _AN_HOUR)
    if clocks:
        more = f" and {len(clocks) - 5} more" if len(clocks) > 5 else ""
        raise AssetloopError("; ".join(escaped(one.line()) for one in clocks[:5]) + more)
    return "no device's clock was wrong within an hour"


def _state(around: Surroundings) -> str:
    """Say what `/health`, the console and Grafana say too; the disk has a line of its own."""
    with around.database(Role.APP) as database:
        faults = product_state.look(database)
    if faults:
        raise AssetloopError("; ".join(fault_line(fault) for fault in faults))
    return "telemetry is stored and jobs are done"


def _slots(around: Surroundings) -> str:
    with around.database(Role.APP) as database, database.transaction() as tx:
        left = counts.slots_without_holder(tx)
    if left:
        raise AssetloopError(f"slots without a process: {', '.join(map(str, left))}; scoring waits for their messages")
    return "every slot is held"


def _broker(around: Surroundings) -> str:
    with around.wire() as wire:
        says = f"answers at {wire.address}"
    left = journal.waiting(around.folder.journal)
    if left and around.settings.mqtt_url is not None:
        raise AssetloopError(
            f"{says}, but the journal of the embedded broker, which does not run, holds {counted(left, 'messages')}; "
            "`assetloop up` without ASSETLOOP_MQTT_URL stores them"
        )
    return f"{says}; on disk there for ingest: {counted(left, 'messages')}" if left else says
