-- A signal that is reported only when it changes: for so long its last value holds. None: it is reported all the time.

ALTER TABLE class_signal ADD COLUMN holds_s double precision CONSTRAINT class_signal_holds_for_a_time CHECK (holds_s > 0);
ALTER TABLE signal ADD COLUMN holds_s double precision CONSTRAINT signal_holds_for_a_time CHECK (holds_s > 0);
