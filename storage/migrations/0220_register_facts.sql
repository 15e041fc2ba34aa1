-- What an import brings beside assets, classes and signals: areas, systems, parameters, documents, what uses which spare
-- part, and the ids that building models give to assets; and every change of the register with who, when and from what.

ALTER TABLE asset
    ADD COLUMN criticality text NOT NULL DEFAULT '',
    ADD COLUMN parent_id integer REFERENCES asset,
    ADD CONSTRAINT asset_is_no_part_of_itself CHECK (parent_id <> asset_id);
CREATE INDEX asset_by_parent ON asset (parent_id) WHERE parent_id IS NOT NULL;
-- What was said of this one asset's signal goes before what its class says.
ALTER TABLE signal ADD COLUMN is_own boolean NOT NULL DEFAULT false;
ALTER TABLE part ADD COLUMN lead_time_days numeric
    CONSTRAINT part_lead_time_is_sane CHECK (lead_time_days >= 0 AND lead_time_days < 10000);

-- COBie's floors and spaces, and whatever else a plant is divided into; `asset.area` names one.
CREATE TABLE area (
    area_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    tag text NOT NULL,
    name text NOT NULL DEFAULT '',
    name_zh text NOT NULL DEFAULT '',
    kind text NOT NULL DEFAULT 'area' CONSTRAINT area_kind_known CHECK (kind IN ('area', 'floor', 'space')),
    parent text NOT NULL DEFAULT '',
    CONSTRAINT area_tag_is_unique_in_its_site UNIQUE (site_id, tag)
);

CREATE TABLE plant_system (
    system_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    tag text NOT NULL,
    name text NOT NULL DEFAULT '',
    name_zh text NOT NULL DEFAULT '',
    CONSTRAINT plant_system_tag_is_unique_in_its_site UNIQUE (site_id, tag)
);

CREATE TABLE plant_system_member (
    system_id integer NOT NULL REFERENCES plant_system,
    asset_id integer NOT NULL REFERENCES asset,
    PRIMARY KEY (system_id, asset_id)
);

-- A parameter, document or use of a part belongs to an asset, to a class, or to the whole site.
CREATE TABLE parameter (
    parameter_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    asset_id integer REFERENCES asset,
    class_id integer REFERENCES asset_class,
    property_set text NOT NULL DEFAULT '',
    name text NOT NULL,
    value text NOT NULL,
    unit text NOT NULL DEFAULT '',
    CONSTRAINT parameter_is_of_one_thing CHECK (asset_id IS NULL OR class_id IS NULL),
    CONSTRAINT parameter_is_unique UNIQUE NULLS NOT DISTINCT (site_id, asset_id, class_id, property_set, name)
);
CREATE INDEX parameter_of_asset ON parameter (asset_id);

CREATE TABLE register_document (
    document_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    asset_id integer REFERENCES asset,
    class_id integer REFERENCES asset_class,
    vdi_class text NOT NULL DEFAULT ''
        CONSTRAINT register_document_class_is_vdi CHECK (vdi_class ~ '^(0[1-4]-0[1-6])?$'),
    title text NOT NULL,
    version text NOT NULL DEFAULT '',
    file text NOT NULL DEFAULT '',
    sha256 text NOT NULL DEFAULT '',
    CONSTRAINT register_document_is_of_one_thing CHECK (asset_id IS NULL OR class_id IS NULL),
    CONSTRAINT register_document_is_unique UNIQUE NULLS NOT DISTINCT (site_id, asset_id, class_id, title, version)
);
CREATE INDEX register_document_of_asset ON register_document (asset_id);

CREATE TABLE part_use (
    part_id integer NOT NULL REFERENCES part,
    asset_id integer REFERENCES asset,
    class_id integer REFERENCES asset_class,
    quantity numeric NOT NULL DEFAULT 1 CONSTRAINT part_use_uses_something CHECK (quantity > 0),
    CONSTRAINT part_use_is_of_one_thing CHECK ((asset_id IS NULL) <> (class_id IS NULL)),
    CONSTRAINT part_use_is_unique UNIQUE NULLS NOT DISTINCT (part_id, asset_id, class_id)
);

-- A GlobalId is unique in its model alone, and "0aB" is another one than "0AB".
CREATE TABLE global_id (
    site_id integer NOT NULL REFERENCES site,
    model text NOT NULL,
    global_id text COLLATE "C" NOT NULL,
    asset_id integer NOT NULL REFERENCES asset,
    PRIMARY KEY (site_id, model, global_id)
);
CREATE INDEX global_id_of_asset ON global_id (asset_id);

CREATE TABLE register_import (
    import_id uuid PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    at timestamptz NOT NULL,
    by text NOT NULL,
    kind text NOT NULL,
    file text NOT NULL,
    sha256 text NOT NULL,
    counts jsonb NOT NULL
);

-- `said` is the item as it stands from `at` on, with tags where rows have numbers; null where it is gone. `site` is empty
-- for what every site shares: classes, their signals, job plans.
CREATE TABLE register_change (
    change_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site text NOT NULL,
    kind text NOT NULL,
    item text NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    recognised text NOT NULL,
    import_id uuid,
    before jsonb,
    said jsonb
);
CREATE INDEX register_change_of_item ON register_change (kind, item, change_id);
CREATE INDEX register_change_by_time ON register_change (at);
CREATE INDEX register_change_of_import ON register_change (import_id) WHERE import_id IS NOT NULL;

-- Definitions replace this by what it does.
CREATE FUNCTION note_register_change() RETURNS trigger
LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY[
        'site', 'asset_class', 'class_signal', 'asset', 'equipment', 'installation', 'feed', 'signal', 'area',
        'plant_system', 'plant_system_member', 'parameter', 'register_document', 'part', 'part_use', 'job_plan', 'global_id'
    ]
    LOOP
        EXECUTE format(
            'CREATE TRIGGER register_change_is_noted AFTER INSERT OR UPDATE OR DELETE ON %I'
            ' FOR EACH ROW EXECUTE FUNCTION note_register_change()', v_table
        );
    END LOOP;
END
$$;
