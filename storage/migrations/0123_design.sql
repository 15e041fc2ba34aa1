-- What plants teach the people who design them: one request for a change of design at a time for machines of a class, maker,
-- model and operating context at a site, and a failure mode. `before` and `rest` are rates as they were when it was
-- opened: {failures, years}.

CREATE TABLE design_request (
    request_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    class_id integer NOT NULL REFERENCES asset_class,
    failure_mode text NOT NULL,
    manufacturer text NOT NULL,
    model text NOT NULL,
    context text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'open' CONSTRAINT design_request_state_known CHECK (
        state IN ('open', 'accepted', 'rejected')
    ),
    opened_at timestamptz NOT NULL,
    evidence jsonb NOT NULL,
    topic_guid uuid NOT NULL DEFAULT gen_random_uuid(),
    decided_at timestamptz,
    decided_by text,
    reason text NOT NULL DEFAULT '',
    bcf_status text NOT NULL DEFAULT '',
    CONSTRAINT design_request_decision_is_whole CHECK ((state = 'open') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX design_request_one_open
ON design_request (site_id, class_id, failure_mode, manufacturer, model, context) WHERE state = 'open';

-- What an accepted request changed, by version: a limit of a signal, or words for the job plan, the spare list or the
-- requirements of the class.
CREATE TABLE design_change (
    request_id integer NOT NULL REFERENCES design_request,
    version integer NOT NULL,
    kind text NOT NULL CONSTRAINT design_change_kind_known CHECK (
        kind IN ('limit', 'job_plan', 'spares', 'requirement')
    ),
    what text NOT NULL,
    before jsonb,
    after jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    PRIMARY KEY (request_id, version)
);
