-- Whose warranty stands on which machine, and which failures fell within it.

DROP VIEW IF EXISTS failure_in_warranty, warranty_failure, failed_machine, warranty_standing;

-- A day that somebody wrote as 2026-03-01; null where it is none.
CREATE OR REPLACE FUNCTION day_or_null(p_said text) RETURNS date
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF p_said !~ '^\d{4}-\d{2}-\d{2}' THEN
        RETURN NULL;
    END IF;
    RETURN make_date(left(p_said, 4)::integer, substr(p_said, 6, 2)::integer, substr(p_said, 9, 2)::integer);
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END
$$;

-- A stretch of time as COBie writes it, a number beside its unit, or as IFC does, P2Y; null where it is none.
CREATE OR REPLACE FUNCTION stretch_or_null(p_amount text, p_unit text) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE
    WHEN p_amount ~ '^P(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,5}D)?$' AND p_amount <> 'P' THEN p_amount::interval
    WHEN p_amount !~ '^\s*\d{1,4}([.,]\d{1,3})?\s*$' THEN NULL
    WHEN p_unit ~* '^\s*(y|年)' THEN replace(p_amount, ',', '.')::float8 * interval '1 year'
    WHEN p_unit ~* '^\s*(mo|个?月)' THEN replace(p_amount, ',', '.')::float8 * interval '1 month'
    WHEN p_unit ~* '^\s*(w|周)' THEN replace(p_amount, ',', '.')::float8 * interval '7 days'
    WHEN p_unit ~* '^\s*(d|天|日)' THEN replace(p_amount, ',', '.')::float8 * interval '1 day'
END
$$;

-- The warranty of the machines of one asset, `ends` being its last day: what was said of the machine; else what the
-- register's parameters say (those of the asset before those of its class; COBie's names and IFC's), begun with the
-- handover where they name no day; else the project's months from its handover. A function of the asset, so that whoever
-- asks about a few looks at those alone.
CREATE OR REPLACE FUNCTION warranty_of(p_asset_id integer)
RETURNS TABLE (installation_id integer, starts date, ends date, guarantor text, terms text, source text)
LANGUAGE sql
STABLE
AS $$
SELECT w.installation_id, w.starts, w.ends, coalesce(nullif(w.guarantor, ''), e.manufacturer, ''), w.terms, 'said'
FROM warranty AS w
JOIN installation AS i USING (installation_id)
LEFT JOIN equipment AS e USING (equipment_id)
WHERE w.asset_id = p_asset_id
UNION ALL
SELECT
    i.installation_id, b.starts, b.ends,
    coalesce(nullif(p.guarantor, ''), nullif(e.manufacturer, ''), nullif(p.maker, ''), ''), coalesce(p.terms, ''),
    CASE WHEN coalesce(p.starts, p.ends) IS NULL AND p.lasts IS NULL THEN 'handover' ELSE 'register' END
