-- name: remembered
-- What formats remember of those who speak them.
SELECT format, speaker, document
FROM wire_memory;

-- name: remembered_since
-- What formats have remembered of those who speak them since an instant.
SELECT format, speaker, document
FROM wire_memory
WHERE learnt_at >= %(since)s;

-- name: remember
-- Remember documents in place of former ones that said something else.
INSERT INTO wire_memory AS held (format, speaker, document, learnt_at)
SELECT u.format, u.speaker, u.document::jsonb, %(at)s
FROM unnest(%(formats)s::text[], %(speakers)s::text[], %(documents)s::text[]) AS u (format, speaker, document)
ORDER BY u.format, u.speaker
ON CONFLICT (format, speaker) DO UPDATE
SET document = excluded.document, learnt_at = excluded.learnt_at
WHERE held.document <> excluded.document;

-- name: note_presences
-- Note who has come and who has gone; what was said earlier changes nothing.
INSERT INTO device_session AS held (asset_id, format, speaker, is_online, since, heard_at)
SELECT u.asset_id, u.format, u.speaker, u.is_online, u.at, u.at
FROM unnest(
    %(asset_ids)s::integer[], %(formats)s::text[], %(speakers)s::text[], %(online)s::boolean[], %(at)s::timestamptz[]
) AS u (asset_id, format, speaker, is_online, at)
ORDER BY u.asset_id
ON CONFLICT (asset_id) DO UPDATE
SET
    format = excluded.format,
    speaker = excluded.speaker,
    is_online = excluded.is_online,
    since = CASE WHEN held.is_online = excluded.is_online THEN held.since ELSE excluded.since END,
    heard_at = excluded.heard_at
WHERE held.heard_at <= excluded.heard_at;
