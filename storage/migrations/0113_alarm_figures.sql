-- Which change of an alert was one by which people were told, and for how long an alert of a class and kind may be shelved.
ALTER TABLE alert_event ADD COLUMN tells boolean NOT NULL DEFAULT false;
ALTER TABLE rationalisation
    ADD COLUMN shelve_most_hours double precision
        CONSTRAINT rationalisation_shelving_is_bounded CHECK (shelve_most_hours > 0 AND shelve_most_hours <= 720);
