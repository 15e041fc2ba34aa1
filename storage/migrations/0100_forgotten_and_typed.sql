-- A forgotten password is asked for by mail; attempts are kept for a stated time; and of who acknowledged an alert it is
-- known how that was proved.

ALTER TABLE sign_in_attempt DROP CONSTRAINT sign_in_attempt_outcome_known;
ALTER TABLE sign_in_attempt ADD CONSTRAINT sign_in_attempt_outcome_known CHECK (
    outcome IN ('succeeded', 'wrong', 'disabled', 'slowed', 'forgotten')
);
ALTER TABLE upkeep ADD COLUMN keep_sign_ins interval NOT NULL DEFAULT '365 days';

ALTER TABLE one_time_link ADD COLUMN is_mailed boolean NOT NULL DEFAULT false;
CREATE INDEX one_time_link_of_person ON one_time_link (person_id, made_at);

ALTER TABLE alert ADD COLUMN acknowledged_recognised text;
UPDATE alert AS a
SET acknowledged_recognised = coalesce(
    (
        SELECT l.entry ->> 'recognised'
        FROM ledger AS l
        WHERE l.entry ->> 'event' = 'alert.acknowledged' AND l.entry ->> 'alert_id' = a.alert_id::text
        LIMIT 1
    ),
    'typed'
)
WHERE a.acknowledged_by IS NOT NULL;
