-- What the desk and dispatch look for, however much history there is: the alerts of an asset, the findings of an alert, the
-- orders of a finding, and what of orders has not gone out.
CREATE INDEX alert_of_asset ON alert (asset_id);
CREATE INDEX alert_finding_of_alert ON alert_finding (alert_id);
CREATE INDEX work_order_finding_of_finding ON work_order_finding (finding_id);
CREATE INDEX work_order_event_unpublished ON work_order_event (at) WHERE published_at IS NULL;
