-- name: say
-- Write down what a person says of what is installed at an asset.
INSERT INTO state_label (installation_id, asset_id, says, since, said_at, said_by, note)
SELECT installation_id, asset_id, %(says)s, %(since)s, %(at)s, %(by)s, %(note)s
FROM installation
WHERE asset_id = %(asset_id)s
    AND installed_to IS NULL
RETURNING state_label_id;

-- name: of_installation
-- What was said of an installation, in the order in which it was said.
SELECT state_label_id, says, since, said_at, said_by, note
FROM state_label
WHERE installation_id = %(installation_id)s
ORDER BY state_label_id;

-- name: of_asset
-- What was said of what is installed at an asset now, in the order in which it was said.
SELECT l.state_label_id, l.says, l.since, l.said_at, l.said_by, l.note
FROM state_label AS l
JOIN installation AS i USING (installation_id)
WHERE l.asset_id = %(asset_id)s
    AND i.installed_to IS NULL
ORDER BY l.state_label_id;

-- name: newest_alarm
-- The newest episode of a model's condition alarm at an asset, of what is installed there now.
SELECT f.onset, f.cleared, f.elsewhere
FROM finding AS f
WHERE f.asset_id = %(asset_id)s
    AND f.source = 'model'
    AND f.kind = 'condition'
    AND NOT EXISTS (SELECT FROM installation AS i WHERE i.asset_id = f.asset_id AND i.installed_to > f.onset)
ORDER BY f.onset DESC
LIMIT 1;

-- name: withdraw_proposals
-- A new baseline is not proposed any more: a person says that the machine is faulty.
UPDATE proposal
SET
    state = 'superseded',
    decided_at = %(at)s,
    decided_by = %(by)s
WHERE asset_id = %(asset_id)s
    AND reason = 'new_baseline'
    AND state = 'open';

-- name: to_look_at
-- Installed machines with a model in charge whose condition alarm has stood for long, or which a person called normal.
SELECT i.installation_id, i.asset_id, alarm.onset, newest.time AS newest
FROM installation AS i
JOIN model AS m ON m.installation_id = i.installation_id AND m.state = 'champion'
CROSS JOIN LATERAL (
    SELECT max(l.time) AS time
    FROM signal AS g
    JOIN latest AS l USING (signal_id)
    WHERE g.asset_id = i.asset_id
) AS newest
LEFT JOIN LATERAL (
    SELECT f.onset
    FROM finding AS f
    WHERE f.asset_id = i.asset_id
        AND f.source = 'model'
        AND f.kind = 'condition'
        AND f.cleared IS NULL
        AND f.suppressed IS NULL
    ORDER BY f.onset
    LIMIT 1
) AS alarm ON true
WHERE i.installed_to IS NULL
    AND newest.time IS NOT NULL
    AND (
        newest.time >= alarm.onset + %(long)s::interval
        OR EXISTS (
            SELECT
            FROM state_label AS s
            WHERE s.installation_id = i.installation_id
                AND s.says = 'normal'
                AND s.since > m.data_to
        )
    )
    AND NOT EXISTS (SELECT FROM relearning AS r WHERE r.asset_id = i.asset_id AND r.ended IS NULL)
    AND NOT EXISTS (SELECT FROM proposal AS p WHERE p.installation_id = i.installation_id AND p.state = 'open')
ORDER BY i.installation_id
LIMIT %(most)s;
