-- What was thought through about an alarm before it comes, one row a class and kind of finding (ISA-18.2,
-- rationalisation), and the area of a plant that one operator watches.
CREATE TABLE rationalisation (
    class_id integer NOT NULL REFERENCES asset_class ON DELETE CASCADE,
    kind text NOT NULL,
    priority smallint CONSTRAINT rationalisation_priority_is_sane CHECK (priority BETWEEN 1 AND 5),
    respond_within_s double precision CONSTRAINT rationalisation_response_takes_time CHECK (respond_within_s > 0),
    cause text NOT NULL DEFAULT '',
    cause_zh text NOT NULL DEFAULT '',
    consequence text NOT NULL DEFAULT '',
    consequence_zh text NOT NULL DEFAULT '',
    action text NOT NULL DEFAULT '',
    action_zh text NOT NULL DEFAULT '',
    on_delay_s double precision CONSTRAINT rationalisation_on_delay_is_sane CHECK (on_delay_s BETWEEN 0 AND 86400),
    off_delay_s double precision CONSTRAINT rationalisation_off_delay_is_sane CHECK (off_delay_s BETWEEN 0 AND 86400),
    deadband double precision CONSTRAINT rationalisation_deadband_is_sane CHECK (deadband BETWEEN 0 AND 1),
    PRIMARY KEY (class_id, kind)
);
ALTER TABLE asset ADD COLUMN area text NOT NULL DEFAULT '';
