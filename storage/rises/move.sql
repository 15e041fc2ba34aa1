-- Move the rows of the tables that were set aside into their new form, and drop the old one.
DO $$
DECLARE
    v_table text;
    v_columns text;
    v_target text;
    v_part regclass;
BEGIN
    FOREACH v_table IN ARRAY '{reading, reading_1m, reading_1h, reading_1d}'::text[] LOOP
        CONTINUE WHEN to_regclass('public.' || v_table || '_before') IS NULL;
        v_target := quote_ident(v_table);
        IF v_table = 'reading' THEN
            v_columns := 'time, signal_id, flags, value';
        ELSE
            v_columns := 'signal_id, time, lowest, highest, total, n, last';
            SELECT format('%I.%I', ca.materialization_hypertable_schema, ca.materialization_hypertable_name)
            INTO v_target
            FROM timescaledb_information.continuous_aggregates AS ca
            WHERE ca.view_schema = 'public' AND ca.view_name = v_table;
            v_target := coalesce(v_target, quote_ident(v_table));
        END IF;
        FOR v_part IN
            SELECT part.relid
            FROM (
                SELECT i.inhrelid AS relid
                FROM pg_inherits AS i
                JOIN pg_class AS c ON c.oid = i.inhparent
                WHERE c.oid = to_regclass('public.' || v_table || '_before') AND c.relkind = 'p'
                UNION ALL
                SELECT c.oid
                FROM pg_class AS c
                WHERE c.oid = to_regclass('public.' || v_table || '_before') AND c.relkind <> 'p'
            ) AS part (relid)
            ORDER BY part.relid::regclass::text
        LOOP
            RAISE NOTICE 'moving %', v_part;
            EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM %s', v_target, v_columns, v_columns, v_part);
        END LOOP;
        EXECUTE format('DROP TABLE %I', v_table || '_before');
    END LOOP;
END
$$;

-- What only the lower grade needs.
DROP FUNCTION IF EXISTS ensure_partition_of(text, integer, timestamptz, timestamptz);
DROP FUNCTION IF EXISTS roll_up(timestamptz);
