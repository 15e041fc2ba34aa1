-- Every change of the register is noted by the database itself, whoever makes it: item, before, after, who, when, from what.

-- A row of the register in words: the site it belongs to, what people call it, and what it says, with tags for numbers.
-- What is not design (counters, stock, states of service) is left out.
CREATE OR REPLACE FUNCTION register_words(
    p_table text, p_row jsonb, OUT site text, OUT kind text, OUT item text, OUT said jsonb
)
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_asset text;
    v_class text;
    v_of text;
BEGIN
    site := '';
    said := p_row - ARRAY['site_id', 'class_id', 'asset_id', 'equipment_id', 'installation_id', 'signal_id', 'area_id',
        'system_id', 'parameter_id', 'document_id', 'part_id', 'parent_id', 'merged_into', 'merged_at', 'copied_at',
        'retired_by', 'self_registered', 'kept_at', 'kept_by', 'request_id', 'on_hand', 'reserved', 'state', 'position'];
    IF p_row ? 'asset_id' THEN
        SELECT a.tag, s.tag INTO v_asset, site
        FROM asset AS a JOIN site AS s USING (site_id) WHERE a.asset_id = (p_row ->> 'asset_id')::integer;
    END IF;
    IF p_row ->> 'site_id' IS NOT NULL THEN
        SELECT s.tag INTO site FROM site AS s WHERE s.site_id = (p_row ->> 'site_id')::integer;
    END IF;
    IF p_row ->> 'class_id' IS NOT NULL THEN
        SELECT c.tag INTO v_class FROM asset_class AS c WHERE c.class_id = (p_row ->> 'class_id')::integer;
    END IF;
    v_of := coalesce(v_asset, v_class, site);
    kind := p_table;
    CASE p_table
        WHEN 'site' THEN
            site := p_row ->> 'tag';
            item := site;
        WHEN 'asset_class' THEN
            kind := 'class';
            item := p_row ->> 'tag';
        WHEN 'class_signal' THEN
            kind := 'class signal';
            item := v_class || ' ' || (p_row ->> 'key');
        WHEN 'asset' THEN
            item := p_row ->> 'tag';
            said := said || jsonb_build_object(
                'class', v_class, 'parent',
                (SELECT p.tag FROM asset AS p WHERE p.asset_id = (p_row ->> 'parent_id')::integer)
            );
        WHEN 'equipment' THEN
            item := concat_ws(' ', nullif(p_row ->> 'manufacturer', ''), p_row ->> 'serial');
            said := said || jsonb_build_object('class', v_class);
        WHEN 'installation' THEN
            item := v_asset;
            IF p_row ->> 'installed_to' IS NOT NULL THEN
                said := NULL;
            ELSE
                said := jsonb_build_object('installed_from', p_row -> 'installed_from', 'equipment', (
                    SELECT concat_ws(' ', nullif(e.manufacturer, ''), e.serial)
                    FROM equipment AS e WHERE e.equipment_id = (p_row ->> 'equipment_id')::integer
                ));
            END IF;
        WHEN 'feed' THEN
            SELECT f.tag || ' → ' || t.tag, s.tag INTO item, site
            FROM asset AS f JOIN asset AS t ON t.asset_id = (p_row ->> 'to_asset_id')::integer
            JOIN site AS s ON s.site_id = f.site_id
            WHERE f.asset_id = (p_row ->> 'from_asset_id')::integer;
            said := '{}';
        WHEN 'signal' THEN
            item := v_asset || ' ' || (p_row ->> 'key');
        WHEN 'area' THEN
            item := p_row ->> 'tag';
        WHEN 'plant_system' THEN
            kind := 'system';
            item := p_row ->> 'tag';
        WHEN 'plant_system_member' THEN
            kind := 'system member';
            SELECT y.tag || ' ' || v_asset INTO item
            FROM plant_system AS y WHERE y.system_id = (p_row ->> 'system_id')::integer;
        WHEN 'parameter' THEN
            item := concat_ws(' ', v_of, nullif(p_row ->> 'property_set', ''), p_row ->> 'name');
        WHEN 'register_document' THEN
            kind := 'document';
            item := concat_ws(' ', v_of, p_row ->> 'title', nullif(p_row ->> 'version', ''));
        WHEN 'part' THEN
            item := p_row ->> 'number';
        WHEN 'part_use' THEN
            kind := 'part use';
            SELECT n.number || ' ' || v_of, s.tag INTO item, site
            FROM part AS n JOIN site AS s USING (site_id) WHERE n.part_id = (p_row ->> 'part_id')::integer;
        WHEN 'job_plan' THEN
            kind := 'job plan';
            item := p_row ->> 'tag';
            said := (p_row -> 'document') || jsonb_build_object('class', v_class, 'version', p_row -> 'version');
        WHEN 'maintenance_plan' THEN
            kind := 'maintenance plan';
            item := v_asset || ' ' || (p_row ->> 'tag');
            said := (p_row -> 'document') - 'tag' || jsonb_build_object('is_active', p_row -> 'is_active');
        WHEN 'global_id' THEN
            kind := 'global id';
            item := (p_row ->> 'model') || ' ' || (p_row ->> 'global_id');
            said := said || jsonb_build_object('asset', v_asset);
    END CASE;
    IF p_row ->> 'retired_at' IS NOT NULL THEN
        said := NULL;
    END IF;
    said := said - 'retired_at';
    site := coalesce(site, '');
    item := coalesce(item, '');
