-- Words of the record that stand within a longer text on a dashboard: severities, kinds of finding, alert states.
-- They are those of plant/orders/code_words.py; a test compares.
CREATE OR REPLACE FUNCTION in_english(p_word text)
RETURNS text
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT CASE p_word
        WHEN 'CRITICAL' THEN 'Critical'
        WHEN 'MAJOR' THEN 'Major'
        WHEN 'MINOR' THEN 'Minor'
        WHEN 'WARNING' THEN 'Warning'
        WHEN 'INDETERMINATE' THEN 'Indeterminate'
        WHEN 'Normal' THEN 'Normal'
        WHEN 'Unacknowledged' THEN 'Active, not acknowledged'
        WHEN 'Acknowledged' THEN 'Active, acknowledged'
        WHEN 'RTN-Unacknowledged' THEN 'Cleared, not acknowledged'
        WHEN 'Shelved' THEN 'Shelved'
        WHEN 'Suppressed by design' THEN 'Suppressed by design'
        WHEN 'Out of service' THEN 'Out of service'
        WHEN 'condition' THEN 'Condition deviates'
        WHEN 'wear' THEN 'Slow wear'
        WHEN 'sensor_stuck' THEN 'Sensor stuck'
        WHEN 'sensor_drift' THEN 'Sensor drifts'
        WHEN 'sensor_spikes' THEN 'Sensor has spikes'
        WHEN 'sensor_dropout' THEN 'Sensor silent'
        WHEN 'unseen_regime' THEN 'Regime not trained'
        WHEN 'limit' THEN 'Design limit exceeded'
        WHEN 'rate' THEN 'Changes too fast'
        WHEN 'silent' THEN 'Says nothing'
        ELSE p_word
    END
$$;

CREATE OR REPLACE FUNCTION in_chinese(p_word text)
RETURNS text
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT CASE p_word
        WHEN 'CRITICAL' THEN '紧急'
        WHEN 'MAJOR' THEN '严重'
        WHEN 'MINOR' THEN '一般'
        WHEN 'WARNING' THEN '警告'
        WHEN 'INDETERMINATE' THEN '未定'
        WHEN 'condition' THEN '状态偏离'
        WHEN 'wear' THEN '缓慢劣化'
        WHEN 'sensor_stuck' THEN '传感器卡滞'
        WHEN 'sensor_drift' THEN '传感器漂移'
        WHEN 'sensor_spikes' THEN '传感器尖峰干扰'
        WHEN 'sensor_dropout' THEN '传感器无数据'
        WHEN 'unseen_regime' THEN '未训练过的工况'
        WHEN 'limit' THEN '超出设计限值'
        WHEN 'rate' THEN '变化过快'
        WHEN 'silent' THEN '设备无数据'
        WHEN 'Unacknowledged' THEN '未恢复，未确认'
        WHEN 'RTN-Unacknowledged' THEN '已恢复，未确认'
        WHEN 'Acknowledged' THEN '未恢复，已确认'
        WHEN 'Shelved' THEN '已搁置'
        WHEN 'Suppressed by design' THEN '设计抑制'
        WHEN 'Out of service' THEN '停用'
        WHEN 'Normal' THEN '正常'
        ELSE p_word
    END
$$;
