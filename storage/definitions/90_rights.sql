-- Who may do what. Re-granted at every migrate, after everything else.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, assetloop_ingest, assetloop_app, assetloop_grafana;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM assetloop_grafana;

-- What the owner defined is executed by nobody who is not named below; the job queue's own functions give no rights.
DO $$
DECLARE
    v_routine regprocedure;
BEGIN
    FOR v_routine IN
        SELECT p.oid
        FROM pg_proc AS p
        WHERE p.pronamespace = 'public'::regnamespace
            AND p.proowner = 'assetloop_owner'::regrole
            AND p.proname NOT LIKE 'procrastinate\_%'
    LOOP
        EXECUTE format(
            'REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC, assetloop_ingest, assetloop_app, assetloop_grafana', v_routine
        );
    END LOOP;
END
$$;

GRANT USAGE ON SCHEMA public TO assetloop_ingest, assetloop_app;
GRANT USAGE ON SCHEMA watch TO assetloop_app, assetloop_grafana;

-- Ingest: adds readings and their bookkeeping, never changes or removes a reading.
GRANT SELECT ON deployment, schema_migration, site, asset_class, asset, signal, device_token TO assetloop_ingest;
GRANT SELECT, INSERT ON reading, reading_conflict, delivery_batch TO assetloop_ingest;
GRANT INSERT ON touched TO assetloop_ingest;
GRANT SELECT ON quarantine, quarantine_arrival, delivery_minute, delivery_total, delivery_by_minute, delivery_unfolded,
    asset_called
TO assetloop_ingest;
GRANT SELECT, INSERT, UPDATE ON latest, wire_memory, device_session, device_clock TO assetloop_ingest;
GRANT SELECT, INSERT, UPDATE, DELETE ON ingest_slot, ingest_spool, process_report TO assetloop_ingest;
GRANT SELECT, INSERT ON ingest_loss TO assetloop_ingest;
GRANT EXECUTE ON FUNCTION
    register_signal, register_asset, hold_in_quarantine, release_from_quarantine, quarantine_key, quarantine_sample, approved_strangers,
    ensure_partition, ingest_spread_s, note_device_token
TO assetloop_ingest;

-- The application: scoring, desk, worker, API. It reads telemetry and keeps everything else.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO assetloop_app;
GRANT INSERT, UPDATE ON
    site, asset_class, class_signal, asset, equipment, installation, signal, healthy_interval,
    model, scoring, guarding, score, wear, finding, finding_seen, alert, alert_finding,
    work_order, work_order_finding, suppression, shelving, relearning, label,
    incident, incident_alert, alarm_flood,
    training, proposal, remaining_life, device_token, notice
TO assetloop_app;
GRANT INSERT, UPDATE ON
    person, person_role, team, team_member, person_session, sign_in_attempt, sign_in_delay, one_time_link, api_token,
    confirmation
TO assetloop_app;
GRANT INSERT, UPDATE ON
    project, project_asset, project_punch, project_signature, project_spare, project_duty, project_goal,
    project_cost, project_labour, project_decision, project_assumption, project_recommendation, project_check,
    warranty, warranty_claim
TO assetloop_app;
GRANT INSERT ON warranty_claim_step TO assetloop_app;
GRANT EXECUTE ON FUNCTION day_or_null, stretch_or_null, warranty_of TO assetloop_app;
GRANT EXECUTE ON FUNCTION project_actual, project_goals, wanted_orders TO assetloop_app;
GRANT INSERT, DELETE ON provider_sign_in TO assetloop_app;
GRANT DELETE ON person_role, team_member, sign_in_delay TO assetloop_app;
REVOKE ALL ON person_secret FROM assetloop_app;
GRANT EXECUTE ON FUNCTION append_to_ledger, secret_hash, keep_secret TO assetloop_app;
GRANT EXECUTE ON FUNCTION reach, suppression_of, shelved_until, is_relearning TO assetloop_app;
GRANT INSERT ON
    project_milestone, project_work, project_document, project_gate, project_training, project_review,
    project_requirements, project_requirements_signature, class_requirements,
    ledger_signed_head, ledger_cosignature, work_order_event, work_order_booking, work_order_closing,
    model_event, kept_window,
    drift_check, life_model, state_label
