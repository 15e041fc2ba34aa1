-- The figures by month as known at the last look, of each asset, class and site: making them from their raw elements takes
-- seconds for a large plant. And what was agreed that they should be.

CREATE TABLE figure_month (
    by text NOT NULL CONSTRAINT figure_month_by_known CHECK (by IN ('asset', 'class', 'site')),
    site text NOT NULL,
    asset_class text,
    asset text,
    time_from timestamptz NOT NULL,
    time_to timestamptz NOT NULL,
    known_at timestamptz NOT NULL,
    required_h double precision,
    down_h double precision,
    failures bigint,
    mtbf_h double precision,
    mttr_h double precision,
    availability double precision,
    labour_h double precision,
    planned_share double precision,
    schedule_compliance double precision,
    open_orders bigint,
    backlog_weeks double precision,
    first_time_fix double precision,
    detection_precision double precision,
    detection_recall double precision,
    lead_h double precision,
    costs jsonb NOT NULL,
    energy_kwh double precision,
    CONSTRAINT figure_month_is_kept_once UNIQUE NULLS NOT DISTINCT (by, site, asset_class, asset, time_from)
);

CREATE TABLE figure_goal (
    site_id integer NOT NULL REFERENCES site,
    figure text NOT NULL CONSTRAINT figure_goal_figure_known CHECK (
        figure IN ('mtbf_h', 'mttr_h', 'availability', 'planned_share', 'cost', 'energy_kwh')
    ),
    goal double precision NOT NULL,
    agreed_at timestamptz NOT NULL,
    agreed_by text NOT NULL,
    PRIMARY KEY (site_id, figure, agreed_at)
);
