-- name: figures
-- Figures of a span, as known at an instant: by asset, class or site; whole, by day or by month.
SELECT *
FROM figures(%(since)s, %(until)s, %(known_at)s, %(bucket)s, %(by)s) AS f
WHERE (%(site)s::text IS NULL OR f.site = %(site)s)
    AND (%(asset_class)s::text IS NULL OR f.asset_class = %(asset_class)s)
    AND (%(asset)s::text IS NULL OR f.asset = %(asset)s);

-- name: note_state
-- Note since when an asset has been in a state, also long after it was.
INSERT INTO asset_state (asset_id, state, since, noted_at)
VALUES (%(asset_id)s, %(state)s, %(since)s, %(noted_at)s);
