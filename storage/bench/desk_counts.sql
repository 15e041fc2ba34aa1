-- name: waiting
-- How many findings no desk has seen yet.
SELECT count(*) AS waiting
FROM finding_due;

-- name: count
-- What came of the findings.
SELECT
    (SELECT count(*) FROM alert) AS alerts,
    (SELECT count(*) FROM work_order) AS orders,
    (SELECT count(*) FROM alert_finding) AS seen,
    (SELECT count(*) - count(DISTINCT entry->>'finding_id') FROM ledger WHERE entry->>'event' = 'alert.raised') AS doubled,
    (SELECT count(*) FROM incident) AS incidents,
    (SELECT count(*) FROM notice) AS notices;

-- name: unsent
-- How many revisions of alerts and orders have not gone out.
SELECT
    (SELECT count(*) FROM alert_event WHERE published_at IS NULL)
    + (SELECT count(*) FROM work_order_event WHERE published_at IS NULL) AS unsent;

-- name: delays
-- From when a finding was written to when its alert was, in milliseconds.
SELECT extract(epoch FROM l.raised_at - f.updated)::double precision * 1000 AS ms
FROM alert AS l
JOIN alert_finding USING (alert_id)
JOIN finding AS f USING (finding_id)
WHERE f.updated >= %(since)s
ORDER BY 1;
