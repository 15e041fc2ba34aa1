-- name: collector_dead
-- 1 where ingest has run here and no process stores telemetry now, else 0.
SELECT (count(*) > 0 AND count(*) FILTER (WHERE state <> 'away') = 0)::integer AS dead
FROM watch.slot
