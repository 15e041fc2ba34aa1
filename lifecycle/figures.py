"""How each figure is made, by the name of the standard it follows; `storage.figures` makes them of raw elements."""

from __future__ import annotations

from collections.abc import Mapping

FIGURE_FORMULAE: Mapping[str, str] = {
    "required_h": "EN 15341: time in state in_service or out_of_service; commissioning and standby are none",
    "down_h": "EN 15341: union of outages and of time out of service, within required time",
    "failures": "ISO 14224: outages by failure that began within required time",
    "mtbf_h": "EN 15341, MTBF: (required_h - down_h) / failures",
    "mttr_h": "EN 15341, MTTR: whole time from failure to restoration / failures restored",
    "availability": "EN 15341, technical availability: (required_h - down_h) / required_h",
    "labour_h": "EN 15341: hours booked, of every person",
    "planned_share": "EN 15341: hours booked on orders that are not corrective / labour_h",
    "schedule_compliance": "SMRP 5.4.4: orders completed by their requested finish / orders due",
    "open_orders": "orders not completed at the end",
    "backlog_weeks": "SMRP 5.4.9, by orders: open_orders / (orders completed in the 12 weeks before the end / 12)",
    "first_time_fix": "confirmed faults that did not come again at the asset within 30 days / those 30 days old",
    "detection_precision": "confirmed findings / (confirmed findings + false alarms)",
    "detection_recall": "confirmed findings / (confirmed findings + missed faults)",
    "lead_h": "ISO 13381-1: median time from being told to the failure",
    "costs": "EN 15341: cost booked, reversals taken off, by currency",
}
"""No case is null, never 0. Classes and sites are made of summed elements, not of other figures."""
