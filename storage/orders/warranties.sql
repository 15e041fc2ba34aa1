-- name: machine
-- The machine that stands at an asset now, and since when; no row where none does.
SELECT i.installation_id, a.asset_id
FROM asset AS a
JOIN site AS s USING (site_id)
JOIN installation AS i USING (asset_id)
WHERE s.tag = %(site)s AND a.tag = %(asset)s AND i.installed_to IS NULL;

-- name: put
-- Say what holds of a machine; no row where that is said already.
INSERT INTO warranty (installation_id, asset_id, starts, ends, guarantor, terms, said_at, said_by)
VALUES (
    %(installation_id)s, %(asset_id)s, %(starts)s, %(ends)s, %(guarantor)s, %(terms)s, %(at)s, %(by)s
)
ON CONFLICT (installation_id) DO UPDATE
SET
    starts = excluded.starts, ends = excluded.ends, guarantor = excluded.guarantor, terms = excluded.terms,
    said_at = excluded.said_at, said_by = excluded.said_by
WHERE (warranty.starts, warranty.ends, warranty.guarantor, warranty.terms)
    <> (excluded.starts, excluded.ends, excluded.guarantor, excluded.terms)
RETURNING (xmax = 0) AS is_new;

-- name: standing
-- The warranties of the machines that stand somewhere now, those that end first in front.
SELECT
    s.tag AS site, a.tag AS asset, w.starts, w.ends, w.guarantor, w.terms, w.source, coalesce(e.serial, '') AS serial,
    coalesce(e.manufacturer, '') AS manufacturer, coalesce(e.model, '') AS model
FROM warranty_standing AS w
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
JOIN installation AS i USING (installation_id)
LEFT JOIN equipment AS e USING (equipment_id)
WHERE i.installed_to IS NULL
    AND a.retired_at IS NULL
    AND (%(site)s::text IS NULL OR s.tag = %(site)s)
    AND (%(asset)s::text IS NULL OR a.tag = %(asset)s)
    AND (%(asset_ids)s::integer[] IS NULL OR a.asset_id = ANY (%(asset_ids)s::integer[]))
    AND (%(on_day)s::date IS NULL OR %(on_day)s BETWEEN w.starts AND w.ends)
ORDER BY w.ends, s.tag, a.tag;

-- name: covered
-- Which of some orders are of failures within a warranty.
SELECT
    w.order_id, w.failed_at, w.starts, w.ends, w.guarantor, w.terms, w.source, coalesce(e.serial, '') AS serial,
    coalesce(e.manufacturer, '') AS manufacturer, coalesce(e.model, '') AS model
FROM warranty_failure AS w
JOIN installation AS i USING (installation_id)
LEFT JOIN equipment AS e USING (equipment_id)
WHERE w.order_id = ANY (%(order_ids)s::integer[]);

-- name: of_project
-- The failures at a project's assets that fell within a warranty, the oldest first.
SELECT w.order_id, a.tag AS asset, o.failure_mode, w.failed_at, w.guarantor, w.ends
FROM warranty_failure AS w
JOIN project_asset AS m USING (asset_id)
JOIN asset AS a USING (asset_id)
JOIN work_order AS o USING (order_id)
WHERE m.project_id = %(project_id)s AND w.failed_at <= %(at)s
ORDER BY w.failed_at, w.order_id;