FROM asset AS a
JOIN site AS s USING (site_id)
CROSS JOIN LATERAL (
    SELECT
        day_or_null(v.said ->> 'WarrantyStartDate') AS starts,
        day_or_null(v.said ->> 'WarrantyEndDate') AS ends,
        coalesce(
            stretch_or_null(v.said ->> 'WarrantyDurationParts', v.said ->> 'WarrantyDurationUnit'),
            stretch_or_null(v.said ->> 'WarrantyDurationLabor', v.said ->> 'WarrantyDurationUnit'),
            stretch_or_null(v.said ->> 'WarrantyPeriod', v.said ->> 'WarrantyDurationUnit')
        ) AS lasts,
        coalesce(
            v.said ->> 'WarrantyGuarantorParts', v.said ->> 'WarrantyGuarantorLabor', v.said ->> 'PointOfContact'
        ) AS guarantor,
        v.said ->> 'Manufacturer' AS maker,
        coalesce(v.said ->> 'WarrantyDescription', v.said ->> 'WarrantyContent') AS terms
    FROM (
        -- of one name the last key stays: the class's are laid first, the asset's own above them
        SELECT jsonb_object_agg(x.name, x.value ORDER BY x.is_own) AS said
        FROM (
            SELECT o.name, o.value, true AS is_own
            FROM parameter AS o
            WHERE o.asset_id = a.asset_id AND (o.name LIKE 'Warranty%' OR o.name IN ('Manufacturer', 'PointOfContact'))
            UNION ALL
            SELECT c.name, c.value, false
            FROM parameter AS c
            WHERE c.site_id = a.site_id AND c.asset_id IS NULL AND c.class_id = a.class_id
                AND (c.name LIKE 'Warranty%' OR c.name IN ('Manufacturer', 'PointOfContact'))
        ) AS x
        OFFSET 0 -- what was laid together is not laid together again for each word that is looked up in it
    ) AS v
    OFFSET 0
) AS p
LEFT JOIN LATERAL (
    SELECT
        (j.service_from AT TIME ZONE s.timezone)::date AS day, make_interval(months => j.warranty_months) AS lasts
    FROM project_asset AS m
    JOIN project AS j USING (project_id)
    WHERE m.asset_id = a.asset_id AND j.service_from IS NOT NULL
    ORDER BY j.service_from DESC
    LIMIT 1
) AS h ON true
CROSS JOIN LATERAL (
    SELECT
        coalesce(p.starts, h.day) AS starts,
        coalesce(
            p.ends, (coalesce(p.starts, h.day) + coalesce(p.lasts, h.lasts) - interval '1 day')::date
        ) AS ends
    OFFSET 0
) AS b
-- the machine that stood there when it began
CROSS JOIN LATERAL (
    SELECT n.installation_id, n.equipment_id
    FROM installation AS n
    WHERE n.asset_id = a.asset_id
        AND (n.installed_to IS NULL OR n.installed_to > b.starts::timestamp AT TIME ZONE s.timezone)
    ORDER BY n.installed_to NULLS LAST
    LIMIT 1
) AS i
LEFT JOIN equipment AS e USING (equipment_id)
WHERE a.asset_id = p_asset_id AND b.ends >= b.starts
    AND NOT EXISTS (SELECT FROM warranty AS w WHERE w.installation_id = i.installation_id)
$$;

-- The warranty of each machine at its place.
CREATE VIEW warranty_standing AS
SELECT a.asset_id, w.installation_id, w.starts, w.ends, w.guarantor, w.terms, w.source
FROM asset AS a
CROSS JOIN LATERAL warranty_of(a.asset_id) AS w;

-- Which machine failed when, by orders about a failure that were not cancelled, nor closed as none. It counts when the
-- machine lost its function, else when that was seen first; `day` is that at its site.
CREATE VIEW failed_machine AS
SELECT o.order_id, o.asset_id, i.installation_id, f.at AS failed_at, (f.at AT TIME ZONE s.timezone)::date AS day
FROM work_order AS o
JOIN asset AS a USING (asset_id)
JOIN site AS s USING (site_id)
LEFT JOIN work_order_closing AS c USING (order_id)
CROSS JOIN LATERAL (
    SELECT
        coalesce(
            c.failed_at, (o.evidence ->> 'failed_at')::timestamptz, (o.evidence ->> 'onset')::timestamptz, o.created_at
        ) AS at
) AS f
CROSS JOIN LATERAL (
    SELECT n.installation_id
    FROM installation AS n
    WHERE n.asset_id = o.asset_id AND (n.installed_to IS NULL OR n.installed_to > f.at)
    ORDER BY n.installed_to NULLS LAST
    LIMIT 1
) AS i
WHERE o.failure_mode <> ''
    AND o.state <> 'CAN'
    AND coalesce(c.outcome, 'confirmed') = 'confirmed';

-- The failures that fell within the warranty of the machine that stood there.
CREATE VIEW warranty_failure AS
SELECT f.order_id, f.asset_id, f.failed_at, w.installation_id, w.starts, w.ends, w.guarantor, w.terms, w.source
FROM failed_machine AS f
CROSS JOIN LATERAL warranty_of(f.asset_id) AS w
WHERE f.installation_id = w.installation_id AND f.day BETWEEN w.starts AND w.ends;

-- The same orders, for whoever asks about all of them: each asset's warranties are looked up once, not once an order.
CREATE VIEW failure_in_warranty AS
WITH standing AS MATERIALIZED (
    SELECT w.asset_id, w.installation_id, w.starts, w.ends FROM warranty_standing AS w
)
SELECT f.order_id
FROM standing AS w
JOIN failed_machine AS f USING (asset_id)
WHERE f.installation_id = w.installation_id AND f.day BETWEEN w.starts AND w.ends;