TO assetloop_app;
GRANT INSERT, DELETE ON finding_due TO assetloop_app;
GRANT INSERT ON alert_event TO assetloop_app;
GRANT UPDATE (retired_at) ON job_plan TO assetloop_app;
GRANT UPDATE (published_at) ON work_order_event, alert_event TO assetloop_app;
GRANT INSERT, UPDATE ON upkeep_done TO assetloop_app;
GRANT INSERT, DELETE ON feed TO assetloop_app;
GRANT INSERT, UPDATE ON area, plant_system, parameter, register_document, part_use, global_id TO assetloop_app;
GRANT INSERT ON plant_system_member, register_import TO assetloop_app;
GRANT INSERT, UPDATE ON register_upload TO assetloop_app;
GRANT INSERT, UPDATE, DELETE ON column_mapping TO assetloop_app;
GRANT DELETE ON class_signal, dismissed_stranger, part_use, parameter, register_document, global_id TO assetloop_app;
GRANT INSERT, UPDATE, DELETE ON rationalisation TO assetloop_app;
GRANT INSERT, UPDATE, DELETE ON
    procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers, procrastinate_workers
TO assetloop_app;
-- What was learnt, and what a search finds of it.
GRANT INSERT, UPDATE ON lesson, knowledge_word TO assetloop_app;
GRANT INSERT ON lesson_revision TO assetloop_app;
GRANT INSERT, UPDATE, DELETE ON knowledge_entry TO assetloop_app;
GRANT EXECUTE ON FUNCTION similar_words, knows_spelling TO assetloop_app;
-- Figures, and what they are made of.
GRANT INSERT ON asset_state TO assetloop_app;
GRANT EXECUTE ON FUNCTION figures TO assetloop_app, assetloop_grafana;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO assetloop_app;

-- Notices: what dispatch keeps of them.
GRANT INSERT, UPDATE ON dispatch, escalation, closed_way, roster, notice_preference TO assetloop_app;
GRANT INSERT, UPDATE ON engineering_answer, reply_listener, design_request TO assetloop_app;
GRANT INSERT, DELETE ON control_room_request TO assetloop_app;
GRANT INSERT ON design_change TO assetloop_app;
GRANT DELETE ON closed_way TO assetloop_app;
GRANT EXECUTE ON FUNCTION hold_in_quarantine TO assetloop_app;

-- What it asks for, and its upkeep: what it may not do with its own hands.
GRANT EXECUTE ON FUNCTION
    reach, read_blocks, read_whole, rolled_series, touched_hours, fold_delivery, thin_scores, drop_expired,
    drop_expired_conflicts, drop_expired_remaining, drop_expired_sign_ins, drop_expired_messages,
    prepare_partitions, ingest_spread_s, quarantine_key, approved_strangers, drop_expired_quarantine, dismiss_stranger, copy_merged
TO assetloop_app;

-- Grafana: the views, what they are judged by, and nothing else.
GRANT SELECT ON ALL TABLES IN SCHEMA watch TO assetloop_grafana, assetloop_app;
GRANT EXECUTE ON FUNCTION is_silent, health_of, health_rank, kw_of, in_english, in_chinese, order_number, is_overdue
TO assetloop_grafana, assetloop_app;
-- No query of a viewer goes on beyond its time.
GRANT EXECUTE ON FUNCTION end_long_viewers TO assetloop_app;
GRANT SELECT ON viewer_login TO assetloop_app;
-- What the views show of the past and of the months, and what was put into which Grafana.
GRANT EXECUTE ON FUNCTION note_health, keep_figures, keep_goals TO assetloop_app;
GRANT EXECUTE ON FUNCTION count_register TO assetloop_app;
GRANT INSERT, UPDATE, DELETE ON grafana_push TO assetloop_app;
