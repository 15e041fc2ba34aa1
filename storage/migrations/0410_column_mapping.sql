-- What the columns of a tag list mean, saved under a name: the next list of the same maker is read by it.

CREATE TABLE column_mapping (
    site_id integer NOT NULL REFERENCES site,
    name text NOT NULL CONSTRAINT column_mapping_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    said jsonb NOT NULL,
    saved_at timestamptz NOT NULL,
    saved_by text NOT NULL,
    PRIMARY KEY (site_id, name)
);
