"""The code lists with which work orders are closed, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter

from api.problems import answers
from api.schemas.orders import CodeShape, CodesShape
from plant.iso14224 import ACTIVITIES, FAILURE_CAUSES, FAILURE_MODES, Activity, Names
from plant.work_order import Outcome

router = APIRouter(prefix="/codes", tags=["work orders"])


@router.get("", responses=answers())
def list_codes() -> CodesShape:
    """List failure modes, causes and actions by ISO 14224:2016, in English and Chinese."""
    return CodesShape(
        failure_modes=_listed(FAILURE_MODES),
        causes=_listed(FAILURE_CAUSES),
        actions=_listed(ACTIVITIES),
        renewing_actions=[one for one in Activity if one.renews],
        outcomes=list(Outcome),
    )


def _listed(codes: Mapping[str, Names]) -> list[CodeShape]:
    return [CodeShape(code=code, name=name, name_zh=name_zh) for code, (name, name_zh) in codes.items()]
