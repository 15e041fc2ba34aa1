-- Fold what would grow by a row for each batch or round. Each function takes the clock as `p_now`.

-- What became of what devices sent, in batches that are not folded yet.
CREATE OR REPLACE VIEW delivery_unfolded AS
SELECT
    u.device,
    date_trunc('minute', b.at, 'UTC') AS minute,
    u.received,
    u.stored,
    coalesce(u.duplicate, 0) AS duplicate,
    coalesce(u.late, 0) AS late,
    coalesce(u.quarantined, 0) AS quarantined,
    coalesce(u.conflicting, 0) AS conflicting,
    coalesce(u.limited, 0) AS limited
FROM delivery_batch AS b
CROSS JOIN LATERAL unnest(
    b.devices, b.received, b.stored, b.duplicate, b.late, b.quarantined, b.conflicting, b.limited
) AS u (device, received, stored, duplicate, late, quarantined, conflicting, limited);

-- Fold the delivery record by device and minute, by device and hour, by minute, and by device for ever; return how many
-- batches went.
CREATE OR REPLACE FUNCTION fold_delivery(p_now timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    v_folded bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('assetloop.fold_delivery'));
    WITH gone AS (
        DELETE FROM delivery_batch RETURNING *
    ),
    folding AS (
        SELECT
            u.device,
            date_trunc('minute', gone.at, 'UTC') AS minute,
            sum(u.received) AS received,
            sum(u.stored) AS stored,
            sum(coalesce(u.duplicate, 0)) AS duplicate,
            sum(coalesce(u.late, 0)) AS late,
            sum(coalesce(u.quarantined, 0)) AS quarantined,
            sum(coalesce(u.conflicting, 0)) AS conflicting,
            sum(coalesce(u.limited, 0)) AS limited
        FROM gone
        CROSS JOIN LATERAL unnest(
            gone.devices, gone.received, gone.stored, gone.duplicate, gone.late, gone.quarantined, gone.conflicting,
            gone.limited
        ) AS u (device, received, stored, duplicate, late, quarantined, conflicting, limited)
        GROUP BY 1, 2
    ),
    by_minute AS (
        INSERT INTO delivery_minute AS held (
            device, minute, received, stored, duplicate, late, quarantined, conflicting, limited
        )
        SELECT device, minute, received, stored, duplicate, late, quarantined, conflicting, limited
        FROM folding
        ORDER BY device, minute
        ON CONFLICT (device, minute) DO UPDATE
        SET
            received = held.received + excluded.received,
            stored = held.stored + excluded.stored,
            duplicate = held.duplicate + excluded.duplicate,
            late = held.late + excluded.late,
            quarantined = held.quarantined + excluded.quarantined,
            conflicting = held.conflicting + excluded.conflicting,
            limited = held.limited + excluded.limited
    ),
    by_device AS (
        INSERT INTO delivery_total AS held (
            device, received, stored, duplicate, late, quarantined, conflicting, limited
        )
        SELECT
            device, sum(received), sum(stored), sum(duplicate), sum(late), sum(quarantined), sum(conflicting),
            sum(limited)
        FROM folding
        GROUP BY device
        ORDER BY device
        ON CONFLICT (device) DO UPDATE
        SET
            received = held.received + excluded.received,
            stored = held.stored + excluded.stored,
            duplicate = held.duplicate + excluded.duplicate,
            late = held.late + excluded.late,
            quarantined = held.quarantined + excluded.quarantined,
            conflicting = held.conflicting + excluded.conflicting,
            limited = held.limited + excluded.limited
    ),
    of_all AS (
        INSERT INTO delivery_of_all AS held (minute, received, stored, duplicate, late, quarantined, conflicting, limited)
        SELECT
            minute, sum(received), sum(stored), sum(duplicate), sum(late), sum(quarantined), sum(conflicting),
            sum(limited)
        FROM folding
        GROUP BY minute
        ORDER BY minute
        ON CONFLICT (minute) DO UPDATE
        SET
            received = held.received + excluded.received,
            stored = held.stored + excluded.stored,
            duplicate = held.duplicate + excluded.duplicate,
            late = held.late + excluded.late,
            quarantined = held.quarantined + excluded.quarantined,
            conflicting = held.conflicting + excluded.conflicting,
            limited = held.limited + excluded.limited
    ),
    by_hour AS (
        INSERT INTO delivery_hour AS held (hour, device, received, stored, duplicate, late, quarantined, conflicting, limited)
        SELECT
            date_trunc('hour', minute, 'UTC'), device, sum(received), sum(stored), sum(duplicate), sum(late), sum(quarantined), sum(conflicting),
            sum(limited)
        FROM folding
        GROUP BY 1, 2
        ORDER BY 1, 2
        ON CONFLICT (hour, device) DO UPDATE
        SET
            received = held.received + excluded.received,
            stored = held.stored + excluded.stored,
            duplicate = held.duplicate + excluded.duplicate,
            late = held.late + excluded.late,
            quarantined = held.quarantined + excluded.quarantined,
            conflicting = held.conflicting + excluded.conflicting,
            limited = held.limited + excluded.limited
    )
    SELECT count(*) INTO v_folded FROM gone;
    DELETE FROM delivery_minute WHERE minute < p_now - (SELECT keep_deliveries FROM upkeep);
    DELETE FROM delivery_of_all WHERE minute < p_now - (SELECT keep_deliveries FROM upkeep);
    DELETE FROM delivery_hour WHERE hour < p_now - (SELECT keep_deliveries FROM upkeep);
    RETURN v_folded;
