"""How a person takes an asset out of service, and returns it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from alerts.alarms.suppression import return_to_service, take_out_of_service
from api.console.components.elements import box, mark, words
from api.console.components.forms import Form, sheet
from api.console.visit import Visit
from api.parts import Parts
from plant.asset import AssetState
from plant.people.rights import Right
from storage.views.overview import AssetView


def service_button(visit: Visit, asset: AssetView, on_done: Callable[[], Any]) -> None:
    """Offer what the asset's state allows: to take it out of service, or to return it."""
    if not visit.may(Right.CHANGE_SERVICE_STATE, asset.site):
        return
    action = "put_back" if asset.state == AssetState.OUT_OF_SERVICE else "take_out"
    with mark(box("button quiet", tag="button"), f"{action}-ask") as button:
        words(visit.t(action))
    button.on("click", partial(_ask, visit, asset, action, on_done))


def _ask(visit: Visit, asset: AssetView, action: str, on_done: Callable[[], Any]) -> None:
    change = return_to_service if action == "put_back" else take_out_of_service
    with sheet(f"{asset.asset}: {visit.t(action)}") as dialog:

        def act(parts: Parts) -> None:
            change(parts.database, asset.site, asset.asset, actor=parts.principal, clock=parts.clock)

        def done() -> Any:
            dialog.close()
            return on_done()

        need = (Right.CHANGE_SERVICE_STATE, asset.site)
        Form(visit, act, need=need, on_done=done, action=action, hint=f"{action}_hint")
