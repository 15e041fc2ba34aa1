-- Words of the record that stand within a longer text on a Chinese dashboard: severities, kinds of finding, alert states.
CREATE OR REPLACE FUNCTION in_chinese(p_word text)
RETURNS text
LANGUAGE sql
IMMUTABLE
AS $$
    SELECT CASE p_word
        WHEN 'CRITICAL' THEN '危急'
        WHEN 'MAJOR' THEN '严重'
        WHEN 'MINOR' THEN '一般'
        WHEN 'WARNING' THEN '警告'
        WHEN 'INDETERMINATE' THEN '不确定'
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
        WHEN 'Unacknowledged' THEN '未确认'
        WHEN 'RTN-Unacknowledged' THEN '已恢复未确认'
        WHEN 'Acknowledged' THEN '已确认'
        WHEN 'Shelved' THEN '搁置'
        WHEN 'Suppressed by design' THEN '设计抑制'
        WHEN 'Out of service' THEN '停用'
        WHEN 'Normal' THEN '正常'
        ELSE p_word
    END
$$;
