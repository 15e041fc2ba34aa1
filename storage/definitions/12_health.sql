-- How an asset is, in one word: the one judgement that console, API, Grafana and twin show (docs/health.md).

-- Whether nothing new was stored of a device, or of one signal, for longer than its class allows (`silent_after_s`),
-- nothing ever came, or the device's own death was reported. By the clock of whoever stores, not by what a device claims.
CREATE OR REPLACE FUNCTION is_silent(
    p_heard_at timestamptz, p_silent_after_s double precision, p_is_dead boolean, p_at timestamptz
)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT p_is_dead OR p_heard_at IS NULL OR p_at - p_heard_at > make_interval(secs => p_silent_after_s)
$$;

-- The first line that fits decides. `p_worst` is the worst severity among the asset's active alerts that are not
-- suppressed; `p_score` is 0 to 1, 1 is worst, null where none counts.
CREATE OR REPLACE FUNCTION health_of(
    p_state text, p_worst text, p_is_silent boolean, p_is_relearning boolean, p_has_model boolean,
    p_score double precision
)
RETURNS text
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT CASE
        WHEN p_state IN ('out_of_service', 'standby') THEN 'off'
        WHEN p_worst IN ('CRITICAL', 'MAJOR') THEN 'alarm'
        WHEN p_is_silent THEN 'silent'
        WHEN p_is_relearning AND p_worst IS NULL THEN 'learning'
        WHEN p_has_model AND p_score >= 0.5 THEN 'alarm'
        WHEN p_worst IS NOT NULL THEN 'watch'
        WHEN NOT p_has_model THEN 'no_model'
        WHEN p_score IS NULL THEN 'unknown'
        WHEN p_score >= 0.35 THEN 'watch'
        ELSE 'good'
    END
$$;

-- How urgent a word is, for colours and for an order: 7 is worst.
CREATE OR REPLACE FUNCTION health_rank(p_word text)
RETURNS integer
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT array_position(
        ARRAY['off', 'good', 'learning', 'no_model', 'unknown', 'silent', 'watch', 'alarm'], p_word
    ) - 1
$$;
