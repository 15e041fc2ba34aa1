-- What many signals measured in stretches of time, for numpy: one row a block of `p_block` signals, the values of a
-- block in three arrays of one length, so that a million values are a handful of rows.
--
-- `p_signal_ids` holds `p_signals` signals of each asset in turn, `p_after_us` and `p_until_us` the stretch
-- (after, until] of each asset in microseconds since 1970, (p_from, p_to] what encloses them all, by which partitions
-- are left out before the plan is made. A value's place is that of its signal, from 1 on; a
-- signal's values are the earliest `p_most` of good or uncertain quality, in order.
CREATE OR REPLACE FUNCTION read_blocks(
    p_signal_ids integer[], p_signals integer, p_after_us bigint[], p_until_us bigint[], p_from timestamptz, p_to timestamptz,
    p_most integer, p_block integer
)
RETURNS TABLE (places integer[], times timestamptz[], measured double precision[])
LANGUAGE sql
STABLE
AS $$
    SELECT block.places, block.times, block.measured
    FROM generate_series(0, cardinality(p_signal_ids) - 1, p_block) AS before (n)
    CROSS JOIN LATERAL (
        SELECT
            array_agg(before.n + wanted.place::integer) AS places,
            array_agg(kept.time) AS times,
            array_agg(kept.value) AS measured
        FROM unnest(p_signal_ids[before.n + 1 : before.n + p_block]) WITH ORDINALITY AS wanted (signal_id, place)
        CROSS JOIN LATERAL (
            SELECT
                'epoch'::timestamptz + p_after_us[asset.n] * interval '1 microsecond' AS after,
                'epoch'::timestamptz + p_until_us[asset.n] * interval '1 microsecond' AS until
            FROM (SELECT (before.n + wanted.place::integer - 1) / p_signals + 1) AS asset (n)
            OFFSET 0
        ) AS stretch
        CROSS JOIN LATERAL (
            SELECT r.time, r.value
            FROM reading AS r
            WHERE r.signal_id = wanted.signal_id
                AND r.time > stretch.after
                AND r.time <= stretch.until
                AND r.time > p_from
                AND r.time <= p_to
                AND r.flags & 2 = 0
            ORDER BY r.time
            LIMIT p_most
        ) AS kept
    ) AS block
    WHERE block.places IS NOT NULL
$$;
