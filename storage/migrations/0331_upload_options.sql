-- How a file that was sent is to be read and taken in: what a person chose with it, read again when a worker takes it in.
ALTER TABLE register_upload ADD COLUMN options jsonb NOT NULL DEFAULT '{}';
