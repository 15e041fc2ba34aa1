-- A person whom a provider knows signs by showing there again who they are: for one act, and as the same person.

ALTER TABLE provider_sign_in
    ADD COLUMN act text NOT NULL DEFAULT '',
    ADD COLUMN person_id uuid;