END
$$;

CREATE OR REPLACE FUNCTION note_register_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_site text;
    v_kind text;
    v_item text;
    v_before jsonb;
    v_said jsonb;
    v_old_item text;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT w.site, w.kind, w.item, w.said INTO v_site, v_kind, v_item, v_before
        FROM register_words(TG_TABLE_NAME, to_jsonb(OLD)) AS w;
        v_old_item := v_item;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT w.site, w.kind, w.item, w.said INTO v_site, v_kind, v_item, v_said
        FROM register_words(TG_TABLE_NAME, to_jsonb(NEW)) AS w;
    END IF;
    IF TG_TABLE_NAME = 'job_plan' AND TG_OP = 'INSERT' THEN  -- each version is a row of its own
        SELECT c.said INTO v_before
        FROM register_change AS c
        WHERE c.kind = v_kind AND c.item = v_item
        ORDER BY c.change_id DESC
        LIMIT 1;
    END IF;
    IF v_before IS NOT DISTINCT FROM v_said AND coalesce(v_old_item, v_item) = v_item THEN
        RETURN NULL;
    END IF;
    INSERT INTO register_change (site, kind, item, at, by, recognised, import_id, request_id, before, said)
    VALUES (
        v_site, v_kind, v_item,
        coalesce(nullif(current_setting('assetloop.at', true), '')::timestamptz, clock_timestamp()),
        coalesce(nullif(current_setting('assetloop.actor', true), ''), 'process'),
        coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process'),
        nullif(current_setting('assetloop.import_id', true), '')::uuid,
        nullif(current_setting('assetloop.request_id', true), '')::integer,
        v_before, v_said
    );
    RETURN NULL;
END
$$;

-- What stood in a register before its changes were noted is noted once, as it stands.
DO $$
DECLARE
    v_table text;
BEGIN
    IF EXISTS (SELECT FROM register_change) OR NOT EXISTS (SELECT FROM site UNION ALL SELECT FROM asset_class) THEN
        RETURN;
    END IF;
    FOREACH v_table IN ARRAY ARRAY[
        'site', 'asset_class', 'class_signal', 'asset', 'equipment', 'installation', 'feed', 'signal', 'part', 'job_plan'
    ]
    LOOP
        EXECUTE format(
            'INSERT INTO register_change (site, kind, item, at, by, recognised, said)'
            ' SELECT w.site, w.kind, w.item, now(), ''what stood there'', ''process'', w.said'
            ' FROM %I AS r, register_words(%L, to_jsonb(r)) AS w WHERE w.said IS NOT NULL', v_table, v_table
        );
    END LOOP;
END
$$;

-- Maintenance plans likewise, which were not noted at first.
INSERT INTO register_change (site, kind, item, at, by, recognised, said)
SELECT w.site, w.kind, w.item, now(), 'what stood there', 'process', w.said
FROM maintenance_plan AS m, register_words('maintenance_plan', to_jsonb(m)) AS w
WHERE NOT EXISTS (SELECT FROM register_change WHERE kind = 'maintenance plan');
