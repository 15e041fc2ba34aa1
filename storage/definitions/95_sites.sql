-- Who may see one site's things is shown those alone: a transaction that says in `assetloop.sites` which sites it is for
-- finds nothing of any other. Without that setting everything is there, as for every process of the product. Views and
-- functions run as the owner, hence FORCE.

DO $$
DECLARE
    v_all constant text := '(SELECT nullif(current_setting(''assetloop.sites'', true), '''') IS NULL)';
    v_tags constant text := '(SELECT nullif(current_setting(''assetloop.sites'', true), ''''))::text[]';
    v_table text;
    v_belongs text;
BEGIN
    FOR v_table, v_belongs IN
        VALUES
            ('site', format('tag = ANY(%s)', v_tags)),
            ('asset', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('device_token', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('alert', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('work_order', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('maintenance_plan', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('warranty', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('warranty_claim', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('downtime', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('part', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('trade', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('label', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('shelving', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('incident', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('alert_event', 'alert_id IN (SELECT l.alert_id FROM alert AS l)'),
            ('finding', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('state_label', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('proposal', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            (
                'model',
                'installation_id IN (SELECT i.installation_id FROM installation AS i JOIN asset AS a USING (asset_id))'
            ),
            ('notice', format('site = '''' OR site = ANY(%s)', v_tags)),
            ('lesson', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('knowledge_entry', 'site_id IS NULL OR site_id IN (SELECT s.site_id FROM site AS s)'),
            ('design_request', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('dispatch', 'notice_id IN (SELECT n.notice_id FROM notice AS n)'),
            ('quarantine', format('site_tag = ANY(%s)', v_tags)),
            ('area', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('plant_system', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('parameter', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('register_document', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('global_id', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('register_import', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('register_upload', format('site = ANY(%s)', v_tags)),
            ('column_mapping', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('register_change', format('site = '''' OR site = ANY(%s)', v_tags)),
            ('plant_change', 'asset_id IN (SELECT a.asset_id FROM asset AS a)'),
            ('project', 'site_id IN (SELECT s.site_id FROM site AS s)'),
            ('ledger', format('project = ANY(%s)', v_tags)),
            ('ledger_head', format('project = ANY(%s)', v_tags))
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format('DROP POLICY IF EXISTS of_sites ON %I', v_table);
        EXECUTE format('CREATE POLICY of_sites ON %I USING (%s OR %s)', v_table, v_all, v_belongs);
    END LOOP;
END
$$;
