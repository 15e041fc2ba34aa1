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
-- What became of everything, by device.
SELECT
    device, sum(received) AS received, sum(stored) AS stored, sum(duplicate) AS duplicate, sum(late) AS late,
    sum(quarantined) AS quarantined, sum(conflicting) AS conflicting
FROM delivery
GROUP BY device
ORDER BY device;
