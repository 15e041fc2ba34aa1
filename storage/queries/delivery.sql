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
-- What became of everything, by device.
SELECT
    u.device, sum(u.received) AS received, sum(u.stored) AS stored, coalesce(sum(u.duplicate), 0) AS duplicate,
    coalesce(sum(u.late), 0) AS late, coalesce(sum(u.quarantined), 0) AS quarantined,
    coalesce(sum(u.conflicting), 0) AS conflicting, coalesce(sum(u.limited), 0) AS limited
FROM delivery_batch AS d
CROSS JOIN LATERAL unnest(
    d.devices, d.received, d.stored, d.duplicate, d.late, d.quarantined, d.conflicting, d.limited
) AS u (device, received, stored, duplicate, late, quarantined, conflicting, limited)
GROUP BY u.device
ORDER BY u.device;
