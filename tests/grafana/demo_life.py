"""What a plant has besides telemetry after a year: how it was, what was told, repaired, learnt and handed over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, uuid5

from psycopg.types.json import Jsonb

from tests.plant_rows import PlantRows

AREAS = {"M": "Pump house", "P": "Pump house", "C": "Compressors", "F": "Cooling"}
_WORDS = ("good", "watch", "good", "good", "alarm", "good", "silent", "good")
_MOTORS = ("M-301", "M-302", "M-303")


def live(plant: PlantRows, assets: Mapping[str, int], now: datetime) -> None:
    """Add a year of life to a plant that has its assets, readings and an alert: everything that a dashboard shows."""
    for tag, asset_id in assets.items():
        plant.connection.execute("UPDATE asset SET area = %s WHERE asset_id = %s", [AREAS[tag[0]], asset_id])
    _how_it_was(plant, assets, now)
    _alarms(plant, assets, now)
    _repairs(plant, assets, now)
    _models(plant, now)
    _handover(plant, assets, now)
    _telemetry(plant, now)
    _energy(plant, assets, now)
    _design(plant, assets, now)
    plant.connection.execute("SELECT note_health(%s), keep_figures(%s), keep_goals(%s)", [now, now, now])


def _how_it_was(plant: PlantRows, assets: Mapping[str, int], now: datetime) -> None:
    for place, asset_id in enumerate(assets.values()):
        since = now - timedelta(hours=26)
        for turn in range(8):
            until = now - timedelta(hours=26 - 3 * (turn + 1), minutes=7 * place) if turn < 7 else None
            word = _WORDS[(turn + place) % len(_WORDS)]
            plant.add("health_span", asset_id=asset_id, since=since, until=until, word=word)
            since = until or since
        plant.connection.execute(
            "UPDATE asset_state SET since = %s, noted_at = %s WHERE asset_id = %s",
            [now - timedelta(days=395), now - timedelta(days=395), asset_id],
        )


def _alarms(plant: PlantRows, assets: Mapping[str, int], now: datetime) -> None:
    site = _site(plant)
    flood = uuid5(NAMESPACE_OID, "flood")
    plant.add(
        "alarm_flood",
        flood_id=flood,
        site_id=site,
        area="Pump house",
        began=now - timedelta(hours=5),
        ended=now - timedelta(hours=4, minutes=30),
    )
    for place, (tag, asset_id) in enumerate(assets.items()):
        ended = place % 3 != 0
        times = [now - timedelta(hours=5, minutes=-(place + 3 * one)) for one in range(4)]
        alert = plant.alert(
            asset_id,
            alert_id=uuid5(NAMESPACE_OID, f"alert {tag}"),
            kind="limit",
            severity=("MAJOR", "MINOR", "WARNING")[place % 3],
            at=times[0] - timedelta(days=0 if ended else 3),
            active=not ended,
            acknowledged=ended or place % 2 == 0,
            cleared_at=times[-1] if ended else None,
            acknowledged_at=times[-1] if ended or place % 2 == 0 else None,
            acknowledged_by="Kim" if ended or place % 2 == 0 else None,
            told=1,
            told_at=times[0],
        )
        for revision, at in enumerate(times, start=1):
            event = "raised" if revision == 1 else "repeated"
            document = Jsonb({"severity": "MAJOR"})
            plant.add(
                "alert_event",
                alert_id=alert,
                revision=revision,
                at=at,
                actor="desk",
                event=event,
                document=document,
                tells=True,
            )
        if not ended:
            incident = uuid5(NAMESPACE_OID, f"incident {tag}")
            plant.add(
                "incident",
                incident_id=incident,
                site_id=site,
                area=AREAS[tag[0]],
                began=times[0],
                root_alert_id=alert,
                severity="MAJOR",
                size=3,
                flood_id=flood if place == 0 else None,
            )
    shares = Jsonb(
        [{"signal": "vibration_de_mm_s", "share": 0.7, "unit": "mm/s"}, {"signal": "flow_m3_h", "share": 0.3}]
    )
    plant.finding(assets["P-102"], at=now - timedelta(minutes=20), shares=shares)


def _repairs(plant: PlantRows, assets: Mapping[str, int], now: datetime) -> None:
    for month in range(12):
        for place, (tag, asset_id) in enumerate(assets.items()):
            if (month + place) % 4:
                continue
            at = now - timedelta(days=30 * month + 3 + place)
            order = plant.work_order(
                asset_id,
                at=at,
                state="CLOSE",
                title=f"Bearing of {tag} replaced",
                severity="MINOR",
                requested_finish=at + timedelta(days=5),
                started_at=at,
                completed_at=at + timedelta(hours=9),
                work_type="corrective" if place % 2 else "preventive",
            )
            outcome = ("confirmed", "confirmed", "false_alarm")[(month + place // 4) % 3]
            plant.add(
                "work_order_closing",
                order_id=order,
                outcome=outcome,
                failure_mode="VIB",
                cause="WEA",
                action="REP",
                failed_at=at,
                restored_at=at + timedelta(hours=6),
                relearn=False,
                closed_at=at + timedelta(hours=9),
                closed_by="Kim",
                recognised="session",
            )
            plant.add(
                "work_order_booking",
                order_id=order,
                booked_at=at + timedelta(hours=9),
                booked_by="Kim",
                hours=6,
                cost=420.0,
                currency="EUR",
                recognised="session",
            )
            finding = plant.finding(asset_id, at=at - timedelta(hours=2), cleared=at)
            plant.add(
                "label",
                order_id=order,
                finding_id=finding,
                asset_id=asset_id,
                source="model",
                kind="condition",
                outcome=outcome,
                failure_mode="VIB",
                onset=at - timedelta(hours=2),
                ended=at,
                notified_at=at - timedelta(hours=2),
                failed_at=at,
                restored_at=at + timedelta(hours=6),
                labelled_at=at + timedelta(hours=9),
                labelled_by="Kim",
            )
    plant.add(
        "lesson",
        lesson_id=uuid5(NAMESPACE_OID, "lesson"),
        site_id=_site(plant),
        class_id=_class(plant, "P-101", assets),
        order_id=order,
        failure_mode="VIB",
        seen="Vibration rises over a week",
        cause="Bearing worn",
        helped="Bearing replaced",
        kept_at=now,
        kept_by="Kim",
        changed_at=now,
        changed_by="Kim",
    )


def _models(plant: PlantRows, now: datetime) -> None:
    rows = plant.connection.execute(
        "SELECT m.model_id, i.installation_id, i.asset_id"
        " FROM model AS m JOIN installation AS i USING (installation_id) ORDER BY m.model_id"
    ).fetchall()
    for place, row in enumerate(rows):
        model_id, installation_id, asset_id = tuple(row.values()) if isinstance(row, dict) else row
        plant.connection.execute(
            "UPDATE model SET trained_at = %s WHERE model_id = %s", [now - timedelta(days=20 * place + 1), model_id]
        )
        plant.add(
            "drift_check",
            model_id=model_id,
            at=now,
            data_from=now - timedelta(days=7),
            data_to=now,
            signals=Jsonb([]),
            episodes=place,
            expected=2.0,
            inputs_drift=place == 1,
            alarms_drift=place == 2,
        )
        plant.wear(asset_id, now - timedelta(minutes=50), 0.2 + place / 20)
        plant.wear(asset_id, now - timedelta(minutes=10), 0.25 + place / 20)
        if place == 1:
            plant.model(installation_id, version=2, state="challenger", trained_at=now)
            plant.add(
                "proposal",
                installation_id=installation_id,
                asset_id=asset_id,
                reason="input_drift",
                evidence=Jsonb({}),
                raised_at=now - timedelta(days=1),
            )


def _handover(plant: PlantRows, assets: Mapping[str, int], now: datetime) -> None:
    site = _site(plant)
    for tag, passed in (("cw-2026", 10), ("fans-2027", 3)):
        project = plant.add(
            "project",
            tag=tag,
            site_id=site,
            name="Cooling water" if passed == 10 else "New fans",
            required_documents=["03-01", "03-02"],
            created_at=now - timedelta(days=300),
            created_by="Kim",
        )
        for key, days in (("start", -200), ("done", -12 if passed == 10 else 60)):
            for slip, told in ((0, 250), (9, 20)):
                day = (now + timedelta(days=days + slip)).date()
                plant.add(
                    "project_milestone",
                    project_id=project,
                    key=key,
                    imported_at=now - timedelta(days=told),
                    name=key,
                    planned=day if slip == 0 else None,
                    forecast=day,
                    file="plan.xml",
                )
        gates = ["feasibility", "pre_review", "completeness", "punch_list", "training"]
        gates += ["spares", "telemetry", "confirmation", "trial", "sign_off"]
        for place, gate in enumerate(gates[:passed]):
            plant.add(
                "project_gate",
                project_id=project,
                gate=gate,
                outcome="waived" if place == 4 else "passed",
                at=now - timedelta(days=40 - 2 * place),
                actor="Kim",
                recognised="session",
            )
        for asset_tag in [one for one in assets if one.startswith("P" if passed == 10 else "F")]:
            plant.add("project_asset", project_id=project, asset_id=assets[asset_tag])
            plant.add(
                "project_document",
                project_id=project,
                asset_id=assets[asset_tag],
                vdi_class="03-02",
                title="Manual",
                version="1",
                file="manual.pdf",
                sha256="0" * 64,
                added_at=now,
                added_by="Kim",
            )
            plant.add(
                "project_punch",
                project_id=project,
                asset_id=assets[asset_tag],
                category="A" if asset_tag == "F-401" else "B",
                text="Guard is missing",
                raised_at=now - timedelta(days=4),
                raised_by="Kim",
            )
        for side, voided in (("engineering", None), ("operations", now if passed == 3 else None)):
            plant.add(
                "project_signature",
                project_id=project,
                gate="sign_off" if passed == 10 else "confirmation",
                side=side,
                person="Kim",
                signed_by="kim",
                recognised="session",
                signed_at=now - timedelta(days=15),
                manifest_sha256="0" * 64,
                manifest=Jsonb({}),
                voided_at=voided,
                voided_because="a limit was changed" if voided else None,
            )


def _telemetry(plant: PlantRows, now: datetime) -> None:
    devices = ["demo/P-101", "demo/P-102", "demo/C-201"]
    counts = {"duplicate": 3, "late": 2, "quarantined": 5, "conflicting": 1, "limited": 1}
    for minute in range(60):
        plant.add(
            "delivery_batch",
            slot=1,
            batch=minute,
            at=now - timedelta(minutes=minute),
            devices=devices,
            received=[600, 605, 610],
            stored=[590] * 3,
            **{name: [count] * 3 for name, count in counts.items()},
        )
    plant.connection.execute("SELECT fold_delivery(%s)", [now])
    plant.slot(1, holder="host-1", lag_s=0.2, last_commit=now, is_listening=True)
    plant.slot(2, holder="host-1", lag_s=3.5, last_commit=now - timedelta(seconds=9), is_listening=True)
    for reason, asset in (("unknown_asset", "X-900"), ("too_old", "P-101")):
        plant.add(
            "quarantine",
            topic=f"assetloop/v1/demo/{asset}/telemetry",
            sha256=reason.encode(),
            reason=reason,
            detail="",
            site_tag="demo",
            asset_tag=asset,
            payload=b"{}",
            length=2,
            first_seen=now - timedelta(hours=2),
            last_seen=now,
            count=40,
            readings=400,
        )
    asset = plant.connection.execute("SELECT min(asset_id) AS asset_id FROM asset").fetchone()
    plant.add(
        "device_clock",
        asset_id=next(iter(asset.values())) if isinstance(asset, dict) else asset[0],
        off_s=95.0,
        says="ahead",
        since=now - timedelta(days=1),
        last_at=now,
        times=4,
    )


def _energy(plant: PlantRows, assets: Mapping[str, int], now: datetime) -> None:
    """Roll up what motors drew, where roll-ups are tables: a day by the hour, and some hours of each month before."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    hours = [hour - timedelta(hours=one) for one in range(1, 25)]
    hours += [hour - timedelta(days=30 * month, hours=one) for month in range(1, 12) for one in range(4)]
    grade = plant.connection.execute("SELECT grade FROM deployment").fetchone()
    assert grade is not None
    if "plain" in str(grade):
        plant.connection.execute("SELECT ensure_rollup_partition(%s, %s)", [min(hours), max(hours)])
    elif "community" in str(grade):
        return
    plant.connection.execute(
        "INSERT INTO reading_1h (signal_id, time, lowest, highest, total, n, last)"
        " SELECT s.signal_id, h.at, 20, 40, 30 * 3600, 3600, 30"
        " FROM signal AS s CROSS JOIN unnest(%s::timestamptz[]) AS h (at)"
        " WHERE s.unit = 'kW' AND s.asset_id = ANY (%s) ON CONFLICT DO NOTHING",
        [hours, [assets[tag] for tag in _MOTORS]],
    )


