"""Who may what: the rights and the roles that hold them. `assetloop person rights` prints it, and so do the docs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

EVERY_SITE = "\x00"
"""Stands for every site, also those that are still to come; no record can hold it as a tag."""


class Right(StrEnum):
    """One thing that may be done at a site. `phrase` ends the sentence "may not …"."""

    SEE = "see"
    ACKNOWLEDGE = "acknowledge"
    REPORT_FAILURES = "report_failures"
    CHANGE_SERVICE_STATE = "change_service_state"
    SHELVE_ALERTS = "shelve_alerts"
    SUPPRESS_BY_DESIGN = "suppress_by_design"
    APPROVE_ORDERS = "approve_orders"
    COMMENT_ON_ORDERS = "comment_on_orders"
    WORK_ON_ORDERS = "work_on_orders"
    CLOSE_ORDERS = "close_orders"
    ANSWER_FOR_ENGINEERING = "answer_for_engineering"
    SIGN_FOR_OPERATIONS = "sign_for_operations"
    SIGN_FOR_ENGINEERING = "sign_for_engineering"
    DECIDE_ON_MODELS = "decide_on_models"
    WITNESS_LEDGER = "witness_ledger"
    SAY_WHAT_IS_NORMAL = "say_what_is_normal"
    PLAN_PROJECTS = "plan_projects"
    WORK_ON_PROJECTS = "work_on_projects"
    WAIVE_GATES = "waive_gates"
    CLAIM_WARRANTY = "claim_warranty"
    SEE_INGEST = "see_ingest"
    REGISTER_ASSETS = "register_assets"
    MANAGE_DEVICES = "manage_devices"
    MANAGE_PEOPLE = "manage_people"
    SEE_METRICS = "see_metrics"
    SEND_TELEMETRY = "send_telemetry"

    @property
    def phrase(self) -> str:
        """Say it in words.

        >>> Right.APPROVE_ORDERS.phrase
        'approve orders'
        """
        return self.value.replace("_", " ")


class PlantRole(StrEnum):
    """What a person or a machine is at a site."""

    OPERATIONS = "operations"
    MAINTENANCE = "maintenance"
    ENGINEERING = "engineering"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    DEVICE = "device"


_ON_SHIFT = frozenset(
    {
        Right.SEE,
        Right.ACKNOWLEDGE,
        Right.SHELVE_ALERTS,
        Right.REPORT_FAILURES,
        Right.CHANGE_SERVICE_STATE,
        Right.COMMENT_ON_ORDERS,
    }
)

ROLE_RIGHTS: Mapping[PlantRole, frozenset[Right]] = {
    PlantRole.OPERATIONS: _ON_SHIFT | {Right.SIGN_FOR_OPERATIONS, Right.WITNESS_LEDGER, Right.WORK_ON_PROJECTS},
    PlantRole.MAINTENANCE: _ON_SHIFT
    | {
        Right.WORK_ON_PROJECTS,
        Right.CLAIM_WARRANTY,
        Right.WORK_ON_ORDERS,
        Right.CLOSE_ORDERS,
        Right.SAY_WHAT_IS_NORMAL,
        Right.SEE_INGEST,
    },
    PlantRole.ENGINEERING: frozenset(
        {
            Right.SEE,
            Right.SUPPRESS_BY_DESIGN,
            Right.COMMENT_ON_ORDERS,
            Right.ANSWER_FOR_ENGINEERING,
            Right.SIGN_FOR_ENGINEERING,
            Right.WITNESS_LEDGER,
            Right.PLAN_PROJECTS,
            Right.WORK_ON_PROJECTS,
            Right.CLAIM_WARRANTY,
            Right.DECIDE_ON_MODELS,
            Right.SAY_WHAT_IS_NORMAL,
            Right.SEE_INGEST,
            Right.REGISTER_ASSETS,
        }
    ),
    PlantRole.SUPERVISOR: _ON_SHIFT
    | {
        Right.APPROVE_ORDERS,
        Right.SUPPRESS_BY_DESIGN,
        Right.WORK_ON_ORDERS,
        Right.CLOSE_ORDERS,
        Right.SIGN_FOR_OPERATIONS,
        Right.WITNESS_LEDGER,
        Right.PLAN_PROJECTS,
        Right.WORK_ON_PROJECTS,
        Right.WAIVE_GATES,
        Right.CLAIM_WARRANTY,
        Right.DECIDE_ON_MODELS,
        Right.SAY_WHAT_IS_NORMAL,
        Right.SEE_INGEST,
        Right.REGISTER_ASSETS,
    },
    PlantRole.ADMINISTRATOR: frozenset(
        {
            Right.SEE,
            Right.SEE_INGEST,
            Right.REGISTER_ASSETS,
            Right.MANAGE_DEVICES,
            Right.MANAGE_PEOPLE,
            Right.SEE_METRICS,
        }
    ),
    PlantRole.DEVICE: frozenset({Right.SEND_TELEMETRY}),
}
