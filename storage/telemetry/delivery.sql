-- name: record
-- Say what became of one batch.
INSERT INTO delivery_batch (
    slot, batch, at, devices, received, stored, duplicate, late, quarantined, conflicting, limited
)
VALUES (
    %(slot)s, %(batch)s, %(at)s, %(devices)s, %(received)s, %(stored)s, %(duplicate)s, %(late)s, %(quarantined)s,
    %(conflicting)s, %(limited)s
);

-- name: totals
-- What became of everything, by device, folded or not.
SELECT
    device, sum(received)::bigint AS received, sum(stored)::bigint AS stored, sum(duplicate)::bigint AS duplicate,
    sum(late)::bigint AS late, sum(quarantined)::bigint AS quarantined, sum(conflicting)::bigint AS conflicting,
    sum(limited)::bigint AS limited
FROM (
    SELECT device, received, stored, duplicate, late, quarantined, conflicting, limited FROM delivery_unfolded
    UNION ALL
    SELECT device, received, stored, duplicate, late, quarantined, conflicting, limited FROM delivery_total
) AS either
GROUP BY device
ORDER BY device;

-- name: by_device
-- What became of what came since a minute, by device; of one where one is named. What was replayed is counted under the
-- asset's name; under a name without a site nothing is left of it.
SELECT
    device, sum(received)::bigint AS received, sum(stored)::bigint AS stored, sum(duplicate)::bigint AS duplicate,
    sum(late)::bigint AS late, sum(quarantined)::bigint AS quarantined, sum(conflicting)::bigint AS conflicting,
    sum(limited)::bigint AS limited
FROM delivery_by_minute
WHERE minute >= date_trunc('minute', %(since)s::timestamptz, 'UTC')
    AND (%(device)s::text IS NULL OR device = %(device)s)
GROUP BY device
HAVING sum(received) <> 0 OR sum(quarantined) <> 0
ORDER BY device;

-- name: by_minute
-- What became of what one device sent since a minute, minute by minute, the newest first.
SELECT minute, received, stored, duplicate, late, quarantined, conflicting, limited
FROM delivery_by_minute
WHERE device = %(device)s
    AND minute >= date_trunc('minute', %(since)s::timestamptz, 'UTC')
ORDER BY minute DESC
LIMIT %(most)s;

-- name: lost
-- What was lost since an instant, where neither database nor spool could take it.
SELECT coalesce(sum(messages), 0)::bigint AS messages, coalesce(sum(size_bytes), 0)::bigint AS size_bytes
FROM ingest_loss
WHERE at >= %(since)s;

-- name: spooled
-- Since when something waits in a spool.
SELECT min(oldest) AS oldest
FROM ingest_spool
WHERE lease_until >= clock_timestamp();
