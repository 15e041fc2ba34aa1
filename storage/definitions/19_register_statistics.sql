-- Count the register anew for the planner, as whoever filled it asks for. Statistics that the server took in the middle
-- of a large import know next to nothing of its rows, and every join was then gone through row by row: to read 10,000
-- assets took 80 s, until the server happened to count again.
CREATE OR REPLACE FUNCTION count_register() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE asset, equipment, installation, feed, signal, parameter, register_document, plant_system_member, part_use,
        global_id;
END
$$;
