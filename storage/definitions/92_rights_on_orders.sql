-- What belongs to work orders: what was said, answered, attached or moved is only ever added.
GRANT INSERT ON
    work_order_comment, job_plan, work_order_task, work_order_task_answer, work_order_task_follow_up, attachment,
    attachment_piece, part_movement, maintenance_occurrence
TO assetloop_app;
GRANT INSERT, UPDATE ON class_order_rules, trade, part, part_reservation, labour_day, downtime, maintenance_plan TO assetloop_app;
