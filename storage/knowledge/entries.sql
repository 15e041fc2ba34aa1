-- name: words
-- The words under which an entry is found now; held until the end of the transaction.
SELECT tsvector_to_array(words) AS words
FROM knowledge_entry
WHERE kind = %(kind)s AND key = %(key)s
FOR UPDATE;

-- name: put
-- Write what can be found of one thing, in place of what was there.
INSERT INTO knowledge_entry (
    kind, key, site_id, class_id, asset_id, failure_mode, signals, title, body, at, words, length, stamp
)
VALUES (
    %(kind)s, %(key)s, %(site_id)s, %(class_id)s, %(asset_id)s, %(failure_mode)s, %(signals)s, %(title)s, %(body)s,
    %(at)s, array_to_tsvector(%(words)s::text[]), %(length)s, %(stamp)s
)
ON CONFLICT ON CONSTRAINT knowledge_entry_is_found_once DO UPDATE
SET
    site_id = excluded.site_id, class_id = excluded.class_id, asset_id = excluded.asset_id,
    failure_mode = excluded.failure_mode, signals = excluded.signals, title = excluded.title, body = excluded.body,
    at = excluded.at, words = excluded.words, length = excluded.length, stamp = excluded.stamp;

-- name: count_words
-- Count in how many entries words stand; in the order of the words, so that no two wait for each other.
INSERT INTO knowledge_word (word, entries)
SELECT counted.word, counted.change
FROM unnest(%(words)s::text[], %(changes)s::integer[]) AS counted (word, change)
ORDER BY counted.word
ON CONFLICT (word) DO UPDATE SET entries = greatest(knowledge_word.entries + excluded.entries, 0);

-- name: drop
-- Let something be found no more.
DELETE FROM knowledge_entry
WHERE kind = %(kind)s AND key = %(key)s;

-- name: similar
-- Words that are spelt nearly as those asked for.
SELECT asked, word, likeness
FROM similar_words(%(words)s::text[], %(least)s::real)
ORDER BY asked, likeness DESC, word;

-- name: knows_spelling
-- Whether misspelt words are found on this server.
SELECT knows_spelling() AS knows;

-- name: search
-- What says most of what was asked: each word counts by how rare it is (Robertson and Zaragoza, 2009), in short texts more.
WITH entries AS (
    SELECT greatest(count(*), 1)::float8 AS number, greatest(coalesce(avg(length), 1), 1)::float8 AS length
    FROM knowledge_entry
),
asked AS (
    SELECT
        a.word,
        ('''' || replace(a.word, '''', '''''') || '''')::tsquery AS query,
        a.weight * ln(1 + greatest(n.number - w.entries + 0.5, 0.5) / (w.entries + 0.5)) AS weight
    FROM unnest(%(words)s::text[], %(weights)s::float8[]) AS a (word, weight)
    JOIN knowledge_word AS w USING (word)
    CROSS JOIN entries AS n
    WHERE w.entries > 0
),
hit AS (
    SELECT
        e.entry_id,
        sum(a.weight) / (1 - %(length_counts)s::float8 + %(length_counts)s::float8 * min(e.length) / min(n.length))
            AS score,
        array_agg(a.word) AS matched
    FROM asked AS a
    JOIN knowledge_entry AS e ON e.words @@ a.query
    CROSS JOIN entries AS n
    WHERE (%(kinds)s::text[] IS NULL OR e.kind = ANY(%(kinds)s))
        AND (%(asset_class)s::text IS NULL OR e.class_id = (SELECT class_id FROM asset_class WHERE tag = %(asset_class)s))
    GROUP BY e.entry_id
),
best AS (
    SELECT *
    FROM hit
    ORDER BY score DESC, entry_id DESC
    LIMIT %(most)s
)
SELECT
    e.kind, e.key, s.tag AS site, c.tag AS asset_class, a.tag AS asset, e.failure_mode, e.signals, e.title, e.body, e.at,
    b.score, b.matched
FROM best AS b
JOIN knowledge_entry AS e USING (entry_id)
LEFT JOIN site AS s ON s.site_id = e.site_id
LEFT JOIN asset_class AS c ON c.class_id = e.class_id
LEFT JOIN asset AS a ON a.asset_id = e.asset_id
ORDER BY b.score DESC, e.entry_id DESC;

-- name: nearest
-- What is nearest to an order within its class: by failure mode, by the signals that show it, and by its words and
-- meanings, each weighed by how rare it is. An order whose lesson was kept is left out: the lesson says it better.
WITH entries AS (
    SELECT greatest(count(*), 1)::float8 AS number
    FROM knowledge_entry
),
asked AS (
    SELECT
        a.word,
        ('''' || replace(a.word, '''', '''''') || '''')::tsquery AS query,
        a.weight * ln(1 + greatest(n.number - w.entries + 0.5, 0.5) / (w.entries + 0.5)) AS weight
    FROM unnest(%(words)s::text[], %(weights)s::float8[]) AS a (word, weight)
    JOIN knowledge_word AS w USING (word)
    CROSS JOIN entries AS n
    WHERE w.entries > 0
),
total AS (
    SELECT greatest(sum(weight), 1e-9) AS weight
    FROM asked
),
compared AS (
    SELECT
        e.entry_id,
        coalesce(said.weight, 0) / total.weight AS in_words,
        coalesce(said.matched, '{}') AS matched,
        e.failure_mode <> '' AND e.failure_mode = %(failure_mode)s AS same_mode,
        shared.signals
    FROM knowledge_entry AS e
    CROSS JOIN total
    CROSS JOIN LATERAL (
        SELECT sum(a.weight) AS weight, array_agg(a.word) AS matched
        FROM asked AS a
        WHERE e.words @@ a.query
    ) AS said
    CROSS JOIN LATERAL (
        SELECT array(
            SELECT s.key
            FROM unnest(%(signals)s::text[]) WITH ORDINALITY AS s (key, place)
            WHERE s.key = ANY(e.signals)
            ORDER BY s.place
        ) AS signals
    ) AS shared
    WHERE e.class_id = (SELECT class_id FROM asset_class WHERE tag = %(asset_class)s)
        AND e.kind IN ('order', 'lesson')
        AND NOT (e.kind = 'order' AND e.key = %(order_id)s::text)
        AND NOT EXISTS (
            SELECT FROM lesson AS l
            WHERE e.kind = 'order' AND l.order_id::text = e.key AND l.withdrawn_at IS NULL
        )
),
weighed AS (
    SELECT
        *,
        in_words
            + CASE WHEN same_mode THEN 0.5 ELSE 0 END
            + 0.5 * cardinality(signals) / greatest(cardinality(%(signals)s::text[]), 1) AS score
    FROM compared
)
SELECT
    e.kind, e.key, s.tag AS site, c.tag AS asset_class, a.tag AS asset, e.failure_mode, e.signals, e.title, e.body, e.at,
    w.score, w.matched, w.same_mode, w.signals AS shared_signals
FROM weighed AS w
JOIN knowledge_entry AS e USING (entry_id)
LEFT JOIN site AS s ON s.site_id = e.site_id
LEFT JOIN asset_class AS c ON c.class_id = e.class_id
LEFT JOIN asset AS a ON a.asset_id = e.asset_id
WHERE w.score >= %(least)s
ORDER BY w.score DESC, e.at DESC, e.entry_id DESC
LIMIT %(most)s;
