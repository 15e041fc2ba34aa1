-- name: record
-- Say what became of one batch, one row a device.
INSERT INTO delivery (
    slot, batch, device, minute, received, stored, duplicate, late, quarantined, conflicting
)
SELECT
    %(slot)s, %(batch)s, u.device, date_trunc('minute', %(at)s::timestamptz, 'UTC'),
    u.received, u.stored, u.duplicate, 0, u.quarantined, u.conflicting
FROM unnest(
    %(devices)s::text[], %(received)s::integer[], %(stored)s::integer[], %(duplicate)s::integer[],
    %(quarantined)s::integer[], %(conflicting)s::integer[]
) AS u (device, received, stored, duplicate, quarantined, conflicting);

-- name: totals
-- What became of everything, by device, folded or not.
SELECT
    device, sum(received)::bigint AS received, sum(stored)::bigint AS stored, sum(duplicate)::bigint AS duplicate,
    sum(late)::bigint AS late, sum(quarantined)::bigint AS quarantined, sum(conflicting)::bigint AS conflicting
FROM (
    SELECT device, received, stored, duplicate, late, quarantined, conflicting FROM delivery
    UNION ALL
    SELECT device, received, stored, duplicate, late, quarantined, conflicting FROM delivery_total
) AS either
GROUP BY device
ORDER BY device;
