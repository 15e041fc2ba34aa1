"""Words of the record as people read them, each with its colour where it has one: health, severities, states."""

from __future__ import annotations

from grafana.colours import ALARM, GOOD, LEARNING, OF_HEALTH, PRODUCT_COLOURS, SEVERITIES, SILENT, UNKNOWN, WATCH
from plant.finding import FindingKind
from plant.orders.code_words import CODE_WORDS
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
SEVERITY: Words = {word: (CODE_WORDS[f"severity_{word}"][0], colour) for word, colour in SEVERITIES.items()}
_COLOURS = {
    "Unacknowledged": ALARM,
    "RTN-Unacknowledged": WATCH,
    "Acknowledged": WATCH,
    "Shelved": LEARNING,
    "Suppressed by design": UNKNOWN,
    "Out of service": UNKNOWN,
    "Normal": GOOD,
}
ALERT_STATES: Words = {state: (CODE_WORDS[f"alert_{state}"][0], colour) for state, colour in _COLOURS.items()}
HEARD: Words = {"heard": ("heard", GOOD), "silent": ("silent", SILENT), "never": ("never heard", UNKNOWN)}
FOUND: Words = {kind.value: (CODE_WORDS[f"kind_{kind.value}"][0], None) for kind in FindingKind}
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
    "repeated": ("came again", None),
    "risen": ("became worse", None),
    "eased": ("became milder", None),
    "cleared": ("cleared", None),
    "acknowledged": ("acknowledged", None),
    "trained": ("trained", None),
    "promoted": ("took charge", None),
    "retired": ("retired", None),
    "commissioning": ("Commissioning", None),
    "in_service": ("In service", None),
    "standby": ("Standby", None),
    "out_of_service": ("Out of service", None),
}
OUTLOOK: Words = {
    "known": ("known", GOOD),
    "reached": ("limit reached", ALARM),
    "too_short": ("too little data", None),
    "no_trend": ("no trend", None),
    "far": ("far ahead", None),
}
GATES: Words = {
    "feasibility": ("Feasibility report", None),
    "pre_review": ("Pre-review by operations", None),
    "completeness": ("Completeness", None),
    "punch_list": ("Punch list", None),
    "training": ("Training held", None),
    "spares": ("Spares on stock", None),
    "telemetry": ("Telemetry proven", None),
    "confirmation": ("Handover confirmation", None),
    "trial": ("Trial operation", None),
    "sign_off": ("Dual sign-off", None),
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
REASONS: Words = {
    "relearning": ("learning again", None),
    "input_drift": ("the inputs drift", None),
    "alarm_rate": ("the rate of alarms drifts", None),
    "model_refused": ("the model was refused", None),
    "new_baseline": ("perhaps a new normal", None),
}
HELD: Words = {
    key.removeprefix("reason_"): (english, None)
    for key, (english, _) in CODE_WORDS.items()
    if key.startswith("reason_")
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