END
$$;

-- What became of what devices sent, by device and minute, folded or not.
CREATE OR REPLACE VIEW delivery_by_minute AS
SELECT
    device, minute, sum(received)::bigint AS received, sum(stored)::bigint AS stored,
    sum(duplicate)::bigint AS duplicate, sum(late)::bigint AS late, sum(quarantined)::bigint AS quarantined,
    sum(conflicting)::bigint AS conflicting, sum(limited)::bigint AS limited
FROM (
    SELECT device, minute, received, stored, duplicate, late, quarantined, conflicting, limited FROM delivery_unfolded
    UNION ALL
    SELECT device, minute, received, stored, duplicate, late, quarantined, conflicting, limited FROM delivery_minute
) AS either
GROUP BY device, minute;

-- Keep one score an asset and step in [p_from, p_to): the last, with the worst and the flags of all; return how many went.
CREATE OR REPLACE FUNCTION thin_scores_between(p_step interval, p_from timestamptz, p_to timestamptz)
RETURNS bigint
LANGUAGE sql
SET search_path = public, pg_temp
AS $$
    WITH part AS (
        SELECT
            s.asset_id, date_bin(p_step, s.time, '2001-01-01 UTC') AS since, max(s.time) AS kept,
            max(s.score_max) AS worst, bit_or(s.flags) AS flags
        FROM asset AS a
        CROSS JOIN LATERAL (
            SELECT * FROM score AS each WHERE each.asset_id = a.asset_id AND each.time >= p_from AND each.time < p_to
            OFFSET 0
        ) AS s
        GROUP BY 1, 2
        HAVING count(*) > 1
    ),
    thinned AS (
        UPDATE score AS s
        SET score_max = part.worst, flags = part.flags
        FROM part
        WHERE s.asset_id = part.asset_id AND s.time = part.kept
    ),
    gone AS (
        DELETE FROM score AS s
        USING part
        WHERE s.asset_id = part.asset_id AND s.time >= part.since AND s.time < part.kept
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$;

-- Thin scores older than a day to one a minute, those older than 90 days to one an hour, and drop what is too old.
-- Goes on where it left off, at most a day of data time a call; return how many rows went, null where all was done.
CREATE OR REPLACE FUNCTION thin_scores(p_now timestamptz)
RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
DECLARE
    v_level record;
    v_from timestamptz;
    v_to timestamptz;
    v_count bigint;
    v_gone bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('assetloop.thin_scores'));
    DELETE FROM score AS s
    USING asset AS a
    WHERE s.asset_id = a.asset_id AND s.time < p_now - (SELECT keep_scores FROM upkeep);
    GET DIAGNOSTICS v_count = ROW_COUNT;
    v_gone := nullif(v_count, 0);
    FOR v_level IN
        SELECT * FROM (
            VALUES ('scores to minutes', interval '1 minute', interval '1 day'),
                ('scores to hours', interval '1 hour', interval '90 days')
        ) AS level (job, step, after)
    LOOP
        SELECT date_trunc('hour', min(next.time), 'UTC')
        INTO v_from
        FROM asset AS a
        CROSS JOIN LATERAL (
            SELECT s.time
            FROM score AS s
            WHERE s.asset_id = a.asset_id
                AND s.time >= coalesce((SELECT until FROM upkeep_mark WHERE job = v_level.job), '-infinity')
            ORDER BY s.time
            LIMIT 1
        ) AS next;
        v_to := least(v_from + interval '1 day', date_trunc('hour', p_now - v_level.after, 'UTC'));
        CONTINUE WHEN v_from IS NULL OR v_to <= v_from;
        v_gone := coalesce(v_gone, 0) + thin_scores_between(v_level.step, v_from, v_to);
        INSERT INTO upkeep_mark (job, until) VALUES (v_level.job, v_to)
        ON CONFLICT (job) DO UPDATE SET until = excluded.until;
    END LOOP;
    RETURN v_gone;
END
$$;
