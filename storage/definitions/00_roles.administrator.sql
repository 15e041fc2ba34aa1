-- The product's roles. Run once by somebody who may create roles, connected to the product's database.
DO $$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['assetloop_owner', 'assetloop_ingest', 'assetloop_app', 'assetloop_grafana'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = v_role) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', v_role);
        END IF;
        IF NOT pg_has_role(current_user, v_role, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', v_role);
        END IF;
    END LOOP;
    -- TimescaleDB runs the jobs of who owns the tables, if that role may log in. This one has no password and may have
    -- no connection: nobody can log in as it.
    IF current_setting('timescaledb.disable_load', true) IS NOT NULL
        AND NOT (SELECT rolcanlogin FROM pg_roles WHERE rolname = 'assetloop_owner')
    THEN
        ALTER ROLE assetloop_owner LOGIN CONNECTION LIMIT 0 PASSWORD NULL;
    END IF;
    EXECUTE format('GRANT CREATE, CONNECT ON DATABASE %I TO assetloop_owner', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO assetloop_ingest', current_database());
    GRANT USAGE, CREATE ON SCHEMA public TO assetloop_owner;
END
$$;
