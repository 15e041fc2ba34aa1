"""Words of the record as people read them, each with its colour where it has one: health, severities, states."""

from __future__ import annotations

from grafana.colours import ALARM, GOOD, LEARNING, OF_HEALTH, PRODUCT_COLOURS, SEVERITIES, SILENT, UNKNOWN, WATCH
from plant.finding import FindingKind
from plant.product_state import FaultKind

Words = dict[str, tuple[str, str | None]]
"""A word of the record → what people read, and its colour."""

_READ = {
    "off": "Not in service",
    "good": "Healthy",
    "learning": "Learning again",
    "no_model": "No model yet",
    "unknown": "Not judged",
    "silent": "Silent",
    "watch": "Watch",
    "alarm": "Alarm",
}
HEALTH: Words = {health.value: (_READ[health.value], colour) for health, colour in OF_HEALTH.items()}
RANKS: Words = {str(health.rank): (_READ[health.value], colour) for health, colour in OF_HEALTH.items()}
SEVERITY: Words = {word: (word.capitalize(), colour) for word, colour in SEVERITIES.items()}
ALERT_STATES: Words = {
    "Unacknowledged": ("Unacknowledged", ALARM),
    "RTN-Unacknowledged": ("Returned, unacknowledged", WATCH),
    "Acknowledged": ("Acknowledged", WATCH),
    "Shelved": ("Shelved", LEARNING),
    "Suppressed by design": ("Suppressed by design", UNKNOWN),
    "Out of service": ("Out of service", UNKNOWN),
    "Normal": ("Normal", GOOD),
}
HEARD: Words = {"heard": ("heard", GOOD), "silent": ("silent", SILENT), "never": ("never heard", UNKNOWN)}
FOUND: Words = {
    FindingKind.CONDITION.value: ("Condition deviates", None),
    FindingKind.WEAR.value: ("Slow wear", None),
    FindingKind.SENSOR_STUCK.value: ("Sensor stuck", None),
    FindingKind.SENSOR_DRIFT.value: ("Sensor drifts", None),
    FindingKind.SENSOR_SPIKES.value: ("Sensor has spikes", None),
    FindingKind.SENSOR_DROPOUT.value: ("Sensor silent", None),
    FindingKind.UNSEEN_REGIME.value: ("Regime not trained", None),
    FindingKind.LIMIT.value: ("Design limit exceeded", None),
    FindingKind.RATE.value: ("Changes too fast", None),
    FindingKind.SILENT.value: ("Says nothing", None),
}
QUALITY: Words = {"good": ("good", None), "uncertain": ("uncertain", None), "bad": ("bad", None)}
KINDS: Words = {
    "health": ("Health", None),
    "alert": ("Alert", None),
    "order": ("Work order", None),
    "model": ("Model", None),
    "state": ("Service state", None),
}
EVENTS: Words = {
    **HEALTH,
    "raised": ("raised", None),
    "repeated": ("repeated", None),
    "risen": ("became worse", None),
    "eased": ("eased", None),
    "cleared": ("cleared", None),
    "acknowledged": ("acknowledged", None),
    "trained": ("trained", None),
    "promoted": ("in charge", None),
    "retired": ("retired", None),
    "commissioning": ("In commissioning", None),
    "in_service": ("In service", None),
    "standby": ("On standby", None),
    "out_of_service": ("Out of service", None),
}
OUTLOOK: Words = {
    "known": ("known", GOOD),
    "reached": ("limit reached", ALARM),
    "too_short": ("unknown, too little data", None),
    "no_trend": ("unknown, no trend", None),
    "far": ("unknown, far ahead", None),
}
GATES: Words = {
    "feasibility": ("Feasibility report", None),
    "pre_review": ("Pre-review", None),
    "completeness": ("Documents complete", None),
    "punch_list": ("Punch list", None),
    "training": ("Training", None),
    "spares": ("Spare parts", None),
    "telemetry": ("Telemetry", None),
    "confirmation": ("Handover confirmation", None),
    "trial": ("Trial operation", None),
    "sign_off": ("Sign-off", None),
}
STANDS: Words = {
    "passed": ("passed", GOOD),
    "waived": ("waived", WATCH),
    "next": ("next", LEARNING),
    "waiting": ("waiting", UNKNOWN),
    "valid": ("valid", GOOD),
    "voided": ("voided", ALARM),
}
SIDES: Words = {
    "engineering": ("Engineering", None),
    "operations": ("Operations", None),
    "supervisor": ("Supervisor", None),
}
MODEL_STATES: Words = {"champion": ("In charge", GOOD), "challenger": ("Challenger", LEARNING)}
DRIFTS: Words = {"true": ("drifts", WATCH), "false": ("as learnt", GOOD)}
OUTCOMES: Words = {
    "confirmed": ("confirmed", None),
    "false_alarm": ("false alarm", None),
    "no_fault_found": ("no fault found", None),
}
REASONS: Words = {
    "relearning": ("learning again", None),
    "input_drift": ("the inputs drift", None),
    "alarm_rate": ("the rate of alarms drifts", None),
    "model_refused": ("the model was refused", None),
    "new_baseline": ("perhaps a new normal", None),
}
HELD: Words = {
    "not_json": ("Not JSON", None),
    "no_numbers": ("No numbers", None),
    "not_a_number": ("Not a number", None),
    "too_large": ("Too large", None),
    "undecodable": ("Not decodable", None),
    "unknown_topic": ("Unknown topic", None),
    "unknown_asset": ("Unknown asset", None),
    "dismissed_asset": ("Dismissed asset", None),
    "in_the_future": ("In the future", None),
    "too_old": ("Too old", None),
    "bad_time": ("Bad time", None),
    "bad_key": ("Bad signal name", None),
    "too_many_signals": ("Too many signals", None),
    "retained_without_time": ("Retained, without time", None),
    "refused_by_database": ("Refused by the database", None),
}
MODEL_KINDS: Words = {"condition": ("Condition", None)}
SLOTS: Words = {
    "listening": ("receiving", GOOD),
    "connecting": ("no connection to the broker", WATCH),
    "draining": ("emptying its session", LEARNING),
    "away": ("no process", ALARM),
}
MEASURES: Words = {
    "schedule": ("Schedule", None),
    "cost": ("Cost", None),
    "energy": ("Energy", None),
    "availability": ("Availability", None),
    "failures": ("Failures", None),
}
TRENDS: Words = {
    "better": ("better", None),
    "same": ("same", None),
    "worse": ("worse", None),
    "unknown": ("not known", None),
}
YES_NO: Words = {"true": ("yes", WATCH), "false": ("no", UNKNOWN)}
_FAULTS = {
    FaultKind.DATABASE_AWAY: "The database is away",
    FaultKind.DATABASE_READ_ONLY: "The database takes no writes",
    FaultKind.NOT_STORING: "Telemetry is not stored",
    FaultKind.INGEST_AWAY: "No process stores telemetry",
    FaultKind.BROKER_AWAY: "The broker is away",
    FaultKind.JOBS_STUCK: "Jobs wait and nobody does them",
    FaultKind.DISK_NEARLY_FULL: "The disk is nearly full",
}
PRODUCT: Words = {
    "ok": ("Works", GOOD),
    **{kind.value: (text, PRODUCT_COLOURS[kind.value]) for kind, text in _FAULTS.items()},
}
