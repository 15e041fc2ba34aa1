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
