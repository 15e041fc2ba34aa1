-- name: hold
-- Hold a payload with the reason for which it, or a part of it, was refused.
SELECT hold_in_quarantine(
    %(topic)s, %(sha256)s, %(reason)s, %(detail)s, %(site)s, %(asset)s,
    %(payload)s, %(length)s, %(at)s, %(readings)s
);

-- name: totals
-- How much was refused, by reason: payloads, how often they came, and how many readings they held.
SELECT reason, count(*) AS payloads, sum(count)::bigint AS times, sum(readings)::bigint AS readings
FROM quarantine
GROUP BY reason
ORDER BY reason;

-- name: recent
-- What was refused last.
SELECT quarantine_id, topic, reason, detail, site_tag, asset_tag, payload, length, first_seen, last_seen, count, readings
FROM quarantine
ORDER BY last_seen DESC, quarantine_id DESC
LIMIT %(most)s;
