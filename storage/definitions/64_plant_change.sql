-- Note what changed, and wake who waits for it once it is committed.
CREATE OR REPLACE FUNCTION note_order_change()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO plant_change (at, subject, asset_id, order_id, revision, event)
    SELECT NEW.at, 'order', o.asset_id, NEW.order_id, NEW.revision, NEW.event
    FROM work_order AS o
    WHERE o.order_id = NEW.order_id;
    PERFORM pg_notify('assetloop_change', '');
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION note_alert_change()
RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO plant_change (at, subject, asset_id, alert_id, revision, event)
    SELECT NEW.at, 'alert', a.asset_id, NEW.alert_id, NEW.revision, NEW.event
    FROM alert AS a
    WHERE a.alert_id = NEW.alert_id;
    PERFORM pg_notify('assetloop_change', '');
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER order_change_is_noted AFTER INSERT ON work_order_event
FOR EACH ROW EXECUTE FUNCTION note_order_change();
CREATE OR REPLACE TRIGGER alert_change_is_noted AFTER INSERT ON alert_event
FOR EACH ROW EXECUTE FUNCTION note_alert_change();