def _design(plant: PlantRows, assets: Mapping[str, int], now: datetime) -> None:
    class_id = _class(plant, "P-101", assets)
    equipment = plant.add("equipment", class_id=class_id, serial="7", manufacturer="Acme", model="CW-80")
    plant.connection.execute(
        "UPDATE installation SET equipment_id = %s, installed_from = %s WHERE asset_id = %s",
        [equipment, now - timedelta(days=400), assets["P-101"]],
    )
    plant.add(
        "design_request",
        site_id=_site(plant),
        class_id=class_id,
        failure_mode="VIB",
        manufacturer="Acme",
        model="CW-80",
        context="Pump house",
        state="accepted",
        opened_at=now - timedelta(days=210),
        evidence=Jsonb({"rate": {"failures": 9, "years": 4.0, "a_year": 2.25}}),
        decided_at=now - timedelta(days=200),
        decided_by="Kim",
        reason="seals run hot",
    )
    at = now - timedelta(days=100)
    project = _number(plant, "SELECT project_id AS n FROM project WHERE tag = 'cw-2026'")
    for measure, target in (("availability", 0.98), ("schedule", 5.0), ("cost", 9000.0)):
        plant.add(
            "project_goal",
            project_id=project,
            measure=measure,
            target=target,
            proposed_at=at,
            proposed_by="Kim",
            engineering_at=at,
            engineering_by="Kim",
            operations_at=at,
            operations_by="Li",
        )


def _site(plant: PlantRows) -> int:
    return _number(plant, "SELECT min(site_id) AS n FROM site")


def _class(plant: PlantRows, tag: str, assets: Mapping[str, int]) -> int:
    return _number(plant, "SELECT class_id AS n FROM asset WHERE asset_id = %s", assets[tag])


def _number(plant: PlantRows, sql: str, *values: object) -> int:
    row = plant.connection.execute(sql.encode(), list(values)).fetchone()
    assert row is not None
    return int(next(iter(row.values())) if isinstance(row, dict) else row[0])
