-- An incident over several areas is told in each of them: which those are, and how each plan of its notice goes on.

ALTER TABLE incident ADD COLUMN areas text[] NOT NULL DEFAULT '{}';

ALTER TABLE escalation DROP CONSTRAINT escalation_pkey, ADD PRIMARY KEY (notice_id, plan);
