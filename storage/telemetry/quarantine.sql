-- name: hold
-- Hold a payload with the reason for which it, or a part of it, was refused.
SELECT hold_in_quarantine(
    %(topic)s, %(sha256)s, %(reason)s, %(detail)s, %(site)s, %(asset)s,
    %(payload)s, %(length)s, %(at)s, %(readings)s, %(place)s, %(retained)s, %(key)s
);

-- name: totals
-- How much was refused, by reason: payloads, how often they came, and how many readings they held.
SELECT reason, count(*) AS payloads, sum(count)::bigint AS times, sum(readings)::bigint AS readings
FROM quarantine
GROUP BY reason
ORDER BY reason;

-- name: expired
-- How much has expired since the beginning, by reason.
SELECT reason, messages, readings, first_at, last_at
FROM quarantine_expired
ORDER BY reason;

-- name: recent
-- What was refused last.
SELECT quarantine_id, topic, reason, detail, site_tag, asset_tag, payload, length, first_seen, last_seen, count, readings
FROM quarantine
ORDER BY last_seen DESC, quarantine_id DESC
LIMIT %(most)s;

-- name: replayable
-- What may be stored by now, of one asset, in the order in which it came: at most so many arrivals and about so many bytes.
WITH known AS (
    SELECT stranger, coalesce(site_tag, '') AS site, asset_tag AS asset
    FROM approved_strangers()
    LIMIT 1
),
first AS (
    SELECT r.arrival_id, r.quarantine_id, r.at, r.place, r.retained, r.readings, known.site, known.asset
    FROM known
    CROSS JOIN LATERAL (
        SELECT *
        FROM quarantine_arrival AS q
        WHERE q.stranger = known.stranger
        ORDER BY q.at, q.place, q.arrival_id
        LIMIT %(most)s
    ) AS r
),
sized AS (
    SELECT first.*, sum(h.length) OVER (ORDER BY first.at, first.place, first.arrival_id) - h.length AS before
    FROM first
    JOIN quarantine AS h USING (quarantine_id)
)
SELECT sized.arrival_id, h.topic, h.payload, sized.at, sized.retained, sized.readings, sized.site, sized.asset
FROM sized
JOIN quarantine AS h USING (quarantine_id)
WHERE sized.before < %(most_bytes)s
ORDER BY sized.at, sized.place, sized.arrival_id;

-- name: release
-- Let arrivals go whose readings are stored now.
SELECT release_from_quarantine(%(arrivals)s) AS released;

-- name: waiting
-- How many messages wait to be replayed of one asset.
SELECT count(*) AS messages
FROM approved_strangers() AS known
JOIN quarantine_arrival AS q USING (stranger)
WHERE known.asset_id = %(asset_id)s;

-- name: is_known
-- Whether what is held under a name means one asset of the register, and is being replayed.
SELECT EXISTS (
    SELECT FROM approved_strangers() WHERE stranger = quarantine_key('', %(site)s, %(asset)s)
) AS known;

-- name: dismiss
-- Dismiss an unknown asset, and say how much was held of it.
SELECT messages, readings
FROM dismiss_stranger(%(site)s, %(asset)s, %(by)s, %(at)s);

-- name: heed
-- Dismiss no longer what means an asset: its site and tag, or without a site its tag or site/tag.
DELETE FROM dismissed_stranger AS d
USING asset_called AS c
WHERE c.asset_id = %(asset_id)s
    AND d.stranger = quarantine_key('', c.site_tag, c.asset_tag);

-- name: dismissed
-- The unknown assets that were dismissed, with what they have said, those heard last first.
SELECT
    coalesce(d.site_tag, '') AS site, d.asset_tag AS asset, d.dismissed_by AS by, d.dismissed_at AS at,
    coalesce(sum(q.count), 0)::bigint AS messages, coalesce(sum(q.readings), 0)::bigint AS readings,
    max(q.last_seen) AS last_seen
FROM dismissed_stranger AS d
LEFT JOIN quarantine AS q ON q.sha256 = d.stranger AND q.reason = 'dismissed_asset'
GROUP BY d.stranger
ORDER BY max(q.last_seen) DESC NULLS LAST, d.site_tag, d.asset_tag
LIMIT %(most)s;

-- name: strangers
-- The assets that the register does not know, each with what waits of it, those heard last first. One that it knows by
-- now is being replayed; one that names no site may mean several.
WITH held AS (
    SELECT
        site_tag, asset_tag, sum(count)::bigint AS messages, sum(readings)::bigint AS readings,
        min(first_seen) AS first_seen, max(last_seen) AS last_seen,
        (array_agg(topic ORDER BY first_seen, quarantine_id))[1] AS topic,
        (array_agg(detail ORDER BY first_seen, quarantine_id))[1] AS detail
    FROM quarantine
    WHERE reason = 'unknown_asset' AND asset_tag IS NOT NULL
    GROUP BY site_tag, asset_tag
    ORDER BY max(last_seen) DESC, site_tag, asset_tag
    LIMIT %(most)s
)
SELECT
    coalesce(held.site_tag, '') AS site, held.asset_tag AS asset, held.messages, held.readings, held.first_seen,
    held.last_seen, held.topic, held.detail, count(DISTINCT called.asset_id) AS meant
FROM held
LEFT JOIN asset_called AS called
    ON called.asset_tag = held.asset_tag AND called.site_tag IS NOT DISTINCT FROM held.site_tag
GROUP BY
    held.site_tag, held.asset_tag, held.messages, held.readings, held.first_seen, held.last_seen, held.topic,
    held.detail
ORDER BY held.last_seen DESC, held.site_tag, held.asset_tag;
