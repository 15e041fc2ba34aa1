-- name: write
-- Make a closed order's codes the labels of its findings; of an order without any, one label of what was missed. An
-- episode ended when the machine failed, work began or the finding cleared, whichever came first.
INSERT INTO label (
    order_id, finding_id, asset_id, installation_id, source, source_version, kind, outcome, failure_mode, onset, ended,
    notified_at, started_at, failed_at, restored_at, score, line, labelled_at, labelled_by
)
SELECT
    o.order_id, f.finding_id, o.asset_id, machine.installation_id, coalesce(f.source, 'person'),
    coalesce(f.source_version, ''), coalesce(f.kind, 'reported'), c.outcome, c.failure_mode, began.onset,
    greatest(began.onset, least(c.failed_at, o.started_at, c.restored_at, f.cleared)),
    l.raised_at, o.started_at, c.failed_at, c.restored_at, f.score, coalesce(f.line, 1), c.closed_at, c.closed_by
FROM work_order AS o
JOIN work_order_closing AS c USING (order_id)
LEFT JOIN work_order_finding AS w USING (order_id)
LEFT JOIN finding AS f USING (finding_id)
LEFT JOIN alert_finding AS a USING (finding_id)
LEFT JOIN alert AS l ON l.alert_id = a.alert_id
CROSS JOIN LATERAL (
    SELECT coalesce(f.onset, c.failed_at, o.created_at) AS onset
) AS began
LEFT JOIN LATERAL (
    SELECT i.installation_id
    FROM installation AS i
    WHERE i.asset_id = o.asset_id
    ORDER BY
        i.installed_from <= began.onset AND (i.installed_to IS NULL OR began.onset < i.installed_to) DESC,
        i.installed_from DESC
    LIMIT 1
) AS machine ON true
WHERE o.order_id = %(order_id)s
ON CONFLICT ON CONSTRAINT label_is_given_once DO NOTHING;

-- name: to_learn
-- Labels from which nothing was learnt yet, the oldest first.
SELECT
    label_id, order_id, finding_id, asset_id, installation_id, source, source_version, kind, outcome, failure_mode,
    onset, ended, notified_at, started_at, failed_at, restored_at, score, line, labelled_at, labelled_by
FROM label
WHERE learnt_at IS NULL
ORDER BY label_id
LIMIT %(most)s;

-- name: lock
-- A label from which nothing was learnt yet, locked until the transaction ends; no row where another worker holds it.
SELECT
    label_id, order_id, finding_id, asset_id, installation_id, source, source_version, kind, outcome, failure_mode,
    onset, ended, notified_at, started_at, failed_at, restored_at, score, line, labelled_at, labelled_by
FROM label
WHERE label_id = %(label_id)s
    AND learnt_at IS NULL
FOR UPDATE SKIP LOCKED;

-- name: mark_learnt
-- Remember that a label was learnt from.
UPDATE label
SET learnt_at = %(at)s
WHERE label_id = %(label_id)s;

-- name: of_installation
-- Labels of an installation, the oldest episode first.
SELECT
    label_id, order_id, finding_id, asset_id, installation_id, source, source_version, kind, outcome, failure_mode,
    onset, ended, notified_at, started_at, failed_at, restored_at, score, line, labelled_at, labelled_by
FROM label
WHERE installation_id = %(installation_id)s
ORDER BY onset, label_id;

-- name: keep_readings
-- Keep the readings around an episode, so that they outlive the retention of raw data.
INSERT INTO kept_window (label_id, signal_ids, data_from, data_to, rows, body)
VALUES (%(label_id)s, %(signal_ids)s, %(data_from)s, %(data_to)s, %(rows)s, %(body)s)
ON CONFLICT (label_id) DO NOTHING;

-- name: readings_of
-- What was kept of the episodes of an installation.
SELECT k.label_id, k.signal_ids, k.rows, k.body
FROM kept_window AS k
JOIN label AS l USING (label_id)
WHERE l.installation_id = %(installation_id)s
ORDER BY k.label_id;

-- name: outcomes
-- What became of the orders that were closed in a span, by class of equipment; an order with several findings counts once.
WITH closed AS (
    SELECT
        l.order_id,
        a.class_id,
        l.outcome,
        bool_or(l.source <> 'person') AS noticed,
        min(l.notified_at) AS notified_at,
        min(l.started_at) AS started_at,
        min(l.failed_at) AS failed_at
    FROM label AS l
    JOIN asset AS a USING (asset_id)
    WHERE l.labelled_at >= %(since)s
        AND l.labelled_at < %(until)s
    GROUP BY l.order_id, a.class_id, l.outcome
)
SELECT
    c.tag AS asset_class,
    c.name AS class_name,
    c.name_zh AS class_name_zh,
    count(*) FILTER (WHERE d.outcome = 'confirmed' AND d.noticed) AS confirmed,
    count(*) FILTER (WHERE d.outcome = 'confirmed' AND NOT d.noticed) AS missed,
    count(*) FILTER (WHERE d.outcome = 'false_alarm' AND d.noticed) AS false_alarms,
    count(*) FILTER (WHERE d.outcome = 'no_fault_found' AND d.noticed) AS no_fault_found,
    count(d.failed_at) FILTER (WHERE d.outcome = 'confirmed' AND d.noticed AND d.notified_at IS NOT NULL) AS failures,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM d.failed_at - d.notified_at))
        FILTER (WHERE d.outcome = 'confirmed' AND d.noticed) AS lead_to_failure_s,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM d.started_at - d.notified_at))
        FILTER (WHERE d.outcome = 'confirmed' AND d.noticed AND d.failed_at IS NULL) AS lead_to_work_s
FROM asset_class AS c
LEFT JOIN closed AS d USING (class_id)
GROUP BY c.class_id
ORDER BY c.tag;
