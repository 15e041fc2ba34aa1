-- What was learnt at the plant's machines in words, and what is found by a search.

-- What was seen, why, and what helped; kept when an order is closed, or by itself. One order teaches one lesson.
CREATE TABLE lesson (
    lesson_id uuid PRIMARY KEY,
    site_id integer NOT NULL REFERENCES site,
    class_id integer NOT NULL REFERENCES asset_class,
    order_id integer REFERENCES work_order CONSTRAINT lesson_one_an_order UNIQUE,
    failure_mode text NOT NULL,
    signals text[] NOT NULL DEFAULT '{}',
    seen text NOT NULL CONSTRAINT lesson_says_what_was_seen CHECK (seen <> ''),
    cause text NOT NULL,
    helped text NOT NULL CONSTRAINT lesson_says_what_helped CHECK (helped <> ''),
    kept_at timestamptz NOT NULL,
    kept_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    withdrawn_at timestamptz
);
CREATE INDEX lesson_of_class ON lesson (class_id);

-- Every wording a lesson has had: a change takes nothing away.
CREATE TABLE lesson_revision (
    lesson_id uuid NOT NULL REFERENCES lesson,
    revision integer NOT NULL,
    at timestamptz NOT NULL,
    by text NOT NULL,
    recognised text NOT NULL
        DEFAULT coalesce(nullif(current_setting('assetloop.recognised', true), ''), 'process'),
    failure_mode text NOT NULL,
    signals text[] NOT NULL,
    seen text NOT NULL,
    cause text NOT NULL,
    helped text NOT NULL,
    is_withdrawn boolean NOT NULL DEFAULT false,
    PRIMARY KEY (lesson_id, revision)
);

-- What can be found: one row a closed order, lesson, document or rationalisation. `words` are its words as the search
-- knows them, `stamp` says from which state of its source and by which rules they were made. Where `site_id` is null it
-- is for every site.
CREATE TABLE knowledge_entry (
    entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CONSTRAINT knowledge_entry_kind_known
        CHECK (kind IN ('order', 'lesson', 'document', 'rationalisation')),
    key text NOT NULL,
    site_id integer REFERENCES site,
    class_id integer REFERENCES asset_class,
    asset_id integer REFERENCES asset,
    failure_mode text NOT NULL DEFAULT '',
    signals text[] NOT NULL DEFAULT '{}',
    title text NOT NULL,
    body text NOT NULL,
    at timestamptz NOT NULL,
    words tsvector NOT NULL,
    length integer NOT NULL,
    stamp text NOT NULL,
    CONSTRAINT knowledge_entry_is_found_once UNIQUE (kind, key)
);
CREATE INDEX knowledge_entry_by_word ON knowledge_entry USING gin (words);
CREATE INDEX knowledge_entry_of_class ON knowledge_entry (class_id);

-- Every word that stands in an entry, and in how many: how much a word says, and what a misspelt one may mean.
CREATE TABLE knowledge_word (
    word text PRIMARY KEY,
    entries integer NOT NULL
);
