"""Where a click leads: the dashboards' fixed uids, and addresses of theirs and of the console's."""

from __future__ import annotations

PLANT_UID = "assetloop-plant"
TWIN_UID = "assetloop-twin"
ASSET_UID = "assetloop-asset"
ALARMS_UID = "assetloop-alarms"
FIGURES_UID = "assetloop-figures"
HANDOVER_UID = "assetloop-handover"
MODELS_UID = "assetloop-models"
TELEMETRY_UID = "assetloop-telemetry"
METRICS_UID = "assetloop-metrics"
UIDS = (
    *(PLANT_UID, TWIN_UID, ASSET_UID, ALARMS_UID, FIGURES_UID, HANDOVER_UID, MODELS_UID, TELEMETRY_UID, METRICS_UID),
)
CARRIED = "${site:queryparam}&${area:queryparam}&${__url_time_range}"
"""What a link of ours carries along."""

CONSOLE = "http://console.assetloop"
"""Stands for the console's address until a dashboard is finished."""


def asset_url(asset_id: str) -> str:
    """Return the address of an asset's series, over the time range, site and area that are being looked at.

    >>> asset_url("7")
    '/d/assetloop-asset?var-asset=7&${site:queryparam}&${area:queryparam}&${__url_time_range}'
    """
    return f"/d/{ASSET_UID}?var-asset={asset_id}&{CARRIED}"


def console_url(path: str) -> str:
    """Return the address of a page of the console.

    >>> console_url("/work-orders/7")
    'http://console.assetloop/work-orders/7'
    """
    return CONSOLE + path
