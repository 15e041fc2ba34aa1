-- What engineering accepts is made in the register, by version, and each version says from which request it came. What is
-- asked of a class counts for the projects that begin after it was kept.

ALTER TABLE register_change ADD COLUMN request_id integer;
ALTER TABLE job_plan ADD COLUMN request_id integer REFERENCES design_request;
ALTER TABLE design_request ADD COLUMN effect_told text NOT NULL DEFAULT ''
    CONSTRAINT design_request_effect_known CHECK (effect_told IN ('', 'better', 'worse', 'no_difference'));

CREATE TABLE class_requirements (
    class_id integer NOT NULL REFERENCES asset_class,
    version integer NOT NULL,
    document jsonb NOT NULL,
    request_id integer NOT NULL REFERENCES design_request,
    kept_at timestamptz NOT NULL,
    kept_by text NOT NULL,
    PRIMARY KEY (class_id, version)
);
