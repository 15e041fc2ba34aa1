-- What an order is called, and when it is overdue: each said once for every statement, view and dashboard.

-- The number of an order as people read it; `storage.work.orders.order_number` writes the same.
CREATE OR REPLACE FUNCTION order_number(p_order_id bigint)
RETURNS text
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT 'WO-' || lpad(p_order_id::text, greatest(6, length(p_order_id::text)), '0')
$$;

-- Whether the work should have been done by an instant, and is not; `plant.work_order.is_overdue` judges alike.
CREATE OR REPLACE FUNCTION is_overdue(p_state text, p_requested_finish timestamptz, p_at timestamptz)
RETURNS boolean
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT p_state NOT IN ('COMP', 'CLOSE', 'CAN') AND p_requested_finish < p_at
$$;
