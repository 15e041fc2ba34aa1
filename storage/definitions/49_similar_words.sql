-- Words that are spelt nearly as those asked for, by their trigrams. On a server without pg_trgm there are none.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
        BEGIN
            CREATE EXTENSION IF NOT EXISTS pg_trgm;
        EXCEPTION
            WHEN insufficient_privilege THEN NULL;  -- an administrator may create it, and migrate again
        END;
    END IF;
    IF to_regprocedure('similarity(text, text)') IS NULL THEN
        CREATE OR REPLACE FUNCTION similar_words(p_asked text[], p_least real)
        RETURNS TABLE (asked text, word text, likeness real)
        LANGUAGE sql
        STABLE
        AS 'SELECT NULL::text, NULL::text, NULL::real WHERE false';
    ELSE
        CREATE INDEX IF NOT EXISTS knowledge_word_by_trigram ON knowledge_word USING gin (word gin_trgm_ops);
        CREATE OR REPLACE FUNCTION similar_words(p_asked text[], p_least real)
        RETURNS TABLE (asked text, word text, likeness real)
        LANGUAGE sql
        STABLE
        AS $similar$
            SELECT asked.word, known.word, similarity(known.word, asked.word)
            FROM unnest(p_asked) AS asked (word)
            JOIN knowledge_word AS known ON known.word % asked.word
            WHERE known.word <> asked.word
                AND known.entries > 0
                AND known.word !~ '^='
                AND similarity(known.word, asked.word) >= p_least
        $similar$;
    END IF;
END
$$;

-- Whether misspelt words are found.
CREATE OR REPLACE FUNCTION knows_spelling()
RETURNS boolean
LANGUAGE sql
STABLE
AS $$
    SELECT to_regprocedure('similarity(text, text)') IS NOT NULL
$$;
