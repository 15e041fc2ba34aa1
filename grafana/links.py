"""Where a click leads: the dashboards' fixed uids and addresses."""

from __future__ import annotations

PLANT_UID = "assetloop-plant"
TWIN_UID = "assetloop-twin"
ASSET_UID = "assetloop-asset"


def asset_url(asset_id: str) -> str:
    """Return the address of an asset's series, over the time range that is being looked at.

    >>> asset_url("7")
    '/d/assetloop-asset?var-asset=7&${__url_time_range}'
    """
    return f"/d/{ASSET_UID}?var-asset={asset_id}&${{__url_time_range}}"
