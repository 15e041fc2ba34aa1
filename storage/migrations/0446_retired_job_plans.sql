-- A job plan that a newer file no longer names may be retired: it is offered no more, and orders keep the version they have.

ALTER TABLE job_plan ADD COLUMN retired_at timestamptz;
