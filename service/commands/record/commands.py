"""The command that plays a recorded table back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import Misconfigured
from plant.escaped import escaped
from service.commands.common import Data, Json, answer, surroundings
from service.runtime.counted import counted

if TYPE_CHECKING:
    from service.commands.record.replay import ReplayReport
    from service.runtime.screen import Screen
    from simulators.tables.recording import RecordedTable


def replay(
    file: Annotated[Path, typer.Argument(help="A recorded table; separator and time column are found.")],
    site: Annotated[str, typer.Option(help="Tag of the site.")],
    asset: Annotated[str, typer.Option(help="Tag of the asset; with --only, what stands in the column.")] = "",
    asset_class: Annotated[str, typer.Option("--class", help="Tag of the class of equipment.")] = "recorded",
    speed: Annotated[float, typer.Option(help="How many times faster than it was recorded; 1 or more.")] = 50.0,
    healthy: Annotated[
        int | None, typer.Option(help="Declare the first N rows healthy and train on them before the rest.", min=1)
    ] = None,
    rows: Annotated[int | None, typer.Option(help="Take only the first N rows.", min=2)] = None,
    drop: Annotated[list[str] | None, typer.Option(help="A column to leave out; may be given again.")] = None,
    timezone: Annotated[
        str | None, typer.Option(help="Zone of times without an offset, as Asia/Shanghai; UTC unless given.")
    ] = None,
    date_format: Annotated[
        str | None, typer.Option(help="How times are written, as '%d/%m/%Y %H:%M:%S'; found unless given.")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Encoding of a text file, as gb18030; found unless given.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Take the rows of one asset from a table of several, as machine=P7; again for another."),
    ] = None,
    wire_only: Annotated[bool, typer.Option("--wire-only", help="Publish only; register and train nothing.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Play a recorded table back over MQTT as an asset, its last row at the moment the replay ends."""
    from service.commands.record.replay import ReplayOptions, each_asset, prepare, replay_each
    from service.commands.record.replay import replay as run_replay
    from service.runtime.screen import Screen

    options = ReplayOptions(
        file=file,
        site=site,
        asset=asset,
        asset_class=asset_class,
        speed=speed,
        healthy=healthy,
        rows=rows,
        drop=tuple(drop or ()),
        wire_only=wire_only,
        timezone=timezone,
        date_format=date_format,
        encoding=encoding,
    )
    if wire_only and healthy:
        raise Misconfigured("--healthy trains, --wire-only does not touch the record; choose one")
    around, screen = surroundings(data), Screen()
    prepared = [(one, *prepare(around, one)) for one in each_asset(options, only or ())]
    for one, recording, shift_s in prepared:
        _say_what_is_replayed(screen, f"{file.name}, {one.asset}" if one.only else file.name, recording, shift_s)
    how = "published" if wire_only else "stored"
    if len(prepared) > 1:
        with screen.stages() as stages:
            done = replay_each(around, prepared, stages)
        told = {"replays": [asdict(one) for one in done]}
        answer(told, as_json=json, line=lambda: "\n".join(_line(one, how) for one in done))
        return
    with screen.bar(f"replaying {file.name} at {speed:g}×", "rows") as bar:
        (one, recording, shift_s) = prepared[0]
        report = run_replay(around, one, recording, shift_s, bar)
    answer(report, as_json=json, line=lambda: _line(report, how))


def _line(done: ReplayReport, how: str) -> str:
    return (
        f"{done.site}/{done.asset}: {done.rows} rows, {done.readings} readings {how}, shift {done.shift_s:.3f} s"
        + (f", model version {done.model_version}" if done.model_version else "")
        + "".join(f"\n{escaped(note)}" for note in done.notes)
    )


def _say_what_is_replayed(screen: Screen, name: str, recording: RecordedTable, shift_s: float) -> None:
    rows, signals = counted(len(recording), "rows"), counted(len(recording.keys), "signals")
    screen.say(f"{name}: {rows}, {signals}, shifted by {shift_s:.3f} s")
    for note in recording.notes:
        screen.say(f"{name}: {note}")
    if recording.merged:
        screen.say(f"{name}: {recording.merged} rows repeat an instant; the first value of each signal counts")
    if recording.left_out:
        screen.say(f"{name}: left out, for they are not numbers: {', '.join(recording.left_out)}")
