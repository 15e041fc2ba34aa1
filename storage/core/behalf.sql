-- name: act
-- Say for whom this transaction is: how they were recognised, who they are, and which sites they see ('' is all).
SELECT
    set_config('assetloop.recognised', %(recognised)s, true),
    set_config('assetloop.actor', %(actor)s, true),
    set_config('assetloop.person', %(person)s, true),
    set_config('assetloop.sites', coalesce(%(sites)s::text[]::text, ''), true);
