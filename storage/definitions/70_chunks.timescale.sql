-- How long a chunk of readings is; chunks that are there stay as they are.
SELECT set_chunk_time_interval('reading', (SELECT chunk FROM upkeep));
