-- The orders that somebody asks for; what is NULL asks nothing. Lists, pages, boards, calendars and exports all ask so.
-- `p_text` is a part of number, asset, title or words.
CREATE OR REPLACE FUNCTION wanted_orders(
    p_states text[], p_site text, p_asset text, p_team text, p_assignee text, p_work_type text, p_priority integer,
    p_text text, p_overdue_at timestamptz, p_due_from timestamptz, p_due_to timestamptz, p_created_from timestamptz,
    p_created_to timestamptz, p_in_warranty boolean
)
RETURNS SETOF work_order_at_asset
LANGUAGE sql
STABLE
AS $$
    SELECT o.*
    FROM work_order_at_asset AS o
    WHERE (p_states IS NULL OR o.state = ANY (p_states))
        AND (p_site IS NULL OR o.site = p_site)
        AND (p_asset IS NULL OR o.asset = p_asset)
        AND (p_team IS NULL OR o.team = p_team)
        AND (p_assignee IS NULL OR o.assignee = p_assignee)
        AND (p_work_type IS NULL OR o.work_type = p_work_type)
        AND (p_priority IS NULL OR o.priority = p_priority)
        AND (p_overdue_at IS NULL OR is_overdue(o.state, o.requested_finish, p_overdue_at))
        AND (p_due_from IS NULL OR o.requested_finish >= p_due_from)
        AND (p_due_to IS NULL OR o.requested_finish < p_due_to)
        AND (p_created_from IS NULL OR o.created_at >= p_created_from)
        AND (p_created_to IS NULL OR o.created_at < p_created_to)
        AND (NOT p_in_warranty OR o.order_id IN (SELECT f.order_id FROM failure_in_warranty AS f))
        AND (
            p_text IS NULL
            OR EXISTS (
                SELECT
                FROM asset AS a
                WHERE a.asset_id = o.asset_id
                    AND position(
                        lower(p_text) IN lower(
                            concat_ws(' ', order_number(o.order_id), a.tag, a.name, a.name_zh, o.title, o.words)
                        )
                    ) > 0
            )
        )
$$;
