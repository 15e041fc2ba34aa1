-- Maintenance plans come in with files as the rest of the register does, and each change of one is noted with it.
CREATE TRIGGER register_change_is_noted AFTER INSERT OR UPDATE OR DELETE ON maintenance_plan
FOR EACH ROW EXECUTE FUNCTION note_register_change();
